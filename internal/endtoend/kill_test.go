package endtoend_test

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/pgtest"
)

// killPoints is at how many instants each sweep kills.
func killPoints(t *testing.T) int {
	t.Helper()
	text := os.Getenv("FESTD_KILL_POINTS")
	if text == "" {
		return 4
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 2 {
		t.Fatalf("FESTD_KILL_POINTS=%s: want a number from 2", text)
	}
	return n
}

// TestKilledImport kills the import of the second release with SIGKILL at
// instants spread over all of it, from its first moment to after its
// publication. Whatever it left: a server that ran beside it, and one that
// starts afterwards, answer all of exactly one release; no answer in between
// was of anything else; and the same import, run again, succeeds.
func TestKilledImport(t *testing.T) {
	e := expect(t, "first.zip", "second.zip")
	t.Run("directory", func(t *testing.T) {
		base := store{dir: filepath.Join(t.TempDir(), "base")}
		importFile(t, base, "first.zip")
		took := duration(t, base, "second.zip")
		sweep(t, e, killPoints(t), func(t *testing.T, i, n int) victim {
			s := store{dir: copyDir(t, base.dir)}
			return victim{beside: s, fresh: s, importer: importing(t, s, "second.zip"), when: stageOrTime(t, s.dir, i, n, took)}
		})
	})
	t.Run("postgres", func(t *testing.T) {
		cluster, base := base(t)
		instants := record(t, cluster, base, "second.zip")
		sweep(t, e, killPoints(t), func(t *testing.T, i, n int) victim {
			database := cluster.Database(t, name(base.database))
			p := newProxy(t, database)
			at := instants.at(i, n)
			t.Logf("kill %s", at)
			return victim{
				beside: store{copyDir(t, base.dir), database}, fresh: store{filepath.Join(t.TempDir(), "fresh"), database},
				importer: importing(t, store{copyDir(t, base.dir), p.url}, "second.zip"), when: at.arm(p, nil),
			}
		})
	})
	t.Run("system calls", func(t *testing.T) { // the N-th that changes the disk, N from 1 on
		n := killPoints(t)
		if n <= len(stages) {
			return // part of the long campaign only
		}
		strace, err := exec.LookPath("strace")
		if err != nil {
			if os.Getenv("CI") != "" {
				t.Fatal(err)
			}
			t.Skip(err)
		}
		base := store{dir: filepath.Join(t.TempDir(), "base")}
		importFile(t, base, "first.zip")
		sweep(t, e, n, func(t *testing.T, i, _ int) victim {
			s := store{dir: copyDir(t, base.dir)}
			calls := []string{"renameat", "fsync", "unlinkat", "openat", "write"}
			call, nth := calls[i%len(calls)], i/len(calls)+1
			t.Logf("kill at %s number %d", call, nth)
			cmd := importing(t, s, "second.zip")
			cmd.Args = append([]string{"strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=" + call,
				"-e", fmt.Sprintf("inject=%s:signal=SIGKILL:when=%d", call, nth), cmd.Path}, cmd.Args[1:]...)
			cmd.Path, cmd.Env = strace, []string{"GOMAXPROCS=1"} // the calls are counted by thread
			return victim{beside: s, fresh: s, importer: cmd, when: func(p *process) { p.wait() }}
		})
	})
}

// victim is an import that is to be killed.
type victim struct {
	// beside is where a server runs meanwhile, fresh is where one is started
	// afterwards. Both have, or can reach, the first release.
	beside, fresh store
	importer      *exec.Cmd // of the second
	when          func(*process)
}

func importing(t *testing.T, s store, file string) *exec.Cmd {
	t.Helper()
	return exec.Command(program(t), append(append([]string{"import"}, s.args()...), extract(t, file))...)
}

// sweep runs the case of each instant.
func sweep(t *testing.T, e *contents, n int, setUp func(t *testing.T, i, n int) victim) {
	t.Helper()
	var killed, published int
	for i := range n {
		t.Run(fmt.Sprintf("%03d", i), func(t *testing.T) {
			v := setUp(t, i, n)
			beside := serve(t, v.beside)
			beside.ready()
			stop := watchAnswers(t, e, beside, "first.zip", "second.zip")
			importer := launch(t, v.importer)
			v.when(importer)
			code := importer.wait()
			if code == -1 {
				killed++
			} else if code != 0 {
				t.Fatalf("the import was not killed and ended with %d:\n%s", code, importer.tail(20))
			}

			after := serve(t, v.fresh)
			after.ready()
			served, serial := e.of(after), after.serial()
			after.kill()
			if served == "second.zip" {
				published++
			} else if code == 0 {
				t.Error("the import said that it published, and the first release is served")
			}
			beside.serves(serial, patience)
			if got := e.of(beside); got != served {
				t.Errorf("release %d is %s with the server that was there and %s with a new one", serial, got, served)
			}
			// A serial that was written and not published is never used again.
			beside.serves(importFile(t, v.fresh, "second.zip"), patience)
			if got := e.of(beside); got != "second.zip" {
				t.Errorf("after the next import %s is served", got)
			}
			stop()
		})
	}
	t.Logf("%d instants: killed %d times, published before that %d times", n, killed, published)
	if !t.Failed() && killed == 0 {
		t.Error("no import was killed: the instants are too late")
	}
}

// watchAnswers asks again and again for an entry that one file has and the
// other has not, and for one that differs: each answer must be that of the
// release which it names. Release 1 is the first file, every other the second.
func watchAnswers(t *testing.T, e *contents, s *server, first, second string) (stop func() (slowest time.Duration)) {
	t.Helper()
	keys, expected := e.differing(t, first, second)
	ended := make(chan struct{})
	var wg sync.WaitGroup
	var asked int
	var slowest time.Duration
	wg.Go(func() {
		for tick := time.NewTicker(10 * time.Millisecond); ; {
			for _, key := range keys {
				begun := time.Now()
				a, err := s.try(s.url + "/v1/" + key)
				slowest = max(slowest, time.Since(begun))
				if err != nil {
					t.Errorf("GET %s: %v", key, err)
					return
				}
				file := second
				if a.release == "1" {
					file = first
				}
				want, there := expected[file][key]
				if there != (a.status == http.StatusOK) || there && strings.TrimSpace(string(a.body)) != want {
					t.Errorf("GET %s of release %s: %d %.200s; want that of %s", key, a.release, a.status, a.body, file)
					return
				}
				asked++
			}
			select {
			case <-ended:
				return
			case <-tick.C:
			}
		}
	})
	return func() time.Duration {
		close(ended)
		wg.Wait()
		if asked == 0 {
			t.Error("nothing was asked")
		}
		return slowest
	}
}

// after kills when a time is over.
func after(t *testing.T, d time.Duration) func(*process) {
	t.Helper()
	t.Log("kill after", d)
	return func(p *process) {
		select {
		case <-time.After(d):
		case <-p.done:
		}
		p.kill()
	}
}

var releaseLine = regexp.MustCompile(`^[a-z, ]+: release (\d+),`)

// importFile imports one of the files and returns the release that it says.
func importFile(t *testing.T, s store, name string, args ...string) fest.Serial {
	t.Helper()
	return released(t, must(t, append(append(append([]string{"import"}, s.args()...), args...), extract(t, name))...))
}

// released is the serial that an import prints.
func released(t *testing.T, printed string) fest.Serial {
	t.Helper()
	m := releaseLine.FindStringSubmatch(printed)
	if m == nil {
		t.Fatalf("an import names no release: %.300s", printed)
	}
	serial, err := strconv.ParseUint(m[1], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return fest.Serial(serial)
}

// duration is how long an import takes here and now.
func duration(t *testing.T, base store, name string) time.Duration {
	t.Helper()
	s := store{dir: copyDir(t, base.dir)}
	begun := time.Now()
	importFile(t, s, name)
	return time.Since(begun)
}

func copyDir(t *testing.T, from string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "data")
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	return to
}

// name is the database's in a URL of pgtest.
func name(url string) string {
	_, rest, _ := strings.Cut(url, "dbname=")
	n, _, _ := strings.Cut(rest, " ")
	return n
}

// stage is a moment of an import into a directory that the directory shows.
type stage struct {
	name string
	glob string
	more int // how many more files than before must fit
}

// stages in their order: each file appears when the one before is done.
var stages = []stage{
	{"another writer is announced", "live/*", 1},
	{"the source is being copied", "source/.*.pending", 1},
	{"the content is being written", "content/.*.pending", 1},
	{"the content is sealed", "content/[0-9a-f]*", 1},
	{"the snapshot is being written", "snapshot/.*.pending", 1},
	{"the snapshot is written", "snapshot/[0-9a-f]*", 1},
	{"the pointer is being moved", ".*.pending", 1},
	{"it is published", "facts/[0-9a-f]*", 1},
}

// stageOrTime gives the i-th of n instants: first the stages, then times spread
// evenly over what an import takes.
func stageOrTime(t *testing.T, dir string, i, n int, took time.Duration) func(*process) {
	t.Helper()
	switch {
	case n <= len(stages): // from the first to the last
		i = i * (len(stages) - 1) / (n - 1)
	case i >= len(stages):
		return after(t, took*time.Duration(i-len(stages)+1)/time.Duration(n-len(stages)))
	}
	t.Log("kill when", stages[i].name)
	watch := stages[i].watch(dir)
	return func(p *process) { watch(p, p.kill) }
}

// watch notes what is there; what it returns waits for the stage and does harm.
func (s stage) watch(dir string) func(p *process, harm func()) {
	count := func() int {
		list, _ := filepath.Glob(filepath.Join(dir, s.glob)) // the pattern is good
		return len(list)
	}
	before := count()
	return func(p *process, harm func()) {
		for count() < before+s.more && p.running() {
			time.Sleep(50 * time.Microsecond)
		}
		harm()
	}
}

// instants are the frames that an import sends to PostgreSQL, in order.
type instants []frame

// record runs an import in a copy of the database and notes what it sends.
func record(t *testing.T, cluster *pgtest.Cluster, base store, file string) instants {
	t.Helper()
	p := newProxy(t, cluster.Database(t, name(base.database)))
	var mu sync.Mutex
	var all instants
	p.on(func(f frame) bool {
		if f.client && strings.HasSuffix(f.app, importSession) {
			mu.Lock()
			defer mu.Unlock()
			f.body = append([]byte{}, f.body[:min(100, len(f.body))]...)
			all = append(all, f)
		}
		return true
	})
	importFile(t, store{copyDir(t, base.dir), p.url}, file)
	mu.Lock()
	defer mu.Unlock()
	if len(all) < 10 {
		t.Fatalf("an import sent only %d frames as %q: %v", len(all), importSession, all)
	}
	return all
}

// importSession ends the application_name of the connection that an import
// publishes by.
const importSession = "import"

// instant is before or after the n-th frame that an import sends, or of its
// commits alone; or when the server's answer to it is dropped.
type instant struct {
	n      int // from 0
	commit bool
	when   string // before, after, unanswered
	what   frame
}

func (i instant) String() string {
	if i.commit {
		return fmt.Sprintf("%s commit %d", i.when, i.n)
	}
	return fmt.Sprintf("%s frame %d: %s", i.when, i.n, i.what)
}

// isCommit: pgx sends it as a simple query.
func isCommit(f frame) bool { return f.client && f.kind == 'Q' && f.says("commit") }

// at chooses the i-th of n instants. The first ones are around each commit, the
// last first, for it publishes; the rest are spread evenly.
func (all instants) at(i, n int) instant {
	var list []instant
	for _, f := range all {
		if isCommit(f) {
			k := len(list) / 2
			list = append(list, instant{k, true, "before", f}, instant{k, true, "unanswered", f})
		}
	}
	list = list[max(0, len(list)-n/2):]
	if i < len(list) {
		return list[len(list)-1-i]
	}
	k := (i - len(list)) * len(all) / (n - len(list))
	return instant{k, false, []string{"before", "after"}[i%2], all[k]}
}

// arm makes the proxy notice the instant. What it returns waits for it, does
// harm (nil: kills the importer), and ends the connections that were held.
func (i instant) arm(p *proxy, harm func()) func(*process) {
	now := make(chan struct{})
	dead := make(chan struct{})
	var once sync.Once
	var mu sync.Mutex
	sent := 0
	p.on(func(f frame) bool {
		if !strings.HasSuffix(f.app, importSession) {
			return true
		}
		mu.Lock()
		before := sent > i.n
		if f.client && (!i.commit || isCommit(f)) {
			sent++
		}
		reached := sent > i.n
		mu.Unlock()
		switch i.when {
		case "before":
		case "after":
			reached = before && f.client
		case "unanswered":
			reached = before && !f.client
		}
		if reached {
			once.Do(func() { close(now) })
			<-dead
		}
		return !reached
	})
	return func(importer *process) {
		select {
		case <-now:
		case <-importer.done: // it sent fewer frames than when they were recorded
		}
		if harm == nil {
			harm = importer.kill
		}
		harm()
		p.on(nil)
		p.reset() // what came behind must not arrive without what was held
		close(dead)
	}
}

package endtoend_test

import (
	"math"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/festd/festd/internal/fest"
)

// fullDisk makes every file that a process writes end after 64 KiB, as a disk
// does that is full: no release fits, a note of what is known does. The limit
// holds for any user; false takes it away.
func (p *process) fullDisk(full bool) {
	p.t.Helper()
	limit := unix.Rlimit{Cur: math.MaxUint64, Max: math.MaxUint64}
	if full {
		limit.Cur = 64 << 10
	}
	var now unix.Rlimit
	err := unix.Prlimit(p.cmd.Process.Pid, unix.RLIMIT_FSIZE, nil, &now)
	if err == nil {
		limit.Max = now.Max
		limit.Cur = min(limit.Cur, now.Max)
		err = unix.Prlimit(p.cmd.Process.Pid, unix.RLIMIT_FSIZE, &limit, nil)
	}
	if err != nil {
		p.t.Fatalf("limiting the size of files: %v", err)
	}
}

var fromMemory = regexp.MustCompile(`level=ERROR .*served from memory`)

// TestReplicaWithFullDisk fills the disk of a replica before a publication: it
// follows from memory, whole, and says so, once. When there is room again it
// writes down what it serves, so that a start without the database serves it.
func TestReplicaWithFullDisk(t *testing.T) {
	e := expect(t, "first.zip", "second.zip")
	cluster, base := base(t)
	database := cluster.Database(t, name(base.database))
	p := newProxy(t, database)
	own := store{copyDir(t, base.dir), p.url}
	s := serve(t, own)
	s.ready()
	if got := s.mustMetric("fest_disk_copy_failed"); got != 0 {
		t.Errorf("with room on the disk the metric is %v", got)
	}
	s.fullDisk(true)
	stop := watchAnswers(t, e, s, "first.zip", "second.zip")
	importFile(t, store{copyDir(t, base.dir), database}, "second.zip")
	t.Log("follows after", s.serves(2, patience))
	if got := e.of(s); got != "second.zip" {
		t.Errorf("with a full disk %s is served", got)
	}
	if got := s.mustMetric("fest_disk_copy_failed"); got != 1 {
		t.Errorf("with a full disk the metric is %v", got)
	}
	if a, err := s.try(s.ops + "/readyz"); err != nil || a.status != http.StatusOK {
		t.Errorf("with a full disk: not ready: %v %d %s", err, a.status, a.body)
	}
	s.says(fromMemory)

	s.fullDisk(false)
	t.Log("on disk after", eventually(t, "the disk has the release", patience, func() bool { return s.mustMetric("fest_disk_copy_failed") == 0 }))
	if n := len(fromMemory.FindAllString(strings.Join(s.lines(), "\n"), -1)); n != 1 {
		t.Errorf("it is said %d times, want once", n)
	}
	stop()
	s.kill()
	p.set(refuses)
	s = serve(t, own)
	if took := s.ready(); took > patience/2 {
		t.Errorf("ready after %v", took)
	}
	if got := e.of(s); got != "second.zip" {
		t.Errorf("started anew without the database: %s is served", got)
	}
}

// TestImportWithFullDisk fills the disk under an import into a directory: it
// publishes nothing, the server beside it serves on, and the next one succeeds.
func TestImportWithFullDisk(t *testing.T) {
	e := expect(t, "first.zip", "second.zip")
	own := store{dir: t.TempDir()}
	importFile(t, own, "first.zip")
	s := serve(t, own)
	s.ready()
	importer := launch(t, importing(t, own, "second.zip"))
	importer.fullDisk(true)
	if code := importer.wait(); code != 1 || !strings.Contains(importer.tail(20), "file too large") {
		t.Errorf("the import ended with %d, want 1 and why:\n%s", code, importer.tail(20))
	}
	if got := e.of(s); got != "first.zip" || s.serial() != 1 {
		t.Errorf("release %d, %s is served", s.serial(), got)
	}
	var next fest.Serial
	if next = importFile(t, own, "second.zip"); next < 2 {
		t.Errorf("the next import is release %d", next)
	}
	s.serves(next, patience)
	if got := e.of(s); got != "second.zip" {
		t.Errorf("%s is served", got)
	}
}

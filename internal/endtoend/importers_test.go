package endtoend_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/festd/festd/internal/fest"
)

// bothStores runs a test over a directory and over a database, each with the
// first release in it. open gives the store as another machine would reach it.
func bothStores(t *testing.T, test func(t *testing.T, open func(t *testing.T) (importer store, beside store))) {
	t.Helper()
	t.Run("directory", func(t *testing.T) {
		base := store{dir: filepath.Join(t.TempDir(), "base")}
		importFile(t, base, "first.zip")
		test(t, func(t *testing.T) (store, store) {
			s := store{dir: copyDir(t, base.dir)}
			return s, s
		})
	})
	t.Run("postgres", func(t *testing.T) {
		cluster, base := base(t)
		test(t, func(t *testing.T) (store, store) {
			database := cluster.Database(t, name(base.database))
			return store{copyDir(t, base.dir), database}, store{copyDir(t, base.dir), database}
		})
	})
}

// TestTwoImporters starts the imports of two files at once, which both follow
// what is served. Whoever is later either publishes after the other, or says
// that it was overtaken, or is held for being older; never is there a mix, and
// never does the older file take the place of the newer.
func TestTwoImporters(t *testing.T) {
	e := expect(t, "first.zip", "second.zip", "third.zip")
	bothStores(t, func(t *testing.T, open func(t *testing.T) (store, store)) {
		for round := range max(2, killPoints(t)/10) {
			t.Run(fmt.Sprint(round), func(t *testing.T) {
				s, other := open(t)
				srv := serve(t, other)
				srv.ready()
				files := []string{"second.zip", "third.zip"}
				var importers []*process
				for i, f := range files {
					importers = append(importers, launch(t, importing(t, []store{s, other}[i], f)))
				}
				want, serial := "", fest.Serial(0)
				for i, p := range importers { // in the order of their dates
					switch code, said := p.wait(), p.output()+p.tail(10); {
					case code == 0:
						want, serial = files[i], released(t, p.output())
					case code == 1 && strings.Contains(said, conflict):
					case code == 3 && files[i] == "second.zip" && strings.Contains(said, "HentetDato"):
					default:
						t.Errorf("the import of %s ended with %d:\n%s", files[i], code, said)
					}
				}
				if want == "" {
					t.Fatal("neither was published")
				}
				srv.serves(serial, patience)
				if got := e.of(srv); got != want {
					t.Errorf("%s is served, want %s", got, want)
				}
			})
		}
	})
}

// conflict is what an importer that was overtaken says.
const conflict = "another release was published meanwhile"

// TestLateImporter stops an importer with SIGSTOP when all is ready to be
// published, lets another publish a newer file, and goes on: the late one
// must not overwrite what is newer, and says so.
func TestLateImporter(t *testing.T) {
	e := expect(t, "first.zip", "second.zip", "third.zip")
	late := func(t *testing.T, p *process, stopped func(), s store, srv *server) {
		t.Helper()
		stopped()
		if got := srv.serial(); got != 1 {
			t.Fatalf("release %d is served: it was stopped too late", got)
		}
		importFile(t, s, "third.zip")
		srv.serves(2, patience)
		p.signal(syscall.SIGCONT)
		code := p.wait()
		if said := p.output() + p.tail(10); code != 1 || !strings.Contains(said, conflict) {
			t.Errorf("the late import ended with %d, want 1 and %q:\n%s", code, conflict, said)
		}
		// What it left behind does not matter, to a new server either.
		fresh := serve(t, store{filepath.Join(t.TempDir(), "fresh"), s.database}, "--sample", "off")
		if s.database == "" {
			fresh = serve(t, s)
		}
		fresh.ready()
		for _, x := range []*server{srv, fresh} {
			if got := e.of(x); got != "third.zip" || x.serial() != 2 {
				t.Errorf("release %d, %s is served, want the newer file", x.serial(), got)
			}
		}
		if code, out, said := run(t, append(append([]string{"import"}, s.args()...), extract(t, "second.zip"))...); code != 3 || !strings.Contains(out+said, "HentetDato") {
			t.Errorf("the older file, imported again, ended with %d, want 3 and its HentetDato:\n%s%s", code, out, said)
		}
	}
	t.Run("directory", func(t *testing.T) {
		s := store{dir: filepath.Join(t.TempDir(), "data")}
		importFile(t, s, "first.zip")
		srv := serve(t, s)
		srv.ready()
		var at stage
		for _, x := range stages {
			if x.name == "the snapshot is being written" {
				at = x
			}
		}
		watch := at.watch(s.dir)
		p := launch(t, importing(t, s, "second.zip"))
		late(t, p, func() { watch(p, func() { p.stop() }) }, s, srv)
	})
	t.Run("postgres", func(t *testing.T) {
		cluster, base := base(t)
		s := store{copyDir(t, base.dir), cluster.Database(t, name(base.database))}
		begin := record(t, cluster, base, "second.zip").publishing(t)
		p := newProxy(t, s.database)
		srv := serve(t, store{copyDir(t, s.dir), s.database})
		srv.ready()
		reached, goOn := make(chan struct{}), make(chan struct{})
		var once sync.Once
		sent := 0
		p.on(func(f frame) bool { // one goroutine for the one session
			if f.client && strings.HasSuffix(f.app, importSession) {
				if sent++; sent > begin {
					once.Do(func() { close(reached) })
					<-goOn
				}
			}
			return true
		})
		importer := launch(t, importing(t, store{copyDir(t, s.dir), p.url}, "second.zip"))
		late(t, importer, func() {
			select {
			case <-reached:
			case <-importer.done:
				t.Fatalf("the import ended before it published: %s", importer.tail(10))
			}
			importer.stop()
			close(goOn)
		}, s, srv)
	})
}

// stop stops the process and waits until it has stopped.
func (p *process) stop() {
	p.t.Helper()
	p.signal(syscall.SIGSTOP)
	eventually(p.t, "the process is stopped", patience, func() bool {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
		_, state, ok := strings.Cut(string(stat), ") ")
		return err == nil && ok && strings.HasPrefix(state, "T")
	})
}

// publishing is the number of the frame that begins the transaction which
// publishes.
func (all instants) publishing(t *testing.T) int {
	t.Helper()
	for i := len(all) - 1; i >= 0; i-- {
		if all[i].kind == 'Q' && all[i].says("commit") {
			for k := i; k >= 0; k-- {
				if all[k].kind == 'Q' && all[k].says("begin") {
					return k
				}
			}
		}
	}
	t.Fatalf("no transaction in %v", all)
	return 0
}

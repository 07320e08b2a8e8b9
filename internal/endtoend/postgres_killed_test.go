package endtoend_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/festd/festd/internal/pgtest"
)

// TestPostgresKilled kills PostgreSQL with SIGKILL while the second release is
// being imported: before each commit reaches it, after it was committed and
// before it said so, and in between. A server beside it goes on with what it
// has. When PostgreSQL is back exactly one release is there, whole, and what
// the import said of it is true; the same import, run again, succeeds.
func TestPostgresKilled(t *testing.T) {
	e := expect(t, "first.zip", "second.zip")
	cluster := pgtest.Start(t)
	template := cluster.Database(t, "")
	base := store{filepath.Join(t.TempDir(), "base"), template}
	importFile(t, base, "first.zip")
	instants := record(t, cluster, base, "second.zip")
	n := killPoints(t)
	published := 0
	for i := range n {
		t.Run(fmt.Sprintf("%03d", i), func(t *testing.T) {
			database := cluster.Database(t, name(template))
			p := newProxy(t, database)
			at := instants.at(i, n)
			t.Logf("kill %s", at)
			beside := serve(t, store{copyDir(t, base.dir), database})
			beside.ready()
			stop := watchAnswers(t, e, beside, "first.zip", "second.zip")
			strike := at.arm(p, cluster.Kill)
			importer := launch(t, importing(t, store{copyDir(t, base.dir), p.url}, "second.zip"))
			strike(importer)
			if got := e.of(beside); got != "first.zip" {
				t.Errorf("with PostgreSQL gone %s is served", got)
			}
			if err := cluster.Restart(t.Context()); err != nil {
				t.Fatal(err)
			}
			code := importer.wait()

			after := serve(t, store{filepath.Join(t.TempDir(), "fresh"), database})
			after.ready()
			served, serial := e.of(after), after.serial()
			after.kill()
			if (code == 0) != (served == "second.zip") {
				t.Errorf("the import ended with %d, and %s is served\n%s", code, served, importer.tail(10))
			}
			if served == "second.zip" {
				published++
			}
			took := beside.serves(serial, patience)
			t.Logf("ended with %d; the server beside served release %d %v later", code, serial, took)
			beside.serves(importFile(t, store{copyDir(t, base.dir), database}, "second.zip"), patience)
			if got := e.of(beside); got != "second.zip" {
				t.Errorf("after the next import %s is served", got)
			}
			stop()
		})
	}
	t.Logf("%d instants: published at %d", n, published)
}

package endtoend_test

import (
	"testing"
)

// loadStages are the moments of a load that the disk of a replica shows.
var loadStages = []stage{
	{"the content is being written", "content/.*.pending", 1},
	{"the content is there", "content/[0-9a-f]*", 1},
	{"the snapshot is being written", "snapshot/.*.pending", 1},
	{"the snapshot is there", "snapshot/[0-9a-f]*", 1},
}

// TestReplicaKilled kills a replica with SIGKILL while it loads the second
// release from PostgreSQL, at each step of what it writes. Started anew without
// the database it serves one of the two, whole; with the database it follows.
func TestReplicaKilled(t *testing.T) {
	e := expect(t, "first.zip", "second.zip")
	cluster, base := base(t)
	for _, at := range loadStages {
		t.Run(at.name, func(t *testing.T) {
			database := cluster.Database(t, name(base.database))
			p := newProxy(t, database)
			own := store{copyDir(t, base.dir), p.url}
			s := serve(t, own)
			s.ready()
			killed := make(chan struct{})
			watch := at.watch(own.dir)
			go func() {
				defer close(killed)
				watch(s.process, s.process.kill)
			}()
			importFile(t, store{copyDir(t, base.dir), database}, "second.zip")
			<-killed

			p.set(refuses)
			s = serve(t, own)
			s.ready()
			t.Logf("without the database %s is served", e.of(s)) // it fails where that is none of them, or not whole
			p.set(passes)
			t.Log("follows after", s.serves(2, healing))
			if got := e.of(s); got != "second.zip" {
				t.Errorf("%s is served", got)
			}
		})
	}
}

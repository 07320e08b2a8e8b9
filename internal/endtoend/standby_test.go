package endtoend_test

import (
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"github.com/festd/festd/internal/pgtest"
)

// TestPromotedStandby promotes a standby that never got the last publication,
// in the place of its primary. A replica keeps the release that it serves, the
// only place where that is left, and says that it does not follow.
func TestPromotedStandby(t *testing.T) {
	e := expect(t, "first.zip", "second.zip")
	primary := pgtest.Start(t)
	database := primary.Database(t, "")
	importer := store{filepath.Join(t.TempDir(), "importer"), database}
	importFile(t, importer, "first.zip")
	standby := primary.Standby(t)
	if err := standby.Detach(t.Context()); err != nil { // the network between the two is gone
		t.Fatal(err)
	}
	p := newProxy(t, database)
	s := serve(t, store{filepath.Join(t.TempDir(), "replica"), p.url})
	s.serves(1, patience)
	importFile(t, importer, "second.zip")
	s.serves(2, patience)
	stop := watchAnswers(t, e, s, "first.zip", "second.zip")

	primary.Kill()
	if err := standby.Promote(t.Context()); err != nil {
		t.Fatal(err)
	}
	p.lead(standby.Socket())
	s.says(notFollowed)
	eventually(t, "the standby is asked", patience, func() bool { return s.mustMetric("fest_database_up") == 1 })
	if got := s.mustMetric("fest_store_followed"); got != 0 {
		t.Errorf("fest_store_followed is %v, want 0: the standby lacks the last publication", got)
	}
	for begun := time.Now(); time.Since(begun) < time.Second; time.Sleep(50 * time.Millisecond) {
		if got := s.serial(); got != 2 {
			t.Fatalf("the serial went to %d", got)
		}
	}
	if got := e.of(s); got != "second.zip" {
		t.Errorf("%s is served", got)
	}
	if a, err := s.try(s.ops + "/readyz"); err != nil || a.status != http.StatusOK {
		t.Errorf("not ready: %v %d %s", err, a.status, a.body)
	}
	stop()
}

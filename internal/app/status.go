package app

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/festdb/postgres"
)

// verdicts are what can have become of what came last.
var verdicts = []string{"passed", "approved", "held", "rejected", "rolled_back"}

// status tells of the ledger, the archive and the database at the moment of a
// scrape, from memory: a scrape asks no database.
type status struct {
	store   store
	memory  *known
	archive *archive

	held, notices, nextDate, frozen, advisory, verdict, rollbacks, removed, superseded, releases *prometheus.Desc
	open, loads, hits                                                                            *prometheus.Desc
	up, since, followed, connections, acquires, waits, waited                                    *prometheus.Desc
}

// watch registers what is asked at a scrape.
func (m *metrics) watch(reg prometheus.Registerer, s store, k *known, a *archive) {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc(name, help, labels, nil)
	}
	reg.MustRegister(&status{
		store: s, memory: k, archive: a,
		held:    desc("fest_candidates_held", "Contents that the gate holds and nobody has decided about."),
		notices: desc("fest_held_safety_notifications", "New notifications of types 1 (safety) and 3 (sales stop) inside what is held."),
		nextDate: desc("fest_held_next_validity_timestamp_seconds",
			"Beginning, in Oslo, of the first day on which something inside what is held begins or ends. Absent where nothing does."),
		frozen:      desc("fest_publishing_frozen", "1 while an operator has stopped publications, else 0."),
		advisory:    desc("fest_advisory_active", "1 while answers carry an advisory, else 0."),
		verdict:     desc("fest_last_verdict", "1 for what became of what came last: passed, approved, held, rejected or rolled_back; 0 for the others.", "verdict"),
		rollbacks:   desc("fest_rollbacks_total", "Releases in the ledger that went back to an older content."),
		removed:     desc("fest_removed_entries", "Entries and numbers that left the register and are answered as removed."),
		superseded:  desc("fest_superseded_entry_ids", "Entry ids that an edit took from an object, which is answered in their place."),
		releases:    desc("fest_ledger_releases", "Releases in the ledger, by whether this node has their content on disk.", "on_disk"),
		open:        desc("fest_archive_open_releases", "Releases of the past that are open, for reads as of then and for going back: among them the one served before."),
		loads:       desc("fest_archive_loads_total", "Releases of the past that were opened from disk."),
		hits:        desc("fest_archive_hits_total", "Reads of the past that found their release open."),
		up:          desc("fest_database_up", "1 if the last question to the database was answered, else 0. Absent without a database."),
		since:       desc("fest_database_state_since_timestamp_seconds", "Since when fest_database_up is what it is."),
		followed:    desc("fest_store_followed", "1 if what the store says is followed; 0 where it went back or is another one, and what is served stays."),
		connections: desc("fest_database_pool_connections", "Connections of the pool: acquired, idle, and the most there may be.", "state"),
		acquires:    desc("fest_database_pool_acquires_total", "Connections taken from the pool. Requests of clients take none."),
		waits:       desc("fest_database_pool_waits_total", "Connections that had to be waited for."),
		waited:      desc("fest_database_pool_wait_seconds_total", "Time that connections were waited for."),
	})
}

// Describe implements [prometheus.Collector].
func (c *status) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{c.held, c.notices, c.nextDate, c.frozen, c.advisory, c.verdict, c.rollbacks, c.removed, c.superseded, c.releases, c.open, c.loads, c.hits,
		c.up, c.since, c.followed, c.connections, c.acquires, c.waits, c.waited} {
		out <- d
	}
}

// Collect implements [prometheus.Collector].
func (c *status) Collect(out chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	counter := func(d *prometheus.Desc, v float64) {
		out <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, v)
	}
	k, docket := c.memory.now.Load(), c.memory.docket()
	gauge(c.held, float64(docket.Held()))
	gauge(c.notices, float64(len(k.waiting.keys)))
	if !k.waiting.next.IsZero() {
		gauge(c.nextDate, float64(k.waiting.next.Unix()))
	}
	gauge(c.frozen, oneIf(docket.Frozen != nil))
	gauge(c.advisory, oneIf(docket.Advisory != nil))
	last := lastVerdict(k)
	for _, v := range verdicts {
		gauge(c.verdict, oneIf(v == last), v)
	}
	back, onDisk := 0, 0
	for _, r := range k.releases {
		if r.Cause == fest.CauseRollback {
			back++
		}
		if r.OnDisk {
			onDisk++
		}
	}
	counter(c.rollbacks, float64(back))
	gauge(c.releases, float64(onDisk), "true")
	gauge(c.releases, float64(len(k.releases)-onDisk), "false")
	gone, superseded := 0, 0
	if g := c.memory.grave.Load(); g != nil {
		gone, superseded = g.Len(), g.Superseded()
	}
	gauge(c.removed, float64(gone))
	gauge(c.superseded, float64(superseded))
	gauge(c.open, float64(c.archive.size()))
	counter(c.loads, float64(c.archive.opened.Load()))
	counter(c.hits, float64(c.archive.hits.Load()))
	if db, ok := c.store.(*postgres.Store); ok {
		c.database(db, gauge, counter)
	}
}

func (c *status) database(db *postgres.Store, gauge func(*prometheus.Desc, float64, ...string), counter func(*prometheus.Desc, float64)) {
	s, pool := db.Status(), db.Pool()
	gauge(c.up, oneIf(s.Connected))
	gauge(c.since, float64(s.Since.UnixNano())/float64(time.Second))
	gauge(c.followed, oneIf(!s.Connected || s.Err == nil))
	gauge(c.connections, float64(pool.AcquiredConns()), "acquired")
	gauge(c.connections, float64(pool.IdleConns()), "idle")
	gauge(c.connections, float64(pool.MaxConns()), "max")
	counter(c.acquires, float64(pool.AcquireCount()))
	counter(c.waits, float64(pool.EmptyAcquireCount()))
	counter(c.waited, pool.EmptyAcquireWaitTime().Seconds())
}

func oneIf(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// lastVerdict says what became of what came last; "" where nothing ever came.
func lastVerdict(k *knowledge) string {
	last, at := "", time.Time{}
	if len(k.releases) > 0 {
		r := k.releases[0]
		at = r.PublishedAt
		switch r.Cause {
		case fest.CauseRollback:
			last = "rolled_back"
		case fest.CauseApproval:
			last = "approved"
		default:
			last = "passed"
		}
	}
	for _, a := range k.acts {
		if a.At.Before(at) {
			continue
		}
		switch a.Kind {
		case fest.ActHold:
			last, at = "held", a.At
		case fest.ActReject:
			last, at = "rejected", a.At
		default:
		}
	}
	return last
}

package app

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/festdb/postgres"
	"github.com/festd/festd/internal/ingest"
)

// metrics are what the wiring itself measures; the API has its own. They are
// registered on the instance's registry; nil registers nothing.
type metrics struct {
	loads        *prometheus.CounterVec
	loadSeconds  prometheus.Histogram
	loadFailures prometheus.Gauge
	damaged      prometheus.Gauge
	diskFailed   prometheus.Gauge
	fetches      *prometheus.CounterVec
	fetchWaits   prometheus.Counter
	fetchSeconds prometheus.Counter
	fetchBytes   prometheus.Counter
	fetchEntries *prometheus.CounterVec
	imports      *prometheus.CounterVec
	lastImport   prometheus.Gauge
	lastFailure  prometheus.Gauge
	lastCheck    prometheus.Gauge
	polls        prometheus.Gauge
	leader       prometheus.Gauge
	findings     *prometheus.GaugeVec
}

func newMetrics(reg prometheus.Registerer) *metrics {
	m := &metrics{
		loads: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "fest_release_loads_total",
			Help: "Loads of a release from the store, by outcome: swapped, unchanged or failed.",
		}, []string{"outcome"}),
		loadSeconds: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name:    "fest_release_load_duration_seconds",
			Help:    "Time that a load of a release took, from trigger to swap.",
			Buckets: []float64{.025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30},
		}),
		loadFailures: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "fest_release_load_consecutive_failures",
			Help: "Failed loads since the last one that did not fail.",
		}),
		damaged: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "fest_disk_copies_damaged",
			Help: "Releases newer than the served one whose local copy cannot be served. Import their source again.",
		}),
		diskFailed: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "fest_disk_copy_failed",
			Help: "1 while the local disk does not take the release served, which is served from memory, else 0.",
		}),
		fetches: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "fest_database_loads_total",
			Help: "Loads of a content from the database, by outcome: disk, memory (the local disk did not take it) or failed.",
		}, []string{"outcome"}),
		fetchWaits: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "fest_database_load_wait_seconds_total",
			Help: "Time that loads from the database waited for a connection and one of the cluster's slots.",
		}),
		fetchSeconds: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "fest_database_load_seconds_total",
			Help: "Time that loads from the database took once they had a slot.",
		}),
		fetchBytes: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "fest_database_load_bytes_total",
			Help: "Bytes of XML that loads fetched from the database.",
		}),
		fetchEntries: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "fest_database_load_entries_total",
			Help: "Entries of the contents that were loaded, by where they came from: database, or disk, where an older content had them.",
		}, []string{"from"}),
		imports: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "fest_imports_total",
			Help: "Imports of this process, by outcome: published, unchanged, repaired, postponed, refused, held or failed.",
		}, []string{"outcome"}),
		lastImport: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "fest_import_last_success_timestamp_seconds",
			Help: "When an import of this process last ended well (published, unchanged or repaired).",
		}),
		lastFailure: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "fest_import_last_failure_timestamp_seconds",
			Help: "When an import of this process last failed or was refused; a hold is neither.",
		}),
		lastCheck: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "fest_source_last_check_timestamp_seconds",
			Help: "When this process last looked at the source and learned what it has, whatever became of it.",
		}),
		polls: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "fest_source_polled",
			Help: "1 if the source is a URL, which this process looks at again and again while it leads, else 0.",
		}),
		leader: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "fest_leader",
			Help: "1 if this process leads: of those that use the store, it alone looks at the source.",
		}),
		findings: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "fest_release_findings",
			Help: "Findings of the decoder and the gate about the file of the served release, by rule.",
		}, []string{"rule"}),
	}
	for _, o := range []string{"swapped", "unchanged", "failed"} {
		m.loads.WithLabelValues(o)
	}
	for _, o := range []string{"disk", "memory", "failed"} {
		m.fetches.WithLabelValues(o)
	}
	for _, from := range []string{"database", "disk"} {
		m.fetchEntries.WithLabelValues(from)
	}
	for _, o := range []string{"published", "unchanged", "repaired", "refused", "held", "failed"} { // a server never rehearses
		m.imports.WithLabelValues(o)
	}
	if reg != nil {
		reg.MustRegister(m.loads, m.loadSeconds, m.loadFailures, m.damaged, m.diskFailed,
			m.fetches, m.fetchWaits, m.fetchSeconds, m.fetchBytes, m.fetchEntries, m.imports, m.lastImport, m.lastFailure, m.lastCheck, m.polls, m.leader, m.findings)
	}
	return m
}

// fallback notes how many newer copies were passed over.
func (m *metrics) fallback(n int) { m.damaged.Set(float64(n)) }

func (m *metrics) refreshed(r cache.Refresh) {
	m.loadSeconds.Observe(r.Duration.Seconds())
	m.loadFailures.Set(float64(r.Failures))
	switch {
	case r.Err != nil:
		m.loads.WithLabelValues("failed").Inc()
	case r.Swapped:
		m.loads.WithLabelValues("swapped").Inc()
	default:
		m.loads.WithLabelValues("unchanged").Inc()
	}
}

// fetched notes a load of a content from the database.
func (m *metrics) fetched(l postgres.Load) {
	outcome := "disk"
	switch {
	case l.Err != nil:
		outcome = "failed"
	case l.DiskErr != nil:
		outcome = "memory"
	}
	m.fetches.WithLabelValues(outcome).Inc()
	m.fetchWaits.Add(l.Waited.Seconds())
	m.fetchSeconds.Add(max(l.Took, 0).Seconds())
	m.fetchBytes.Add(float64(l.Bytes))
	m.fetchEntries.WithLabelValues("database").Add(float64(l.Fetched))
	if l.Err == nil {
		m.fetchEntries.WithLabelValues("disk").Add(float64(max(l.Entries-l.Fetched, 0)))
	}
}

// leads notes whether this process leads.
func (m *metrics) leads(yes bool) { m.leader.Set(oneIf(yes)) }

func (m *metrics) imported(r ingest.Result, err error) {
	outcome := ingest.Outcome(r, err)
	m.imports.WithLabelValues(outcome).Inc()
	if outcome != "failed" {
		m.lastCheck.SetToCurrentTime()
	}
	switch {
	case err == nil:
		m.lastImport.SetToCurrentTime()
	case outcome == "failed" || outcome == "refused":
		m.lastFailure.SetToCurrentTime()
	}
}

func (m *metrics) serves(snap *cache.Snapshot) {
	m.findings.Reset()
	for _, f := range snap.Release().Content.Findings {
		m.findings.WithLabelValues(f.Rule).Inc()
	}
}

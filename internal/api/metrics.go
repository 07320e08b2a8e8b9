package api

import (
	"runtime"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
)

// metrics are the API's, on the registry of its instance. The label route is
// a route's pattern; requests that meet no route share routeNone. The label
// class is the route's (Cost), so that it makes no series more.
type metrics struct {
	requests   *prometheus.CounterVec
	duration   *prometheus.HistogramVec
	bytes      *prometheus.CounterVec
	panics     prometheus.Counter
	opsRefused *prometheus.CounterVec
	inFlight   atomic.Int64
}

// routeNone is the label route of requests that meet no route.
const routeNone = "none"

func newMetrics(o *Options) (*metrics, error) {
	m := &metrics{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "fest_http_requests_total", Help: "Requests answered, by route pattern and its class, method and status; 499 is a client that went away.",
		}, []string{"route", "class", "method", "code"}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "fest_http_request_duration_seconds", Help: "Time from a request's header to the end of its answer, by route pattern and its class.",
			Buckets: []float64{.0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, 1, 5},
		}, []string{"route", "class"}),
		bytes: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "fest_http_response_bytes_total", Help: "Bytes of answer bodies as sent, by route pattern.",
		}, []string{"route"}),
		panics: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "fest_http_panics_total", Help: "Requests that ended in a panic of the server.",
		}),
		opsRefused: newOpsRefused(),
	}
	inFlight := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "fest_http_requests_in_flight", Help: "Requests under way on the public listener.",
	}, func() float64 { return float64(m.inFlight.Load()) })
	build := prometheus.NewGaugeVec(prometheus.GaugeOpts{
		Name: "fest_build_info", Help: "1, labelled with the program's version and that of Go.",
	}, []string{"version", "go_version"})
	build.WithLabelValues(o.Version, runtime.Version()).Set(1)
	for _, c := range []prometheus.Collector{m.requests, m.duration, m.bytes, m.panics, m.opsRefused, inFlight, build, newReleaseCollector(o)} {
		if err := o.Registry.Register(c); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// routeMetrics are the series of one route, looked up once each.
type routeMetrics struct {
	m        *metrics
	route    string
	class    string
	duration prometheus.Observer
	bytes    prometheus.Counter
	// By method (methodIndex) and status from 100; filled as they occur, so
	// that what never happens makes no series.
	counters [methods][500]atomic.Pointer[prometheus.Counter]
}

const methods = 5

var methodNames = [methods]string{"GET", "HEAD", "OPTIONS", "POST", "other"}

func methodIndex(method string) int {
	switch method {
	case "GET":
		return 0
	case "HEAD":
		return 1
	case "OPTIONS":
		return 2
	case "POST":
		return 3
	default:
		return 4
	}
}

func (m *metrics) route(pattern, class string) *routeMetrics {
	return &routeMetrics{m: m, route: pattern, class: class,
		duration: m.duration.WithLabelValues(pattern, class), bytes: m.bytes.WithLabelValues(pattern)}
}

func (rm *routeMetrics) observe(method string, status int, bytes int64, took time.Duration) {
	rm.duration.Observe(took.Seconds())
	rm.bytes.Add(float64(bytes))
	if status < 100 || status > 599 {
		status = 599 // no such thing is sent
	}
	slot := &rm.counters[methodIndex(method)][status-100]
	counter := slot.Load()
	if counter == nil {
		c := rm.m.requests.WithLabelValues(rm.route, rm.class, methodNames[methodIndex(method)], strconv.Itoa(status))
		counter = &c
		slot.Store(counter)
	}
	(*counter).Inc()
}

// releaseCollector tells of the release served at the moment of the scrape.
type releaseCollector struct {
	served *cache.Served
	state  *State

	ready, serial, retrieved, published, info, entries *prometheus.Desc
}

func newReleaseCollector(o *Options) *releaseCollector {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc(name, help, labels, nil)
	}
	return &releaseCollector{
		served: o.Served, state: o.State,
		ready:     desc("fest_ready", "1 if a verified snapshot is served and the process is not draining, else 0."),
		serial:    desc("fest_release_serial", "Serial of the release served; 0 is the sample. Absent while nothing is served."),
		retrieved: desc("fest_release_retrieved_timestamp_seconds", "HentetDato of the release served, read as Norwegian time; data age is time() minus this."),
		published: desc("fest_release_published_timestamp_seconds", "When the release served was published here."),
		info:      desc("fest_release_info", "1, labelled with what is served.", "stream", "filter", "digest", "sample"),
		entries:   desc("fest_release_objects", "Objects in the release served, by class.", "class"),
	}
}

// Describe implements prometheus.Collector.
func (c *releaseCollector) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{c.ready, c.serial, c.retrieved, c.published, c.info, c.entries} {
		out <- d
	}
}

// Collect implements prometheus.Collector.
func (c *releaseCollector) Collect(out chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	ready := 0.0
	if c.state.readiness(c.served).ready {
		ready = 1
	}
	gauge(c.ready, ready)
	snap := c.served.Acquire()
	if snap == nil {
		return
	}
	rel, counts := snap.Release(), snap.Counts()
	gauge(c.serial, float64(rel.Serial))
	if t, ok := retrievedAt(rel.Content.RetrievalDate); ok {
		gauge(c.retrieved, float64(t.Unix()))
	}
	gauge(c.published, float64(rel.PublishedAt.Unix()))
	gauge(c.info, 1, rel.Stream, string(rel.Content.Filter), rel.Content.Digest.Short(), strconv.FormatBool(rel.Content.Sample))
	for class, n := range counts {
		gauge(c.entries, float64(n), class)
	}
	snap.Close()
}

// retrievedAt reads HentetDato, which states no zone (R9), as Norwegian time;
// only the age of the data is told by it.
func retrievedAt(d fest.DateTime) (time.Time, bool) {
	if t, err := time.Parse(time.RFC3339, string(d)); err == nil {
		return t, true
	}
	t, err := time.ParseInLocation("2006-01-02T15:04:05", string(d), fest.Oslo())
	return t, err == nil
}

package api

import (
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"
)

// reason is why a request was refused, of a closed set.
type reason uint8

const (
	byQuota     reason = iota
	byKey              // a key or certificate that is none, or has expired
	byAnonymity        // no key or certificate where one is asked for
	byClass            // of a client that may not use the class
	byCapacity
	bySlowness // a reader below the least rate, cut off
	reasons
)

var reasonNames = [reasons]string{"quota", "key", "anonymous", "class", "capacity", "slow"}

// refusals counts by class and reason.
type refusals [costs][reasons]atomic.Int64

// String is the class for metrics.
func (c Cost) String() string { return [costs]string{"ops", "lookup", "compute", "bulk"}[c] }

// admissionCollector tells of the valves at the moment of the scrape.
type admissionCollector struct {
	adm *admission

	refused, inFlight, peak, waiting, aside, share, clients, overflows *prometheus.Desc
}

func newAdmissionCollector(adm *admission) *admissionCollector {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc(name, help, labels, nil)
	}
	return &admissionCollector{
		adm:       adm,
		refused:   desc("fest_admission_refused_total", "Requests refused, by class and reason: quota, key, anonymous, class, capacity, or slow for a reader that was cut off.", "class", "reason"),
		inFlight:  desc("fest_class_in_flight", "Requests that hold a place of their class.", "class"),
		peak:      desc("fest_class_in_flight_peak", "The most that ever held a place of the class at once.", "class"),
		waiting:   desc("fest_class_waiting", "Requests that wait for a place of their class.", "class"),
		aside:     desc("fest_class_aside", "Slow readers that gave their place to those who wait, and are still being sent to.", "class"),
		share:     desc("fest_compute_admitted_share", "Share of the work of class compute that may begin: less than 1 while processors are short."),
		clients:   desc("fest_clients", "Clients in the table of quotas."),
		overflows: desc("fest_client_overflows_total", "Requests of newcomers that found the table of quotas full and shared a bucket."),
	}
}

// Describe implements prometheus.Collector.
func (c *admissionCollector) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{c.refused, c.inFlight, c.peak, c.waiting, c.aside, c.share, c.clients, c.overflows} {
		out <- d
	}
}

// Collect implements prometheus.Collector.
func (c *admissionCollector) Collect(out chan<- prometheus.Metric) {
	send := func(d *prometheus.Desc, t prometheus.ValueType, v float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, t, v, labels...)
	}
	for class := CostLookup; class < costs; class++ {
		var now, peak, waiting int
		switch v := c.adm.Valves; {
		case class == CostLookup:
			now, peak = int(c.adm.lookup.now.Load()), int(c.adm.lookup.peak.Load())
		case v == nil:
		case class == CostCompute:
			now, peak, waiting = v.Compute.InFlight(), v.Compute.Peak(), v.Compute.Waiting()
		case class == CostBulk:
			now, peak, waiting = v.Bulk.InFlight(), v.Bulk.Peak(), v.Bulk.Waiting()
		}
		send(c.inFlight, prometheus.GaugeValue, float64(now), class.String())
		send(c.peak, prometheus.GaugeValue, float64(peak), class.String())
		send(c.waiting, prometheus.GaugeValue, float64(waiting), class.String())
		for by := range reasons {
			if by == bySlowness && class != CostBulk {
				continue
			}
			send(c.refused, prometheus.CounterValue, float64(c.adm.refused[class][by].Load()), class.String(), reasonNames[by])
		}
	}
	clients, overflows, aside, share := 0, int64(0), 0, 1.0
	if v := c.adm.Valves; v != nil {
		aside, share = v.Bulk.Aside(), v.Strain.Share()
		clients, overflows = v.Clients.Len(), v.Clients.Overflows()
	}
	send(c.aside, prometheus.GaugeValue, float64(aside), CostBulk.String())
	send(c.share, prometheus.GaugeValue, share)
	send(c.clients, prometheus.GaugeValue, float64(clients))
	send(c.overflows, prometheus.CounterValue, float64(overflows))
}

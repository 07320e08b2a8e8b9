package app

import (
	"fmt"
	"log/slog"
	"runtime"
	"time"

	"github.com/festd/festd/internal/api"
	"github.com/festd/festd/internal/api/valve"
)

// Valves say what clients can ask of a server (DESIGN §8).
type Valves struct {
	// Off takes quotas, pools, queue and the cap on connections away, for
	// comparisons.
	Off bool
	// Quota is how many tokens a second a client without a credential gets; 0 =
	// unlimited. QuotaBurst is how many it can save up.
	Quota      float64
	QuotaBurst int
	// QuotaClients is the size of the table of clients.
	QuotaClients int
	// HideLimits leaves out the headers RateLimit and RateLimit-Policy.
	HideLimits bool
	// TrustedProxies are addresses and prefixes whose X-Forwarded-For counts.
	TrustedProxies []string
	// APIKeys is the file of clients with keys and certificates, which count
	// where the valves are off, too; "" = there are none.
	APIKeys string
	// MaxConnections is the cap on connections of the public listener.
	MaxConnections int
	// ComputeInFlight bounds the class compute; 0 = four for each processor.
	ComputeInFlight int
	// BulkInFlight, BulkQueue and BulkWait bound the class bulk; BulkMinRate is
	// the least bytes a second that a reader must take.
	BulkInFlight, BulkQueue int
	BulkWait                time.Duration
	BulkMinRate             int
}

// DefaultValves are those of a server that is told nothing else.
func DefaultValves() Valves {
	return Valves{
		Quota: 1000, QuotaBurst: 2000, QuotaClients: 100_000,
		MaxConnections: 8192,
		BulkInFlight:   8, BulkQueue: 4096, BulkWait: time.Minute, BulkMinRate: 32 << 10,
	}
}

// Bounds that nobody has had a reason to set.
const (
	lookupInFlight = 1024
	computeWait    = 50 * time.Millisecond
	computeWaiting = 8 // times what is in flight
)

func (v *Valves) validate() error {
	for _, n := range []struct {
		name  string
		value float64
		least float64
	}{
		{"quota", v.Quota, 0}, {"quota-burst", float64(v.QuotaBurst), 1}, {"quota-clients", float64(v.QuotaClients), 1},
		{"max-connections", float64(v.MaxConnections), 1}, {"compute-in-flight", float64(v.ComputeInFlight), 0},
		{"bulk-in-flight", float64(v.BulkInFlight), 1}, {"bulk-queue", float64(v.BulkQueue), 0},
		{"bulk-min-rate", float64(v.BulkMinRate), 1}, {"bulk-wait", v.BulkWait.Seconds(), 0},
	} {
		if n.value < n.least || n.value != n.value { // NaN, too
			return fmt.Errorf("%s %v: want %v or more", n.name, n.value, n.least)
		}
	}
	_, err := valve.NewIdentifier(v.TrustedProxies)
	return err
}

// build makes the valves of the API; nil where they are off.
func (v *Valves) build(log *slog.Logger) (*api.Valves, error) {
	if v.Off {
		log.Warn("the valves are off: nothing bounds what clients can ask; for comparisons only, never in production")
		return nil, nil //nolint:nilnil // off is no valves
	}
	identifier, err := valve.NewIdentifier(v.TrustedProxies)
	if err != nil {
		return nil, err
	}
	compute := v.ComputeInFlight
	if compute == 0 {
		compute = 4 * runtime.GOMAXPROCS(0)
	}
	return &api.Valves{
		Anyone:     valve.NewPlan(valve.Quota{Rate: v.Quota, Burst: v.QuotaBurst}),
		Clients:    valve.NewClients(v.QuotaClients),
		Identifier: identifier, HideLimits: v.HideLimits,
		LookupInFlight: lookupInFlight,
		Compute:        valve.NewPool(compute, computeWaiting*compute, computeWait),
		Bulk:           valve.NewPool(v.BulkInFlight, v.BulkQueue, v.BulkWait),
		Strain:         valve.NewStrain(computeWait),
	}, nil
}

package main

import (
	"time"

	"github.com/festd/festd/internal/app"
)

// valveFlags say what clients can ask of a server. The defaults are those of
// app.DefaultValves; a test compares them.
type valveFlags struct {
	Valves           bool          `help:"Bound what clients can ask; without it, for comparisons only, there are no quotas, pools, queue and cap." default:"true" negatable:""`
	Quota            float64       `help:"Requests a second of a client without a key; 0 is unlimited." default:"1000" placeholder:"RATE"`
	QuotaBurst       int           `help:"Requests that such a client can make at once." default:"2000" placeholder:"N"`
	QuotaClients     int           `help:"Clients that are told apart at once." default:"100000" placeholder:"N"`
	RateLimitHeaders bool          `help:"Tell clients of their quota in RateLimit and RateLimit-Policy." default:"true" negatable:""`
	TrustedProxies   []string      `help:"Addresses and prefixes whose X-Forwarded-For says who the client is." placeholder:"CIDR"`
	APIKeys          string        `name:"api-keys" help:"JSON file with clients that have keys, by digest, and quotas of their own; read again when it changes." type:"path" placeholder:"FILE"`
	MaxConnections   int           `help:"Connections at once; above it one gets /healthz or 503, and is closed." default:"8192" placeholder:"N"`
	ComputeInFlight  int           `help:"Requests at once that compute; 0 is four for each processor." default:"0" placeholder:"N"`
	BulkInFlight     int           `help:"Files that are sent at once." default:"8" placeholder:"N"`
	BulkQueue        int           `help:"Requests for files that wait." default:"4096" placeholder:"N"`
	BulkWait         time.Duration `help:"Longest wait for a file." default:"60s"`
	BulkMinRate      int           `help:"Least bytes a second that a reader of a file must take." default:"32768" placeholder:"BYTES"`
}

func (f *valveFlags) valves() *app.Valves {
	return &app.Valves{
		Off: !f.Valves, Quota: f.Quota, QuotaBurst: f.QuotaBurst, QuotaClients: f.QuotaClients, HideLimits: !f.RateLimitHeaders,
		TrustedProxies: f.TrustedProxies, APIKeys: f.APIKeys, MaxConnections: f.MaxConnections, ComputeInFlight: f.ComputeInFlight,
		BulkInFlight: f.BulkInFlight, BulkQueue: f.BulkQueue, BulkWait: f.BulkWait, BulkMinRate: f.BulkMinRate,
	}
}

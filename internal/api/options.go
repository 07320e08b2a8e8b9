package api

import (
	"errors"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/rules"
)

// Options of an API.
type Options struct {
	// Served is what requests are answered from. Mandatory.
	Served *cache.Served
	// Registry takes the API's metrics and is what /metrics shows. Mandatory.
	Registry *prometheus.Registry
	// State is what the probes report beside Served; nil means a new one,
	// which [API.State] returns.
	State *State
	// Log takes failures of the server itself, such as a panic; nil means
	// nobody.
	Log *slog.Logger
	// AccessLog takes one line per request; nil means none. Its handler should
	// buffer: a write per line would cost as much as the request.
	AccessLog *slog.Logger
	// AccessLogEvery thins the lines of successful requests to one in so many;
	// zero or one means all. Failures are always logged.
	AccessLogEvery int
	// LogRemote is how much of a client's address access lines have; "" means
	// [RemoteNetwork].
	LogRemote Remote
	// LogLevel is what the administration shows and changes; nil means that it
	// cannot.
	LogLevel *LogLevel
	// Recorder takes requests as spans; nil means nobody, which costs nothing.
	Recorder Recorder
	// KnownSince returns the HentetDato of the oldest release known, for the
	// answer "unknown" (R26); nil or "" means the one served.
	KnownSince func() string
	// Archive gives the releases beside the one served; nil means that there
	// are none.
	Archive Archive
	// Advisory returns what answers carry while it stands, nil for nothing. It
	// is asked for each request and must cost next to nothing; what it returns
	// must not change. A nil function means never.
	Advisory func() *Advisory
	// Register returns what was judged and decided. It is asked for each request
	// of the register's state and must cost next to nothing; what it returns
	// must not change, and is the same until something new is known. A nil
	// function means nothing is known.
	Register func() *Register
	// Sources gives the file that the served release was made of; nil means
	// that there are none.
	Sources Sources
	// Valves bound what clients can ask; nil means that nothing is bounded.
	Valves *Valves
	// Slow bounds those who read slowly.
	Slow Slow
	// Credentials finds out which client sends a request; nil means that
	// nobody has a credential and none is looked at.
	Credentials Authenticator
	// NoAnonymous refuses requests without a credential, but for the probe.
	NoAnonymous bool
	// AnonymousClasses are those that requests without a credential may use;
	// zero means all.
	AnonymousClasses Classes
	// Admin administers releases, on the ops listener; nil means that the
	// administration is off.
	Admin Admin
	// Ops says who may see what of the ops listener.
	Ops OpsAccess
	// Audit takes attempts at administration over HTTP, once each, when their
	// outcome is known; nil means nobody.
	Audit func(*AuditEntry)
	// RulesOff are the inferred rules that answers do without; none by default.
	RulesOff rules.Set
	// Version is the program's; empty means "dev".
	Version string
	// Now is the clock; nil means [time.Now].
	Now func() time.Time

	// MaxURLBytes bounds the request target, path and query; zero means 8192.
	MaxURLBytes int
	// MaxParameters bounds the number of query parameters; zero means 32.
	MaxParameters int
	// MaxBodyBytes bounds a body that a client declares although nothing here
	// reads one; zero means 65536.
	MaxBodyBytes int64
	// DefaultLimit and MaxLimit are the sizes of a page of a list; zero means
	// 50 and 500.
	DefaultLimit, MaxLimit int
	// RetryMin and RetryMax bound the Retry-After of an answer 503, which is
	// drawn anew each time so that clients do not come back in step; zero
	// means 2 s and 10 s.
	RetryMin, RetryMax time.Duration
}

func (o *Options) validate() error {
	if o.Served == nil || o.Registry == nil {
		return errors.New("api: Served and Registry are mandatory")
	}
	if o.State == nil {
		o.State = new(State)
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Version == "" {
		o.Version = "dev"
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	or(&o.LogRemote, RemoteNetwork)
	or(&o.AccessLogEvery, 1)
	or(&o.MaxURLBytes, 8192)
	or(&o.MaxParameters, 32)
	or(&o.MaxBodyBytes, 64<<10)
	or(&o.DefaultLimit, 50)
	or(&o.MaxLimit, 500)
	or(&o.Slow.Rate, 32<<10)
	or(&o.Slow.Grace, 10*time.Second)
	or(&o.RetryMin, 2*time.Second)
	or(&o.RetryMax, 10*time.Second)
	if o.Valves != nil {
		if err := o.Valves.validate(); err != nil {
			return err
		}
	}
	switch {
	case !o.LogRemote.valid():
		return errors.New("api: LogRemote: want full, network or off")
	case o.Slow.Rate < 0 || o.Slow.Grace < 0:
		return errors.New("api: Slow is negative")
	case o.AccessLogEvery < 0, o.MaxURLBytes < 0, o.MaxParameters < 0, o.MaxBodyBytes < 0, o.DefaultLimit < 0:
		return errors.New("api: a limit is negative")
	case o.DefaultLimit > o.MaxLimit:
		return errors.New("api: DefaultLimit is above MaxLimit")
	case o.RetryMin < time.Second || o.RetryMax < o.RetryMin:
		return errors.New("api: want 1 s ≤ RetryMin ≤ RetryMax")
	}
	return nil
}

func or[T comparable](p *T, value T) {
	var zero T
	if *p == zero {
		*p = value
	}
}

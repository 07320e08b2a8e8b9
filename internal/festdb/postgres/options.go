package postgres

import (
	"fmt"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/festd/festd/internal/festdb"
)

// Options configures a [Store].
type Options struct {
	// URL says how to reach the database: a URL or keywords, as libpq takes
	// them; what it leaves out comes from the environment (PGHOST, …). Mandatory.
	URL string
	// Dir is the directory of local copies; it is made if it is missing. It
	// must not hold a directory store. Mandatory.
	Dir string
	// ApplicationName is how the connections are called in pg_stat_activity;
	// what it is for is added. Empty: festd.
	ApplicationName string
	// Migrate: bring the schema up to date where the account may; where it may
	// not the store goes on if it can use what is there.
	Migrate bool
	// Retention says what is kept, in the database and on the local disk.
	Retention festdb.Retention

	// Poll is about how often Changed asks the database; it is spread by a
	// fifth. Zero: 5 s.
	Poll time.Duration
	// ConnectTimeout is how long a connection may take. Zero: 3 s.
	ConnectTimeout time.Duration
	// QueryTimeout is how long a short statement may take, and all that Current
	// and Releases wait for the database. Zero: 5 s.
	QueryTimeout time.Duration
	// OpenTimeout is how long Open waits for the database where the node knows
	// releases without it. Zero: as long as for any question.
	OpenTimeout time.Duration
	// ImportTimeout is how long one statement of an import or a load may take,
	// and a step of a migration, on the server; here ConnectTimeout longer. Zero:
	// 5 min.
	ImportTimeout time.Duration
	// LockTimeout is how long an import waits for others. Zero: 30 s.
	LockTimeout time.Duration
	// RetryAfter is about how long the database is left alone after it could
	// not be asked. Zero: 1 s.
	RetryAfter time.Duration
	// LoadSlots is how many loads of contents may be under way in the whole
	// cluster. It must be the same everywhere. Zero: 4.
	LoadSlots int
	// MaxConns bounds the pool of short statements. An import, a load and
	// Changed have a connection of their own besides. Zero: 4.
	MaxConns int

	// Now is the clock of publications and retention. Nil: [time.Now].
	Now func() time.Time
	// Logger hears of what went on although something was wrong. Nil: nobody.
	Logger *slog.Logger
	// Loaded is told of every load of a content from the database. Nil: nobody.
	Loaded func(Load)

	fault func(step string) error // tests: asked before each step
}

func (o *Options) validate() error {
	if o.URL == "" || o.Dir == "" {
		return fmt.Errorf("%w: Options.URL or Options.Dir is empty: want a database and a directory", festdb.ErrState)
	}
	for _, d := range []struct {
		value *time.Duration
		zero  time.Duration
	}{
		{&o.Poll, 5 * time.Second}, {&o.ConnectTimeout, 3 * time.Second}, {&o.QueryTimeout, 5 * time.Second},
		{&o.ImportTimeout, 5 * time.Minute}, {&o.LockTimeout, 30 * time.Second}, {&o.RetryAfter, time.Second},
	} {
		if *d.value < 0 {
			return fmt.Errorf("%w: a time of %v in Options: want none below zero", festdb.ErrState, *d.value)
		}
		if *d.value == 0 {
			*d.value = d.zero
		}
	}
	if most := o.ConnectTimeout + o.QueryTimeout; o.OpenTimeout <= 0 || o.OpenTimeout > most {
		o.OpenTimeout = most
	}
	if o.ApplicationName == "" {
		o.ApplicationName = "festd"
	}
	if o.LoadSlots <= 0 {
		o.LoadSlots = 4
	}
	if o.MaxConns <= 0 {
		o.MaxConns = 4
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Loaded == nil {
		o.Loaded = func(Load) {}
	}
	if o.fault == nil {
		o.fault = func(string) error { return nil }
	}
	return o.Retention.Validate()
}

// jittered spreads a duration by a fifth, so that replicas do not act in step.
func jittered(d time.Duration) time.Duration {
	return d - d/5 + rand.N(max(d*2/5, 1))
}

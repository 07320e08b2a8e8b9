package api

import (
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"
)

// LogLevel is the least severe level that is logged. It can be changed while
// the server runs, for a while. A handler of slog takes it as its level. It is
// safe for concurrent use.
type LogLevel struct {
	level      slog.LevelVar
	configured slog.Level

	mu    sync.Mutex
	timer *time.Timer // goes back; nil where nothing does
	until time.Time
}

// NewLogLevel begins with the level that was configured.
func NewLogLevel(configured slog.Level) *LogLevel {
	l := &LogLevel{configured: configured}
	l.level.Set(configured)
	return l
}

// Level is the level that holds now.
func (l *LogLevel) Level() slog.Level { return l.level.Level() }

// Set changes the level for so long, 0 = until it is set again; then it is the
// configured one again.
func (l *LogLevel) Set(level slog.Level, d time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.timer != nil {
		l.timer.Stop()
	}
	l.timer, l.until = nil, time.Time{}
	l.level.Set(level)
	if d <= 0 {
		return
	}
	l.until = time.Now().Add(d)
	var own *time.Timer
	own = time.AfterFunc(d, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.timer == own { // it was not set again meanwhile
			l.timer, l.until = nil, time.Time{}
			l.level.Set(l.configured)
		}
	})
	l.timer = own
}

// Toggle changes between debug, for an hour, and the configured level. It
// returns the level that holds now.
func (l *LogLevel) Toggle() slog.Level {
	if l.Level() == l.configured && l.configured != slog.LevelDebug {
		l.Set(slog.LevelDebug, time.Hour)
	} else {
		l.Set(l.configured, 0)
	}
	return l.Level()
}

// logLevelBody is the level as the administration shows it.
type logLevelBody struct {
	Level      string     `json:"level"`
	Configured string     `json:"configured"`
	Until      *time.Time `json:"until,omitempty"`
}

func (l *LogLevel) body() logLevelBody {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := logLevelBody{Level: levelName(l.Level()), Configured: levelName(l.configured)}
	if until := l.until; !until.IsZero() {
		b.Until = &until
	}
	return b
}

// levels are those that there are, by what they are called here.
var levels = map[string]slog.Level{"debug": slog.LevelDebug, "info": slog.LevelInfo, "warn": slog.LevelWarn, "error": slog.LevelError}

func levelName(level slog.Level) string {
	for name, l := range levels {
		if l == level {
			return name
		}
	}
	return level.String() // such as INFO+2, from the command line
}

// Bounds of the time for which a level is changed.
const (
	leastLogFor = time.Second
	mostLogFor  = 24 * time.Hour
)

// adminLogLevel answers GET /admin/v1/log-level.
func (a *API) adminLogLevel(c *call, _ *view) error {
	if _, err := a.parameters(c.r.URL.RawQuery, nil); err != nil {
		return err
	}
	if a.opts.LogLevel == nil {
		return adminFailure(fmt.Errorf("%w: the level of this server's log cannot be changed", ErrAdminInvalid))
	}
	return a.adminAnswer(c, a.opts.LogLevel.body(), nil)
}

// adminSetLogLevel answers PUT /admin/v1/log-level.
func (a *API) adminSetLogLevel(c *call, _ *view) error {
	if a.opts.LogLevel == nil {
		return adminFailure(fmt.Errorf("%w: the level of this server's log cannot be changed", ErrAdminInvalid))
	}
	var b struct {
		Level string `json:"level"`
		For   string `json:"for"`
	}
	if err := a.body(c, &b); err != nil {
		return err
	}
	level, ok := levels[b.Level]
	if !ok {
		return fail(errInvalidBody, "the member level: want debug, info, warn or error")
	}
	var d time.Duration
	if b.For != "" {
		var err error
		if d, err = time.ParseDuration(b.For); err != nil || d < leastLogFor || d > mostLogFor {
			return fail(errInvalidBody, "the member for: want a time between 1s and 24h, such as 15m; without it the level holds until it is set again")
		}
	}
	a.opts.LogLevel.Set(level, d)
	a.opts.Log.LogAttrs(c.r.Context(), slog.LevelWarn, "log level set", slog.String("level", b.Level), slog.Duration("for", d))
	return a.adminAnswer(c, a.opts.LogLevel.body(), nil)
}

var put = []string{http.MethodPut}

package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/time/rate"

	"github.com/festd/festd/internal/api"
	"github.com/festd/festd/internal/ingest"
)

// auditName is the audit log in the data directory, where no other file is named.
const auditName = "audit.jsonl"

// Bounds of what is written of attempts that were refused for who asks: what is
// above is counted, so that neither guesses nor Prometheus' token fill the disk.
const (
	auditRate  = 5
	auditBurst = 50
)

// auditLog is the file of attempts at administration on this node, a JSON object
// a line. It is only ever appended to, each line is on disk before anything
// else happens, and the file is opened anew for each: whoever rotates it renames
// it. An attempt whose line cannot be written goes its way all the same, since
// an operator who must go back on a full disk must be able to: the store has its
// own record of what was done, and fest_audit_failures_total counts. Safe for
// concurrent use, also by several processes.
type auditLog struct {
	path     string
	log      *slog.Logger
	failures prometheus.Counter

	mu       sync.Mutex
	attempts *rate.Limiter
	unlogged int
}

func newAuditLog(path, dataDir string, log *slog.Logger) *auditLog {
	if path == "" {
		path = filepath.Join(dataDir, auditName)
	}
	return &auditLog{
		path: path, log: log, attempts: rate.NewLimiter(auditRate, auditBurst),
		failures: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "fest_audit_failures_total", Help: "Lines of the audit log that could not be written; the log has them.",
		}),
	}
}

// add writes an attempt, to the file and to the log.
func (l *auditLog) add(e *api.AuditEntry) {
	l.mu.Lock()
	defer l.mu.Unlock()
	who := e.Status == http.StatusUnauthorized || e.Status == http.StatusForbidden
	if who && e.Outcome == api.AuditRefused && e.Door == doorHTTP && !l.attempts.Allow() {
		l.unlogged++
		return
	}
	e.Unlogged, l.unlogged = l.unlogged, 0
	level := slog.LevelInfo
	if e.Outcome != api.AuditDone {
		level = slog.LevelWarn
	}
	l.log.Log(context.Background(), level, "administration attempted",
		"outcome", e.Outcome, "act", e.Act, "ref", e.Ref, "by", e.By, "reason", e.Reason, "credential", e.Credential,
		"door", e.Door, "from", e.From, "status", e.Status, "detail", e.Detail, "trace_id", e.TraceID, "unlogged", e.Unlogged)
	if err := l.append(e); err != nil {
		l.failures.Inc()
		l.log.Error("the audit log was not written", "file", l.path, "error", err)
	}
}

func (l *auditLog) append(e *api.AuditEntry) (err error) {
	line, err := json.Marshal(e)
	if err != nil {
		return err
	}
	_, missing := os.Stat(l.path)
	f, err := os.OpenFile(l.path, os.O_RDWR|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	line = append(line, '\n')
	if torn(f) { // by who was killed while writing
		line = append([]byte{'\n'}, line...)
	}
	if _, err := f.Write(line); err != nil {
		return err
	}
	if err := f.Sync(); err != nil || !errors.Is(missing, fs.ErrNotExist) {
		return err
	}
	dir, err := os.Open(filepath.Dir(l.path))
	if err != nil {
		return err
	}
	defer dir.Close()
	return dir.Sync()
}

// torn says that the file ends within a line.
func torn(f *os.File) bool {
	info, err := f.Stat()
	if err != nil || info.Size() == 0 {
		return false
	}
	var last [1]byte
	_, err = f.ReadAt(last[:], info.Size()-1)
	return err == nil && last[0] != '\n'
}

// The doors to the administration.
const (
	doorHTTP    = "http"
	doorCommand = "command"
)

// commanded is an attempt of the command line, by what became of it.
func (l *auditLog) commanded(act, ref, by, reason string, err error) {
	e := &api.AuditEntry{
		Time: time.Now().UTC().Round(0), Door: doorCommand, Act: act, Ref: ref, By: by, Reason: reason, From: account(), Outcome: api.AuditDone,
	}
	if err != nil {
		e.Outcome, e.Detail = api.AuditFailed, err.Error()
		for _, refused := range []error{api.ErrAdminConflict, api.ErrAdminInvalid, api.ErrAdminNotFound} {
			if errors.Is(err, refused) {
				e.Outcome = api.AuditRefused
			}
		}
		if held := new(ingest.HeldError); errors.As(err, &held) {
			e.Outcome = api.AuditRefused
		}
	}
	l.add(e)
}

// account is who runs a command, as far as the machine knows.
func account() string {
	out := "uid " + strconv.Itoa(os.Getuid())
	if u, err := user.Current(); err == nil {
		out += fmt.Sprintf(" (%s)", u.Username)
	}
	if sudo := os.Getenv("SUDO_USER"); sudo != "" {
		out += ", sudo by " + sudo
	}
	return out
}

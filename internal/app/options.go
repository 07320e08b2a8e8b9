package app

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"time"

	"github.com/festd/festd/internal/api"
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/gate"
	"github.com/festd/festd/internal/ingest/fetch"
	"github.com/festd/festd/internal/m30"
	"github.com/festd/festd/internal/rules"
)

// SampleMode says when release 0, the sample, may be served.
type SampleMode string

// Auto serves the sample only where nobody can mistake it: both listeners on
// loopback, no source, and a ledger that never had a release. On lifts the
// first two; nothing lifts the third (P4). Off never serves it.
const (
	SampleAuto SampleMode = "auto"
	SampleOn   SampleMode = "on"
	SampleOff  SampleMode = "off"
)

// Options of a server. Fields are mandatory unless they say otherwise.
type Options struct {
	// Listen and OpsListen are host:port of the public and the ops listener.
	Listen, OpsListen string
	// DataDir is the folder of the directory store, or of the local copies with
	// a database; made if missing.
	DataDir string
	// DatabaseURL names the PostgreSQL database that keeps the releases; "" =
	// the directory store.
	DatabaseURL string
	// Source is a FEST file to import at start if it is newer than what is
	// served, or a URL that is looked at then and again and again. Optional.
	Source string
	// SourceOptions say how a URL may be reached.
	SourceOptions
	// Poll is how often a URL is looked at; 0 = once a night, between 03:30 and
	// 05:30 in Oslo.
	Poll time.Duration
	// PublishWindow is when a URL is looked at, and a release published, without
	// a person, such as 03:00-06:00 in Oslo; "" = at any time. The first release
	// of all does not wait for it.
	PublishWindow string
	// AdminTokenFile holds the tokens of the administration on the ops
	// listener, which are good for all of it; "" = the administration is off
	// there, unless Ops.AdminCerts has names.
	AdminTokenFile string
	// Ops says who else may see what of the ops listener.
	Ops Ops
	// TLS of the public listener; the zero value = plain HTTP.
	TLS TLS
	// Anonymous are the classes that requests without a key or certificate may
	// use: lookup, compute, bulk, or none alone; nil = all.
	Anonymous []string
	// AuditLog is the file of attempts at administration; "" = audit.jsonl in
	// DataDir.
	AuditLog string
	// Filter is the label of the source (R27); "" = Rekvirent.
	Filter fest.Filter
	// Sample: "" = auto.
	Sample SampleMode
	// Gate has the thresholds of the gate; the zero value means gate.Default.
	Gate gate.Config
	// Limits of the decoder; the zero value means the defaults.
	Limits m30.Limits
	// KeepDays and KeepReleases are how long contents are kept: both must be
	// exceeded before one goes; 0 = the defaults (400 days, 7 releases).
	KeepDays, KeepReleases int
	// RulesOff are the inferred rules that answers do without; see
	// rules.ParseSet. None by default.
	RulesOff []string
	// LoadTimeout bounds one load of a release from disk; 0 = 2 minutes.
	LoadTimeout time.Duration
	// DrainGrace is how long /healthz says "draining" before the listener
	// closes, so that a load balancer notices; 0 = none.
	DrainGrace time.Duration
	// DrainTimeout bounds the wait for requests under way; 0 = 30 s.
	DrainTimeout time.Duration
	// Valves bound what clients can ask; nil = DefaultValves.
	Valves *Valves
	// AccessLog takes one line per request; nil = none. Its handler should
	// buffer.
	AccessLog *slog.Logger
	// Version is shown on the page and in metrics; "" = dev.
	Version string
	// Log takes what the server has to say; nil = discarded.
	Log *slog.Logger
}

func (o *Options) validate() error {
	if o.Listen == "" || o.OpsListen == "" || o.DataDir == "" {
		return errors.New("app: Listen, OpsListen and DataDir are mandatory")
	}
	for _, a := range []string{o.Listen, o.OpsListen} {
		if _, _, err := net.SplitHostPort(a); err != nil {
			return fmt.Errorf("address %q: want host:port, such as 127.0.0.1:8080", a)
		}
	}
	switch o.Sample {
	case "":
		o.Sample = SampleAuto
	case SampleAuto, SampleOn, SampleOff:
	default:
		return fmt.Errorf("sample %q: want auto, on or off", o.Sample)
	}
	if o.Filter == "" {
		o.Filter = fest.FilterPrescriber
	}
	if o.Limits == (m30.Limits{}) {
		o.Limits = m30.DefaultLimits()
	}
	if o.LoadTimeout == 0 {
		o.LoadTimeout = 2 * time.Minute
	}
	if o.DrainTimeout == 0 {
		o.DrainTimeout = 30 * time.Second
	}
	if o.Version == "" {
		o.Version = "dev"
	}
	if o.Poll < 0 || o.Poll > 0 && o.Poll < time.Second {
		return fmt.Errorf("poll %v: want at least 1s, or 0 for once a night", o.Poll)
	}
	if _, err := rules.ParseSet(o.RulesOff...); err != nil {
		return fmt.Errorf("rules-off: %w", err)
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Valves == nil {
		v := DefaultValves()
		o.Valves = &v
	}
	if err := o.access(); err != nil {
		return err
	}
	if err := o.Valves.validate(); err != nil {
		return err
	}
	if fetch.IsURL(o.Source) {
		if _, err := fetch.New(o.SourceOptions.fetch(o.Source)); err != nil {
			return fmt.Errorf("source: %w", err)
		}
	}
	_, err := o.schedule()
	return err
}

// access checks who may do what.
func (o *Options) access() error {
	if err := o.TLS.validate("--tls"); err != nil {
		return err
	}
	if err := o.Ops.validate(o.OpsListen, o.AdminTokenFile); err != nil {
		return err
	}
	none, _, err := o.anonymous()
	switch {
	case err != nil:
		return err
	case o.TLS.ClientCA != "" && o.Valves.APIKeys == "":
		return errors.New("--tls-client-ca needs --api-keys: that file says which certificate is which client's")
	case none && o.Valves.APIKeys == "":
		return errors.New("--anonymous=none needs --api-keys: nobody could show a credential")
	default:
		return nil
	}
}

// anonymous says what those without a credential may use.
func (o *Options) anonymous() (none bool, classes api.Classes, err error) {
	if len(o.Anonymous) == 1 && o.Anonymous[0] == "none" {
		return true, 0, nil
	}
	if classes, err = api.ClassesOf(o.Anonymous...); err != nil {
		err = fmt.Errorf("anonymous: %w; or none alone", err)
	}
	return false, classes, err
}

// mayServeSample applies DESIGN §5: made-up drugs are never served where they
// could be taken for real ones.
func (o *Options) mayServeSample() (bool, string) {
	switch {
	case o.Sample == SampleOff:
		return false, "the sample is switched off"
	case o.Sample == SampleOn:
		return true, ""
	case o.Source != "":
		return false, "a source is set"
	case o.DatabaseURL != "":
		return false, "a database is set"
	case !loopback(o.Listen) || !loopback(o.OpsListen):
		return false, "a listener is not on loopback; --sample=on serves the sample all the same"
	default:
		return true, ""
	}
}

func loopback(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return false
	}
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

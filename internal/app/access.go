package app

import (
	"errors"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/festd/festd/internal/api"
)

// access is what guards both listeners: certificates, keys and tokens, each
// read again when its file changes, and the log of attempts. It is a
// [prometheus.Collector] of their state.
type access struct {
	publicTLS, opsTLS *transport // nil: plain HTTP
	keys              *keys      // nil: nobody has a credential
	ops               *callers
	audit             *auditLog

	notAfter, failed *prometheus.Desc
}

func newAccess(o *Options) (_ *access, err error) {
	a := &access{
		audit:    newAuditLog(o.AuditLog, o.DataDir, o.Log),
		notAfter: prometheus.NewDesc("fest_tls_certificate_not_after_timestamp_seconds", "When the certificate ends that the listener shows.", []string{"listener"}, nil),
		failed:   prometheus.NewDesc("fest_reload_failed", "1 while a file that changed cannot be used, so that what it said before counts, else 0.", []string{"file"}, nil),
	}
	if a.publicTLS, err = newTransport("tls_public", o.TLS, o.Log); err != nil {
		return nil, err
	}
	if a.opsTLS, err = newTransport("tls_ops", o.Ops.TLS, o.Log); err != nil {
		return nil, err
	}
	if path := o.Valves.APIKeys; path != "" {
		if a.keys, err = newKeys(path, a.publicTLS, o.Log); err != nil {
			return nil, err
		}
	}
	a.ops = &callers{opts: &o.Ops, transport: a.opsTLS}
	var errs [2]error
	a.ops.admins, errs[0] = newTokens("admin_token", o.AdminTokenFile, "admin", o.Log)
	a.ops.read, errs[1] = newTokens("ops_token", o.Ops.TokenFile, "ops", o.Log)
	if err := errors.Join(errs[:]...); err != nil {
		return nil, err
	}
	if o.Ops.Open == OpsOpenAll && !loopback(o.OpsListen) {
		o.Log.Warn("the ops listener answers everybody who can reach it, but for the administration", "listen", o.OpsListen)
	}
	return a, nil
}

// credentials are what the API asks; nil where there are none.
func (a *access) credentials() api.Authenticator {
	if a.keys == nil {
		return nil
	}
	return a.keys
}

// Describe implements prometheus.Collector.
func (a *access) Describe(out chan<- *prometheus.Desc) { out <- a.notAfter; out <- a.failed }

// Collect implements prometheus.Collector. It looks at all files, so that what
// nobody asks for is found broken before somebody does.
func (a *access) Collect(out chan<- prometheus.Metric) {
	for listener, t := range map[string]*transport{"public": a.publicTLS, "ops": a.opsTLS} {
		if t != nil {
			out <- prometheus.MustNewConstMetric(a.notAfter, prometheus.GaugeValue, float64(t.notAfter().Unix()), listener)
			a.reload(out, t.files)
		}
	}
	if a.keys != nil {
		a.reload(out, a.keys.files)
	}
	for _, t := range []*tokens{a.ops.admins, a.ops.read} {
		if t.files != nil {
			a.reload(out, t.files)
		}
	}
}

func (a *access) reload(out chan<- prometheus.Metric, files *watched) {
	files.look()
	out <- prometheus.MustNewConstMetric(a.failed, prometheus.GaugeValue, oneIf(files.failed.Load()), files.name)
}

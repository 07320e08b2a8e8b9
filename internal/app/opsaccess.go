package app

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/festd/festd/internal/api"
)

// OpsOpen says what an ops listener that asks for credentials answers without.
type OpsOpen string

// None is closed but for callers with a credential; Probes answers /livez,
// /readyz and /startupz; All asks for nothing but for the administration, as on
// loopback: then something else must keep the listener from everybody.
const (
	OpsOpenNone   OpsOpen = "none"
	OpsOpenProbes OpsOpen = "probes"
	OpsOpenAll    OpsOpen = "all"
)

// Ops says who may see what of the ops listener. The zero value is for one on
// loopback, which asks for no credential but for the administration.
type Ops struct {
	// TLS of the listener; optional.
	TLS TLS
	// TokenFile holds tokens that are good for probes, metrics and descriptions;
	// optional.
	TokenFile string
	// Certs are names of client certificates that are good for the same; none =
	// any that an authority of TLS.ClientCA signed.
	Certs []string
	// AdminCerts are names of client certificates that are good for everything.
	AdminCerts []string
	// Open: "" = none.
	Open OpsOpen
}

// validate checks that nobody leaves a listener open by accident. adminToken is
// the file of the administration's tokens.
func (o *Ops) validate(listen, adminToken string) error {
	switch o.Open {
	case "":
		o.Open = OpsOpenNone
	case OpsOpenNone, OpsOpenProbes, OpsOpenAll:
	default:
		return fmt.Errorf("ops-open %q: want none, probes or all", o.Open)
	}
	if err := o.TLS.validate("--ops-tls"); err != nil {
		return err
	}
	for _, name := range slices.Concat(o.Certs, o.AdminCerts) {
		if err := validCertificateName(name); err != nil {
			return fmt.Errorf("--ops-certs, --ops-admin-certs: %q: %w", name, err)
		}
	}
	if len(o.Certs)+len(o.AdminCerts) > 0 && o.TLS.ClientCA == "" {
		return fmt.Errorf("--ops-certs and --ops-admin-certs need --ops-tls-client-ca: nobody can show a certificate without it")
	}
	if !loopback(listen) && o.Open != OpsOpenAll && o.TokenFile == "" && adminToken == "" && o.TLS.ClientCA == "" {
		return fmt.Errorf("the ops listener on %s can be reached from elsewhere, and nothing protects it: give it a token (--ops-token-file, --admin-token-file) "+
			"or client certificates (--ops-tls-client-ca), keep it on loopback (--ops-listen 127.0.0.1:9180), "+
			"or say --ops-open=all where something else, such as a firewall, keeps it from everybody", listen)
	}
	return nil
}

// locked says whether the listener asks for a credential.
func (o *Ops) locked(listen string) bool {
	return o.Open != OpsOpenAll && (!loopback(listen) || o.TokenFile != "" || o.TLS.ClientCA != "")
}

// callers finds out who asks the ops listener.
type callers struct {
	opts         *Ops
	admins, read *tokens
	transport    *transport
}

// access is what the API asks.
func (c *callers) access(listen string) api.OpsAccess {
	return api.OpsAccess{
		Locked: c.opts.locked(listen), ProbesOpen: c.opts.Open == OpsOpenProbes, Caller: c.caller,
		Administered: c.admins.path != "" || len(c.opts.AdminCerts) > 0,
	}
}

// caller is who a request's credential belongs to. A token goes before a
// certificate: it is shown for the request.
func (c *callers) caller(r *http.Request) (_ *api.OpsCaller, sent bool) {
	if r.Header.Get("Authorization") != "" {
		shown := bearer(r.Header["Authorization"])
		if name := c.admins.who(shown); name != "" {
			return &api.OpsCaller{Name: "token:" + name, Admin: true}, true
		}
		if name := c.read.who(shown); name != "" {
			return &api.OpsCaller{Name: "token:" + name}, true
		}
		return nil, true
	}
	if c.transport == nil || r.TLS == nil || len(r.TLS.PeerCertificates) == 0 {
		return nil, false
	}
	names, err := c.transport.names(r.TLS)
	if err != nil || len(names) == 0 {
		return nil, true
	}
	for _, name := range names {
		if slices.Contains(c.opts.AdminCerts, name) {
			return &api.OpsCaller{Name: "certificate:" + name, Admin: true}, true
		}
	}
	for _, name := range names {
		if len(c.opts.Certs) == 0 || slices.Contains(c.opts.Certs, name) {
			return &api.OpsCaller{Name: "certificate:" + name}, true
		}
	}
	return nil, true
}

// bearer returns the token of the header Authorization, "" for another scheme,
// or several headers.
func bearer(header []string) string {
	if len(header) != 1 {
		return ""
	}
	scheme, token, _ := strings.Cut(strings.TrimSpace(header[0]), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}

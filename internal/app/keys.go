package app

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"github.com/festd/festd/internal/api"
	"github.com/festd/festd/internal/api/valve"
)

// keys are the clients of a file, with API keys by digest, so that the file has
// no key in it, and certificates by name. It is read again when it changes.
type keys struct {
	path      string
	transport *transport // whose connections bear client certificates; nil: none do
	files     *watched
	now       atomic.Pointer[clients]
}

var _ api.Authenticator = (*keys)(nil)

// clients are what the file says at a time.
type clients struct {
	byKey map[[sha256.Size]byte]*client
	// byCertificate has names of certificates, as certificateNames gives them.
	byCertificate map[string]*client
}

// client is one credential of a client.
type client struct {
	holder   *api.KeyHolder
	notAfter time.Time // zero: it does not end by itself
}

// keyEntry is a credential of a client in the file: a key or a certificate.
type keyEntry struct {
	Name        string    `json:"name"`
	SHA256      string    `json:"sha256,omitempty"`      // hexadecimal, of the key
	Certificate string    `json:"certificate,omitempty"` // dns:…, uri:…, email:… or cn:…
	Quota       float64   `json:"quota"`                 // tokens a second; 0 = unlimited
	Burst       int       `json:"burst,omitempty"`       // 0 = two seconds of the quota
	Classes     []string  `json:"classes,omitempty"`     // lookup, compute, bulk; none = all
	NotAfter    time.Time `json:"notAfter,omitzero"`     // none = it does not end by itself
}

// newKeys reads the file. transport is nil where clients show no certificates.
func newKeys(path string, transport *transport, log *slog.Logger) (*keys, error) {
	k := &keys{path: path, transport: transport}
	var err error
	if k.files, err = watch("api_keys", log, k.read, path); err != nil {
		return nil, fmt.Errorf("API keys: %w", err)
	}
	return k, nil
}

// Authenticate implements [api.Authenticator]. A key goes before a certificate:
// it is shown for the request, the certificate for all of its connection.
func (k *keys) Authenticate(r *http.Request) (*api.KeyHolder, error) {
	if key := api.KeyOf(r); key != "" {
		k.files.look()
		// A look-up in a map takes a time that tells something of the digest, which
		// tells nothing of the key: to find a key whose digest begins like another's
		// helps nobody, and keys are random, not chosen.
		return k.now.Load().byKey[sha256.Sum256([]byte(key))].current(api.ErrUnknownKey)
	}
	if k.transport == nil || r.TLS == nil || len(r.TLS.PeerCertificates) == 0 {
		return nil, nil //nolint:nilnil // an anonymous request is neither client nor error
	}
	// A connection may be older than the list of authorities is.
	names, err := k.transport.names(r.TLS)
	if err != nil {
		return nil, err
	}
	k.files.look()
	for _, name := range names {
		if c := k.now.Load().byCertificate[name]; c != nil {
			return c.current(api.ErrUnknownCertificate)
		}
	}
	return nil, api.ErrUnknownCertificate
}

// current is the client while its credential holds. There is none: unknown.
func (c *client) current(unknown error) (*api.KeyHolder, error) {
	switch {
	case c == nil:
		return nil, unknown
	case !c.notAfter.IsZero() && time.Now().After(c.notAfter):
		return nil, api.ErrExpiredCredential
	default:
		return c.holder, nil
	}
}

func (k *keys) read() error {
	text, err := os.ReadFile(k.path)
	if err != nil {
		return err
	}
	list, err := parseKeys(text)
	if err != nil {
		return fmt.Errorf("%s: %w", k.path, err)
	}
	k.now.Store(list.clients())
	return nil
}

// keyList is what a file of clients says, checked.
type keyList []keyEntry

// parseKeys reads a list of clients. A name that stands several times is one
// client with several credentials, as while a key is being replaced; they share
// the quota of the first.
func parseKeys(text []byte) (keyList, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	var list keyList
	if err := d.Decode(&list); err != nil {
		return nil, fmt.Errorf(`want [{"name": "…", "sha256": "…", "quota": 5000, "burst": 10000}]: %w`, err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("want nothing after the list")
	}
	seen := map[string]bool{}
	for i := range list {
		e := &list[i]
		if e.Name == "" {
			return nil, fmt.Errorf("entry %d: the name is missing", i+1)
		}
		if err := e.validate(); err != nil {
			return nil, fmt.Errorf("%s: %w", e.Name, err)
		}
		credential := strings.ToLower(e.SHA256) + e.Certificate
		if seen[credential] {
			return nil, fmt.Errorf("%s: the key or certificate stands twice", e.Name)
		}
		seen[credential] = true
	}
	return list, nil
}

func (e *keyEntry) validate() error {
	if strings.ContainsFunc(e.Name, isControl) || len(e.Name) > maxName {
		return fmt.Errorf("name: want one line of at most %d bytes", maxName)
	}
	if (e.SHA256 == "") == (e.Certificate == "") {
		return errors.New("want sha256, the digest of a key, or certificate, a name in one; the other key or certificate of a client is another entry of its name")
	}
	if digest, err := hex.DecodeString(e.SHA256); err != nil || e.SHA256 != "" && len(digest) != sha256.Size {
		return errors.New("sha256: want the SHA-256 of the key in 64 hexadecimal digits (server keys new makes both; printf %s KEY | sha256sum)")
	}
	if e.Certificate != "" {
		if err := validCertificateName(e.Certificate); err != nil {
			return err
		}
	}
	if e.Quota < 0 || e.Burst < 0 || e.Quota > math.MaxInt32 {
		return errors.New("want a quota and a burst that are not negative")
	}
	if e.Classes != nil && len(e.Classes) == 0 {
		return errors.New("classes: want some of lookup, compute and bulk; left out, it is all")
	}
	_, err := api.ClassesOf(e.Classes...)
	return err
}

func (list keyList) clients() *clients {
	out := &clients{byKey: map[[sha256.Size]byte]*client{}, byCertificate: map[string]*client{}}
	plans := map[string]*valve.Plan{}
	for _, e := range list {
		burst := e.Burst
		if burst == 0 {
			burst = max(1, int(math.Ceil(2*e.Quota)))
		}
		if plans[e.Name] == nil {
			plans[e.Name] = valve.NewPlan(valve.Quota{Rate: e.Quota, Burst: burst})
		}
		classes, _ := api.ClassesOf(e.Classes...) // is valid
		c := &client{&api.KeyHolder{Client: valve.Named(e.Name), Plan: plans[e.Name], Classes: classes}, e.NotAfter}
		if e.Certificate != "" {
			out.byCertificate[e.Certificate] = c
			continue
		}
		digest, _ := hex.DecodeString(e.SHA256) // is valid
		out.byKey[[sha256.Size]byte(digest)] = c
	}
	return out
}

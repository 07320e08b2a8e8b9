package app

import (
	"bytes"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/festd/festd/internal/api"
)

// TLS says how a listener speaks TLS. The zero value means that it does not.
type TLS struct {
	// Cert and Key are PEM files: the chain, leaf first, and its private key.
	Cert, Key string
	// ClientCA is a PEM file with the authorities of client certificates; "" =
	// none is asked for. A client need not show one, but one that it shows must
	// hold.
	ClientCA string
}

// validate checks what needs no file. flags is what the options are called, as
// --tls.
func (o TLS) validate(flags string) error {
	switch {
	case (o.Cert == "") != (o.Key == ""):
		return fmt.Errorf("%s-cert and %s-key go together: the chain and its private key", flags, flags)
	case o.ClientCA != "" && o.Cert == "":
		return fmt.Errorf("%s-client-ca needs %s-cert and %s-key: clients show certificates over TLS only", flags, flags, flags)
	default:
		return nil
	}
}

// transport is the TLS of a listener: versions and ciphers are Go's defaults,
// TLS 1.2 and later. The files are looked at when a client comes, so that a
// replaced certificate is shown to the next connection, and a pair that cannot
// be used changes nothing.
type transport struct {
	opts  TLS
	log   *slog.Logger
	files *watched
	now   atomic.Pointer[material]
}

// material is what the files say at a time.
type material struct {
	config   *tls.Config
	refusal  *tls.Config // of connections above the cap: HTTP/1.1, no client certificate
	notAfter time.Time   // of the leaf
	roots    map[[sha256.Size]byte]bool
}

// newTransport reads the files; nil without any.
func newTransport(name string, o TLS, log *slog.Logger) (*transport, error) {
	if o.Cert == "" {
		return nil, nil //nolint:nilnil // no TLS is no transport
	}
	t := &transport{opts: o, log: log}
	paths := []string{o.Cert, o.Key}
	if o.ClientCA != "" {
		paths = append(paths, o.ClientCA)
	}
	var err error
	if t.files, err = watch(name, log, t.read, paths...); err != nil {
		return nil, fmt.Errorf("TLS: %w", err)
	}
	warnOfReaders(log, o.Key)
	return t, nil
}

// config is what a listener takes. What it says of certificates is found anew
// for each client.
func (t *transport) config() *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS12,
		GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) {
			t.files.look()
			return t.now.Load().config, nil
		},
	}
}

// refusal is config for connections that get one answer over HTTP/1.1.
func (t *transport) refusal() *tls.Config { return t.now.Load().refusal }

// notAfter is when the certificate ends that is shown now.
func (t *transport) notAfter() time.Time {
	t.files.look()
	return t.now.Load().notAfter
}

func (t *transport) read() error {
	pair, err := tls.LoadX509KeyPair(t.opts.Cert, t.opts.Key)
	if err != nil {
		return fmt.Errorf("certificate %s and key %s: %w", t.opts.Cert, t.opts.Key, err)
	}
	m := &material{notAfter: pair.Leaf.NotAfter, roots: map[[sha256.Size]byte]bool{}}
	certificates := []tls.Certificate{pair}
	m.refusal = &tls.Config{MinVersion: tls.VersionTLS12, Certificates: certificates, NextProtos: []string{"http/1.1"}}
	m.config = &tls.Config{MinVersion: tls.VersionTLS12, Certificates: certificates, NextProtos: []string{"h2", "http/1.1"}}
	if t.opts.ClientCA != "" {
		if m.config.ClientCAs, err = authorities(t.opts.ClientCA, m.roots); err != nil {
			return err
		}
		m.config.ClientAuth = tls.VerifyClientCertIfGiven
	}
	if now := time.Now(); now.After(m.notAfter) || now.Before(pair.Leaf.NotBefore) {
		t.log.Warn("the certificate does not hold today; clients will refuse it", "file", t.opts.Cert, "not_before", pair.Leaf.NotBefore, "not_after", m.notAfter)
	}
	t.now.Store(m)
	return nil
}

// authorities reads a PEM file of certificates, and notes their digests.
func authorities(path string, digests map[[sha256.Size]byte]bool) (*x509.CertPool, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	for {
		var block *pem.Block
		if block, text = pem.Decode(text); block == nil {
			break
		}
		if block.Type != "CERTIFICATE" {
			return nil, fmt.Errorf("client authorities in %s: want certificates only, and there is a %s", path, block.Type)
		}
		cert, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("client authorities in %s: %w", path, err)
		}
		pool.AddCert(cert)
		digests[sha256.Sum256(cert.Raw)] = true
	}
	if len(digests) == 0 || len(bytes.TrimSpace(text)) > 0 {
		return nil, fmt.Errorf("client authorities in %s: want certificates in PEM and nothing behind them", path)
	}
	return pool, nil
}

// names are those of the client certificate of a connection, which may be
// older than the authorities are that count now, and than the certificate's
// end: both are looked at again. The connection has one.
func (t *transport) names(state *tls.ConnectionState) ([]string, error) {
	t.files.look()
	leaf := state.PeerCertificates[0]
	if time.Now().After(leaf.NotAfter) {
		return nil, api.ErrExpiredCredential
	}
	roots := t.now.Load().roots
	for _, chain := range state.VerifiedChains {
		if roots[sha256.Sum256(chain[len(chain)-1].Raw)] {
			return certificateNames(leaf), nil
		}
	}
	return nil, api.ErrUnknownCertificate
}

// certificateNames are the names in a certificate with their kind before them,
// so that one kind is never taken for another.
func certificateNames(cert *x509.Certificate) []string {
	var out []string
	for _, n := range cert.DNSNames {
		out = append(out, "dns:"+n)
	}
	for _, u := range cert.URIs {
		out = append(out, "uri:"+u.String())
	}
	for _, m := range cert.EmailAddresses {
		out = append(out, "email:"+m)
	}
	if cn := cert.Subject.CommonName; cn != "" {
		out = append(out, "cn:"+cn)
	}
	return out
}

// validCertificateName checks what a configuration says of a certificate.
func validCertificateName(name string) error {
	kind, rest, ok := strings.Cut(name, ":")
	if !ok || rest == "" || !slices.Contains([]string{"dns", "uri", "email", "cn"}, kind) {
		return errors.New("certificate: want a name in the certificate with its kind, such as dns:client.example.org, uri:spiffe://example.org/client, email:a@example.org, or cn:client")
	}
	return nil
}

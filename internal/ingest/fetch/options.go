package fetch

import (
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/festd/festd/internal/fest"
)

// Options configures a [Fetcher]. Zero means the default unless a field says
// that it is mandatory.
type Options struct {
	// URL of the file, http or https. User info in it is sent as Basic
	// authentication. Mandatory.
	URL string
	// Dir holds downloads and what is remembered of them; made if missing,
	// and best used for nothing else. A local file system. Mandatory.
	Dir string
	// Version of the program, for the User-Agent; "" = dev.
	Version string

	// MaxSize bounds the file, in bytes; 0 = 512 MiB.
	MaxSize int64
	// Timeout bounds a whole fetch, pauses and attempts together; 0 = 30 min.
	Timeout time.Duration
	// ConnectTimeout, TLSTimeout and HeaderTimeout bound the parts of a
	// request before its body; 0 = 10 s, 10 s, 30 s.
	ConnectTimeout, TLSTimeout, HeaderTimeout time.Duration
	// StallTimeout and MinRate: each StallTimeout must bring MinRate bytes a
	// second on average, else the attempt is cut; 0 = 30 s and 1024.
	StallTimeout time.Duration
	MinRate      int64

	// MaxRedirects is how many redirects one request may take; 0 = 5, -1 = none.
	MaxRedirects int
	// RedirectHosts are hosts that redirects may lead to besides the URL's
	// own: "cdn.example.org", or "*.example.org" for all below example.org.
	RedirectHosts []string
	// Proxy: "" = as HTTPS_PROXY, HTTP_PROXY and NO_PROXY say, "none" = no
	// proxy, else the URL of one (http, https, socks5), user info included.
	Proxy string
	// RootCAs are the certificate authorities that are trusted; nil = the
	// system's.
	RootCAs *x509.CertPool

	// Attempts is how many requests one fetch may take; 0 = 5.
	Attempts int
	// MinBackoff and MaxBackoff bound the pauses between attempts: random
	// between nothing and a bound that doubles from the one to the other;
	// 0 = 2 s and 2 min.
	MinBackoff, MaxBackoff time.Duration
	// MaxRetryAfter is the longest Retry-After that a fetch waits for; it
	// ends where the server asks for more. 0 = 5 min.
	MaxRetryAfter time.Duration

	// Known says whether a file that was confirmed is still known to the
	// store. Where it is not, the file is fetched whole. Nil: it always is.
	Known func(fest.Digest) bool
	// Progress is told of bytes as they come, at most ten times a second and
	// once at the end of a body. Nil: nobody is.
	Progress func(Progress)
	// Log takes what went on although something was wrong; nil = discarded.
	Log *slog.Logger

	seams
}

// Progress of a download.
type Progress struct {
	Done  int64 // bytes on disk
	Total int64 // bytes of the file; -1: the server does not say
}

// seams are what tests replace.
type seams struct {
	transport http.RoundTripper             // nil: the network
	fault     func(o op, path string) error // before a step that changes the disk
	random    func() float64                // [0, 1)
}

func or[T int | int64 | time.Duration | string](v *T, def T) {
	var zero T
	if *v == zero {
		*v = def
	}
}

var oddInVersion = regexp.MustCompile(`[^0-9A-Za-z.+_-]+`)

func (o *Options) validate() error {
	if o.URL == "" || o.Dir == "" {
		return errors.New("fetch: URL and Dir are mandatory")
	}
	or(&o.Version, "dev")
	o.Version = oddInVersion.ReplaceAllString(o.Version, "-")
	or(&o.MaxSize, 512<<20)
	or(&o.Timeout, 30*time.Minute)
	or(&o.ConnectTimeout, 10*time.Second)
	or(&o.TLSTimeout, 10*time.Second)
	or(&o.HeaderTimeout, 30*time.Second)
	or(&o.StallTimeout, 30*time.Second)
	or(&o.MinRate, 1024)
	or(&o.MaxRedirects, 5)
	or(&o.Attempts, 5)
	or(&o.MinBackoff, 2*time.Second)
	or(&o.MaxBackoff, 2*time.Minute)
	or(&o.MaxRetryAfter, 5*time.Minute)
	if o.Known == nil {
		o.Known = func(fest.Digest) bool { return true }
	}
	if o.Progress == nil {
		o.Progress = func(Progress) {}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.random == nil {
		o.random = rand.Float64
	}
	if o.fault == nil {
		o.fault = func(op, string) error { return nil }
	}
	for _, d := range []time.Duration{
		o.Timeout, o.ConnectTimeout, o.TLSTimeout, o.HeaderTimeout, o.StallTimeout, o.MinBackoff, o.MaxBackoff, o.MaxRetryAfter,
	} {
		if d < 0 {
			return fmt.Errorf("fetch: a time is negative: %v", d)
		}
	}
	if o.MaxSize < 0 || o.MinRate < 0 || o.Attempts < 0 || o.MaxBackoff < o.MinBackoff {
		return errors.New("fetch: MaxSize, MinRate and Attempts must be positive, and MaxBackoff not below MinBackoff")
	}
	for _, h := range o.RedirectHosts {
		if name := strings.TrimPrefix(h, "*."); name == "" || strings.ContainsAny(name, "*:/@?# ") {
			return fmt.Errorf("fetch: redirect host %q: want a host, or *.domain for all below it", h)
		}
	}
	return nil
}

// proxy is the transport's. No error quotes the address: it may hold a
// password.
func (o *Options) proxy() (func(*http.Request) (*url.URL, error), error) {
	switch o.Proxy {
	case "none":
		return nil, nil
	case "":
		return func(r *http.Request) (*url.URL, error) {
			u, err := http.ProxyFromEnvironment(r)
			if err != nil {
				return nil, errors.New("the proxy that HTTPS_PROXY or HTTP_PROXY names is no usable URL")
			}
			return u, nil
		}, nil
	}
	u, err := url.Parse(o.Proxy)
	if err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https" && u.Scheme != "socks5" {
		return nil, errors.New(`fetch: Proxy is no usable URL: want "none" or http://host:port (https, socks5)`)
	}
	return http.ProxyURL(u), nil
}

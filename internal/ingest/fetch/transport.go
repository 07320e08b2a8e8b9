package fetch

import (
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"time"
)

// newTransport makes the fetcher's own transport: nobody else's idle
// connections, and nothing decompressed behind our back.
func newTransport(o *Options) (*http.Transport, error) {
	proxy, err := o.proxy()
	if err != nil {
		return nil, err
	}
	return &http.Transport{
		Proxy:                  proxy,
		DialContext:            (&net.Dialer{Timeout: o.ConnectTimeout, KeepAlive: 15 * time.Second}).DialContext,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: o.RootCAs},
		TLSHandshakeTimeout:    o.TLSTimeout,
		ResponseHeaderTimeout:  o.HeaderTimeout,
		MaxResponseHeaderBytes: 64 << 10,
		IdleConnTimeout:        10 * time.Second, // a fetch closes them at its end
		DisableCompression:     true,
		ForceAttemptHTTP2:      true,
	}, nil
}

// network makes a failure of a transport's error. A certificate that is not
// trusted now is not in a minute.
func network(err error) error {
	var cert *tls.CertificateVerificationError
	return &failure{kind: ErrNetwork, err: err, again: !errors.As(err, &cert)}
}

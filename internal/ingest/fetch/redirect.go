package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
)

// ask sends the request and follows redirects. Headers are the same at every
// step, but for credentials: those go to the URL's own origin alone.
func (f *Fetcher) ask(ctx context.Context, header http.Header) (*http.Response, error) {
	at := f.url
	for redirects := 0; ; redirects++ {
		resp, err := f.send(ctx, at, header)
		if err != nil {
			return nil, err
		}
		if !isRedirect(resp.StatusCode) {
			return resp, nil
		}
		to := resp.Header.Get("Location")
		_, _ = io.CopyN(io.Discard, resp.Body, 4<<10) // so that the connection can be used again
		_ = resp.Body.Close()                         // only read
		next, err := f.follow(at, to, redirects)
		if err != nil {
			return nil, &failure{kind: ErrRedirect, err: err, status: resp.StatusCode}
		}
		if permanent := resp.StatusCode == http.StatusMovedPermanently || resp.StatusCode == http.StatusPermanentRedirect; permanent {
			f.o.Log.WarnContext(ctx, "source has moved for good; the configured URL should be changed",
				"url", redact(at), "location", redact(next))
		}
		at = next
	}
}

func (f *Fetcher) send(ctx context.Context, at *url.URL, header http.Header) (*http.Response, error) {
	bare := *at
	bare.User = nil
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, bare.String(), http.NoBody)
	if err != nil {
		return nil, &failure{kind: ErrNetwork, err: errors.New("no request can be made of the URL")}
	}
	req.Header = header.Clone()
	if u := f.url.User; u != nil && origin(at) == origin(f.url) {
		password, _ := u.Password()
		req.SetBasicAuth(u.Username(), password)
	}
	resp, err := f.transport.RoundTrip(req)
	if err != nil {
		return nil, network(err)
	}
	return resp, nil
}

func isRedirect(status int) bool {
	switch status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther,
		http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return true
	}
	return false
}

// follow says where a redirect leads, or why it is not followed.
func (f *Fetcher) follow(at *url.URL, location string, redirects int) (*url.URL, error) {
	if redirects >= f.o.MaxRedirects {
		return nil, fmt.Errorf("%d redirects in a row, the last at %s", redirects+1, redact(at))
	}
	if location == "" {
		return nil, fmt.Errorf("%s redirects to nowhere", redact(at))
	}
	ref, err := url.Parse(location)
	if err != nil { // says what it could not parse, which may be a secret
		return nil, fmt.Errorf("%s redirects to what is no URL", redact(at))
	}
	next, err := parseURL(at.ResolveReference(ref).String())
	if err != nil {
		return nil, fmt.Errorf("%s redirects to a URL that %w", redact(at), err)
	}
	next.User = nil
	if at.Scheme == "https" && next.Scheme != "https" {
		return nil, fmt.Errorf("%s redirects from https to http, to %s", redact(at), redact(next))
	}
	if !mayLead(hostOf(f.url), hostOf(next), f.o.RedirectHosts) {
		return nil, fmt.Errorf("%s redirects to another host, %s; name it among the redirect hosts (--source-redirect-host) if it is to be trusted", redact(at), redact(next))
	}
	return next, nil
}

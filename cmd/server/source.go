package main

import "github.com/festd/festd/internal/app"

// sourceFlags say how a source is reached that is a URL.
type sourceFlags struct {
	SourceRedirectHost []string `help:"Host that redirects of a source's URL may lead to besides its own, or *.example.org for all below one; several with commas, or the flag again." placeholder:"HOST"`
	SourceProxy        string   `help:"Proxy for a source's URL: http, https or socks5, or none; without it HTTPS_PROXY, HTTP_PROXY and NO_PROXY say." placeholder:"URL"`
}

func (f *sourceFlags) source() app.SourceOptions {
	return app.SourceOptions{RedirectHosts: f.SourceRedirectHost, Proxy: f.SourceProxy}
}

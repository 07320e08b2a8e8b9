package fetch

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net"
	"net/url"
	"path"
	"regexp"
	"strings"
)

// IsURL says whether a source is fetched rather than opened: whether it
// begins with http:// or https://.
func IsURL(source string) bool {
	scheme, _, found := strings.Cut(source, "://")
	return found && (strings.EqualFold(scheme, "http") || strings.EqualFold(scheme, "https"))
}

// Location is a source as people may see it: a URL without user info, query
// and fragment. What is no http or https URL comes back unchanged.
func Location(source string) string {
	if !IsURL(source) {
		return source
	}
	u, err := parseURL(source)
	if err != nil {
		return "(unusable URL)"
	}
	return redact(u)
}

func redact(u *url.URL) string {
	shown := url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path, RawPath: u.RawPath}
	if u.RawQuery != "" {
		return shown.String() + "?…"
	}
	return shown.String()
}

// parseURL reads a URL to fetch. Its errors quote nothing of it: the parser
// would quote a password.
func parseURL(s string) (*url.URL, error) {
	u, err := url.Parse(s)
	switch {
	case err != nil:
		return nil, errors.New("cannot be parsed; want https://host/path")
	case u.Scheme != "http" && u.Scheme != "https": // Parse lower-cases it
		return nil, errors.New("has another scheme; want https://host/path")
	case u.Hostname() == "" || u.Opaque != "":
		return nil, errors.New("names no host; want https://host/path")
	}
	u.Fragment, u.RawFragment = "", ""
	return u, nil
}

// keyOf is what files and records of a URL are bound to. User info is left
// out: another password is the same file, and a short one could be guessed
// from its digest.
func keyOf(u *url.URL) string {
	named := *u
	named.User = nil
	named.Host = strings.ToLower(u.Host)
	sum := sha256.Sum256([]byte(named.String()))
	return hex.EncodeToString(sum[:])
}

var plainExtension = regexp.MustCompile(`^\.[a-z0-9]{1,8}$`)

// extension of the file that a URL names, for people: the importer goes by
// the first bytes.
func extension(u *url.URL) string {
	if ext := strings.ToLower(path.Ext(u.Path)); plainExtension.MatchString(ext) {
		return ext
	}
	return ".fest"
}

// origin is where credentials of a URL may go.
func origin(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return u.Scheme + "://" + net.JoinHostPort(hostOf(u), port)
}

func hostOf(u *url.URL) string { return strings.ToLower(strings.TrimSuffix(u.Hostname(), ".")) }

// mayLead says whether a redirect from one host to another is followed; see
// the package comment. Patterns are hosts, or "*.domain" for all below one.
func mayLead(from, to string, patterns []string) bool {
	base := from
	if short, www := strings.CutPrefix(from, "www."); www && strings.Contains(short, ".") {
		base = short
	}
	if to == from || to == base || strings.HasSuffix(to, "."+base) {
		return true
	}
	for _, p := range patterns {
		p = strings.ToLower(p)
		if below, all := strings.CutPrefix(p, "*"); to == p || all && strings.HasSuffix(to, below) {
			return true
		}
	}
	return false
}

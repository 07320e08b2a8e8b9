package api

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/festd/festd/internal/api/valve"
)

// Authenticator finds out which client sent a request of the public listener,
// by what it shows: an API key or a client certificate today. Tokens of an
// OpenID provider would be another one. It is asked once per request, before
// anything else is done for it, and must not block: no network, no database.
type Authenticator interface {
	// Authenticate returns the client, or nil for a request that shows nothing
	// of the kind. A credential that is shown and does not hold is an error
	// that wraps one of [ErrUnknownKey], [ErrUnknownCertificate] and
	// [ErrExpiredCredential]: it is refused, and never taken for an anonymous
	// request. The text of the error never has the credential in it.
	Authenticate(r *http.Request) (*KeyHolder, error)
}

// What can be wrong with a credential.
var (
	ErrUnknownKey         = errors.New("unknown API key")
	ErrUnknownCertificate = errors.New("unknown client certificate")
	ErrExpiredCredential  = errors.New("the credential has expired")
)

// KeyHolder is a client with a key or a certificate. It must not be changed.
type KeyHolder struct {
	Client valve.Client
	Plan   *valve.Plan
	// Classes are those that the client may use; zero means all.
	Classes Classes
}

// Classes is a set of the classes that clients ask for. Zero means all.
type Classes uint8

// ClassesOf is the set with these names: lookup, compute, bulk.
func ClassesOf(names ...string) (Classes, error) {
	var out Classes
next:
	for _, name := range names {
		for class := CostLookup; class < costs; class++ {
			if class.String() == name {
				out |= 1 << class
				continue next
			}
		}
		return 0, fmt.Errorf("class %q: want lookup, compute or bulk", name)
	}
	return out, nil
}

// Has reports whether the class is in the set. Probes are in every one.
func (s Classes) Has(class Cost) bool { return s == 0 || class == CostOps || s&(1<<class) != 0 }

// String has the names, separated by commas.
func (s Classes) String() string {
	var names []string
	for class := CostLookup; class < costs; class++ {
		if s.Has(class) {
			names = append(names, class.String())
		}
	}
	return strings.Join(names, ",")
}

// keyChallenge is the header WWW-Authenticate of the public listener.
const keyChallenge = `Bearer realm="festd"`

// identify finds out who sent the request, once. What is wrong with its
// credential is returned after the attempt was counted for the address that it
// came from: guesses take from a quota.
func (a *API) identify(c *call) (holder *KeyHolder, err error) {
	if c.identified || a.opts.Credentials == nil {
		return c.holder, nil
	}
	c.identified = true
	c.holder, err = a.opts.Credentials.Authenticate(c.r)
	return c.holder, err
}

// unproven is the refusal of a credential that does not hold.
func (a *API) unproven(class Cost, err error) error {
	f := &failure{kind: ErrUnknownKey, challenge: keyChallenge}
	switch {
	case errors.Is(err, ErrExpiredCredential):
		f.kind, f.challenge = ErrExpiredCredential, keyChallenge+`, error="invalid_token"`
		f.problem.Detail = "the key or certificate was good until its end; the operators can give this client another"
	case errors.Is(err, ErrUnknownCertificate):
		f.kind, f.challenge = ErrUnknownCertificate, ""
		f.problem.Detail = "no client has this certificate; its authority is known, its name is not"
	case a.opts.NoAnonymous:
		f.problem.Detail = "no client has this key"
	default:
		f.problem.Detail = "no client has this key; without one, requests count for the address that they come from"
	}
	return a.refuse(class, byKey, f)
}

// may checks that the client may use a class. Who asks what a browser asks
// before it sends a header of its own cannot show a key yet.
func (a *API) may(c *call, class Cost) error {
	switch {
	case c.holder != nil && c.holder.Classes.Has(class):
		return nil
	case c.holder != nil:
		return a.refuse(class, byClass, fail(errClassNotAllowed,
			"this client may use the classes "+c.holder.Classes.String()+", and this request is of class "+class.String()))
	case c.r.Method == http.MethodOptions || !a.opts.NoAnonymous && a.opts.AnonymousClasses.Has(class):
		return nil
	}
	f := fail(errCredentialRequired, "show an API key (Authorization: Bearer or X-Api-Key) or a client certificate")
	if !a.opts.NoAnonymous {
		f.problem.Detail = "without an API key or a client certificate there are the classes " + a.opts.AnonymousClasses.String() + ", and this request is of class " + class.String()
	}
	f.challenge = keyChallenge
	return a.refuse(class, byAnonymity, f)
}

// KeyOf is the API key that a request shows: X-Api-Key, or a bearer token; ""
// for none. Other schemes are not ours.
func KeyOf(r *http.Request) string {
	if key := r.Header.Get("X-Api-Key"); key != "" {
		return key
	}
	const scheme = "Bearer "
	auth := r.Header.Get("Authorization")
	if len(auth) > len(scheme) && strings.EqualFold(auth[:len(scheme)], scheme) {
		return strings.TrimSpace(auth[len(scheme):])
	}
	return ""
}

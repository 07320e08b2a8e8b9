package valve

import (
	"fmt"
	"net/http"
	"net/netip"

	"github.com/go-chi/chi/v5/middleware"
)

// Client is whom a quota is counted for: an authenticated client by name, else
// an address; of IPv6 the /64, since a host has a whole one to choose from.
type Client struct {
	name string
	addr netip.Addr
}

// Named is an authenticated client.
func Named(name string) Client { return Client{name: name} }

// Addr is the address of a client without a name, of IPv6 the first of its
// /64; else the zero value.
func (c Client) Addr() netip.Addr { return c.addr }

// String is the client for logs.
func (c Client) String() string {
	if c.name != "" {
		return c.name
	}
	if c.addr.Is6() {
		return c.addr.String() + "/64"
	}
	return c.addr.String()
}

// Identifier tells clients apart by address. What a client says of itself, such as
// X-Forwarded-For, counts only where a trusted proxy says it.
type Identifier struct {
	trusted []netip.Prefix
	forward func(http.Handler) http.Handler
}

// NewIdentifier trusts X-Forwarded-For of these proxies, addresses or
// prefixes, and of nobody else.
func NewIdentifier(trusted []string) (*Identifier, error) {
	id := &Identifier{}
	var prefixes []string
	for _, t := range trusted {
		p, err := netip.ParsePrefix(t)
		if err != nil {
			a, err := netip.ParseAddr(t)
			if err != nil {
				return nil, fmt.Errorf("trusted proxy %q: want an address or a prefix, such as 10.0.0.0/8", t)
			}
			p = netip.PrefixFrom(a.Unmap(), a.Unmap().BitLen())
		}
		id.trusted = append(id.trusted, p.Masked())
		prefixes = append(prefixes, p.Masked().String())
	}
	if prefixes != nil {
		id.forward = middleware.ClientIPFromXFF(prefixes...)
	}
	return id, nil
}

// Client is who sent the request. A chain of proxies that cannot be read
// counts for the proxy that sent it.
func (id *Identifier) Client(r *http.Request) Client {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return Client{} // a listener without addresses: all are one
	}
	addr := peer.Addr().Unmap().WithZone("")
	if id.forward != nil && id.trusts(addr) {
		if said := id.said(r); said.IsValid() {
			addr = said
		}
	}
	return Client{addr: network(addr)}
}

// said is the client that the proxies name.
func (id *Identifier) said(r *http.Request) (addr netip.Addr) {
	id.forward(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		addr = middleware.GetClientIPAddr(r.Context())
	})).ServeHTTP(nil, r)
	return addr
}

func (id *Identifier) trusts(a netip.Addr) bool {
	for _, p := range id.trusted {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// network is the address of those who share a quota.
func network(a netip.Addr) netip.Addr {
	if !a.Is6() {
		return a
	}
	p, err := a.Prefix(64)
	if err != nil {
		return a
	}
	return p.Addr()
}

package api

import (
	"net/netip"

	"github.com/festd/festd/internal/api/valve"
)

// Remote is how much of a client's address is logged. An address can be a
// person's.
type Remote string

// What there is: the address, its network (of IPv4 the /24, of IPv6 the /48),
// or nothing. The names of clients with keys are logged in any case.
const (
	RemoteFull    Remote = "full"
	RemoteNetwork Remote = "network"
	RemoteOff     Remote = "off"
)

func (m Remote) valid() bool { return m == RemoteFull || m == RemoteNetwork || m == RemoteOff }

// address is what is logged of the address and port of a connection; "" for
// nothing.
func (m Remote) address(hostPort string) string {
	if m == RemoteOff {
		return ""
	}
	at, err := netip.ParseAddrPort(hostPort)
	if err != nil {
		return "" // of no IP network: a socket in a file, a test
	}
	return m.of(at.Addr())
}

func (m Remote) of(addr netip.Addr) string {
	addr = addr.Unmap().WithZone("")
	if m == RemoteFull {
		return addr.String()
	}
	bits := 48
	if addr.Is4() {
		bits = 24
	}
	network, err := addr.Prefix(bits)
	if err != nil {
		return ""
	}
	return network.String()
}

// client is what is logged of whose quota a request took from; "" for nothing.
func (m Remote) client(who valve.Client) string {
	switch {
	case !who.Addr().IsValid() || m == RemoteFull:
		return who.String()
	case m == RemoteOff:
		return ""
	default:
		return m.of(who.Addr())
	}
}

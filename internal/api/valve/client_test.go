package valve

import (
	"net/http/httptest"
	"testing"
)

func TestClientIdentity(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, trusted, peer, forwarded, want string
	}{
		{"peer", "", "192.0.2.1:4711", "", "192.0.2.1"},
		{"a forged header counts for nothing", "", "192.0.2.1:4711", "203.0.113.9", "192.0.2.1"},
		{"nor one of a proxy that is not trusted", "10.0.0.0/8", "192.0.2.1:4711", "203.0.113.9", "192.0.2.1"},
		{"a trusted proxy says", "10.0.0.0/8", "10.1.1.1:4711", "203.0.113.9", "203.0.113.9"},
		{"what the client wrote before the proxy did counts for nothing", "10.0.0.0/8", "10.1.1.1:4711", "198.51.100.1, 203.0.113.9", "203.0.113.9"},
		{"a chain of trusted proxies", "10.0.0.0/8", "10.1.1.1:4711", "203.0.113.9, 10.2.2.2", "203.0.113.9"},
		{"a single address is trusted", "10.1.1.1", "10.1.1.1:4711", "203.0.113.9", "203.0.113.9"},
		{"rubbish counts for the proxy", "10.0.0.0/8", "10.1.1.1:4711", "rubbish", "10.1.1.1"},
		{"mapped", "", "[::ffff:192.0.2.1]:4711", "", "192.0.2.1"},
		{"a whole /64 is one", "", "[2001:db8:1:2:3:4:5:6]:4711", "", "2001:db8:1:2::/64"},
		{"no address", "", "pipe", "", "invalid IP"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var trusted []string
			if test.trusted != "" {
				trusted = []string{test.trusted}
			}
			id, err := NewIdentifier(trusted)
			if err != nil {
				t.Fatal(err)
			}
			r := httptest.NewRequestWithContext(t.Context(), "GET", "/", nil)
			r.RemoteAddr = test.peer
			if test.forwarded != "" {
				r.Header.Set("X-Forwarded-For", test.forwarded)
			}
			if got := id.Client(r).String(); got != test.want {
				t.Errorf("client %s, want %s", got, test.want)
			}
		})
	}
}

func TestIdentifierRefusesRubbish(t *testing.T) {
	t.Parallel()
	if _, err := NewIdentifier([]string{"the load balancer"}); err == nil {
		t.Error("want an error")
	}
}

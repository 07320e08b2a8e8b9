package api

import (
	"strings"
	"testing"

	"github.com/festd/festd/internal/fest"
)

// FuzzParseRelease: what is taken is a serial or begins with a date, and finds
// a release of just that HentetDato.
func FuzzParseRelease(f *testing.F) {
	for _, s := range []string{"", "0", "12", "18446744073709551616", "+3", "2026-09-08", "2026-09-08T03:09:06", "2026-09-08t03:09:06.123+02:00", "2026-09-08 03:09:06 0200", "2026-09-08T03:09:06Zx", "2026-02-30", " 7 "} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		w, ok := parseRelease(s)
		if !ok {
			if w != (wantedRelease{}) {
				t.Fatalf("%q is refused, and is %+v", s, w)
			}
			return
		}
		rel := fest.Release{Serial: w.serial}
		if !w.bySerial {
			if len(w.at) != 10 && len(w.at) != 19 || !strings.HasPrefix(strings.TrimSpace(s), w.at[:10]) {
				t.Fatalf("%q is %+v", s, w)
			}
			rel.Content.RetrievalDate = fest.DateTime((w.at + "T00:00:00")[:19])
		}
		if !w.is(&rel) {
			t.Fatalf("%q does not find its own release %+v", s, rel)
		}
	})
}

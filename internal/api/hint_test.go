package api_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/festd/festd/internal/fest"
)

func TestHints(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		for _, test := range []struct {
			target string
			status int
			want   string // "": no hint
		}{
			{"/v1/packages/12345", 404, "/v1/packages?itemNumber=012345"},
			{"/v1/commodities/12345", 404, "/v1/commodities?itemNumber=012345"},
			{"/v1/packages/012345", 404, "/v1/packages?itemNumber=012345"},
			{"/v1/commodities/012345", 404, ""},
			{"/v1/doses/0123456", 404, "/v1/doses?lmrNumber=0123456"},
			{"/v1/packages/4006381333931", 404, "/v1/packages?gtin=4006381333931"},
			{"/v1/packages/4006381333932", 404, "the last digit is 2, and the others want 1"},
			{"/v1/packages/00012345600013", 404, "want 2"},
			{"/v1/packages/1234", 404, ""},
			{"/v1/packages/1234567890123456", 404, ""},
			{"/v1/packages/ID_12345", 404, ""},
			{"/v1/drugs/12345", 404, ""},
			{"/v1/packages?itemNumber=12345", 200, "itemNumber=012345"},
			{"/v1/packages?itemNumber=999999", 200, ""},
			{"/v1/packages?gtin=4006381333932", 200, "want 1"},
			{"/v1/packages?gtin=4006381333931", 200, ""},
			{"/v1/drugs?name=12345", 200, ""},
		} {
			a := s.get(t, test.target)
			hint, has := a.json(t)["hint"].(string)
			if a.status != test.status || has != (test.want != "") || !strings.Contains(hint, test.want) {
				t.Errorf("%s: %d, hint %q, want %q", test.target, a.status, hint, test.want)
			}
		}
		// What is found needs no hint.
		for _, it := range s.get(t, "/v1/packages?limit=500").json(t)["items"].([]any) {
			codes, _ := it.(map[string]any)["barCodes"].([]any)
			for _, code := range codes {
				if a := s.get(t, "/v1/packages?gtin="+url.QueryEscape(code.(string))).json(t); a["hint"] != nil || a["total"] == 0.0 {
					t.Fatalf("%v: %v", code, a["hint"])
				}
			}
		}
	})
}

func TestControlCharactersAreRefused(t *testing.T) {
	s := newServer(t, snapshots["memory"](t, 7))
	for target, parameter := range map[string]string{
		"/v1/drugs?name=a%0Ab":           "name",
		"/v1/drugs?name=%00":             "name",
		"/v1/drugs?atc=N02%0D":           "atc",
		"/v1/packages?itemNumber=1%1D2":  "itemNumber",
		"/v1/packages?gtin=1%0A2":        "gtin",
		"/v1/drugs?name=a%C2%85b":        "name",
		"/v1/drugs/x?release=7%0A":       "release",
		"/v1/releases?cursor=%7F":        "cursor",
		"/v1/releases/7/changes?from=%1": "from",
	} {
		if a := s.get(t, target); a.status != http.StatusBadRequest || str(t, a.json(t), "parameter") != parameter {
			t.Errorf("%s: %d %s", target, a.status, a.body)
		}
	}
	// The separators of a scanned GS1 string are part of it (R22).
	if a := s.get(t, "/v1/packages?gtin=]d2%1D0104006381333931%1D10A"); a.status != http.StatusOK {
		t.Errorf("a scan: %d %s", a.status, a.body)
	}
}

func TestIndexAndFailuresNameATC(t *testing.T) {
	s := newServer(t, snapshots["memory"](t, 7))
	resources := s.get(t, "/v1").json(t)["resources"].([]any)
	last := resources[len(resources)-1].(map[string]any)
	if last["resource"] != "atc" || last["href"] != "/v1/atc/{code}" || last["template"] != true || last["total"].(float64) < 100 {
		t.Errorf("%v", last)
	}
	known := s.get(t, "/v1/atcs").json(t)["known"].([]any)
	for _, want := range []string{"atc", "releases", string(fest.ResourceDrugs)} {
		found := false
		for _, k := range known {
			found = found || k == want
		}
		if !found {
			t.Errorf("%s is not among %v", want, known)
		}
	}
}

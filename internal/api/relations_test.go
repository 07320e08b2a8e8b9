package api_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/festd/festd/internal/api"
	"github.com/festd/festd/internal/rules"
)

const (
	paracetamol = "ID_D07FAD53-6F31-8000-9FDF-67F113861CEE"
	paracet     = "ID_3D8CBAB1-D251-8128-A311-269422A99805"
	seloZok     = "ID_BCD8C637-5606-8E06-8B04-3BEA1F19CDEF" // is selling out
	amoxicillin = "ID_A9AA9340-2186-8940-9DA1-75B02059DCAF" // a generic with packages that are in one group with those of another
	strips      = "009001"                                  // a commodity
)

// relatedRoutes are the questions about relations and timelines, each with
// something to ask about.
var relatedRoutes = map[string]string{
	"/v1/ingredients/{key}/relations": "/v1/ingredients/" + paracetamol + "/relations",
	"/v1/drugs/{key}/relations":       "/v1/drugs/" + paracet + "/relations",
	"/v1/drugs/{key}/generics":        "/v1/drugs/" + paracet + "/generics",
	"/v1/packages/{key}/relations":    "/v1/packages/" + seloZok + "/relations",
	"/v1/packages/{key}/availability": "/v1/packages/" + seloZok + "/availability",
	"/v1/packages/{key}/price":        "/v1/packages/" + seloZok + "/price",
	"/v1/packages/{key}/timeline":     "/v1/packages/" + seloZok + "/timeline",
	"/v1/commodities/{key}/price":     "/v1/commodities/" + strips + "/price",
	"/v1/commodities/{key}/timeline":  "/v1/commodities/" + strips + "/timeline",
	"/v1/doses/{key}/relations":       "/v1/doses/ID_324F5FB5-7B30-81CF-99A6-BAB8123B72EC/relations",
	"/v1/generics/{key}/relations":    "/v1/generics/" + amoxicillin + "/relations",
	"/v1/product-groups":              "/v1/product-groups",
	"/v1/product-groups/{code}":       "/v1/product-groups/510",
	"/v1/upcoming":                    "/v1/upcoming",
}

// Every list of every answer is walked in parts of one and of three, and comes
// to what it has in one.
func TestListsInAnswersAreWalked(t *testing.T) {
	s := newServer(t, snapshots["memory"](t, 7))
	check := described(t, s)
	walked := 0
	for path, target := range relatedRoutes {
		if path == "/v1/upcoming" {
			target += "?from=2026-09-01&until=2026-10-15"
		}
		sep := "?"
		if strings.Contains(target, "?") {
			sep = "&"
		}
		whole := check(target+sep+"d=2026-09-11&limit=500", path).json(t)
		lists := map[string]object{}
		if _, ok := whole["items"].([]any); ok {
			lists[""] = whole
		}
		for name, v := range whole {
			if l, ok := v.(object); ok && l["total"] != nil {
				lists[name] = l
			}
		}
		for name, list := range lists {
			items := list["items"].([]any)
			if list["total"] != float64(len(items)) || list["next"] != nil {
				t.Fatalf("%s, %s: %v of %v, next %v", target, name, len(items), list["total"], list["next"])
			}
			for _, limit := range []int{1, 3} {
				if len(items) > 40 && limit == 1 {
					continue
				}
				var got []any
				next := fmt.Sprint(target, sep, "d=2026-09-11&limit=", limit)
				for next != "" {
					part := check(next, path).json(t)
					l := part
					if name != "" {
						l = part[name].(object)
					}
					if l["total"] != list["total"] || len(l["items"].([]any)) > limit {
						t.Fatalf("%s: total %v, %d items", next, l["total"], len(l["items"].([]any)))
					}
					got = append(got, l["items"].([]any)...)
					walked++
					if next, _ = l["next"].(string); len(got) > len(items) {
						t.Fatalf("%s, %s: the walk does not end", target, name)
					}
				}
				if fmt.Sprint(got) != fmt.Sprint(items) {
					t.Errorf("%s, %s by %d: %v, want %v", target, name, limit, got, items)
				}
			}
		}
	}
	if walked < 100 {
		t.Errorf("only %d parts", walked)
	}
}

func TestBadQuestionsAboutRelations(t *testing.T) {
	s := newServer(t, snapshots["memory"](t, 7))
	relations := relatedRoutes["/v1/ingredients/{key}/relations"]
	first := s.get(t, relations+"?limit=1&d=2026-09-11").json(t)
	next := str(t, first["packages"].(object), "next")
	_, cursor, _ := strings.Cut(next, "cursor=")
	for _, test := range []struct {
		target    string
		status    int
		parameter string
		expected  string
	}{
		{relations + "?list=atc", 400, "list", "one of moieties, salts, strengths, drugs, generics, packages"},
		{relations + "?limit=0", 400, "limit", "a whole number from 1 to 500"},
		{relations + "?limit=501", 400, "limit", "a whole number from 1 to 500"},
		{relations + "?list=packages&cursor=xyz", 400, "cursor", "the cursor of a link next, unchanged"},
		{relations + "?cursor=" + cursor, 400, "cursor", "the link next of that list, unchanged"},
		{strings.Replace(next, "list=packages", "list=drugs", 1), 400, "cursor", ""},
		{strings.Replace(next, "2026-09-11", "2026-09-12", 1), 400, "cursor", ""},
		{strings.Replace(next, paracetamol, "ID_50AB5DBE-A50F-8F66-AC06-B4523A735D55", 1), 400, "cursor", ""},
		{"/v1/upcoming?from=2026-02-30", 400, "from", "a day that exists, as YYYY-MM-DD, such as 2026-02-28"},
		{"/v1/upcoming?until=tomorrow", 400, "until", "a day that exists, as YYYY-MM-DD, such as 2026-02-28"},
		{"/v1/upcoming?from=2026-10-02&until=2026-10-01", 400, "until", "that day, or a later one"},
		{"/v1/upcoming?kind=prices", 400, "kind", "one of availability, price, reimbursement, substitution"},
		{"/v1/upcoming?resource=drugs", 400, "resource", "one of packages, commodities"},
		{"/v1/product-groups?parent=999", 400, "parent", "a code of list 7403, 3 or 5 digits, such as 501"},
		{"/v1/product-groups/999", 404, "", ""},
		{"/v1/product-groups/50x", 404, "", ""},
		{"/v1/drugs/none/generics", 404, "", ""},
		{"/v1/commodities/none/price", 404, "", ""},
	} {
		a := s.get(t, test.target)
		p := a.json(t)
		if a.status != test.status || test.parameter != "" && p["parameter"] != test.parameter || test.expected != "" && p["expected"] != test.expected {
			t.Errorf("%s: %d %s", test.target, a.status, a.body)
		}
	}
	// The walk is of the release that it was begun in.
	other := newServer(t, snapshots["memory"](t, 8))
	if a := other.get(t, strings.Replace(next, "&release=7", "", 1)); a.status != http.StatusGone || a.json(t)["type"] != "/problems/cursor-expired" {
		t.Errorf("in another release: %d %s", a.status, a.body)
	}
	if a := other.get(t, next); a.status != http.StatusNotFound || a.json(t)["type"] != "/problems/release-not-kept" {
		t.Errorf("of a release that is gone: %d %s", a.status, a.body)
	}
}

// R62 can be switched off: what a generic's packages say is then not added up.
func TestGenericWithoutR62(t *testing.T) {
	set, err := rules.ParseSet("R62")
	if err != nil {
		t.Fatal(err)
	}
	target, path := relatedRoutes["/v1/generics/{key}/relations"], "/v1/generics/{key}/relations"
	with := described(t, newServer(t, snapshots["memory"](t, 7)))(target, path).json(t)
	without := described(t, newServer(t, snapshots["memory"](t, 7), func(o *api.Options) { o.RulesOff = set }))(target, path).json(t)
	if with["prescribable"] == nil || without["prescribable"] != nil || !slices.Contains(without["switchedOff"].([]any), any("R62")) {
		t.Errorf("with %v, without %v", with["prescribable"], without)
	}
}

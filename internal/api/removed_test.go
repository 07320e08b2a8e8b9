package api_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/festd/festd/internal/api"
	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
)

// pack is a package entry.
func pack(id, entry, number string) *fest.Entry {
	key := fest.ID(id)
	o := &fest.Package{ID: &key, ItemNumber: fest.Number(number)}
	o.NameFormStrength = fest.Text("Pakning " + id)
	return &fest.Entry{
		Envelope: fest.Envelope{EntryID: fest.EntryID(entry), RegistrationTime: retrieved, RegistrationStatus: fest.CS{Code: "A"}},
		Class:    fest.ClassPackage, Object: o,
	}
}

// buried opens the releases of files one after the other, serials from 1, each
// with what had left by then, and histories, as far as given.
func buried(t *testing.T, histories []*file, files ...*file) []*cache.Snapshot {
	t.Helper()
	var out []*cache.Snapshot
	var sets []cache.RemovedSet
	for i, f := range files {
		snap := f.open(t, fest.Serial(i+1))
		if i > 0 {
			data, err := cache.Leaving(t.Context(), out[i-1], snap)
			if err != nil {
				t.Fatal(err)
			}
			if data != nil { // something left
				sets = append(sets, cache.RemovedSet{Serial: fest.Serial(i + 1), RetrievalDate: f.content.RetrievalDate, Data: data})
			}
		}
		out = append(out, snap)
	}
	for _, h := range histories {
		older := h.open(t, 0)
		last := out[len(out)-1]
		graves, err := cache.OpenGraveyard(sets)
		if err != nil {
			t.Fatal(err)
		}
		last.SetRemoved(graves)
		data, err := cache.LeavingHistory(t.Context(), older, last)
		if err != nil {
			t.Fatal(err)
		}
		older.Close()
		sets = append([]cache.RemovedSet{{RetrievalDate: h.content.RetrievalDate, Data: data}}, sets...)
	}
	graves, err := cache.OpenGraveyard(sets)
	if err != nil {
		t.Fatal(err)
	}
	for _, snap := range out {
		snap.SetRemoved(graves)
	}
	return out
}

// shrunk is a server of release 3, from which b and the packages P1 and P2
// have gone; c went with release 2, and z is known from an older file only.
func shrunk(t *testing.T, change ...func(*api.Options)) (*server, []*cache.Snapshot) {
	t.Helper()
	one := append(substances("a", "b", "c"), pack("P1", "PE1", "012345"), pack("P2", "PE2", "012345"), pack("P3", "PE3", "098765"))
	two := append(substances("a", "b"), pack("P1", "PE1", "012345"), pack("P2", "PE2", "012345"), pack("P3", "PE3", "098765"))
	three := append(substances("a"), pack("P3", "PE3", "098765"))
	snaps := buried(t, []*file{made(t, "2026-05-01T03:00:00", substances("", "", "", "z"))},
		made(t, "2026-08-01T03:00:00", one), made(t, "2026-08-15T03:00:00", two), made(t, "2026-09-01T03:00:00", three))
	t.Cleanup(func() { snaps[0].Close(); snaps[1].Close() })
	return newServer(t, snaps[2], change...), snaps
}

func TestRemovedAnswersGone(t *testing.T) {
	s, _ := shrunk(t)
	a := s.get(t, "/v1/ingredients/ID_2")
	p := a.json(t)
	last := map[string]any{}
	if a.status == http.StatusGone {
		last, _ = p["lastContent"].(map[string]any)
	}
	if a.status != http.StatusGone || p["type"] != "/problems/removed" || last["id"] != "ID_2" || last["name"] != "b" || last["removed"] != nil {
		t.Fatalf("%d %s", a.status, a.body)
	}
	for name, want := range map[string]any{
		"removedIn": map[string]any{"serial": 3.0, "retrievalDate": "2026-09-01T03:00:00"}, "lastRetrievalDate": "2026-08-15T03:00:00", "reason": "deleted",
	} {
		if diff := cmp.Diff(want, p[name]); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	if a.header.Get("FEST-Release") != "3" || a.header.Get("Cache-Control") != "no-store" {
		t.Errorf("%v", a.header)
	}
	for target, want := range map[string]int{
		"/v1/ingredients/ID_1": 200, "/v1/ingredients/ID_1?include=removed": 200, "/v1/ingredients/ID_E2-b": 410, "/v1/ingredients/ID_3": 410,
		"/v1/ingredients/ID_4": 410, "/v1/ingredients/ID_5": 404, "/v1/drugs/ID_2": 404, "/v1/packages/P1": 410, "/v1/packages/P3": 200,
		"/v1/ingredients/ID_5?include=removed": 404,
	} {
		if a := s.get(t, target); a.status != want || (a.status == 200 && a.json(t)["removed"] != nil) {
			t.Errorf("%s: %d %s", target, a.status, a.body)
		}
	}
	// Gone before the first release: no serial, but what told of it.
	if p := s.get(t, "/v1/ingredients/ID_4").json(t); cmp.Diff(map[string]any{"retrievalDate": "2026-08-01T03:00:00"}, p["removedIn"]) != "" && p["removedIn"].(map[string]any)["serial"] != nil {
		t.Errorf("%v", p)
	}
}

func TestRemovedIncluded(t *testing.T) {
	s, _ := shrunk(t)
	a := s.get(t, "/v1/ingredients/ID_2?include=removed")
	v := a.json(t)
	removed, _ := v["removed"].(map[string]any)
	if a.status != http.StatusOK || a.header.Get("FEST-Removed") != "2026-09-01T03:00:00" || v["name"] != "b" || removed["reason"] != "deleted" {
		t.Fatalf("%d %v %s", a.status, a.header, a.body)
	}
	if again := s.get(t, "/v1/ingredients/ID_2?include=removed", "If-None-Match: "+a.header.Get("ETag")); again.status != http.StatusNotModified || again.header.Get("FEST-Removed") == "" {
		t.Errorf("again: %d %v", again.status, again.header)
	}
	x := s.get(t, "/v1/ingredients/ID_2?include=removed", "Accept: application/xml")
	if x.status != http.StatusOK || !strings.Contains(string(x.body), "ID_2") || !strings.Contains(string(x.body), "<OppfVirkestoff") || x.header.Get("ETag") == a.header.Get("ETag") || x.header.Get("FEST-Removed") == "" {
		t.Errorf("XML: %d %v %s", x.status, x.header, x.body)
	}
	if n := s.get(t, "/v1/ingredients/ID_2?include=removed", "Accept: text/csv"); n.status != http.StatusNotAcceptable {
		t.Errorf("CSV: %d", n.status)
	}
}

// names are the keys of a list's entries, in order, those that were removed
// with a minus.
func names(t *testing.T, page map[string]any) []string {
	t.Helper()
	out := []string{}
	for _, it := range page["items"].([]any) {
		item := it.(map[string]any)
		mark := ""
		if item["removed"] != nil {
			mark = "-"
		}
		out = append(out, mark+item["id"].(string))
	}
	return out
}

func TestListsOfRemoved(t *testing.T) {
	s, _ := shrunk(t)
	for target, want := range map[string]struct {
		names          []string
		total, removed any
	}{
		"/v1/ingredients":                               {[]string{"ID_1"}, 1.0, nil},
		"/v1/ingredients?name=b":                        {[]string{}, 0.0, nil},
		"/v1/ingredients?name=b&include=removed":        {[]string{"-ID_2"}, 1.0, 1.0},
		"/v1/packages?itemNumber=012345":                {[]string{"-P1", "-P2"}, 2.0, 2.0},
		"/v1/packages?itemNumber=098765":                {[]string{"P3"}, 1.0, nil},
		"/v1/packages?name=pakning":                     {[]string{"P3"}, 1.0, nil},
		"/v1/packages?name=pakning&include=removed":     {[]string{"P3", "-P1", "-P2"}, 3.0, 2.0},
		"/v1/packages?name=nothing&include=removed":     {[]string{}, 0.0, nil},
		"/v1/drugs?include=removed":                     {[]string{}, 0.0, nil},
		"/v1/packages?itemNumber=012345&name=x":         {[]string{}, 0.0, nil},
		"/v1/packages?itemNumber=012345&name=pak":       {[]string{"-P1", "-P2"}, 2.0, 2.0},
		"/v1/interactions/not-assessed?include=removed": {[]string{}, 0.0, nil},
	} {
		a := s.get(t, target)
		page := a.json(t)
		if a.status != http.StatusOK || page["total"] != want.total || page["totalRemoved"] != want.removed {
			t.Errorf("%s: %d %s", target, a.status, a.body)
			continue
		}
		if diff := cmp.Diff(want.names, names(t, page)); diff != "" {
			t.Errorf("%s: %s", target, diff)
		}
		if again := s.get(t, target, "If-None-Match: "+a.header.Get("ETag")); again.status != http.StatusNotModified {
			t.Errorf("%s: again %d", target, again.status)
		}
		if head := s.do(t, "HEAD", target); head.header.Get("ETag") != a.header.Get("ETag") || head.header.Get("Content-Length") != fmt.Sprint(len(a.body)) {
			t.Errorf("%s: HEAD %v", target, head.header)
		}
	}
	// Each page size walks over what is there and then what was removed.
	whole := names(t, s.get(t, "/v1/ingredients?include=removed").json(t))
	if len(whole) != 4 || whole[0] != "ID_1" {
		t.Fatalf("%v", whole)
	}
	for limit := 1; limit <= 5; limit++ {
		var walked []string
		pages := 0
		for target := fmt.Sprintf("/v1/ingredients?include=removed&limit=%d", limit); target != ""; pages++ {
			a := s.get(t, target)
			page := a.json(t)
			if a.status != http.StatusOK || page["total"] != 4.0 || page["totalRemoved"] != 3.0 {
				t.Fatalf("%s: %d %s", target, a.status, a.body)
			}
			walked = append(walked, names(t, page)...)
			target, _ = page["next"].(string)
			if u, err := url.Parse(target); err != nil || target != "" && u.Query().Get("include") != "removed" {
				t.Fatalf("next is %s", target)
			}
		}
		if diff := cmp.Diff(whole, walked); diff != "" || pages != (4+limit-1)/limit {
			t.Errorf("%d at a time, %d pages: %s", limit, pages, diff)
		}
	}
	next := str(t, s.get(t, "/v1/ingredients?include=removed&limit=2").json(t), "next")
	if a := s.get(t, strings.Replace(next, "include=removed&", "", 1)); a.status != http.StatusBadRequest {
		t.Errorf("the cursor in a list without the removed: %d", a.status)
	}
}

// TestTagsOfRemoved: what becomes known of the past changes the ETag of lists
// that have it, and of no others.
func TestTagsOfRemoved(t *testing.T) {
	s, snaps := shrunk(t)
	const with, without = "/v1/ingredients?include=removed", "/v1/ingredients"
	before := [2]string{s.get(t, with).header.Get("ETag"), s.get(t, without).header.Get("ETag")}
	bare := snaps[2].WithRelease(snaps[2].Release())
	graves, err := cache.OpenGraveyard(nil)
	if err != nil {
		t.Fatal(err)
	}
	bare.SetRemoved(graves)
	s.served.Swap(bare)
	after := [2]string{s.get(t, with).header.Get("ETag"), s.get(t, without).header.Get("ETag")}
	if before[0] == after[0] || before[1] != after[1] {
		t.Errorf("%v, then %v", before, after)
	}
}

// past is an archive of snapshots that have what had left by then.
type past struct {
	archive
	snaps []*cache.Snapshot
}

func (p *past) Open(_ context.Context, serial fest.Serial) (*cache.Snapshot, error) {
	then := p.snaps[serial-1].WithRelease(p.snaps[serial-1].Release())
	then.SetRemoved(p.snaps[len(p.snaps)-1].Graveyard())
	return then, nil
}

func TestRemovedAsOfThen(t *testing.T) {
	p := new(past)
	s, snaps := shrunk(t, func(o *api.Options) { o.Archive = p })
	p.snaps = snaps
	for i := len(snaps) - 1; i >= 0; i-- {
		p.releases = append(p.releases, api.ArchivedRelease{Release: snaps[i].Release(), OnDisk: true})
	}
	for _, test := range []struct {
		key  string
		want [3]int // as of release 1, 2, 3
	}{{"ID_1", [3]int{200, 200, 200}}, {"ID_2", [3]int{200, 200, 410}}, {"ID_3", [3]int{200, 410, 410}}, {"ID_4", [3]int{410, 410, 410}}, {"ID_5", [3]int{404, 404, 404}}} {
		for i, want := range test.want {
			if a := s.get(t, fmt.Sprintf("/v1/ingredients/%s?release=%d", test.key, i+1)); a.status != want || a.header.Get("FEST-Release") != fmt.Sprint(i+1) {
				t.Errorf("%s as of release %d: %d, want %d", test.key, i+1, a.status, want)
			}
		}
	}
	if got := names(t, s.get(t, "/v1/ingredients?include=removed&release=2").json(t)); cmp.Diff([]string{"ID_1", "ID_2", "-ID_4", "-ID_3"}, got) != "" {
		t.Errorf("the list as of release 2: %v", got)
	}
}

func TestSupersededEntryIDs(t *testing.T) {
	before := substances("a", "b", "c", "d", "e", "f") // most entry ids stay, or none of the old is noted
	after := substances("a", "b", "c", "d", "e", "f")
	after[1].EntryID = "ID_E2-edited"
	snaps := buried(t, nil, made(t, "2026-08-01T03:00:00", before), made(t, "2026-08-15T03:00:00", after))
	t.Cleanup(snaps[0].Close)
	s := newServer(t, snaps[1])
	for _, target := range []string{"/v1/ingredients/ID_E2-b", "/v1/ingredients/ID_E2-b?include=removed"} {
		a := s.get(t, target)
		p := a.json(t)
		successors, _ := p["successors"].([]any)
		if a.status != http.StatusGone || p["reason"] != "identifier-changed" || len(successors) != 1 || successors[0].(map[string]any)["href"] != "/v1/ingredients/ID_2" {
			t.Errorf("%s: %d %s", target, a.status, a.body)
		}
	}
}

// TestSeveralRemoved: entries of one key, and groups of one entry, that left
// together are all to be had.
func TestSeveralRemoved(t *testing.T) {
	whole := inMemory(t, cache.Options{})
	var group map[string]any // of an entry with several groups
	count := map[string]int{}
	first := newServer(t, whole.open(t, 1))
	for _, it := range first.get(t, "/v1/reimbursements?limit=500").json(t)["items"].([]any) {
		item := it.(map[string]any)
		if count[str(t, item, "entryId")]++; count[str(t, item, "entryId")] > 1 {
			group = item
		}
	}
	snaps := buried(t, nil, whole, made(t, "2026-10-01T03:00:00", substances("a")))
	t.Cleanup(snaps[0].Close)
	s := newServer(t, snaps[1])
	for target, want := range map[string]int{
		"/v1/commodities/" + url.PathEscape("00777/7"):                                        2,
		"/v1/commodities/" + url.PathEscape("00777/7") + "?include=removed":                   2,
		"/v1/reimbursements/" + url.PathEscape(str(t, group, "entryId")):                      count[str(t, group, "entryId")],
		"/v1/reimbursements/" + url.PathEscape(str(t, group, "entryId")) + "?include=removed": count[str(t, group, "entryId")],
	} {
		a := s.get(t, target)
		choices, _ := a.json(t)["choices"].([]any)
		if a.status != http.StatusMultipleChoices || len(choices) != want || want < 2 {
			t.Errorf("%s: %d %s", target, a.status, a.body)
		}
		seen := map[string]bool{}
		for _, c := range choices {
			to := c.(map[string]any)["href"].(string)
			status := map[bool]int{true: http.StatusOK, false: http.StatusGone}[strings.Contains(to, "include=removed")]
			if one := s.get(t, to); one.status != status || seen[to] {
				t.Errorf("%s: %d %s", to, one.status, one.body)
			}
			seen[to] = true
		}
	}
	x := s.get(t, "/v1/reimbursements/"+url.PathEscape(str(t, group, "entryId"))+"?include=removed", "Accept: application/xml")
	if x.status != http.StatusOK || !strings.Contains(string(x.body), str(t, group, "entryId")) {
		t.Errorf("XML of the groups of one entry: %d %s", x.status, x.body)
	}
}

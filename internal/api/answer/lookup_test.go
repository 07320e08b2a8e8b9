package answer_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/festd/festd/internal/api/answer"
	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
)

// looked is a line of an answer, as clients read it.
type looked struct {
	Status   int             `json:"status"`
	Match    string          `json:"match"`
	Resource string          `json:"resource"`
	ID       string          `json:"id"`
	Display  string          `json:"display"`
	EntryID  string          `json:"entryId"`
	Detail   string          `json:"detail"`
	Member   string          `json:"member"`
	Value    string          `json:"value"`
	Expected string          `json:"expected"`
	Tried    []string        `json:"tried"`
	Choices  []answer.Match  `json:"choices"`
	Removed  *answer.Gone    `json:"removed"`
	Known    string          `json:"knownSince"`
	Hint     string          `json:"hint"`
	Entry    json.RawMessage `json:"entry"`
}

func lookUp(t testing.TB, snap *cache.Snapshot, o answer.LookupOptions, lines ...answer.LookupLine) []looked {
	t.Helper()
	o.KnownSince = knownSince
	l := answer.Lookup(snap, lines, o)
	defer l.Release()
	var body bytes.Buffer
	n, err := l.WriteTo(&body)
	if err != nil || n != l.Len() || n != int64(body.Len()) {
		t.Fatalf("%d bytes written, %d there, %d announced: %v", n, body.Len(), l.Len(), err)
	}
	dec := json.NewDecoder(&body)
	dec.DisallowUnknownFields()
	var out []looked
	if err := dec.Decode(&out); err != nil {
		t.Fatalf("%v in %.300s", err, body.Bytes())
	}
	if len(out) != len(lines) {
		t.Fatalf("%d answers to %d lines", len(out), len(lines))
	}
	return out
}

// Each item of a release, by key, entry id and code, is its very bytes.
func TestLookupsAreTheItemsBytes(t *testing.T) {
	for name, entries := range contents {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			snap := open(t, entries(t))
			var lines []answer.LookupLine
			var want []string
			rnd := rand.New(rand.NewPCG(1, 2))
			for _, res := range append(fest.Resources(), cache.ResourceATC) {
				page, err := snap.List(res, nil, 0, 1<<20)
				if err != nil {
					t.Fatal(err)
				}
				for _, i := range page.Items {
					it := snap.Item(i)
					if len(snap.ByKey(nil, res, string(it.Key))) == 1 && rnd.IntN(1+len(page.Items)/200) == 0 {
						lines = append(lines, answer.LookupLine{Resource: res, Key: " " + strings.ToLower(string(it.Key))})
						if len(snap.ByKey(nil, res, strings.ToLower(string(it.Key)))) != 1 { // keys that differ in case only
							lines[len(lines)-1].Key = string(it.Key)
						}
						want = append(want, strings.TrimSpace(string(it.JSON)))
					}
				}
			}
			for i, l := range lookUp(t, snap, answer.LookupOptions{Most: 1 << 40}, lines...) {
				if l.Status != 200 || string(l.Entry) != want[i] {
					t.Fatalf("%+v: %d %.300s, want %.300s", lines[i], l.Status, l.Entry, want[i])
				}
			}
		})
	}
}

func TestLookupsHaveTheirOwnStatus(t *testing.T) {
	_, after := removal(t)
	hint := func(res fest.Resource, key string) string { return "is " + key + " of " + string(res) + "?" }
	tests := []struct {
		line   answer.LookupLine
		status int
		says   string // what the line says beside its entry
	}{
		{answer.LookupLine{Resource: "packages", Key: "ID_" + guidPackage}, 200, "id"},
		{answer.LookupLine{Resource: "packages", Key: strings.ToLower(guidPackage)}, 200, "id"}, // without ID_
		{answer.LookupLine{Resource: "packages", Key: "ID_ENTRY-new"}, 200, "entryId"},
		{answer.LookupLine{Code: "007421", System: "https://farmalogg.no/varenummer"}, 200, "itemNumber"},
		{answer.LookupLine{Code: "n02be01"}, 200, "atc"},
		{answer.LookupLine{Resource: "atc", Key: "N02BE01"}, 200, "id"},
		{answer.LookupLine{Resource: "drugs", Key: "ID_" + guidDrug}, 410, "id drugs ID_" + guidDrug + " deleted"},
		{answer.LookupLine{Code: guidDrug, System: "http://nhn.no/kj/fhir/CodeSystem/DrugTradeName"}, 410, "id drugs ID_" + guidDrug + " deleted"},
		{answer.LookupLine{Code: "(01)07046260074217"}, 410, "gtin packages ID_" + guidPackage + " identifier-changed → packages ID_" + guidPackage},
		{answer.LookupLine{Resource: "packages", Key: "ID_none"}, 404, "is ID_none of packages?"},
		{answer.LookupLine{Code: "ukjent"}, 404, "itemNumber id"},
		{answer.LookupLine{Resource: "drug", Key: "x"}, 400, "resource: one of ingredients, ingredient-strengths, drugs,"},
		{answer.LookupLine{Resource: "drugs"}, 400, "key: the key or entry id of an entry"},
		{answer.LookupLine{Resource: "drugs", Key: strings.Repeat("x", 201)}, 400, "key: the key or entry id of an entry, of at most 200 bytes"},
		{answer.LookupLine{Code: "x", System: "http://example.org"}, 400, "system: one of known"},
		{answer.LookupLine{Code: "12", System: "http://www.whocc.no/atc"}, 400, "code: a code of any level"},
		{answer.LookupLine{}, 400, ": resource and key, or code with or without system"},
		{answer.LookupLine{Resource: "drugs", Key: "x", Code: "y"}, 400, ": resource and key, or code with or without system"},
	}
	var lines []answer.LookupLine
	for _, test := range tests {
		lines = append(lines, test.line)
	}
	for i, l := range lookUp(t, after, answer.LookupOptions{Hint: hint}, lines...) {
		test := &tests[i]
		says := strings.Join(strings.Fields(strings.Join([]string{l.Match, l.Resource, l.ID, strings.Join(l.Tried, " "), l.Hint}, " ")), " ")
		if l.Status == 400 {
			says = l.Member + ": " + l.Expected
		}
		if r := l.Removed; r != nil {
			says += " " + r.Reason
			for _, n := range r.Successors {
				says += " → " + string(n.Resource) + " " + n.ID
			}
		}
		if l.Status != test.status || !strings.HasPrefix(says, test.says) {
			t.Errorf("%+v: %d %q, want %d %q", test.line, l.Status, says, test.status, test.says)
		}
		if (l.Status == 200) != (l.Entry != nil) || (l.Status == 404) != (l.Known == knownSince) || (l.Status == 410) != (l.Removed != nil) {
			t.Errorf("%+v: %+v", test.line, l)
		}
	}
}

// A number that several things have is a line with all of them (R21).
func TestLookupsWithSeveral(t *testing.T) {
	before, _ := removal(t)
	for _, line := range []answer.LookupLine{{Code: "007421"}, {Code: "007421", System: "http://ehelse.no/fhir/CodeSystem/FEST"}} {
		l := lookUp(t, before, answer.LookupOptions{}, line)[0]
		if l.Status != 300 || len(l.Choices) != 2 || l.Choices[0].ID != "ID_"+guidPackage || l.Choices[1].EntryID != "ID_ENTRY-f" || l.Choices[1].By != answer.WayItemNumber {
			t.Errorf("%+v: %+v", line, l)
		}
	}
}

// An answer is bounded: what does not fit any more says so, what still fits is
// answered.
func TestLookupsAreCut(t *testing.T) {
	snap := open(t, named())
	size := func(lines ...answer.LookupLine) int64 {
		l := answer.Lookup(snap, lines, answer.LookupOptions{})
		defer l.Release()
		return l.Len()
	}
	drug, ingredient := answer.LookupLine{Resource: "drugs", Key: "ID_" + guidDrug}, answer.LookupLine{Resource: "ingredients", Key: "ID_" + guidIngr}
	got := lookUp(t, snap, answer.LookupOptions{Most: size(ingredient) + 1000}, ingredient, drug, drug, drug, ingredient)
	if got[0].Status != 200 {
		t.Errorf("the first line: %+v", got[0])
	}
	cut := got[3]
	if cut.Status != 413 || cut.Resource != "drugs" || cut.ID != "ID_"+guidDrug || !strings.Contains(cut.Expected, "GET /v1/drugs/ID_"+guidDrug) {
		t.Errorf("what does not fit: %+v", cut)
	}
	l := answer.Lookup(snap, []answer.LookupLine{drug, drug}, answer.LookupOptions{Most: size(drug)})
	defer l.Release()
	if l.Cut() != 1 || l.Count(answer.StatusFound) != 1 || l.Count(answer.StatusCut) != 1 {
		t.Errorf("cut %d", l.Cut())
	}
}

// A writer that fails ends it.
func TestLookupsStopAtAnError(t *testing.T) {
	snap := open(t, small())
	page, err := snap.List(fest.ResourceCodeSystems, nil, 0, 50)
	if err != nil {
		t.Fatal(err)
	}
	var lines []answer.LookupLine
	for _, i := range page.Items {
		lines = append(lines, answer.LookupLine{Resource: fest.ResourceCodeSystems, Key: string(snap.Item(i).Key)})
	}
	for i := range 100 {
		lines = append(lines, lines[i])
	}
	l := answer.Lookup(snap, lines, answer.LookupOptions{})
	defer l.Release()
	broken := errors.New("broken")
	w := &failing{after: 2, err: broken}
	if n, err := l.WriteTo(w); !errors.Is(err, broken) || n >= l.Len() || w.calls != 3 {
		t.Errorf("%d bytes of %d in %d writes, %v", n, l.Len(), w.calls, err)
	}
}

type failing struct {
	after, calls int
	err          error
}

func (w *failing) Write(b []byte) (int, error) {
	if w.calls++; w.calls > w.after {
		return 0, w.err
	}
	return len(b), nil
}

// thousand are as many lines as there may be, over the packages and drugs of
// the sample.
func thousand(t testing.TB, snap *cache.Snapshot, ask func(cache.Item) answer.LookupLine) []answer.LookupLine {
	t.Helper()
	var lines []answer.LookupLine
	for len(lines) < answer.MostLookups {
		for _, res := range []fest.Resource{fest.ResourcePackages, fest.ResourceDrugs} {
			page, err := snap.List(res, nil, 0, answer.MostLookups-len(lines))
			if err != nil || page.Total == 0 {
				t.Fatal(page.Total, err)
			}
			for _, i := range page.Items {
				if len(lines) < answer.MostLookups {
					lines = append(lines, ask(snap.Item(i)))
				}
			}
		}
	}
	return lines
}

func byKey(it cache.Item) answer.LookupLine {
	return answer.LookupLine{Resource: it.Resource, Key: string(it.Key)}
}

func byCode(it cache.Item) answer.LookupLine {
	return answer.LookupLine{Code: string(it.Key), System: "http://ehelse.no/fhir/CodeSystem/FEST"}
}

// The budget: by key a call needs next to no memory however many lines it
// has, by code a few pieces for each.
func TestLookupsAllocations(t *testing.T) {
	snap := open(t, small())
	for name, test := range map[string]struct {
		ask    func(cache.Item) answer.LookupLine
		budget float64
	}{"by key": {byKey, 10}, "by code": {byCode, 10 * answer.MostLookups}} {
		lines := thousand(t, snap, test.ask)
		got := testing.AllocsPerRun(20, func() {
			l := answer.Lookup(snap, lines, answer.LookupOptions{})
			if _, err := l.WriteTo(io.Discard); err != nil || l.Count(answer.StatusFound) != len(lines) {
				t.Fatal(l.Count(answer.StatusFound), err)
			}
			l.Release()
		})
		t.Logf("%s: %.0f allocations for %d lines", name, got, len(lines))
		if got > test.budget {
			t.Errorf("%s: %.0f allocations for %d lines, want at most %.0f", name, got, len(lines), test.budget)
		}
	}
}

func BenchmarkLookups(b *testing.B) {
	snap := open(b, small())
	for name, ask := range map[string]func(cache.Item) answer.LookupLine{"key": byKey, "code": byCode} {
		lines := thousand(b, snap, ask)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				l := answer.Lookup(snap, lines, answer.LookupOptions{})
				_, _ = l.WriteTo(io.Discard)
				l.Release()
			}
		})
	}
}

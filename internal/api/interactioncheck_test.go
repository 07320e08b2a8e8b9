package api_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/festd/festd/internal/api"
	"github.com/festd/festd/internal/api/valve"
	"github.com/festd/festd/internal/fest"
)

const checksPath = "/v1/interaction-checks"

// post is POST of JSON.
func (s *server) post(t testing.TB, target, body string, headers ...string) answer {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, target, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	return send(t, s.Public(), r, headers...)
}

// lines is a body with that many lines.
func lines(n int) string {
	return `{"lines":[` + strings.TrimSuffix(strings.Repeat(`{"atc":"B01AA03"},`, n), ",") + `]}`
}

func TestInteractionChecksAreAsDescribed(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		check := describedAnswer(t)
		for _, test := range []struct {
			target, body string
			status       int
		}{
			{checksPath, lines(1), 200},
			{checksPath, lines(50), 200},
			{checksPath + "?release=7", lines(2), 200},
			{checksPath, `{"audience":"4","byComponent":true,"date":"2026-12-24","lines":[{"id":"` + marevan + `"},{"itemNumber":"025196"},{"gtin":"1"},{"lmrNumber":"1"},{"text":"x"},{"atc":"C03CA01"},{"itemNumber":"00777/7"}]}`, 200},
			{checksPath, `{"lines":[]}`, 400},
			{checksPath, lines(51), 400},
			{checksPath, `{`, 400},
			{checksPath + "?d=2026-09-09", lines(2), 400},
			{checksPath + "?release=3", lines(2), 404},
			{checksPath, lines(50) + strings.Repeat(" ", 64<<10), 413},
		} {
			a := s.post(t, test.target, test.body)
			if a.status != test.status {
				t.Errorf("%s %.80s: %d %s", test.target, test.body, a.status, a.body)
			}
			check(a, http.MethodPost, test.target, checksPath)
		}
		r := httptest.NewRequest(http.MethodPost, checksPath, strings.NewReader("q=x"))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		a := send(t, s.Public(), r)
		if a.status != http.StatusUnsupportedMediaType {
			t.Errorf("a form: %d", a.status)
		}
		check(a, http.MethodPost, checksPath, checksPath)
		s.served.Swap(nil)
		a = s.post(t, checksPath, lines(2))
		if a.status != http.StatusServiceUnavailable {
			t.Errorf("nothing is served: %d", a.status)
		}
		check(a, http.MethodPost, checksPath, checksPath)
	})
}

func TestInteractionCheckOverHTTP(t *testing.T) {
	s := newServer(t, snapshots["memory"](t, 7))
	a := s.post(t, checksPath, `{"audience":" pharmacy ","lines":[{"atc":"b01aa03 "},{"atc":"M01AE01"},{"itemNumber":" 009003"}]}`)
	v := a.json(t)
	for name, want := range map[string]string{"Cache-Control": "no-store", "Etag": "", "Fest-Release": "7", "Fest-Retrieved": retrieved, "Vary": "Accept, Accept-Encoding"} {
		if got := a.header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if v["date"] != "2026-09-11" || v["freshUntil"] != "2026-09-12T00:00:00+02:00" || v["audience"] != "pharmacy" {
		t.Errorf("%v until %v for %v", v["date"], v["freshUntil"], v["audience"])
	}
	first, _ := v["interactions"].([]any)[0].(object)
	if len(v["pairs"].([]any)) != 3 || str(t, first, "relevance", "code") != "1" || v["lines"].([]any)[0].(object)["input"].(object)["atc"] != "b01aa03 " {
		t.Errorf("%s", a.body)
	}
	if dated := s.post(t, checksPath, `{"date":"2026-12-24","lines":[{"atc":"B01AA03"}]}`).json(t); dated["date"] != "2026-12-24" || dated["freshUntil"] != nil {
		t.Errorf("of a day: %v %v", dated["date"], dated["freshUntil"])
	}
	packed := s.post(t, checksPath, lines(20), "Accept-Encoding: zstd")
	if packed.header.Get("Content-Encoding") != "zstd" {
		t.Errorf("not packed: %v", packed.header)
	}
}

// The situation criterion goes with the relevance (R118): in the text of the
// answer it follows at once.
func TestSituationCriterionIsProminent(t *testing.T) {
	s := newServer(t, snapshots["memory"](t, 7))
	body := string(s.post(t, checksPath, `{"lines":[{"atc":"B01AA03"},{"atc":"N02BE01"}]}`).body)
	relevance, situation, consequence := strings.Index(body, `"relevance":{`), strings.Index(body, `"situationCriterion":`), strings.Index(body, `"clinicalConsequence":`)
	if relevance < 0 || situation < relevance || consequence < situation {
		t.Errorf("relevance at %d, situation at %d, consequence at %d: %s", relevance, situation, consequence, body)
	}
}

func TestInteractionChecksSayWhatIsWrong(t *testing.T) {
	s := newServer(t, snapshots["memory"](t, 7))
	for _, test := range []struct{ body, pointer, value, expected string }{
		{`{}`, "/lines", "", "an array of 1 to 50 lines"},
		{`{"lines":null}`, "/lines", "", "an array of 1 to 50 lines"},
		{`{"lines":"x"}`, "/lines", `"x"`, "an array"},
		{lines(51), "/lines", "51", "at most 50; ask the rest in another request"},
		{`{"lines":[{"atc":"A01AA01"},{}]}`, "/lines/1", "", "one of id, atc, itemNumber, gtin, lmrNumber and text"},
		{`{"lines":[null]}`, "/lines/0", "", "one of id, atc, itemNumber, gtin, lmrNumber and text"},
		{`{"lines":[{"id":""}]}`, "/lines/0", "", "one of id, atc, itemNumber, gtin, lmrNumber and text"},
		{`{"lines":[{"atc":"A01AA01","text":"x"}]}`, "/lines/0/text", "", "one of id, atc, itemNumber, gtin, lmrNumber and text"},
		{`{"lines":[{"atc":"  "}]}`, "/lines/0/atc", "  ", "a value, or no such member"},
		{`{"lines":[{"id":"a\nb"}]}`, "/lines/0/id", "a\nb", "printable text"},
		{`{"lines":[{"text":"` + strings.Repeat("æ", 101) + `"}]}`, "/lines/0/text", strings.Repeat("æ", 100) + "…", "at most 200 bytes"},
		{`{"lines":[{"resource":"drugs"}]}`, "/lines/0", "", "one of id, atc, itemNumber, gtin, lmrNumber and text"},
		{`{"lines":[{"resource":"drugs","atc":"A"}]}`, "/lines/0/resource", "drugs", "resource with id only"},
		{`{"lines":[{"resource":"pills","id":"A"}]}`, "/lines/0/resource", "pills", "one of known, or no such member"},
		{`{"lines":[{"itemNumber":123}]}`, "/lines/0/itemNumber", "123", "a string"},
		{`{"lines":[{"varenr":"1"}]}`, "/lines/0/varenr", "", "one of id, resource, atc, itemNumber, gtin, lmrNumber, text"},
		{`{"lines":[{"atc":"A","atc":"B"}]}`, "/lines/0/atc", "", "each member once"},
		{`{"audience":"patient","lines":[{"atc":"A"}]}`, "/audience", "patient", "one of known, or its code"},
		{`{"date":"2026-02-29","lines":[{"atc":"A"}]}`, "/date", "2026-02-29", "a day that exists, as YYYY-MM-DD, such as 2026-02-28"},
		{`{"date":"11.09.2026","lines":[{"atc":"A"}]}`, "/date", "11.09.2026", "a day that exists, as YYYY-MM-DD, such as 2026-02-28"},
		{`{"byComponent":"yes","lines":[{"atc":"A"}]}`, "/byComponent", `"yes"`, "true or false"},
		{`[]`, "", "", "an object"},
	} {
		a := s.post(t, checksPath, test.body)
		var p api.Problem
		if err := json.Unmarshal(a.body, &p); err != nil {
			t.Fatal(err)
		}
		got := []string{fmt.Sprint(a.status), p.Type, p.Pointer, p.Value, p.Expected}
		if diff := cmp.Diff([]string{"400", "/problems/invalid-body", test.pointer, test.value, test.expected}, got); diff != "" || p.Detail == "" {
			t.Errorf("%.80s: %q (-want +got):\n%s", test.body, p.Detail, diff)
		}
	}
	a := s.post(t, checksPath+"?date=2026-09-09", lines(1))
	if p := a.json(t); a.status != http.StatusBadRequest || p["parameter"] != "date" || fmt.Sprint(p["known"]) != "[release]" {
		t.Errorf("a parameter: %d %s", a.status, a.body)
	}
}

func TestMethodsOfInteractionChecks(t *testing.T) {
	s := newServer(t, snapshots["memory"](t, 7))
	for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPut, http.MethodDelete} {
		a := s.do(t, method, checksPath)
		if a.status != http.StatusMethodNotAllowed || a.header.Get("Allow") != "POST, OPTIONS" {
			t.Errorf("%s: %d, Allow %q", method, a.status, a.header.Get("Allow"))
		}
	}
	a := s.do(t, http.MethodOptions, checksPath, "Origin: https://journal.example", "Access-Control-Request-Method: POST", "Access-Control-Request-Headers: content-type")
	if a.status != http.StatusNoContent || a.header.Get("Access-Control-Allow-Methods") != "POST, OPTIONS" ||
		!strings.Contains(a.header.Get("Access-Control-Allow-Headers"), "Content-Type") || a.header.Get("Access-Control-Allow-Origin") != "*" {
		t.Errorf("preflight: %d %v", a.status, a.header)
	}
	if a := s.post(t, "/v1/drugs", "{}"); a.status != http.StatusMethodNotAllowed || a.header.Get("Allow") != "GET, HEAD, OPTIONS" {
		t.Errorf("a list: %d, Allow %q", a.status, a.header.Get("Allow"))
	}
}

// What is asked decides what it costs: more lines, more pairs.
func TestInteractionChecksCostByPairs(t *testing.T) {
	c := newClock()
	v := newValves(t)
	v.Anyone = valve.NewPlan(valve.Quota{Rate: 1, Burst: 1000})
	s := valved(t, v, c)
	left := 1000
	for _, test := range []struct{ lines, tokens int }{{1, 10}, {2, 10}, {10, 14}, {50, 132}} {
		a := s.post(t, checksPath, lines(test.lines))
		left -= test.tokens
		if want := fmt.Sprintf(`"default";r=%d;t=%d`, left, 1000-left); a.status != http.StatusOK || a.header.Get("RateLimit") != want {
			t.Errorf("%d lines: %d, RateLimit %s, want %s", test.lines, a.status, a.header.Get("RateLimit"), want)
		}
	}
	v.Anyone = valve.NewPlan(valve.Quota{Rate: 1, Burst: 20})
	s = valved(t, v, c)
	if a := s.post(t, checksPath, lines(50)); a.status != http.StatusTooManyRequests || a.header.Get("Retry-After") == "" {
		t.Errorf("beyond the quota: %d", a.status)
	}
}

// Who sends a body slowly holds no slot meanwhile.
func TestSlowBodiesHoldNoSlot(t *testing.T) {
	v := newValves(t)
	v.Compute = valve.NewPool(1, 0, 0)
	s := valved(t, v, nil)
	body, w := io.Pipe()
	done := make(chan answer)
	go func() {
		done <- send(t, s.Public(), httptest.NewRequest(http.MethodPost, checksPath, body))
	}()
	if _, err := io.WriteString(w, `{"lines":[`); err != nil { // it is being received
		t.Fatal(err)
	}
	if a := s.post(t, checksPath, lines(2)); a.status != http.StatusOK {
		t.Errorf("meanwhile: %d %s", a.status, a.body)
	}
	if _, err := io.WriteString(w, `{"atc":"B01AA03"}]}`); err != nil {
		t.Fatal(err)
	}
	_ = w.Close()
	if a := <-done; a.status != http.StatusOK {
		t.Errorf("the slow one: %d %s", a.status, a.body)
	}
	if n := v.Compute.InFlight(); n != 0 {
		t.Errorf("%d slots were not given back", n)
	}
}

// Bodies that are being received are bounded, too.
func TestBodiesBeingReceivedAreBounded(t *testing.T) {
	v := newValves(t)
	v.LookupInFlight = 1
	s := valved(t, v, nil)
	body, w := io.Pipe()
	done := make(chan answer)
	go func() { done <- send(t, s.Public(), httptest.NewRequest(http.MethodPost, checksPath, body)) }()
	if _, err := io.WriteString(w, `{`); err != nil {
		t.Fatal(err)
	}
	if a := s.post(t, checksPath, lines(2)); a.status != http.StatusServiceUnavailable || a.header.Get("Retry-After") == "" {
		t.Errorf("one too many: %d %v", a.status, a.header)
	}
	_ = w.CloseWithError(io.ErrUnexpectedEOF)
	if a := <-done; a.status != http.StatusBadRequest {
		t.Errorf("the one that broke off: %d %s", a.status, a.body)
	}
	if a := s.post(t, checksPath, lines(2)); a.status != http.StatusOK {
		t.Errorf("afterwards: %d %s", a.status, a.body)
	}
}

// A chunked body over a connection is bounded as a declared one is, and a route
// that reads none keeps its own bound.
func TestLargeBodiesOverAConnection(t *testing.T) {
	s := newServer(t, snapshots["memory"](t, 7))
	srv := httptest.NewServer(s.Public())
	defer srv.Close()
	for _, test := range []struct {
		name, path string
		body       io.Reader
		status     int
	}{
		{"chunked", checksPath, io.MultiReader(strings.NewReader(lines(2)), bytes.NewReader(bytes.Repeat([]byte{' '}, 70<<10))), http.StatusRequestEntityTooLarge},
		{"declared", checksPath, strings.NewReader(lines(2) + strings.Repeat(" ", 70<<10)), http.StatusRequestEntityTooLarge},
		{"chunked, within the bound", checksPath, io.MultiReader(strings.NewReader(lines(2)), strings.NewReader(strings.Repeat(" ", 60<<10))), http.StatusOK},
		{"another route", "/v1/drugs", strings.NewReader(strings.Repeat(" ", 70<<10)), http.StatusRequestEntityTooLarge},
	} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, srv.URL+test.path, test.body)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		res, err := srv.Client().Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if res.StatusCode != test.status {
			t.Errorf("%s: %s", test.name, res.Status)
		}
	}
}

func TestInteractionChecksOfThePast(t *testing.T) {
	s, archive := history(t)
	drug := func(atc string) []*fest.Entry {
		d := pack("P1", "PE1", "1")
		d.Object.(*fest.Package).Atc = &fest.CV{Code: atc, System: fest.OIDRoot + "7180"}
		return []*fest.Entry{d}
	}
	archive.files[2] = made(t, "2026-08-24T03:08:47", drug("B01AA03"))
	a := s.post(t, checksPath+"?release=2", `{"lines":[{"id":"P1"}]}`)
	v := a.json(t)
	if a.status != http.StatusOK || a.header.Get("FEST-Release") != "2" || v["release"].(object)["serial"] != 2.0 || !strings.Contains(string(a.body), `"code":"B01AA03"`) {
		t.Errorf("of release 2: %d %s", a.status, a.body)
	}
	if a := s.post(t, checksPath, `{"lines":[{"id":"P1"}]}`); !strings.Contains(string(a.body), `"state":"unknown"`) {
		t.Errorf("of the one served: %s", a.body)
	}
	if n := archive.open.Load(); n != 0 {
		t.Errorf("%d snapshots were not given back", n)
	}
}

// R122: nothing is kept of what was asked; the same question has the same
// answer, whatever was asked between.
func TestR122NothingIsKept(t *testing.T) {
	s := newServer(t, snapshots["memory"](t, 7))
	first := s.post(t, checksPath, lines(3))
	s.post(t, checksPath, `{"lines":[{"atc":"B01AA03"},{"atc":"M01AE01"}]}`)
	if again := s.post(t, checksPath, lines(3)); !bytes.Equal(first.body, again.body) {
		t.Errorf("first %s\nthen %s", first.body, again.body)
	}
}

func TestFreeSearchOverInteractions(t *testing.T) {
	s := newServer(t, snapshots["memory"](t, 7))
	check := described(t, s)
	const path = "/v1/interaction-search"
	found := func(query string) (total int, v map[string]any) {
		t.Helper()
		a := check(path+"?"+query, path)
		if a.status != http.StatusOK {
			t.Fatalf("%s: %d %s", query, a.status, a.body)
		}
		v = a.json(t)
		return int(v["total"].(float64)), v
	}
	for query, want := range map[string]int{
		"q=B01AA03": 4, "q=b01aa": 4, "q=B01": 7, "q=warfarin": 4, "q=WARFARIN": 4, "q=Warfarin+xyz": 0, "q=A02BC": 2, "q=A02BC02": 1,
		"q=A02BC&relevance=3": 1, "q=A02BC&relevance=2,3": 2, "q=nsaid": 2, "q=M01AB05": 2, "q=johannesurt": 2, "q=perikum": 2,
		"q=ZV80AA01": 2, "q=tobakk": 2, "q=": 0, "q=%F0%9F%92%8A": 0, "q=Ikke-selektive": 2, "q=WITHOUT": 0, "q=betablokkere": 2, "q=metoprolol": 2,
	} {
		if got, v := found(query + "&limit=500"); got != want {
			t.Errorf("%s: %d, want %d: %v", query, got, want, v["takenAs"])
		}
	}
	// What needs no action is found, and display rules hide nothing (R116, R117).
	_, v := found("q=A02BC02")
	if item := v["items"].([]any)[0].(object); str(t, item, "relevance", "code") != "3" || item["match"] != "itself" {
		t.Errorf("%v", v)
	}
	if _, v = found("q=C03CA01"); len(v["notAssessed"].([]any)) != 1 {
		t.Errorf("R119: %v", v)
	}
	if _, v = found("q=ikkeno"); v["note"] == nil {
		t.Errorf("nothing is called so: %v", v)
	}

	// A walk of pages is the whole, in order.
	var walked, whole []string
	for _, it := range check(path+"?q=n&limit=500", path).json(t)["items"].([]any) {
		whole = append(whole, str(t, it.(object), "id"))
	}
	for next := path + "?q=n&limit=2"; next != ""; {
		a := check(next, path)
		for _, it := range a.json(t)["items"].([]any) {
			walked = append(walked, str(t, it.(object), "id"))
		}
		next, _ = a.json(t)["next"].(string)
		if link := a.header.Get("Link"); (link != "") != (next != "") {
			t.Errorf("Link %q, next %q", link, next)
		}
	}
	if diff := cmp.Diff(whole, walked); diff != "" || len(whole) < 5 {
		t.Errorf("walked (-whole +walk):\n%s", diff)
	}

	a := check(path+"?q=warfarin", path)
	if b := s.get(t, path+"?q=warfarin", "If-None-Match: "+a.header.Get("ETag")); b.status != http.StatusNotModified {
		t.Errorf("again: %d", b.status)
	}
	for query, parameter := range map[string]string{
		"": "q", "x=1": "x", "q=a&relevance=4": "relevance", "q=a&relevance=": "relevance", "q=a&limit=0": "limit", "q=" + strings.Repeat("a", 201): "q", "q=a&d=2026-09-09": "d",
	} {
		b := check(path+"?"+query, path)
		if b.status != http.StatusBadRequest || b.json(t)["parameter"] != parameter {
			t.Errorf("%s: %d %s", query, b.status, b.body)
		}
	}
	if b := check(path+"?q=a&cursor=x", path); b.status != http.StatusBadRequest || b.json(t)["type"] != "/problems/invalid-cursor" {
		t.Errorf("a cursor that is none: %d %s", b.status, b.body)
	}
	if b := check(path+"?q=a&release=3", path); b.status != http.StatusNotFound {
		t.Errorf("another release: %d", b.status)
	}
}

package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/festd/festd/internal/api"
)

const (
	atorvastatin        = "ID_0C20E9FD-492B-83B4-A2D1-E0173DAC0E3E" // the generic, 10 mg
	prescriptionsPath   = "/v1/prescription-checks"
	prescribingGenerics = "/v1/generics/{key}/prescribing"
	prescribingPackages = "/v1/packages/{key}/prescribing"
)

// Every sheet of the sample is as described.
func TestSheetsAreAsDescribed(t *testing.T) {
	s := newServer(t, snapshots["file"](t, 7))
	check := described(t, s)
	for list, path := range map[string]string{"/v1/generics": prescribingGenerics, "/v1/packages": prescribingPackages} {
		for n, item := range s.get(t, list+"?limit=500").json(t)["items"].([]any) {
			query := []string{"", "?audience=generalPractitioner&sex=male", "?audience=4", "?d=2027-03-01&sex=2"}[n%4]
			if a := check(list+"/"+str(t, item.(object), "id")+"/prescribing"+query, path); a.status != http.StatusOK {
				t.Fatalf("%d %s", a.status, a.body)
			}
		}
	}
	check("/v1/generics/none/prescribing", prescribingGenerics)
	check("/v1/packages/none/prescribing", prescribingPackages)
}

// audience and sex are read by name and by code, in any case; what is neither
// is refused with what would be right.
func TestSheetsAreForSomeone(t *testing.T) {
	s := newServer(t, snapshots["memory"](t, 7))
	target := "/v1/generics/" + atorvastatin + "/prescribing"
	for _, test := range []struct{ query, audience, sex string }{
		{"audience=generalPractitioner&sex=female", "generalPractitioner", "female"}, {"audience=1&sex=2", "generalPractitioner", "female"},
		{"audience=PHARMACY&sex=%20Male%20", "pharmacy", "male"}, {"sex=9", "", ""}, {"sex=unknown", "", ""},
	} {
		a := s.get(t, target+"?"+test.query)
		v := a.json(t)
		audience, _ := v["audience"].(string)
		sex, _ := v["sex"].(string)
		if a.status != http.StatusOK || audience != test.audience || sex != test.sex {
			t.Errorf("%s: %d, for %q of sex %q", test.query, a.status, audience, sex)
		}
	}
	for _, test := range []struct{ query, parameter, value, expected string }{
		{"audience=patient", "audience", "patient", "one of generalPractitioner, specialist, hospital, pharmacy, veterinary, or its code of list 7442"},
		{"audience=6", "audience", "6", "one of generalPractitioner, specialist, hospital, pharmacy, veterinary, or its code of list 7442"},
		{"sex=kvinne", "sex", "kvinne", "one of male, female, unknown, or a code of list 3101"},
		{"sex=3", "sex", "3", "one of male, female, unknown, or a code of list 3101"},
	} {
		a := s.get(t, target+"?"+test.query)
		p := a.json(t)
		value, _ := p["value"].(string)
		if a.status != http.StatusBadRequest || p["parameter"] != test.parameter || value != test.value || p["expected"] != test.expected {
			t.Errorf("%s: %d %s", test.query, a.status, a.body)
		}
	}
}

// To a pharmacy no diagnosis text is shown, the code alone (R91).
func TestSheetsShowPharmaciesNoDiagnoses(t *testing.T) {
	s := newServer(t, snapshots["memory"](t, 7))
	target := "/v1/generics/" + atorvastatin + "/prescribing?d=2026-09-09"
	const text = "Iskemisk hjertesykdom med angina"
	if body := string(s.get(t, target+"&audience=generalPractitioner").body); !strings.Contains(body, text) {
		t.Errorf("a prescriber is not shown %q", text)
	}
	if body := string(s.get(t, target+"&audience=pharmacy").body); strings.Contains(body, text) || !strings.Contains(body, `"code":"K74"`) {
		t.Errorf("a pharmacy is shown %q, or not the code", text)
	}
}

func TestPrescriptionChecksAreAsDescribed(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		check := describedAnswer(t)
		var all []string
		for _, list := range []string{"/v1/generics", "/v1/packages", "/v1/drugs", "/v1/doses", "/v1/commodities", "/v1/conditions"} {
			for _, item := range s.get(t, list+"?limit=80").json(t)["items"].([]any) {
				all = append(all, fmt.Sprintf(`{"id":%q,"date":"2026-%02d-01","sex":"female"}`, str(t, item.(object), "id"), len(all)%12+1))
			}
		}
		all = all[:min(len(all), 496)]
		all = append(all, `{"itemNumber":"035950"}`, `{"gtin":"1"}`, `{"id":"x","date":"1.1.2026"}`, `{}`)
		for _, test := range []struct {
			target, body string
			status       int
		}{
			{prescriptionsPath, `{"lines":[` + strings.Join(all, ",") + `]}`, 200},
			{prescriptionsPath + "?release=7", `{"audience":"pharmacy","date":"2026-10-01","sex":"1","lines":[{"itemNumber":" 035950"}]}`, 200},
			{prescriptionsPath, `{"lines":[]}`, 400},
			{prescriptionsPath + "?d=2026-09-09", `{"lines":[{"id":"x"}]}`, 400},
			{prescriptionsPath + "?release=3", `{"lines":[{"id":"x"}]}`, 404},
			{prescriptionsPath, `{"lines":[{"id":"x"}]}` + strings.Repeat(" ", 256<<10), 413},
		} {
			a := s.post(t, test.target, test.body)
			if a.status != test.status {
				t.Errorf("%s %.80s: %d %.400s", test.target, test.body, a.status, a.body)
			}
			check(a, http.MethodPost, test.target, prescriptionsPath)
		}
	})
}

// What is wrong with a line is said in its place, and the others are answered.
func TestPrescriptionLinesSayWhatIsWrong(t *testing.T) {
	s := newServer(t, snapshots["memory"](t, 7))
	const one = "one of id, itemNumber, gtin and lmrNumber"
	wrong := []struct{ line, pointer, value, expected string }{
		{`{}`, "", "", one}, {`{"id":"a","gtin":"1"}`, "", "", one}, {`null`, "", "", one},
		{`{"id":"a","date":"2026-02-30"}`, "/date", "2026-02-30", "a day that exists, as YYYY-MM-DD, such as 2026-02-28"},
		{`{"id":"a","sex":"x"}`, "/sex", "x", "one of known, or a code of list 3101"},
		{`{"itemNumber":" "}`, "/itemNumber", " ", "a value, or no such member"},
		{`{"id":"a\nb"}`, "/id", "a\nb", "printable text"},
		{`{"id":"` + strings.Repeat("x", 201) + `"}`, "/id", strings.Repeat("x", 200) + "…", "at most 200 bytes"},
		{`{"resource":"pills","id":"A"}`, "/resource", "pills", "one of known, or no such member"},
		{`{"resource":"drugs","gtin":"1"}`, "/resource", "drugs", "resource with id only"},
	}
	var lines []string
	for _, w := range wrong {
		lines = append(lines, w.line)
	}
	lines = append(lines, `{"itemNumber":"035950"}`)
	a := s.post(t, prescriptionsPath, `{"lines":[`+strings.Join(lines, ",")+`]}`)
	var got struct {
		Lines []struct {
			State   string
			Problem *struct{ Pointer, Value, Expected, Detail string }
		}
	}
	if err := json.Unmarshal(a.body, &got); err != nil || a.status != http.StatusOK || len(got.Lines) != len(lines) {
		t.Fatalf("%d %v %.300s", a.status, err, a.body)
	}
	for i, w := range wrong {
		l := got.Lines[i]
		if l.State != "invalid" || l.Problem == nil || l.Problem.Detail == "" {
			t.Fatalf("%s: %+v", w.line, l)
		}
		if diff := cmp.Diff([]string{"/lines/" + fmt.Sprint(i) + w.pointer, w.value, w.expected}, []string{l.Problem.Pointer, l.Problem.Value, l.Problem.Expected}); diff != "" {
			t.Errorf("%.60s (-want +got):\n%s", w.line, diff)
		}
	}
	if l := got.Lines[len(wrong)]; l.State != "found" || l.Problem != nil {
		t.Errorf("the line after them: %+v", l)
	}
	for _, test := range []struct{ body, pointer, expected string }{
		{`{}`, "/lines", "an array of 1 to 500 lines"},
		{`{"lines":[` + strings.TrimSuffix(strings.Repeat(`{"id":"x"},`, 501), ",") + `]}`, "/lines", "at most 500; ask the rest in another request"},
		{`{"audience":"patient","lines":[{"id":"x"}]}`, "/audience", "one of known, or its code"},
		{`{"sex":"x","lines":[{"id":"x"}]}`, "/sex", "one of known, or a code of list 3101"},
		{`{"date":"today","lines":[{"id":"x"}]}`, "/date", "a day that exists, as YYYY-MM-DD, such as 2026-02-28"},
		{`{"lines":[{"varenr":"x"}]}`, "/lines/0/varenr", "one of id, resource, itemNumber, gtin, lmrNumber, date, sex"},
		{`{"lines":[{"itemNumber":35950}]}`, "/lines/0/itemNumber", "a string"},
	} {
		a := s.post(t, prescriptionsPath, test.body)
		var p api.Problem
		if err := json.Unmarshal(a.body, &p); err != nil || a.status != http.StatusBadRequest || p.Pointer != test.pointer || p.Expected != test.expected {
			t.Errorf("%.60s: %d %.300s", test.body, a.status, a.body)
		}
	}
}

// A line keeps its own day and sex; those of the body hold for the others.
func TestPrescriptionLinesOfTheirOwnDay(t *testing.T) {
	s := newServer(t, snapshots["memory"](t, 7))
	v := s.post(t, prescriptionsPath, `{"date":"2026-12-24","sex":"male","lines":[{"itemNumber":"035950"},{"itemNumber":"035950","date":"2018-01-01","sex":"2"}]}`).json(t)
	lines, _ := v["lines"].([]any)
	if v["date"] != "2026-12-24" || v["freshUntil"] != nil || len(lines) != 2 {
		t.Fatalf("%v", v)
	}
	state := func(n int) string {
		l := lines[n].(object)
		return fmt.Sprintf("%v %v %v", l["date"], l["sex"], l["medicine"].(object)["availability"].(object)["state"])
	}
	if state(0) != "2026-12-24 male marketed" || state(1) != "2018-01-01 female notYetMarketed" {
		t.Errorf("%s, %s", state(0), state(1))
	}
	if v := s.post(t, prescriptionsPath, `{"lines":[{"itemNumber":"035950"}]}`).json(t); v["date"] != "2026-09-11" || v["freshUntil"] != "2026-09-12T00:00:00+02:00" {
		t.Errorf("today: %v until %v", v["date"], v["freshUntil"])
	}
}

// What was removed is told line by line, with since when.
func TestPrescriptionsOfWhatIsRemoved(t *testing.T) {
	s, _ := shrunk(t)
	v := s.post(t, prescriptionsPath, `{"lines":[{"id":"P1"},{"itemNumber":"098765"},{"itemNumber":"000000"}]}`).json(t)
	var got []string
	for _, l := range v["lines"].([]any) {
		got = append(got, str(t, l.(object), "state"))
	}
	if diff := cmp.Diff([]string{"removed", "found", "unknown"}, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	removed := v["lines"].([]any)[0].(object)["removed"].(object)
	if in := removed["removedIn"].(object); in["serial"] != 3.0 || removed["lastRetrievalDate"] != "2026-08-15T03:00:00" {
		t.Errorf("%v", removed)
	}
}

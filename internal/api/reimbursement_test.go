package api_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// Whatever the sample has is answered for as described, by audience and on
// days on which other things hold.
func TestQuestionsAboutEverything(t *testing.T) {
	s := newServer(t, snapshots["memory"](t, 7))
	check := described(t, s)
	n := 0
	for resource, questions := range map[string][]string{
		"packages": {"substitutes", "reimbursement", "reimbursement?d=2008-03-03", "reimbursement?audience=dispenser"},
		"generics": {"reimbursement?audience=prescriber"}, "ingredients": {"reimbursement"}, "commodities": {"reimbursement", "reimbursement?d=2026-09-30"},
	} {
		for _, item := range s.get(t, "/v1/"+resource+"?limit=500").json(t)["items"].([]any) {
			key := str(t, item.(object), "id")
			for _, q := range questions {
				path, _, _ := strings.Cut(q, "?")
				a := check("/v1/"+resource+"/"+url.PathEscape(key)+"/"+q, "/v1/"+resource+"/{key}/"+path)
				if a.status != http.StatusOK && (a.status != http.StatusMultipleChoices || key != "00777/7") { // the twins
					t.Errorf("%s of %s %s: %d %s", q, resource, key, a.status, a.body)
				}
				n++
			}
		}
	}
	if n < 500 {
		t.Errorf("only %d questions", n)
	}
	diagnoses := map[string]bool{}
	for _, item := range s.get(t, "/v1/reimbursements?limit=500").json(t)["items"].([]any) {
		codes, _ := item.(object)["reimbursementCodes"].([]any)
		for _, c := range codes {
			code := c.(object)["code"].(object)
			name := "icd10"
			if system := str(t, code, "system"); strings.HasSuffix(system, ".7170") || strings.HasSuffix(system, ".7434") {
				name = "icpc2"
			}
			diagnoses[name+"="+url.QueryEscape(str(t, code, "code"))] = true
		}
		if atc, ok := item.(object)["atc"].(object); ok {
			check("/v1/atc/"+str(t, atc, "code")+"/reimbursement", "/v1/atc/{code}/reimbursement")
		}
	}
	for d := range diagnoses {
		a := check("/v1/diagnosis-reimbursement?"+d, "/v1/diagnosis-reimbursement")
		if v := a.json(t); a.status != http.StatusOK || v["state"] == "noneStated" || len(v["groups"].([]any)) == 0 {
			t.Errorf("%s: %d %s", d, a.status, a.body)
		}
	}
}

func TestReimbursementQuestions(t *testing.T) {
	s := newServer(t, snapshots["memory"](t, 7))
	for _, tc := range []struct{ target, parameter, value, expected string }{
		{"/v1/packages/" + lipitor + "/reimbursement?audience=doctor", "audience", "doctor", "prescriber or dispenser"},
		{"/v1/packages/" + lipitor + "/reimbursement?audience=", "audience", "", "a value, or no such parameter"},
		{"/v1/packages/" + lipitor + "/reimbursement?icpc2=T93", "icpc2", "T93", "one of d, release, audience"},
		{"/v1/atc/C10AA05/reimbursement?audience=Prescriber", "audience", "Prescriber", "prescriber or dispenser"},
		{"/v1/diagnosis-reimbursement", "icpc2", "", "one of icpc2, such as icpc2=K86, and icd10, such as icd10=I10: the same text in both is two codes"},
		{"/v1/diagnosis-reimbursement?icpc2=K86&icd10=I10", "icd10", "I10", "one of icpc2, such as icpc2=K86, and icd10, such as icd10=I10: the same text in both is two codes"},
		{"/v1/diagnosis-reimbursement?icpc2=K86&products=1", "products", "1", "true or false"},
		{"/v1/diagnosis-reimbursement?icpc2=K86&products=no", "products", "no", "true or false"},
		{"/v1/diagnosis-reimbursement?icpc2=K86&icpc2=K87", "icpc2", "K87", "one value; filters of different names are combined with and"},
		{"/v1/diagnosis-reimbursement?icpc=K86", "icpc", "K86", "one of d, release, audience, icpc2, icd10, products"},
	} {
		a := s.get(t, tc.target)
		p := a.json(t)
		if value, _ := p["value"].(string); a.status != http.StatusBadRequest || p["parameter"] != tc.parameter || value != tc.value || p["expected"] != tc.expected {
			t.Errorf("%s: %d %s", tc.target, a.status, a.body)
		}
	}
	for target, want := range map[string]int{
		"/v1/atc/N99/reimbursement": 404, "/v1/atc/%F0%9F%A6%B7/reimbursement": 404, "/v1/atc/c10aa05/reimbursement": 200, "/v1/atc/%20C10AA05%20/reimbursement": 200,
		"/v1/packages/ID_NONE/reimbursement": 404, "/v1/commodities/9001/reimbursement": 404, "/v1/commodities/009001/reimbursement": 200, // R20
		"/v1/commodities/00777%2F7/reimbursement": 300, "/v1/drugs/x/reimbursement": 404,
	} {
		if a := s.get(t, target); a.status != want {
			t.Errorf("%s: %d %s", target, a.status, a.body)
		}
	}
	// However a diagnosis is typed: in small letters, with spaces, with or
	// without the dot, and what nobody has heard of.
	for target, groups := range map[string]int{
		"icpc2=t93": 2, "icpc2=+T93+": 2, "icd10=e780": 1, "icd10=E78.0": 1, "icpc2=-90": 4, "icd10=-90": 4, "icpc2=E78.0": 0, "icd10=%F0%9F%A6%B7": 0,
		"icd10=" + strings.Repeat("9", 200): 0, "icpc2=%27%3B--": 0,
	} {
		a := s.get(t, "/v1/diagnosis-reimbursement?"+target)
		v := a.json(t)
		if a.status != http.StatusOK || len(v["groups"].([]any)) != groups {
			t.Errorf("%s: %d %.200s", target, a.status, a.body)
		}
		if groups == 0 && (v["state"] != "noneStated" || v["statement"] == nil) {
			t.Errorf("%s: R84: %.200s", target, a.body)
		}
	}
	if a := s.get(t, "/v1/diagnosis-reimbursement?icpc2=T93&products=false"); strings.Contains(string(a.body), `"products"`) {
		t.Errorf("products were not asked for: %.300s", a.body)
	}
}

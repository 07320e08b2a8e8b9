package api_test

import (
	"testing"
)

// /v1 leads to every question, so that nobody has to know of them from
// elsewhere.
func TestIndexListsTheQuestions(t *testing.T) {
	s := newServer(t, snapshots["memory"](t, 7))
	listed := map[string]bool{}
	for _, q := range s.get(t, "/v1").json(t)["questions"].([]any) {
		q := q.(map[string]any)
		listed[q["method"].(string)+" "+q["href"].(string)] = true
	}
	for _, want := range []string{
		"GET /v1/search", "GET /v1/resolve", "POST /v1/lookups", "POST /v1/interaction-checks", "POST /v1/prescription-checks",
		"GET /v1/packages/{key}/substitutes", "GET /v1/packages/{key}/timeline", "GET /v1/generics/{key}/prescribing", "GET /v1/atc/{code}/reimbursement",
	} {
		if !listed[want] {
			t.Errorf("/v1 does not list %s", want)
		}
	}
	for q := range listed {
		if q == "GET /v1/drugs" || q == "GET /v1/drugs/{key}" || q == "GET /v1/releases/{serial}/changes" {
			t.Errorf("/v1 lists %s as a question", q)
		}
	}
}

package api_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/festd/festd/internal/api"
)

// Facts without a date of their own (names, codes, groups) count once they are
// served, whatever day is asked about: what is found on one day is found on
// all, also on days before the release applies (R11).
func TestUndatedFactsHoldOnAllDays(t *testing.T) {
	s := newServer(t, snapshots["memory"](t, 7))
	for _, query := range []string{"q=paracet", "q=N02BE01", "q=tablett&prescriptionGroup=C", "q=metotreksat&kind=notification"} {
		want := s.get(t, "/v1/search?limit=1&"+query).json(t)
		for _, day := range []string{"1900-01-01", "2026-09-07", "2026-09-16", "2099-01-01"} {
			if got := s.get(t, "/v1/search?limit=1&"+query+"&d="+day).json(t); got["total"] != want["total"] {
				t.Errorf("%s on %s: %v, today %v", query, day, got["total"], want["total"])
			}
		}
	}
}

// Numbers are compared as they are written, with comma or point (R40), and never
// computed with: 5 mg/5 ml is not asked for by 1 mg/ml (R37).
func TestNumbersAreNotComputed(t *testing.T) {
	s := newServer(t, snapshots["memory"](t, 7))
	total := func(q string) any { return s.get(t, "/v1/search?typos=off&q="+url.QueryEscape(q)).json(t)["total"] }
	if comma, point := total("warfarin 2,5 mg"), total("warfarin 2.5 mg"); comma != point || comma == 0.0 {
		t.Errorf("2,5 mg finds %v, 2.5 mg %v", comma, point)
	}
	for _, q := range []string{"warfarin 2500 mikrog", "warfarin 0,0025 g"} {
		a := s.get(t, "/v1/search?typos=off&q="+url.QueryEscape(q)).json(t)
		if missing, _ := a["missing"].([]any); a["total"] != 0.0 && len(missing) == 0 {
			t.Errorf("%s finds %v as if it were 2,5 mg", q, a["total"])
		}
	}
}

// Nothing is kept of what is asked with a body, for it may be about a patient:
// no line of a log has it, and nobody may keep the answer (R122).
func TestPostedQuestionsAreNotKept(t *testing.T) {
	var lines bytes.Buffer
	log := slog.New(slog.NewJSONHandler(&lines, &slog.HandlerOptions{Level: slog.LevelDebug}))
	s := newServer(t, snapshots["memory"](t, 7), func(o *api.Options) { o.Log, o.AccessLog = log, log })
	const secret = "HEMMELIG-4711"
	for _, p := range postings(t, s) {
		vary(p.body, "", func(string, any) any { return secret }, func(pointer string, body any) {
			a := s.postBody(t, p.route.Pattern, asJSON(t, body))
			if a.header.Get("Cache-Control") != "no-store" || a.header.Get("ETag") != "" {
				t.Errorf("%s, %s: %d %v", p.route.Pattern, pointer, a.status, a.header)
			}
		})
		if a := s.postBody(t, p.route.Pattern, asJSON(t, p.body)); a.status != http.StatusOK || a.header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d %v", p.route.Pattern, a.status, a.header)
		}
	}
	if lines.Len() == 0 || strings.Contains(lines.String(), secret) {
		t.Errorf("%d bytes of log, with what was asked: %v", lines.Len(), strings.Contains(lines.String(), secret))
	}
}

//go:build !race

package app_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"path/filepath"
	"testing"

	"github.com/festd/festd/internal/app"
	"github.com/festd/festd/internal/festtest"
)

// Every entry of the real extracts is served, each under its key and its
// entry id, in JSON and in XML.
func TestRealExtracts(t *testing.T) {
	for name, entries := range map[string]int{
		"mini/fest-mini-ns.xml.gz":        403,
		"mini/fest-mini.xml.gz":           403,
		"mini/fest-utdrag-2026-09-08.xml": 46,
		"fragments/combined.xml":          5,
	} {
		t.Run(filepath.Base(name), func(t *testing.T) {
			t.Parallel()
			s := start(t, app.Options{Source: festtest.File(t, name)})
			s.ready("1")
			seen := map[string]bool{} // entry ids
			for _, resource := range resources() {
				for path := "/v1/" + resource + "?limit=100"; path != ""; {
					var l list
					s.json(path, &l)
					for _, item := range l.Items {
						seen[item["entryId"].(string)] = true
						s.sameItem(resource, item)
					}
					path = l.Next
				}
			}
			if len(seen) != entries {
				t.Errorf("%d entries are served, the file has %d", len(seen), entries)
			}
		})
	}
}

// sameItem asks for a listed item by its key and by its entry id.
func (s *server) sameItem(resource string, item map[string]any) {
	s.t.Helper()
	for _, property := range []string{"id", "entryId"} {
		path := "/v1/" + resource + "/" + url.PathEscape(item[property].(string))
		var got map[string]any
		a := s.get(path)
		if a.StatusCode == http.StatusMultipleChoices {
			continue // equal keys: nothing promises them unique (R21)
		}
		s.json(path, &got)
		if got["id"] != item["id"] {
			s.t.Errorf("GET %s: id %v, want %v", path, got["id"], item["id"])
		}
		if a.Header.Get("FEST-Release") != "1" || a.Header.Get("FEST-Retrieved") == "" {
			s.t.Errorf("GET %s: no release headers: %v", path, a.Header)
		}
		if x := s.get(path, "Accept", "application/xml"); x.StatusCode != http.StatusOK {
			s.t.Errorf("GET %s as XML: %s", path, x.Status)
		}
	}
}

// resources are those of DESIGN §6.
func resources() []string {
	return []string{
		"ingredients", "ingredient-strengths", "drugs", "generics", "packages", "doses", "commodities",
		"substitution-groups", "reimbursements", "conditions", "notifications", "interactions", "interactions/not-assessed",
		"code-systems", "short-doses", "diagnoses", "ordering-substances",
	}
}

// "Unknown" says since when we can know (R26): the oldest release of the
// ledger, not the one served.
func TestUnknownSaysSinceWhen(t *testing.T) {
	s := start(t, app.Options{DataDir: releases(t)})
	s.ready("2")
	var problem struct {
		Status     int    `json:"status"`
		KnownSince string `json:"knownSince"`
	}
	a := s.get("/v1/drugs/ID_00000000-0000-0000-0000-000000000000")
	if err := json.Unmarshal(a.body, &problem); err != nil || problem.Status != http.StatusNotFound || problem.KnownSince != "2017-04-12T18:26:27.336Z" {
		t.Errorf("%s %s, %v; want 404 with the retrieval date of release 1", a.Status, a.body, err)
	}
}

package app_test

import (
	"path/filepath"
	"testing"

	"github.com/festd/festd/internal/app"
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/sample"
)

// A sample that was imported says in every entry that it is one, as the
// built-in one does.
func TestImportedSampleIsMarked(t *testing.T) {
	path := filepath.Join(t.TempDir(), "made-up.zip")
	if err := sample.Small(sample.DefaultRetrieved()).WriteFile(path); err != nil {
		t.Fatal(err)
	}
	s := start(t, app.Options{Source: path, Filter: fest.FilterInstitution})
	s.ready("1")
	var l list
	a := s.json("/v1/drugs?atc=N02BE01", &l)
	if a.Header.Get("FEST-Sample") != "not for clinical use" {
		t.Errorf("FEST-Sample: %q", a.Header.Get("FEST-Sample"))
	}
	if l.Total == 0 {
		t.Fatal("no paracetamol")
	}
	for _, item := range l.Items {
		if item["sample"] != "not for clinical use" {
			t.Errorf("entry %v does not say that it is made up", item["id"])
		}
	}
}

package main

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/festd/festd/internal/app"
	"github.com/festd/festd/internal/sample"
)

// A rehearsal tells what would change before it does: the very changes that
// the two releases then have, all of them as JSON, the first hundred as text.
func TestCheckPrintsTheDifference(t *testing.T) {
	dir := t.TempDir()
	first, err := sample.New(sample.Options{Size: sample.SizeFull, Seed: 1, Scale: 0.01})
	if err != nil {
		t.Fatal(err)
	}
	next, err := first.Next(sample.Change{Default: sample.Share{Added: 0.02, Removed: 0.02, Edited: 0.2}})
	if err != nil {
		t.Fatal(err)
	}
	file := func(name string, d *sample.Data) string {
		path := filepath.Join(dir, name+".zip")
		if err := d.WriteFile(path); err != nil {
			t.Fatal(err)
		}
		return path
	}
	one, two := file("one", first), file("two", next)
	server := func(want int, args ...string) string {
		t.Helper()
		var out, errs bytes.Buffer
		if code := run(t.Context(), append(args, "--data-dir", filepath.Join(dir, "data")), &out, &errs); code != want && want >= 0 {
			t.Fatalf("%v: exit %d, want %d\n%s%s", args, code, want, &out, &errs)
		}
		return out.String()
	}
	if out := server(0, "check", one); strings.Contains(out, "Changes in release") {
		t.Errorf("a difference where nothing is served:\n%s", out)
	}
	var empty map[string]any
	if err := json.Unmarshal([]byte(server(0, "check", "--json", one)), &empty); err != nil || empty["diff"] != nil {
		t.Errorf("as JSON: %v, %v", err, empty["diff"])
	}
	server(0, "import", one)
	if out := server(0, "check", one); !strings.Contains(out, "unchanged: the file says what release 1 serves") {
		t.Errorf("what is served:\n%s", out)
	}

	type diff struct {
		From    app.Serial                        `json:"from"`
		Counts  map[app.Resource]app.ChangeCounts `json:"counts"`
		Total   int                               `json:"total"`
		Changes []app.Change                      `json:"changes"`
	}
	var rehearsed struct {
		Outcome string `json:"outcome"`
		Diff    diff   `json:"diff"`
	}
	if err := json.Unmarshal([]byte(server(-1, "check", "--json", two)), &rehearsed); err != nil {
		t.Fatal(err)
	}
	text := server(-1, "check", two)
	server(0, "import", two, "--approve-by", "Kari", "--approve-reason", "seen")
	var published diff
	if err := json.Unmarshal([]byte(server(0, "releases", "diff", "1", "2", "--limit", "100000", "--json")), &published); err != nil {
		t.Fatal(err)
	}
	compact := cmp.Transformer("compact", func(v json.RawMessage) string {
		var b bytes.Buffer
		if len(v) > 0 && json.Compact(&b, v) != nil {
			t.Errorf("not JSON: %s", v)
		}
		return b.String()
	})
	if d := cmp.Diff(published, rehearsed.Diff, compact); d != "" || published.Total < 200 || len(published.Changes) != published.Total {
		t.Errorf("%d changes (-published +rehearsed):\n%s", published.Total, d)
	}
	_, list, _ := strings.Cut(text, "\nChanges in release 1, by key\n")
	shown := 0
	for line := range strings.Lines(list) {
		for _, kind := range []string{"added ", "removed ", "changed "} {
			if strings.HasPrefix(line, kind) {
				shown++
			}
		}
	}
	if shown != changesShown || !strings.Contains(list, "ADDED") || !strings.Contains(list, "more; --json lists all") {
		t.Errorf("%d changes are shown, want %d:\n%s", shown, changesShown, list)
	}
	for _, c := range published.Changes[:changesShown] {
		if !strings.Contains(list, string(c.Kind)+" "+string(c.Resource)+" "+c.Key+"  ") {
			t.Errorf("not shown: %s %s %s", c.Kind, c.Resource, c.Key)
		}
		for _, f := range c.Fields {
			if !strings.Contains(list, "    "+f.Path+": ") {
				t.Errorf("not shown of %s: %s", c.Key, f.Path)
			}
		}
	}
}

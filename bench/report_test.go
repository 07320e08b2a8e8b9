package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// example is a report with a row of each state.
func example(t *testing.T) *report {
	t.Helper()
	res := newResult(measurement{
		name: "thing", title: "A thing", how: "It is done.",
		rows: []row{
			{id: "good", what: "good", target: atMost(ratio, 2, 1)},
			{id: "half", what: "half", target: atMost(ratio, 2, 1)},
			{id: "bad", what: "bad", target: atMost(ratio, 2, 1)},
			{id: "unexamined", what: "unexamined", target: atMost(ratio, 2, 1)},
			{id: "absent", what: "absent", target: atMost(ratio, 2, 1)},
		},
	})
	res.set("good", series{0.5}, "1 s / 2 s")
	res.set("half", series{1.5}, "")
	res.set("bad", series{3}, "")
	res.set("unexamined", series{3}, "")
	res.columns = []string{"time"}
	res.detail("it", "1 s")
	res.remark("It was %s.", "said")
	res.fill(&missingTool{"wrk", "wrk"})
	return &report{
		results: []*result{res}, runs: 3,
		notes: notes{"half": "the disk.", "bad": "the moon.", "good": "nothing any more."},
	}
}

// What another command wrote into the page is still there after a run.
func TestReportKeepsTheStorm(t *testing.T) {
	path := filepath.Join(t.TempDir(), "PERFORMANCE.md")
	const section = "<!-- storm: by make storm -->\n\n| calm |\n\n<!-- /storm -->"
	if err := os.WriteFile(path, []byte("# Old\n\n"+section+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := example(t).write(path); err != nil {
			t.Fatal(err)
		}
	}
	written, err := os.ReadFile(path)
	if err != nil || strings.Count(string(written), section) != 1 || strings.Contains(string(written), "# Old") {
		t.Errorf("written: %s %v", written, err)
	}
}

func TestReportSaysWhatLimits(t *testing.T) {
	text := example(t).markdown()
	for _, want := range []string{
		"| good | 0.50× | 1 s / 2 s | ≤ 2.00×, then ≤ 1.00× | yes |",
		"| half | 1.50× |  | ≤ 2.00×, then ≤ 1.00× | first |",
		"**half** (first target reached, the second missed): limited by: the disk.",
		"**bad** (missed): limited by: the moon.",
		"**unexamined** (missed): limited by: not examined yet.",
		"**absent** (not measured): wrk is not installed (Debian: apt-get install wrk)",
		"## A thing\n\nIt is done.\n\n|  | time |\n| --- | ---: |\n| it | 1 s |\n\n- It was said.\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("not in the report: %s", want)
		}
	}
	if strings.Contains(text, "nothing any more") {
		t.Error("a note on a target that was reached is in the report")
	}
	if t.Failed() {
		t.Log(text)
	}
}

func TestTableHasEveryRow(t *testing.T) {
	r := example(t)
	var b strings.Builder
	r.table(&b)
	for _, want := range []string{"good ", "half ", "bad ", "absent ", "not measured: wrk is not installed"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("not in the table: %q\n%s", want, b.String())
		}
	}
}

// A tool that is missing is a row that says so; anything else is a failure.
func TestFailed(t *testing.T) {
	for _, tt := range []struct {
		name string
		err  error
		want bool
	}{
		{"nothing", nil, false},
		{"no tool", &missingTool{"nginx", "nginx-light"}, false},
		{"left out", errNotAsked, false},
		{"broken", errors.New("the server ended by itself"), true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			res := newResult(measurement{rows: []row{{id: "a"}}})
			res.fill(tt.err)
			if got := (&report{results: []*result{res}}).failed(); got != tt.want {
				t.Errorf("failed %v, want %v", got, tt.want)
			}
			if res.rows[0].why == "" {
				t.Error("the row does not say why it has no figure")
			}
		})
	}
}

func TestNotes(t *testing.T) {
	got, err := parseNotes("# Title\n\nFor editors.\n\n## one\n\nText of\ntwo lines.\n\n## two\nMore.\n")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(notes{"one": "Text of\ntwo lines.", "two": "More."}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if _, err := parseNotes("## one\na\n## one\nb\n"); err == nil {
		t.Error("two sections of one id went unnoticed")
	}
}

// A note on a row that is no more would be lost silently.
func TestNotesAreOnRows(t *testing.T) {
	got, err := readNotes("notes.md")
	if err != nil {
		t.Fatal(err)
	}
	ids := map[string]bool{}
	for _, m := range measurements() {
		for _, r := range m.rows {
			if ids[r.id] {
				t.Errorf("two rows have the id %s", r.id)
			}
			ids[r.id] = true
		}
	}
	for id, text := range got {
		if !ids[id] {
			t.Errorf("notes.md: there is no row %q", id)
		}
		if text == "" {
			t.Errorf("notes.md: %q says nothing", id)
		}
	}
}

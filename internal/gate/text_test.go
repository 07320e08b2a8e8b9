package gate_test

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/gate"
)

var update = flag.Bool("update", false, "write the golden files anew")

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs (-want +got); -update writes it anew:\n%s", path, diff)
	}
}

// incident is a small night of the incident, with something of everything in
// it.
func incident() (candidate, baseline *world, cfg gate.Config) {
	candidate, baseline = newWorld().fortnight(), newWorld()
	removeFirst[fest.Ingredient](candidate, 930)
	removeFirst[fest.SubstitutionGroup](candidate, 7)
	n := notification(2, ordinarySizes())
	n.Headline = "Tilbakekalling:\nMerke 2"
	candidate.add(fest.ClassNotification, n)
	change(candidate, func(i int, p *fest.Package) {
		if i < 3 {
			p.Prices = prices(100, 150, "2026-10-01")
		}
	})
	change(candidate, func(_ int, d *fest.Drug) { d.ApplicationType = &fest.CS{Code: "1"} })
	cfg = gate.Production()
	cfg.Floors = nil
	cfg.Waivers = []gate.Waiver{{
		Rule: gate.RuleRemoved, Class: "substitution-groups", Most: gate.Bound{Count: ptr(10)}, Reason: "DMP announced on 1 September that seven groups are merged", By: "kari",
		Expires: time.Date(2026, 10, 20, 0, 0, 0, 0, time.UTC),
	}}
	return candidate, baseline, cfg
}

func TestTextOfAHeldFile(t *testing.T) {
	candidate, baseline, cfg := incident()
	v := judge(candidate, baseline, cfg)
	golden(t, "held.txt", v.Text(gate.TextOptions{
		Digest: fest.Digest(strings.Repeat("3f2a", 16)), Source: "https://www.dmp.no/fest251.zip", Served: 41, Kept: true,
	}))
}

// A freeze holds what would pass, says so first, and says how it ends.
func TestTextOfAFrozenFile(t *testing.T) {
	v := judge(newWorld().fortnight(), newWorld(), gate.Default())
	until := time.Date(2026, 9, 30, 6, 0, 0, 0, time.UTC)
	v.Freeze("kari", "the ward moves tonight", time.Date(2026, 9, 22, 20, 0, 0, 0, time.UTC), &until)
	if !v.Held || len(v.Holding()) != 1 {
		t.Errorf("held: %v by %d findings; want it held by the freeze alone", v.Held, len(v.Holding()))
	}
	golden(t, "frozen.txt", v.Text(gate.TextOptions{Digest: fest.Digest(strings.Repeat("3f2a", 16)), Served: 41, Kept: true}))
}

// Once somebody has decided, there is nothing left to do.
func TestTextOfADecidedFile(t *testing.T) {
	candidate, baseline, cfg := incident()
	v := judge(candidate, baseline, cfg)
	if text := v.Text(gate.TextOptions{Decided: true}); strings.Contains(text, "What to do") || strings.Contains(text, "goes on being served") || !strings.HasPrefix(text, "HELD, until a person decided") {
		t.Errorf("the text of a decided file:\n%s", text)
	}
}

func TestTextOfAFirstFile(t *testing.T) {
	w := newWorld()
	w.entries = nil
	v := judge(w, nil, gate.Production())
	golden(t, "first.txt", v.Text(gate.TextOptions{}))
}

func TestTextOfAFileThatPasses(t *testing.T) {
	v := judge(newWorld().fortnight(), newWorld(), gate.Default())
	golden(t, "passed.txt", v.Text(gate.TextOptions{Served: 41}))
}

func TestTextIsSafeForATerminal(t *testing.T) {
	after := newWorld().fortnight()
	change(after, func(_ int, d *fest.Drug) { d.NameFormStrength = "\x1b[2J\u202eSlett\u0085 alt" })
	before := newWorld()
	change(before, func(_ int, d *fest.Drug) { d.NameFormStrength = "\x1b[2J\u202eSlett\u0085 alt" })
	removeFirst[fest.Drug](after, 200)
	v := judge(after, before, gate.Default())
	for _, r := range v.Text(gate.TextOptions{Source: "x\x1b"}) {
		if r != '\n' && (r < ' ' || r >= 0x7f && r < 0xa0 || r == '\u202e') {
			t.Fatalf("the text has the control character %U", r)
		}
	}
}

func TestVerdictAsJSON(t *testing.T) {
	candidate, baseline, cfg := incident()
	v := judge(candidate, baseline, cfg)
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var back gate.Verdict
	if err := json.Unmarshal(data, &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(v, back); diff != "" {
		t.Errorf("the verdict changed on its way through JSON (-was +is):\n%s", diff)
	}
	for _, f := range v.Findings {
		if f.Rule == gate.RuleRemoved && f.Class == "ingredients" && len(f.Affected) != 930 {
			t.Errorf("the data name %d of 930", len(f.Affected))
		}
	}
	if len(v.All()) != len(v.Findings) {
		t.Error("All leaves findings out")
	}
}

package ingest_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/festtest"
	"github.com/festd/festd/internal/gate"
	"github.com/festd/festd/internal/ingest"
	"github.com/festd/festd/internal/m30"
)

// store is a store in memory that notes what was asked of it.
type store struct {
	current   *fest.Release
	slices    []fest.Slice
	published int
	discarded int
	snapshots int
	damaged   bool  // the local copy of current
	fail      error // of Publish
	removed   []byte
	acts      []fest.Candidate
	facts     int
}

func (s *store) Add(sl fest.Slice) error          { s.slices = append(s.slices, sl); return nil }
func (s *store) Source(string, fest.Source) error { return nil }
func (s *store) Discard() error                   { s.discarded++; return nil }
func (s *store) Remove(data []byte) error         { s.removed = data; return nil }
func (s *store) Seal(doc fest.Document) (fest.Digest, error) {
	return fest.Digest(strings.Repeat("a", 44) + strings.ReplaceAll(string(doc.RetrievalDate), ":", "")[:17] + "aaa"), nil
}

func (s *store) Publish(_ context.Context, c fest.Content, src fest.Source, expect fest.Serial) (fest.Release, error) {
	if s.fail != nil {
		return fest.Release{}, s.fail
	}
	s.published++
	s.current = &fest.Release{Serial: expect + 1, Content: c, Source: src}
	return *s.current, nil
}

// file is a snapshot file that is thrown away.
type file struct {
	*os.File
	s *store
}

func (f *file) Commit() error  { f.s.snapshots++; return f.Discard() }
func (f *file) Discard() error { return errors.Join(f.Close(), os.Remove(f.Name())) }

// gated lets the gate judge, with a baseline to compare with.
func gated(o *ingest.Options, baseline *gate.Facts) {
	o.Gate = &ingest.Gate{
		Config: gate.Default(),
		Facts:  func(context.Context, fest.Release) (*gate.Facts, *gate.Facts, error) { return baseline, nil, nil },
		Keep:   func(fest.Digest, *gate.Facts) error { return nil },
	}
}

// factsOf are those of a real file.
func factsOf(t *testing.T, path string) *gate.Facts {
	t.Helper()
	f, err := m30.Open(path, m30.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := m30.NewReader(f, m30.DefaultLimits())
	doc, err := r.Head()
	if err != nil {
		t.Fatal(err)
	}
	facts, err := ingest.Facts(t.Context(), fest.Content{Document: doc, Filter: fest.FilterPrescriber}, r.Slices(), m30.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	return facts
}

func (s *store) options(t *testing.T, path string) ingest.Options {
	return ingest.Options{
		Path: path, Filter: fest.FilterPrescriber, Limits: m30.DefaultLimits(),
		Stage: func(context.Context) (ingest.Stage, error) { s.slices = nil; return s, nil },
		Current: func(context.Context) (fest.Release, bool, error) {
			if s.current == nil {
				return fest.Release{}, false, nil
			}
			return *s.current, true, nil
		},
		Snapshot: func(fest.Digest) (ingest.SnapshotFile, error) {
			f, err := os.CreateTemp(t.TempDir(), "snapshot-*")
			return &file{f, s}, err
		},
		Intact: func(context.Context, fest.Release) error {
			if s.damaged {
				return errors.New("damaged")
			}
			return nil
		},
	}
}

// Slices reach the store in the order of the file, whatever the workers do.
func TestRunKeepsTheOrder(t *testing.T) {
	defer goleak.VerifyNone(t)
	path := festtest.File(t, "mini/fest-mini-ns.xml.gz")
	f, err := m30.Open(path, m30.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var want []fest.Slice
	for s, err := range m30.NewReader(f, m30.DefaultLimits()).Slices() {
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, s)
	}
	for _, workers := range []int{1, 2, 7} {
		var s store
		o := s.options(t, path)
		o.Workers = workers
		r, err := ingest.Run(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		if len(s.slices) != len(want) || len(want) != 403 {
			t.Fatalf("%d workers: %d slices reached the store, the file has %d", workers, len(s.slices), len(want))
		}
		for i := range want {
			if !bytes.Equal(s.slices[i].XML, want[i].XML) || s.slices[i].Line != want[i].Line {
				t.Fatalf("%d workers: slice %d is not that of the file", workers, i)
			}
		}
		if n := r.Release.Content.Counts["ingredients"]; n != 71 || s.published != 1 || s.snapshots != 1 || s.discarded != 1 {
			t.Errorf("%d ingredients, %d published, %d snapshots, %d discarded; want 71, 1, 1, 1", n, s.published, s.snapshots, s.discarded)
		}
	}
}

// What is held or refused, or fails, publishes nothing and gives everything
// back (P3).
func TestRunPublishesNothing(t *testing.T) {
	mini, expired := festtest.File(t, "mini/fest-utdrag-2026-09-08.xml"), festtest.File(t, "fragments/increment-expired-entry.xml")
	text, err := os.ReadFile(mini)
	if err != nil {
		t.Fatal(err)
	}
	write := func(name, text string) string {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	empty := write("empty.xml", `<FEST xmlns="http://www.kith.no/xmlstds/eresept/m30/2014-12-01"><HentetDato>2026-09-08T03:09:06</HentetDato></FEST>`)
	// Two faults: the one that comes first in the file is the one told.
	bad := strings.Replace(string(text), `<Varenavn>Amitriptylin Orifarm</Varenavn>`, `<Varenavn>Amitriptylin & Orifarm</Varenavn>`, 1)
	bad = write("bad.xml", strings.Replace(bad, "</KatInteraksjon>", "</KatFeil>", 1))
	full := festtest.File(t, "mini/fest-mini-ns.xml.gz")
	busy := errors.New("another import was faster")

	for _, c := range []struct {
		name, path string
		change     func(*ingest.Options, *store)
		outcome    string
		text       string
	}{
		{"increment", expired, nil, "refused", "is an increment, not a full extract: entries with Status U (expired): 1;"},
		{"no entries", empty, nil, "refused", "has no entries at all"},
		{"first of two faults", bad, nil, "refused", "line 105: KatLegemiddelMerkevare: "},
		{"missing file", filepath.Join(t.TempDir(), "fest251.zip"), nil, "failed", "fest251.zip"},
		{"conflict", mini, func(_ *ingest.Options, s *store) { s.fail = busy }, "failed", "publishing: another import was faster"},
		{"held", mini, func(o *ingest.Options, _ *store) { gated(o, factsOf(t, full)) }, "held", "held by the gate, findings: "},
		{"nothing to compare with", mini, func(o *ingest.Options, _ *store) {
			gated(o, nil)
			o.Gate.Facts = func(context.Context, fest.Release) (*gate.Facts, *gate.Facts, error) { return nil, nil, busy }
		}, "failed", "the served release cannot be read"},
	} {
		t.Run(c.name, func(t *testing.T) {
			defer goleak.VerifyNone(t)
			var s store
			o := s.options(t, c.path)
			if c.change != nil {
				c.change(&o, &s)
			}
			r, err := ingest.Run(t.Context(), o)
			if got := ingest.Outcome(r, err); got != c.outcome || err == nil || !strings.Contains(err.Error(), c.text) {
				t.Errorf("%s: %v\nwant %s with %q", got, err, c.outcome, c.text)
			}
			if s.published != 0 {
				t.Error("it was published all the same")
			}
		})
	}
}

func TestRunCancelled(t *testing.T) {
	defer goleak.VerifyNone(t)
	var s store
	o := s.options(t, festtest.File(t, "mini/fest-mini-ns.xml.gz"))
	ctx, cancel := context.WithCancel(t.Context())
	o.Progress = func(ingest.Progress) { cancel() }
	r, err := ingest.Run(ctx, o)
	if !errors.Is(err, context.Canceled) || ingest.Outcome(r, err) != "failed" || s.published != 0 || s.discarded != 1 {
		t.Errorf("%v, published %d, discarded %d; want it cancelled, nothing published, the stage discarded", err, s.published, s.discarded)
	}
}

// Importing what is served publishes nothing, but mends a damaged copy.
func TestRunUnchanged(t *testing.T) {
	var s store
	path := festtest.File(t, "mini/fest-utdrag-2026-09-08.xml")
	first, err := ingest.Run(t.Context(), s.options(t, path))
	if err != nil {
		t.Fatal(err)
	}
	for _, damaged := range []bool{false, true} {
		s.damaged, s.snapshots = damaged, 0
		r, err := ingest.Run(t.Context(), s.options(t, path))
		if err != nil || !r.Unchanged || r.Repaired != damaged || r.Release.Serial != first.Release.Serial || s.published != 1 {
			t.Errorf("damaged %v: %+v, %v, %d published", damaged, r, err, s.published)
		}
		if damaged != (s.snapshots == 1) {
			t.Errorf("damaged %v: %d snapshots were written", damaged, s.snapshots)
		}
	}
	// Another filter is another content, even from the same file (R27).
	o := s.options(t, path)
	o.Filter = fest.FilterInstitution
	if r, err := ingest.Run(t.Context(), o); err != nil || r.Unchanged || s.published != 2 {
		t.Errorf("another filter: %+v, %v; want a release of its own", r, err)
	}
}

// What may not be published now leaves nothing, even where the window closed
// while it was decoded and judged; the first release of all is not asked about.
func TestRunPostponed(t *testing.T) {
	defer goleak.VerifyNone(t)
	var s store
	run := func(name string) (ingest.Result, error) {
		o := s.options(t, festtest.File(t, name))
		o.Ready = func() bool { return false }
		return ingest.Run(t.Context(), o)
	}
	if r, err := run("mini/fest-mini-ns.xml.gz"); err != nil || r.Release.Serial != 1 {
		t.Fatalf("the first release: %+v, %v", r.Release, err)
	}
	s.snapshots = 0
	r, err := run("mini/fest-utdrag-2026-09-08.xml")
	if !errors.Is(err, ingest.ErrPostponed) || ingest.Outcome(r, err) != "postponed" || s.published != 1 || s.snapshots != 0 || s.discarded != 2 {
		t.Errorf("%v, %d published, %d snapshots, %d discarded; want it postponed, and nothing left", err, s.published, s.snapshots, s.discarded)
	}
}

// An approval publishes what is held, and stands in the release; a rehearsal
// publishes nothing, whatever the verdict.
func TestRunApprovedOrRehearsed(t *testing.T) {
	path, baseline := festtest.File(t, "mini/fest-utdrag-2026-09-08.xml"), factsOf(t, festtest.File(t, "mini/fest-mini-ns.xml.gz"))
	for _, rehearse := range []bool{true, false} {
		var s store
		o := s.options(t, path)
		gated(&o, baseline)
		o.Rehearse, o.Gate.Approval = rehearse, &fest.Approval{By: "Kari", Reason: "another extract"}
		r, err := ingest.Run(t.Context(), o)
		if err != nil || r.Verdict == nil || !r.Verdict.Held {
			t.Fatalf("rehearse %v: %v, verdict %+v; want it held, and approved", rehearse, err, r.Verdict)
		}
		if rehearse {
			if s.published != 0 || s.snapshots != 0 || ingest.Outcome(r, err) != "rehearsed" {
				t.Errorf("a rehearsal published %d releases and kept %d snapshots", s.published, s.snapshots)
			}
			continue
		}
		if a := r.Release.Content.Approval; s.published != 1 || a == nil || a.By != "Kari" || a.At.IsZero() {
			t.Errorf("published %d, approval %+v; want it published with who and why", s.published, a)
		}
	}
}

package ingest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/gate"
)

// HeldError means that the file is a usable FEST file, but must not be
// published unseen: the gate holds it, a person rejected it, or both.
type HeldError struct {
	// Verdict is the gate's; nil where it was not asked, for the content is
	// rejected.
	Verdict *gate.Verdict
	// Digest of the content.
	Digest fest.Digest
	// Rejected says who rejected the content, or went back from it, and why;
	// nil: nobody did.
	Rejected *fest.Decision

	content fest.Content // the candidate, for Gate.Hold
}

func (e *HeldError) Error() string {
	if d := e.Rejected; d != nil {
		how := "rejected by " + d.By
		if d.Serial != 0 {
			how = fmt.Sprintf("left by %s, going back with release %d", d.By, d.Serial)
		}
		return fmt.Sprintf("held: content %s was %s on %s: %s (if it is right after all: "+
			"server import FILE --approve-by NAME --approve-reason TEXT)", e.Digest.Short(), how, d.At.UTC().Format("2006-01-02 15:04 UTC"), d.Reason)
	}
	holding := e.Verdict.Holding()
	if len(holding) == 0 {
		return "held by the gate"
	}
	return fmt.Sprintf("held by the gate, findings: %d; the first: %s", len(holding), holding[0].Text)
}

// Frozen says whether a freeze is among what holds the file.
func (e *HeldError) Frozen() bool {
	return e.Verdict != nil && slices.ContainsFunc(e.Verdict.Holding(), func(f gate.Finding) bool { return f.Rule == gate.RuleFrozen })
}

// decided is what people decided before the candidate came.
type decided struct {
	docket   *fest.Docket
	rejected *fest.Decision // of the candidate's content
	digest   fest.Digest
}

func (r *run) decided(ctx context.Context, digest fest.Digest) (*decided, error) {
	d := &decided{docket: &fest.Docket{}, digest: digest}
	if r.Gate == nil || r.Gate.Docket == nil {
		return d, nil
	}
	var err error
	if d.docket, err = r.Gate.Docket(ctx); err != nil {
		return d, fmt.Errorf("reading what was decided before: %w", err)
	}
	if by, ok := d.docket.Rejected[digest]; ok {
		d.rejected = &by
	}
	return d, nil
}

// refuses is why the content is not published whatever the gate says, without
// an approval; nil: it may be.
func (d *decided) refuses(r *run) error {
	if d.rejected == nil || r.Gate.Approval != nil {
		return nil
	}
	return &HeldError{Digest: d.digest, Rejected: d.rejected}
}

// hold keeps a held candidate for the person who decides: its content is
// sealed, its snapshot and facts are kept too, so that an approval publishes at
// once. What of that fails is told; the candidate is held whatever happens.
func (r *run) hold(ctx context.Context, f SnapshotFile, held *HeldError, src fest.Source, baseline fest.Serial, d *decided) error {
	if r.Gate.Hold == nil || held.Rejected != nil {
		return f.Discard()
	}
	return errors.Join(commit(f), r.Gate.Keep(d.digest, r.facts()), r.record(ctx, held.content, held.Verdict, src, baseline, d))
}

// record notes a candidate with its verdict, unless it is held already, as it
// is.
func (r *run) record(ctx context.Context, content fest.Content, v *gate.Verdict, src fest.Source, baseline fest.Serial, d *decided) error {
	if r.Gate.Hold == nil || !v.Held {
		return nil
	}
	content.Findings, content.Approval = Brief(content.Findings), nil
	c := fest.Candidate{Content: content, Source: src, Baseline: baseline, HeldAt: v.JudgedAt.UTC()}
	var err error
	if c.Verdict, err = json.Marshal(v); err != nil {
		return fmt.Errorf("writing the verdict: %w", err)
	}
	if old, ok := d.docket.Candidate(d.digest); ok && SameHold(old, c) {
		return nil
	}
	if err := r.Gate.Hold(ctx, c); err != nil {
		return fmt.Errorf("recording the candidate: %w", err)
	}
	return nil
}

// briefly is how many affected entries a brief finding names.
const briefly = 100

// Brief is findings that name the first hundred of what they affect, for a
// content whose verdict stands beside it and names all: a ledger is read often.
func Brief(findings []fest.Finding) []fest.Finding {
	out := slices.Clone(findings)
	for i := range out {
		if a := out[i].Affected; len(a) > briefly {
			out[i].Affected = slices.Clone(a[:briefly])
		}
	}
	return out
}

// SameHold says whether a candidate is held already, beside the same release
// and for the same reasons: there is nothing new to record.
func SameHold(old, now fest.Candidate) bool {
	if old.State != fest.CandidateHeld || old.Baseline != now.Baseline || old.Content.Filter != now.Content.Filter {
		return false
	}
	a, b := reasons(old.Verdict), reasons(now.Verdict)
	return len(a) > 0 && slices.Equal(a, b)
}

// reasons are what holds by a verdict, as far as it tells one verdict from
// another.
func reasons(verdict json.RawMessage) (out []string) {
	var v gate.Verdict
	if json.Unmarshal(verdict, &v) != nil {
		return nil
	}
	for _, f := range v.Holding() {
		out = append(out, fmt.Sprint(f.Rule, " ", f.Class, " ", f.Path, " ", f.Count))
	}
	return out
}

// leave notes what leaves the register with the candidate. An error is a
// warning: what is right is published all the same, and whoever imports next
// compares the two contents again while they are kept; else `import --history`
// of the file before tells what is missing.
func (r *run) leave(ctx context.Context, snapshot string, c fest.Content, current fest.Release) error {
	if r.Leaving == nil || current.Serial == 0 {
		return nil
	}
	err := func() error {
		snap, err := cache.OpenFile(snapshot, fest.Release{Content: c}, noXML{})
		if err != nil {
			return err
		}
		defer snap.Close()
		data, err := r.Leaving(ctx, current, snap)
		if err != nil || data == nil {
			return err
		}
		return r.stage.Remove(data)
	}()
	if err != nil {
		return fmt.Errorf("what left the register with this release is not known yet; the next import tries again (server import --history of the file before tells, too): %w", err)
	}
	return nil
}

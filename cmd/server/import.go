package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/festd/festd/internal/app"
)

// storeFlags name the store that a command works on.
type storeFlags struct {
	DatabaseURL  string `name:"database-url" help:"PostgreSQL database that keeps the releases; without one the data directory does." placeholder:"URL"`
	DataDir      string `help:"Folder of the store: releases, their sources and snapshots; with a database, of the local copies." default:"./fest-data" type:"path" placeholder:"DIR"`
	AuditLog     string `help:"File of attempts at administration, refused ones too, a JSON object a line; without one, audit.jsonl in the data directory." type:"path" placeholder:"FILE"`
	KeepDays     int    `help:"Contents younger than this many days are kept." default:"400" placeholder:"DAYS"`
	KeepReleases int    `help:"At least this many releases are kept, whatever their age." default:"7" placeholder:"N"`
}

// importFlags are what import and check share.
type importFlags struct {
	storeFlags
	sourceFlags
	limitFlags
	gateFlags
	tracingFlags
	Filter app.Filter `help:"Which of DMP's extracts the file is." default:"Rekvirent" placeholder:"NAME"`
	JSON   bool       `name:"json" help:"Print the result as JSON."`
}

type importCmd struct {
	importFlags
	approvalFlags
	Files   []string `arg:"" name:"file" help:"FEST file or its URL: M30 XML, plain, gzip or zip. With --history several files." env:"FEST_IMPORT_FILE" sep:"none" placeholder:"FILE|URL"`
	History bool     `help:"The files are older than what is served: note what is gone since, publish nothing." env:"-"`
}

func (c *importCmd) Run(env *environment) error {
	approval, err := c.approval()
	switch {
	case err != nil:
		return err
	case c.History && approval != nil:
		return errors.New("--history publishes nothing, so there is nothing to approve")
	case c.History:
		return c.history(env)
	case len(c.Files) != 1:
		return fmt.Errorf("import takes one file, got %d: want the newest one (or --history for files older than what is served)", len(c.Files))
	}
	_, err = c.run(env, c.Files[0], approval, false)
	return err
}

// history imports files that tell what is gone.
func (c *importCmd) history(env *environment) error {
	o, err := c.options(env)
	if err != nil {
		return err
	}
	done, err := app.ImportHistory(env.ctx, o, c.Files)
	if c.JSON {
		out := struct {
			Histories []app.HistoryResult `json:"histories"`
			Error     string              `json:"error,omitempty"`
		}{Histories: done}
		if err != nil {
			out.Error = err.Error()
		}
		return reported(printAsJSON(env.stdout, out), err)
	}
	for _, r := range done {
		what := "what it had and is gone is answered as removed"
		if !r.Removed {
			what = "it had nothing that is gone and not known as removed already"
		}
		if _, err := fmt.Fprintf(env.stdout, "%s: HentetDato %s, content %s: %s\n", r.Path, r.RetrievalDate, r.Content.Short(), what); err != nil {
			return err
		}
	}
	return err
}

func (c *importFlags) options(env *environment) (app.ImportOptions, error) {
	thresholds, err := c.gateFlags.config()
	return app.ImportOptions{
		SourceOptions: c.source(),
		DataDir:       c.DataDir, DatabaseURL: c.DatabaseURL, Version: buildVersion(), Filter: c.Filter, Limits: c.limits(), Gate: thresholds,
		KeepDays: c.KeepDays, KeepReleases: c.KeepReleases, AuditLog: c.AuditLog, Log: env.log.logger(env.stderr),
		Tracing: c.tracing(0),
	}, err
}

// run imports, or rehearses it, and prints what became of it.
func (c *importFlags) run(env *environment, file string, approval *app.Approval, rehearse bool) (app.ImportResult, error) {
	o, err := c.options(env)
	if err != nil {
		return app.ImportResult{}, err
	}
	o.Path, o.Approval, o.Rehearse = file, approval, rehearse
	bar := newBar(env.stderr)
	if !c.JSON && bar != nil {
		o.Progress = bar.show
	}
	var diff *changes
	if rehearse {
		if diff, err = newChanges(c.JSON); err != nil {
			return app.ImportResult{}, err
		}
		defer diff.close()
		o.Changed = diff.add
	}
	result, err := app.Import(env.ctx, o)
	if bar != nil {
		bar.clear()
	}
	if c.JSON {
		return result, c.printJSON(env.stdout, result, diff, err)
	}
	if v := result.Verdict; v != nil && (v.Held || rehearse) {
		_, _ = fmt.Fprint(env.stdout, v.Text(app.GateText{
			Digest: result.Content.Digest, Source: app.Location(file), Served: result.Release.Serial, Kept: !rehearse && approval == nil,
			Decided: approval != nil,
		}))
	}
	if rehearse {
		return result, errors.Join(err, printRehearsal(env.stdout, result, diff))
	}
	if err != nil {
		return result, err
	}
	return result, printResult(env.stdout, result)
}

// compared says whether a rehearsal could say what changes.
func compared(r app.ImportResult) bool {
	return r.Rehearsed && r.Release.Serial != 0 && r.Warning == nil
}

// printRehearsal prints what a rehearsal says besides its verdict.
func printRehearsal(w io.Writer, r app.ImportResult, diff *changes) error {
	if r.Unchanged {
		_, err := fmt.Fprintf(w, "unchanged: the file says what release %d serves\n", r.Release.Serial)
		return err
	}
	printCountChanges(w, r.Verdict)
	if compared(r) {
		return diff.print(w, r.Release.Serial)
	}
	if r.Warning != nil {
		_, _ = fmt.Fprintln(w, "warning:", r.Warning)
	}
	return nil
}

// printJSON prints the result as one document, of a rehearsal with diff.
func (c *importFlags) printJSON(w io.Writer, r app.ImportResult, diff *changes, failed error) error {
	out := struct {
		Outcome  string             `json:"outcome"`
		Error    string             `json:"error,omitempty"`
		Digest   string             `json:"digest,omitempty"` // of the content
		Rejected *app.Rejection     `json:"rejected,omitempty"`
		Release  *app.Release       `json:"release,omitempty"`
		Findings []app.Finding      `json:"findings,omitempty"` // the decoder's, where the gate was not asked
		Verdict  *app.Verdict       `json:"verdict,omitempty"`
		Counts   []app.CountChange  `json:"counts,omitempty"` // that differ from the served release
		Warning  string             `json:"warning,omitempty"`
		Seconds  map[string]float64 `json:"seconds,omitempty"`
	}{Outcome: app.ImportOutcome(r, failed), Verdict: r.Verdict, Digest: string(r.Content.Digest), Counts: app.CountChanges(r.Verdict)}
	var held *app.HeldError
	if errors.As(failed, &held) {
		out.Rejected = held.Rejected
	}
	if r.Warning != nil {
		out.Warning = r.Warning.Error()
	}
	if r.Verdict == nil {
		out.Findings = r.Findings
	}
	if failed != nil {
		out.Error = failed.Error()
	} else {
		out.Release = &r.Release
		out.Seconds = map[string]float64{}
		for s, d := range r.Timing {
			out.Seconds[string(s)] = d.Seconds()
		}
	}
	if compared(r) {
		return reported(diff.appendTo(w, out, r.Release.Serial), failed)
	}
	return reported(printAsJSON(w, out), failed)
}

func printAsJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

// reported is what failed, which was told already, or that telling failed.
func reported(telling, failed error) error {
	if telling != nil {
		return telling
	}
	if failed != nil {
		return errors.Join(errReported, failed)
	}
	return nil
}

// printCountChanges is the difference of a rehearsal in numbers; where there is
// nothing to compare with, it is what a person vouches for: all numbers.
func printCountChanges(w io.Writer, v *app.Verdict) {
	if counts := app.FirstCounts(v); len(counts) > 0 {
		_, _ = fmt.Fprintln(w, "\nObjects in the file")
		for _, c := range counts {
			_, _ = fmt.Fprintf(w, "   %7d  %s\n", c.N, c.Class)
		}
		return
	}
	changes := app.CountChanges(v)
	if len(changes) == 0 {
		return
	}
	_, _ = fmt.Fprintln(w, "\nObjects, where their number changes")
	for _, c := range changes {
		_, _ = fmt.Fprintf(w, "   %7d → %7d  %+6d  %s\n", c.Before, c.After, c.After-c.Before, c.Class)
	}
}

func printResult(w io.Writer, r app.ImportResult) error {
	c := r.Release.Content
	var total time.Duration
	for _, d := range r.Timing {
		total += d
	}
	what := "published"
	switch {
	case r.Repaired:
		what = "unchanged, local copy repaired"
	case r.Unchanged:
		what = "unchanged, nothing published"
	}
	if _, err := fmt.Fprintf(w, "%s: release %d, HentetDato %s, %d entries, digest %s, %.2f s\n",
		what, r.Release.Serial, c.RetrievalDate, c.Counts.Entries(), c.Digest.Short(), total.Seconds()); err != nil {
		return err
	}
	for _, k := range app.CountsOf(r.Release) {
		if _, err := fmt.Fprintf(w, "  %7d %s\n", k.N, k.Class); err != nil {
			return err
		}
	}
	if !r.Unchanged && (r.Verdict == nil || !r.Verdict.Held) { // a held verdict was shown whole
		printFindings(w, c.Findings)
	}
	if r.Warning != nil {
		_, _ = fmt.Fprintln(w, "warning:", r.Warning)
	}
	return nil
}

func printFindings(w io.Writer, findings []app.Finding) {
	for _, f := range findings {
		_, _ = fmt.Fprintf(w, "%s %s: %s\n", f.Severity, f.Rule, f.Text)
		for i, a := range f.Affected {
			if i == 100 {
				_, _ = fmt.Fprintf(w, "  … and %d more; --json lists all\n", len(f.Affected)-i)
				break
			}
			_, _ = fmt.Fprintf(w, "  %s %s\n", a.ID, a.Name)
		}
	}
}

// bar is a progress bar on a terminal.
type bar struct{ w io.Writer }

func newBar(w io.Writer) *bar {
	f, ok := w.(*os.File)
	if !ok {
		return nil
	}
	if st, err := f.Stat(); err != nil || st.Mode()&os.ModeCharDevice == 0 {
		return nil
	}
	return &bar{w}
}

func (b *bar) show(p app.ImportProgress) {
	if p.Total == 0 {
		_, _ = fmt.Fprintf(b.w, "\r\x1b[K%-8s %d entries", p.Step, p.Entries)
		return
	}
	const width = 40
	n := int(min(p.Done, p.Total) * width / p.Total)
	_, _ = fmt.Fprintf(b.w, "\r\x1b[K%-8s [%-*s] %3d %% %d entries", p.Step, width, "========================================"[:n], min(p.Done, p.Total)*100/p.Total, p.Entries)
}

func (b *bar) clear() { _, _ = fmt.Fprint(b.w, "\r\x1b[K") }

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
	KeepDays     int    `help:"Contents younger than this many days are kept." default:"400" placeholder:"DAYS"`
	KeepReleases int    `help:"At least this many releases are kept, whatever their age." default:"7" placeholder:"N"`
}

// importFile is what import and check share.
type importFile struct {
	storeFlags
	limitFlags
	gateFlags
	File   string     `arg:"" help:"FEST file or its URL: M30 XML, plain, gzip or zip." placeholder:"FILE|URL"`
	Filter app.Filter `help:"Which of DMP's extracts the file is." default:"Rekvirent" placeholder:"NAME"`
	JSON   bool       `name:"json" help:"Print the result as JSON."`
}

type importCmd struct {
	importFile
	approvalFlags
}

func (c *importCmd) Run(env *environment) error {
	approval, err := c.approval()
	if err != nil {
		return err
	}
	return c.run(env, approval, false)
}

func (c *importFile) run(env *environment, approval *app.Approval, rehearse bool) error {
	thresholds, err := c.gateFlags.config()
	if err != nil {
		return err
	}
	o := app.ImportOptions{
		DataDir: c.DataDir, DatabaseURL: c.DatabaseURL, Path: c.File, Version: buildVersion(), Filter: c.Filter, Limits: c.limits(), Gate: thresholds, Approval: approval, Rehearse: rehearse,
		KeepDays: c.KeepDays, KeepReleases: c.KeepReleases, Log: env.log.logger(env.stderr),
	}
	bar := newBar(env.stderr)
	if !c.JSON && bar != nil {
		o.Progress = bar.show
	}
	result, err := app.Import(env.ctx, o)
	if bar != nil {
		bar.clear()
	}
	if c.JSON {
		return c.printJSON(env.stdout, result, err)
	}
	if v := result.Verdict; v != nil && (v.Held || rehearse) {
		_, _ = fmt.Fprint(env.stdout, v.Text(app.GateText{Digest: result.Content.Digest, Source: app.Location(c.File), Served: result.Release.Serial}))
	}
	if err != nil || rehearse {
		return err
	}
	return printResult(env.stdout, result)
}

func (c *importFile) printJSON(w io.Writer, r app.ImportResult, failed error) error {
	out := struct {
		Outcome  string             `json:"outcome"`
		Error    string             `json:"error,omitempty"`
		Release  *app.Release       `json:"release,omitempty"`
		Findings []app.Finding      `json:"findings,omitempty"` // the decoder's, where the gate was not asked
		Verdict  *app.Verdict       `json:"verdict,omitempty"`
		Warning  string             `json:"warning,omitempty"`
		Seconds  map[string]float64 `json:"seconds,omitempty"`
	}{Outcome: app.ImportOutcome(r, failed), Verdict: r.Verdict}
	if r.Verdict == nil {
		out.Findings = r.Findings
	}
	if failed != nil {
		out.Error = failed.Error()
	} else {
		out.Release = &r.Release
		if r.Warning != nil {
			out.Warning = r.Warning.Error()
		}
		out.Seconds = map[string]float64{}
		for s, d := range r.Timing {
			out.Seconds[string(s)] = d.Seconds()
		}
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	if err := enc.Encode(out); err != nil {
		return err
	}
	if failed != nil {
		return errors.Join(errReported, failed)
	}
	return nil
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

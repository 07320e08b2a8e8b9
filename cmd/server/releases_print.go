package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/festd/festd/internal/app"
)

type listCmd struct{}

func (*listCmd) Run(env *environment, all *releasesCmd) error {
	admin, done, err := all.open(env)
	if err != nil {
		return err
	}
	defer done()
	s, err := admin.Releases(env.ctx)
	if err != nil {
		return err
	}
	if all.JSON {
		return printAsJSON(env.stdout, s)
	}
	return printState(env.stdout, s)
}

// printState is what an operator wants to see first.
func printState(w io.Writer, s app.AdminState) error {
	fmt.Fprintf(w, "stream %s, served: ", s.Stream)
	if s.Serial == 0 {
		fmt.Fprintln(w, "nothing was published yet")
	} else {
		fmt.Fprintf(w, "release %d\n", s.Serial)
	}
	if f := s.Frozen; f != nil {
		fmt.Fprintf(w, "FROZEN %s by %s%s: %s\n", f.At.UTC().Format(timeForm), f.By, until(f.Until), f.Reason)
	}
	if a := s.Advisory; a != nil {
		fmt.Fprintf(w, "ADVISORY %s by %s%s: %s\n", a.At.UTC().Format(timeForm), a.By, until(a.Until), a.Text)
	}
	if len(s.Releases) > 0 {
		fmt.Fprintln(w, "\nReleases")
		t := table(w, "", "SERIAL", "HENTETDATO", "PUBLISHED", "DIGEST", "ENTRIES", "HOW", "KEPT", "BY AND WHY")
		for _, r := range s.Releases {
			mark, how := "", string(r.Release.Cause)
			if r.Release.Serial == s.Serial {
				mark = "*"
			}
			if how == "" {
				how = "import"
			}
			kept := "no"
			switch {
			case r.OnDisk:
				kept = "here"
			case r.Kept:
				kept = "yes"
			}
			if slices.Contains(s.Rejected, r.Release.Content.Digest) {
				how += ", rejected"
			}
			t.row(mark, r.Release.Serial, r.Release.Content.RetrievalDate, r.Release.PublishedAt.UTC().Format(timeForm), r.Release.Content.Digest.Short(),
				r.Release.Content.Counts.Entries(), how, kept, byAndWhy(r.Release.By, r.Release.Reason))
		}
		if err := t.flush(); err != nil {
			return err
		}
	}
	if len(s.Candidates) > 0 {
		fmt.Fprintln(w, "\nCandidates")
		t := table(w, "DIGEST", "HENTETDATO", "HELD", "BESIDE", "STATE", "BY AND WHY")
		for _, c := range s.Candidates {
			decided := ""
			if c.Decision != nil {
				decided = byAndWhy(c.Decision.By, c.Decision.Reason)
			}
			t.row(c.Content.Digest.Short(), c.Content.RetrievalDate, c.HeldAt.UTC().Format(timeForm), c.Baseline, c.State, decided)
		}
		if err := t.flush(); err != nil {
			return err
		}
	}
	if len(s.Waivers) > 0 {
		fmt.Fprintln(w, "\nExpected")
		for _, act := range s.Waivers {
			fmt.Fprintf(w, "  %s\n", actText(act))
		}
	}
	return nil
}

func until(t *time.Time) string {
	if t == nil {
		return ""
	}
	return " until " + t.UTC().Format(timeForm)
}

func byAndWhy(by, why string) string {
	if by == "" {
		return ""
	}
	return strings.TrimSuffix(by+": "+why, ": ")
}

// columns is a table on its way to a writer.
type columns struct {
	*tabwriter.Writer
	text strings.Builder
	to   io.Writer
}

func table(w io.Writer, head ...any) *columns {
	c := &columns{to: w}
	c.Writer = tabwriter.NewWriter(&c.text, 0, 0, 2, ' ', 0)
	c.row(head...)
	return c
}

func (c *columns) row(cells ...any) {
	text := make([]string, len(cells))
	for i, cell := range cells {
		text[i] = printable(fmt.Sprint(cell))
	}
	_, _ = fmt.Fprintln(c, "  "+strings.Join(text, "\t"))
}

// flush prints the table, without spaces at the ends of lines.
func (c *columns) flush() error {
	if err := c.Flush(); err != nil {
		return err
	}
	for line := range strings.Lines(c.text.String()) {
		if _, err := fmt.Fprintln(c.to, strings.TrimRight(line, " \n")); err != nil {
			return err
		}
	}
	return nil
}

type showCmd struct {
	Ref string `arg:"" optional:"" help:"A serial, or at least eight digits of a digest. Left out, what is served." placeholder:"SERIAL|DIGEST"`
}

func (c *showCmd) Run(env *environment, all *releasesCmd) error {
	admin, done, err := all.open(env)
	if err != nil {
		return err
	}
	defer done()
	r, err := admin.Release(env.ctx, c.Ref)
	if err != nil {
		return err
	}
	if all.JSON {
		return printAsJSON(env.stdout, r)
	}
	return printRelease(env.stdout, r)
}

func printRelease(w io.Writer, r app.AdminRelease) error {
	line := func(name, format string, args ...any) {
		fmt.Fprintf(w, "%-10s "+format+"\n", append([]any{name}, args...)...)
	}
	if rel := r.Release; rel != nil {
		how := string(rel.Cause)
		if how == "" {
			how = "import"
		}
		line("release", "%d, published %s by %s", rel.Serial, rel.PublishedAt.UTC().Format(timeForm), how)
		if rel.By != "" {
			line("", "%s", byAndWhy(rel.By, rel.Reason))
		}
		line("source", "%s, %d bytes, digest %s", rel.Source.Location, rel.Source.Size, rel.Source.Digest.Short())
	}
	if c := r.Candidate; c != nil {
		line("candidate", "%s since %s", c.State, c.HeldAt.UTC().Format(timeForm))
		if c.Decision != nil {
			line("", "%s, %s", byAndWhy(c.Decision.By, c.Decision.Reason), c.Decision.At.UTC().Format(timeForm))
		}
	}
	kept := "no"
	switch {
	case r.OnDisk:
		kept = "yes, on this node's disk"
	case r.Kept:
		kept = "yes, to be loaded first"
	}
	line("kept", "%s", kept)
	_, err := fmt.Fprintf(w, "\n%s", r.Text)
	return err
}

type diffCmd struct {
	From  string         `arg:"" help:"A serial, or at least eight digits of a digest." placeholder:"FROM"`
	To    string         `arg:"" help:"The same." placeholder:"TO"`
	Class app.Resource   `help:"Only this resource, such as drugs." placeholder:"RESOURCE" env:"-"`
	Kind  app.ChangeKind `help:"Only what was added, removed or changed." enum:",added,removed,changed" default:"" env:"-"`
	Limit int            `help:"How many changes are listed, after the counts." default:"100" env:"-"`
}

func (c *diffCmd) Run(env *environment, all *releasesCmd) error {
	if c.Class != "" && !slices.Contains(app.Resources(), c.Class) {
		return fmt.Errorf("--class %s: no such resource; they are %v", c.Class, app.Resources())
	}
	if c.Limit < 0 {
		return fmt.Errorf("--limit %d: want a number of changes", c.Limit)
	}
	admin, done, err := all.open(env)
	if err != nil {
		return err
	}
	defer done()
	d, err := admin.Diff(env.ctx, c.From, c.To)
	if err != nil {
		return err
	}
	page, _, total := d.List(c.Class, c.Kind, 0, c.Limit)
	if all.JSON {
		return printAsJSON(env.stdout, struct {
			From    app.Serial   `json:"from"`
			To      app.Serial   `json:"to"`
			Counts  any          `json:"counts"`
			Total   int          `json:"total"`
			Changes []app.Change `json:"changes"`
		}{d.From.Serial, d.To.Serial, d.Counts, total, page})
	}
	return printChanges(env.stdout, d.Counts, page, total, "--limit lists more of them, --class and --kind fewer")
}

// printChanges shows how many there are and a page of them; more says how to
// see the others.
func printChanges(w io.Writer, counts map[app.Resource]app.ChangeCounts, page []app.Change, total int, more string) error {
	t := table(w, "ADDED", "REMOVED", "CHANGED", "RESOURCE")
	any := false
	for _, r := range app.Resources() {
		if n := counts[r]; n.Added+n.Removed+n.Changed > 0 {
			t.row(n.Added, n.Removed, n.Changed, r)
			any = true
		}
	}
	if !any {
		_, err := fmt.Fprintln(w, "nothing changed")
		return err
	}
	if err := t.flush(); err != nil {
		return err
	}
	fmt.Fprintln(w)
	for _, c := range page {
		fmt.Fprintf(w, "%s %s %s  %s\n", c.Kind, c.Resource, c.Key, printable(c.Name))
		for _, f := range c.Fields {
			fmt.Fprintf(w, "    %s: %s → %s\n", printable(f.Path), fieldValue(f.Before), fieldValue(f.After))
		}
	}
	if n := total - len(page); n > 0 {
		fmt.Fprintf(w, "… and %d more; %s\n", n, more)
	}
	return nil
}

// fieldValue is a JSON value on a line.
func fieldValue(v json.RawMessage) string {
	const most = 200
	if v == nil {
		return "(nothing)"
	}
	text := []rune(printable(string(v)))
	if len(text) > most {
		return string(text[:most]) + "…"
	}
	return string(text)
}

// printable keeps foreign text from breaking the layout, or the terminal.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == 0x2028 || r == 0x2029 {
			return ' '
		}
		return r
	}, s)
}

type auditCmd struct{}

// auditRow is an act or a publication.
type auditRow struct {
	At     time.Time  `json:"at"`
	What   string     `json:"what"`   // hold, unchanged …; import, approval, rollback
	Serial app.Serial `json:"serial"` // of the publication, or served when the act was made
	By     string     `json:"by"`
	Reason string     `json:"reason,omitempty"`
	About  string     `json:"about,omitempty"`
	order  uint64
}

func (*auditCmd) Run(env *environment, all *releasesCmd) error {
	admin, done, err := all.open(env)
	if err != nil {
		return err
	}
	defer done()
	acts, err := admin.Audit(env.ctx)
	if err != nil {
		return err
	}
	state, err := admin.Releases(env.ctx)
	if err != nil {
		return err
	}
	rows := auditRows(acts, state)
	if all.JSON {
		return printAsJSON(env.stdout, rows)
	}
	t := table(env.stdout, "WHEN", "WHAT", "SERIAL", "BY AND WHY", "ABOUT")
	for _, r := range rows {
		t.row(r.At.UTC().Format(timeForm), r.What, r.Serial, byAndWhy(r.By, r.Reason), r.About)
	}
	return t.flush()
}

// auditRows puts acts and publications in one order, the newest first.
func auditRows(acts []app.Act, state app.AdminState) []auditRow {
	rows := []auditRow{}
	for _, a := range acts {
		rows = append(rows, auditRow{At: a.At, What: string(a.Kind), Serial: a.After, By: a.By, Reason: a.Reason, About: actAbout(a), order: a.ID})
	}
	for _, r := range state.Releases {
		what := string(r.Release.Cause)
		if what == "" {
			what = "import"
		}
		by := r.Release.By
		if by == "" {
			by = "festd"
		}
		rows = append(rows, auditRow{
			At: r.Release.PublishedAt, What: what, Serial: r.Release.Serial, By: by, Reason: r.Release.Reason, About: "content " + r.Release.Content.Digest.Short(),
		})
	}
	// A publication comes before the acts that were made while it was served.
	slices.SortStableFunc(rows, func(a, b auditRow) int {
		if a.Serial != b.Serial {
			return int(int64(b.Serial) - int64(a.Serial))
		}
		return int(int64(b.order) - int64(a.order))
	})
	return rows
}

// actText is an act in a line.
func actText(a app.Act) string {
	text := string(a.Kind)
	if about := actAbout(a); about != "" {
		text += " " + about
	}
	return text + ", by " + byAndWhy(a.By, a.Reason)
}

// actAbout is what an act concerns.
func actAbout(a app.Act) string {
	var w app.Waiver
	switch {
	case a.Waiver != nil && json.Unmarshal(a.Waiver, &w) == nil:
		return waiverText(w) + ", until " + w.Expires.UTC().Format(timeForm)
	case a.Text != "":
		return fmt.Sprintf("%q", a.Text) + until(a.Until)
	case a.Source != nil:
		return "content " + a.Content.Short() + " from " + printable(a.Source.Location)
	case a.Content != "":
		return "content " + a.Content.Short()
	default:
		return strings.TrimPrefix(until(a.Until), " ")
	}
}

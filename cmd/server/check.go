package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/festd/festd/internal/app"
)

// checkCmd rehearses an import. DMP's staging has the next release about a
// week ahead; what would be held can be seen then, and expected.
type checkCmd struct {
	importFlags
	File       string   `arg:"" help:"FEST file or its URL: M30 XML, plain, gzip or zip." env:"FEST_IMPORT_FILE" placeholder:"FILE|URL"`
	Waive      []string `help:"Expect what this rule found, in this class or in all, and no more of it than was found: removed:packages. Needs --waive-until, --by and --reason." placeholder:"RULE[:CLASS]" env:"-"`
	WaiveUntil moment   `help:"Until when: a date (the end of that day in Oslo), a time, or a duration." placeholder:"WHEN" env:"-"`
	By         string   `help:"Who expects it." placeholder:"NAME" env:"-"`
	Reason     string   `help:"…and why." placeholder:"TEXT" env:"-"`
}

func (c *checkCmd) Run(env *environment) error {
	if len(c.Waive) > 0 && (c.WaiveUntil.IsZero() || c.By == "" || c.Reason == "") {
		return errors.New("a waiver needs all of --waive-until, --by and --reason")
	}
	result, held := c.run(env, c.File, nil, true)
	if len(c.Waive) == 0 || result.Verdict == nil {
		return held
	}
	waivers, err := waiversFor(result.Verdict, c.Waive)
	if err != nil {
		return err
	}
	out := env.stdout
	if c.JSON {
		out = env.stderr // standard output has one document
	}
	if err := c.record(env, out, waivers); err != nil {
		return err
	}
	if len(waivers) == len(result.Verdict.Holding()) && c.onlyVerdict(held) {
		return nil
	}
	return held
}

// onlyVerdict: nothing but the gate's findings holds the file.
func (c *checkCmd) onlyVerdict(err error) bool {
	var held *app.HeldError
	return errors.As(err, &held) && held.Rejected == nil
}

// record writes the waivers into the audit log.
func (c *checkCmd) record(env *environment, out io.Writer, waivers []app.Waiver) error {
	thresholds, err := c.gateFlags.config()
	if err != nil {
		return err
	}
	admin, closeStore, err := app.OpenAdmin(env.ctx, app.AdminOptions{
		DataDir: c.DataDir, DatabaseURL: c.DatabaseURL, KeepDays: c.KeepDays, KeepReleases: c.KeepReleases, Gate: thresholds, AuditLog: c.AuditLog, Log: env.log.atLeastWarnings().logger(env.stderr),
	})
	if err != nil {
		return err
	}
	defer closeStore() //nolint:errcheck // what was recorded is durable
	_, _ = fmt.Fprintln(out)
	for _, w := range waivers {
		w.By, w.Reason, w.Expires = c.By, c.Reason, c.WaiveUntil.UTC()
		data, err := json.Marshal(w)
		if err != nil {
			return err
		}
		if _, err := admin.Act(env.ctx, app.Act{Kind: app.ActWaive, By: c.By, Reason: c.Reason, Waiver: data}); err != nil {
			return err
		}
		_, _ = fmt.Fprintf(out, "waived until %s: %s\n", w.Expires.Format(timeForm), waiverText(w))
	}
	return nil
}

// waiversFor makes waivers of what was found, each bounded by what was found.
func waiversFor(v *app.Verdict, specs []string) ([]app.Waiver, error) {
	var out []app.Waiver
	taken := map[int]bool{}
	for _, spec := range specs {
		rule, class, _ := strings.Cut(spec, ":")
		n := 0
		for i, f := range v.Holding() {
			if f.Rule != rule || class != "" && f.Class != class {
				continue
			}
			n++
			if taken[i] {
				continue
			}
			taken[i] = true
			w := app.Waiver{Rule: f.Rule, Class: f.Class, Path: f.Path, Most: app.WaiverBound{Count: &f.Measured.Count}}
			if f.Measured.Of > 0 {
				w.Most.Share = &f.Measured.Share
			}
			out = append(out, w)
		}
		if n == 0 {
			var held []string
			for _, f := range v.Holding() {
				held = append(held, strings.TrimSuffix(f.Rule+":"+f.Class, ":"))
			}
			return nil, fmt.Errorf("--waive %s: nothing of that holds this file; what does: %s", spec, strings.Join(held, ", "))
		}
	}
	return out, nil
}

func waiverText(w app.Waiver) string {
	text := w.Rule
	if w.Class != "" {
		text += " in " + w.Class
	}
	if w.Path != "" {
		text += ", " + w.Path
	}
	if w.Most.Count != nil {
		text += fmt.Sprintf(", at most %d", *w.Most.Count)
	}
	if w.Most.Share != nil {
		text += fmt.Sprintf(" and %.4g %%", *w.Most.Share*100)
	}
	return text
}

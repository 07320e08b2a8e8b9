package main

import (
	"errors"
	"fmt"

	"github.com/festd/festd/internal/app"
)

// releasesCmd administers releases, beside a running server, which follows.
type releasesCmd struct {
	storeFlags
	limitFlags
	gateFlags
	JSON bool `name:"json" help:"Print the result as JSON."`

	List     listCmd     `cmd:"" help:"What was published, what is held, what is rejected, frozen, advised and expected."`
	Show     showCmd     `cmd:"" help:"One release or candidate with the verdict of the gate."`
	Diff     diffCmd     `cmd:"" help:"What is not the same in two releases or candidates, field by field."`
	Approve  approveCmd  `cmd:"" help:"Publish what is held or was rejected. Exit 3: the gate had to judge again, and holds it."`
	Reject   rejectCmd   `cmd:"" help:"Never publish this content, unless somebody approves it."`
	Rollback rollbackCmd `cmd:"" help:"Serve an earlier release again, under a new serial, and reject the one served now."`
	Freeze   freezeCmd   `cmd:"" help:"Hold whatever is imported; approvals and rollbacks go through."`
	Advise   adviseCmd   `cmd:"" help:"Have every answer carry an advisory."`
	Adopt    adoptCmd    `cmd:"" help:"Have this node follow a database that went back, as after a restore."`
	Audit    auditCmd    `cmd:"" help:"Who did what, when and why, the newest first."`
}

// decisionFlags say who decides.
type decisionFlags struct {
	By     string `help:"Who decides; it stands in the audit log." required:"" placeholder:"NAME" env:"-"`
	Reason string `help:"…and why." required:"" placeholder:"TEXT" env:"-"`
}

func (f decisionFlags) decision() app.Decision { return app.Decision{By: f.By, Reason: f.Reason} }

// open opens the store; the caller closes it.
func (c *releasesCmd) open(env *environment) (*app.Admin, func(), error) {
	thresholds, err := c.gateFlags.config()
	if err != nil {
		return nil, nil, err
	}
	admin, closeStore, err := app.OpenAdmin(env.ctx, app.AdminOptions{
		DataDir: c.DataDir, DatabaseURL: c.DatabaseURL, KeepDays: c.KeepDays, KeepReleases: c.KeepReleases,
		Gate: thresholds, Limits: c.limits(), AuditLog: c.AuditLog, Log: env.log.atLeastWarnings().logger(env.stderr),
	})
	if err != nil {
		return nil, nil, err
	}
	return admin, func() { _ = closeStore() }, nil // what was done is durable
}

type approveCmd struct {
	decisionFlags
	Ref      string      `arg:"" help:"At least eight digits of the content's digest." placeholder:"DIGEST"`
	Baseline *app.Serial `help:"The serial that was served when you looked: if it is another one now, nothing is published." placeholder:"SERIAL" env:"-"`
}

func (c *approveCmd) Run(env *environment, all *releasesCmd) error {
	admin, done, err := all.open(env)
	if err != nil {
		return err
	}
	defer done()
	d := c.decision()
	d.Baseline = c.Baseline
	rel, err := admin.Approve(env.ctx, c.Ref, d)
	var held *app.HeldError
	if errors.As(err, &held) && !all.JSON {
		_, _ = fmt.Fprint(env.stdout, held.Verdict.Text(app.GateText{Digest: held.Digest, Kept: true}))
	}
	return all.published(env, rel, err, "approved")
}

type rollbackCmd struct {
	decisionFlags
	Ref string `arg:"" optional:"" help:"The release to go back to: its serial, or at least eight digits of its digest. Left out, the release before, with another content that nobody rejected." placeholder:"SERIAL|DIGEST"`
}

func (c *rollbackCmd) Run(env *environment, all *releasesCmd) error {
	admin, done, err := all.open(env)
	if err != nil {
		return err
	}
	defer done()
	rel, err := admin.Rollback(env.ctx, c.Ref, c.decision())
	return all.published(env, rel, err, "went back")
}

// published prints a release that a person made.
func (c *releasesCmd) published(env *environment, rel app.Release, err error, what string) error {
	if c.JSON {
		out := struct {
			Release *app.Release `json:"release,omitempty"`
			Error   string       `json:"error,omitempty"`
			Verdict *app.Verdict `json:"verdict,omitempty"`
		}{}
		var held *app.HeldError
		switch {
		case errors.As(err, &held):
			out.Error, out.Verdict = err.Error(), held.Verdict
		case err != nil:
			out.Error = err.Error()
		default:
			out.Release = &rel
		}
		return reported(printAsJSON(env.stdout, out), err)
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(env.stdout, "%s: release %d serves content %s, HentetDato %s, %d entries\n",
		what, rel.Serial, rel.Content.Digest.Short(), rel.Content.RetrievalDate, rel.Content.Counts.Entries())
	if err == nil && rel.Left != "" {
		_, err = fmt.Fprintf(env.stdout, "rejected: content %s, which was served until now; no import publishes it again without an approval\n", rel.Left.Short())
	}
	return err
}

type rejectCmd struct {
	decisionFlags
	Ref string `arg:"" help:"At least eight digits of the content's digest, or a serial." placeholder:"DIGEST"`
}

func (c *rejectCmd) Run(env *environment, all *releasesCmd) error {
	admin, done, err := all.open(env)
	if err != nil {
		return err
	}
	defer done()
	act, err := admin.Reject(env.ctx, c.Ref, c.decision())
	return all.recorded(env, act, err)
}

type freezeCmd struct {
	decisionFlags
	Until moment `help:"Ends by itself: a date (the end of that day in Oslo), a time, or a duration." placeholder:"WHEN" env:"-"`
	Off   bool   `help:"End the freeze." env:"-"`
}

func (c *freezeCmd) Run(env *environment, all *releasesCmd) error {
	act := app.Act{Kind: app.ActFreeze, By: c.By, Reason: c.Reason, Until: c.Until.pointer()}
	if c.Off {
		act.Kind = app.ActUnfreeze
	}
	if c.Off && act.Until != nil {
		return errors.New("--off ends the freeze now: --until makes no sense beside it")
	}
	return all.act(env, act)
}

type adviseCmd struct {
	decisionFlags
	Text  string `arg:"" optional:"" help:"What answers say, in one line." placeholder:"TEXT"`
	Until moment `help:"Ends by itself: a date (the end of that day in Oslo), a time, or a duration." placeholder:"WHEN" env:"-"`
	Off   bool   `help:"Withdraw the advisory." env:"-"`
}

func (c *adviseCmd) Run(env *environment, all *releasesCmd) error {
	act := app.Act{Kind: app.ActAdvise, By: c.By, Reason: c.Reason, Text: c.Text, Until: c.Until.pointer()}
	switch {
	case c.Off && (c.Text != "" || act.Until != nil):
		return errors.New("--off withdraws the advisory now: a text or --until makes no sense beside it")
	case c.Off:
		act.Kind = app.ActWithdraw
	case c.Text == "":
		return errors.New("what shall answers say? Give the text, or --off to withdraw the advisory that stands")
	}
	return all.act(env, act)
}

type adoptCmd struct {
	decisionFlags
}

func (c *adoptCmd) Run(env *environment, all *releasesCmd) error {
	return all.act(env, app.Act{Kind: app.ActAdopt, By: c.By, Reason: c.Reason})
}

func (c *releasesCmd) act(env *environment, act app.Act) error {
	admin, done, err := c.open(env)
	if err != nil {
		return err
	}
	defer done()
	recorded, err := admin.Act(env.ctx, act)
	return c.recorded(env, recorded, err)
}

// recorded prints an act.
func (c *releasesCmd) recorded(env *environment, act app.Act, err error) error {
	if err != nil {
		return err
	}
	if c.JSON {
		return printAsJSON(env.stdout, act)
	}
	_, err = fmt.Fprintf(env.stdout, "recorded: %s\n", actText(act))
	return err
}

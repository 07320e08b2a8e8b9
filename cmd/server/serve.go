package main

import (
	"context"
	"log/slog"
	"time"

	"github.com/festd/festd/internal/app"
)

type serveCmd struct {
	storeFlags
	sourceFlags
	limitFlags
	gateFlags
	valveFlags
	accessFlags
	Listen        string         `help:"Address of the public API." default:"127.0.0.1:8080" placeholder:"HOST:PORT"`
	OpsListen     string         `help:"Address of probes, metrics and profiles; one that is not on loopback asks for credentials." default:"127.0.0.1:9180" placeholder:"HOST:PORT"`
	Source        string         `help:"FEST file to import at start if it is newer than what is served, or a URL that is looked at then and every night." placeholder:"FILE|URL"`
	Poll          time.Duration  `help:"How often a URL is looked at; 0s is once a night, between 03:30 and 05:30 in Oslo." default:"0s"`
	PublishWindow string         `help:"Part of the day, in Oslo, in which a URL is looked at without a person, such as 03:00-06:00; none is all day." placeholder:"HH:MM-HH:MM"`
	Filter        app.Filter     `help:"Which of DMP's extracts the source is." default:"Rekvirent" placeholder:"NAME"`
	Sample        app.SampleMode `help:"Serve made-up data while there is no release: auto (only on loopback, without a source), on or off." enum:"auto,on,off" default:"auto"`
	RulesOff      []string       `help:"Inferred rule of docs/RULES.md that answers are to do without, such as R62; several with commas, or the flag again." placeholder:"RULE"`
	LoadTimeout   time.Duration  `help:"Longest time that loading a release from disk may take." default:"2m"`
	DrainGrace    time.Duration  `help:"Time between becoming unready and closing the listener at SIGTERM, for load balancers to notice." default:"0s"`
	DrainTimeout  time.Duration  `help:"Longest wait for requests under way at SIGTERM." default:"30s"`
	AccessLog     bool           `help:"Log a line per request." default:"true" negatable:""`
}

func (c *serveCmd) Run(env *environment) error {
	log := env.log.logger(env.stderr)
	var access *slog.Logger
	if c.AccessLog {
		lines := newBuffered(env.stderr)
		defer func() { _ = lines.close() }() // nobody is there to be told
		access = env.log.logger(lines)
	}
	thresholds, err := c.gateFlags.config()
	if err != nil {
		return err
	}
	a, err := app.New(app.Options{
		SourceOptions: c.source(),
		Listen:        c.Listen, OpsListen: c.OpsListen, DataDir: c.DataDir, DatabaseURL: c.DatabaseURL, Source: c.Source, Poll: c.Poll, PublishWindow: c.PublishWindow, AdminTokenFile: c.AdminTokenFile, TLS: c.tls(), Ops: c.ops(), Anonymous: c.Anonymous, AuditLog: c.AuditLog, Filter: c.Filter,
		Sample: c.Sample, Limits: c.limits(), Gate: thresholds, KeepDays: c.KeepDays, KeepReleases: c.KeepReleases, LoadTimeout: c.LoadTimeout, RulesOff: c.RulesOff,
		DrainGrace: c.DrainGrace, DrainTimeout: c.DrainTimeout, AccessLog: access, Valves: c.valves(), Version: buildVersion(), Log: log,
	})
	if err != nil {
		return err
	}
	if err := a.Start(env.ctx); err != nil {
		return err
	}
	<-env.ctx.Done()
	log.Info("stopping", "grace", c.DrainGrace, "timeout", c.DrainTimeout)
	// The context of the signal is over; stopping has its own bounds.
	return a.Stop(context.WithoutCancel(env.ctx))
}

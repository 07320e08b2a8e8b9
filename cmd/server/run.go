package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"

	"github.com/alecthomas/kong"
)

// version is set by the linker: -X main.version=v1.2.3.
var version = ""

// cli is the command line: every flag is also an environment variable
// FEST_… (DESIGN §5).
type cli struct {
	Log         logFlags         `embed:"" prefix:"log-"`
	ShowVersion kong.VersionFlag `name:"version" help:"Print the version." env:"-"`

	Serve       serveCmd       `cmd:"" default:"withargs" help:"Serve lookups (the default)."`
	Import      importCmd      `cmd:"" help:"Import a FEST file and publish it; a running server on the same data directory follows."`
	Check       checkCmd       `cmd:"" help:"Rehearse an import: verdict and exit code, nothing is published."`
	Releases    releasesCmd    `cmd:"" help:"See releases and what is held; approve, reject, roll back, freeze, advise."`
	Migrate     migrateCmd     `cmd:"" help:"Bring the schema of the database up to date."`
	Sample      sampleCmd      `cmd:"" help:"Write a made-up FEST file, for trying and testing; never for clinical use."`
	Healthcheck healthcheckCmd `cmd:"" help:"Ask a running server whether it is ready; exit 0 if it is."`
	Keys        keysCmd        `cmd:"" help:"Make API keys, and look at a file of them."`
	Version     versionCmd     `cmd:"" help:"Print the version."`
}

// environment is what a subcommand gets besides its flags.
type environment struct {
	ctx            context.Context
	stdout, stderr io.Writer
	log            logFlags
}

// newParser describes the command line; docs/CONFIG.md is compared with it.
func newParser(c *cli, stdout, stderr io.Writer, exit func(int)) (*kong.Kong, error) {
	return kong.New(c,
		kong.Name("server"),
		kong.Description("festd answers lookups in FEST, the Norwegian register of medicines."),
		kong.Writers(stdout, stderr),
		kong.Exit(exit),
		kong.DefaultEnvars("FEST"),
		kong.Vars{"version": "festd " + buildVersion()},
		kong.UsageOnError(),
	)
}

// exited carries kong's wish to exit (after --help) out of the parser.
type exited int

// run is the program without the process: it returns the exit code.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) (code int) {
	defer func() {
		if e := recover(); e != nil {
			want, ok := e.(exited)
			if !ok {
				panic(e)
			}
			code = int(want)
		}
	}()
	var c cli
	parser, err := newParser(&c, stdout, stderr, func(code int) { panic(exited(code)) })
	if err != nil {
		_, _ = fmt.Fprintln(stderr, "server:", err)
		return exitError
	}
	if err := refusePasswords(args); err != nil {
		_, _ = fmt.Fprintln(stderr, "server:", err)
		return exitError
	}
	k, err := parser.Parse(args)
	if err != nil {
		_, _ = fmt.Fprintf(stderr, "server: %v\nserver --help lists the subcommands and flags\n", err)
		return exitError
	}
	if k.Command() != "healthcheck" { // which runs every few seconds
		warnOfEnvironment(stderr, parser, os.Environ())
	}
	err = k.Run(&environment{ctx, stdout, stderr, c.Log})
	if err != nil && !errors.Is(err, errReported) {
		_, _ = fmt.Fprintln(stderr, "server:", err)
	}
	return exitCode(err)
}

// errReported marks an error that the subcommand has told already.
var errReported = errors.New("reported")

// buildVersion is the linker's version, else the module's, else "dev".
func buildVersion() string {
	if version != "" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return "dev"
}

type versionCmd struct{}

func (versionCmd) Run(env *environment) error {
	_, err := fmt.Fprintln(env.stdout, "festd", buildVersion())
	return err
}

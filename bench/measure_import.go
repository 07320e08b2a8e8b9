package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"time"
)

// readyTimeout bounds a start that includes an import.
const readyTimeout = 5 * time.Minute

func importMeasurement() measurement {
	return measurement{
		name:  "import",
		title: "Import: zip to served",
		how: "`xmllint --stream --noout` parses the plain XML; `server import` takes the zip of it into a new data directory, durably; a server " +
			"with `--source` does the same and is asked for `/readyz` every millisecond from the start of its process on. All read from the page " +
			"cache. Everything a turn wrote is flushed to disk before the next begins.",
		rows: []row{
			{id: "import-source", what: "import, zip → served: `serve --source` until ready ÷ xmllint", target: atMost(ratio, 2, 1)},
			{id: "import-command", what: "import, zip → published: `server import` ÷ xmllint", target: atMost(ratio, 2, 1)},
			{id: "import-cpu", what: "import, CPU time ÷ xmllint's"},
			{id: "import-memory", what: "import, peak resident ÷ XML"},
		},
		run: measureImport,
	}
}

// measureImport measures in rounds of xmllint, import and serve --source.
func measureImport(ctx context.Context, b *bench, res *result) error {
	lint, lintErr := tool("xmllint")
	var xml, command, source turns
	stages := map[string]series{}
	runs := []func(int) error{
		func(int) error {
			u, err := b.importOnce(ctx, stages)
			command.add(u)
			return err
		},
		func(int) error {
			u, err := b.sourceOnce(ctx)
			source.add(u)
			return err
		},
	}
	if lintErr == nil {
		runs = append(runs, func(int) error {
			settle()
			u, err := b.complete(ctx, lintCommand(lint, b.files.xml))
			xml.add(u)
			return err
		})
	}
	if err := b.rounds(b.runs, runs...); err != nil {
		return err
	}
	if err := b.profileImport(ctx, time.Duration(source.wall.median()*float64(time.Second))); err != nil {
		return err
	}
	res.columns = []string{"wall", "CPU (user + system)", "peak resident"}
	if lintErr == nil {
		beside := func(t *turns) string {
			return fmt.Sprintf("%s / %s", seconds.format(t.wall.median()), seconds.format(xml.wall.median()))
		}
		res.set("import-source", source.wall.ratios(xml.wall), beside(&source))
		res.set("import-command", command.wall.ratios(xml.wall), beside(&command))
		res.set("import-cpu", command.cpu.ratios(xml.cpu), fmt.Sprintf("%s / %s", seconds.format(command.cpu.median()), seconds.format(xml.cpu.median())))
		res.detail("xmllint --stream --noout", xml.cells()...)
	}
	res.set("import-memory", command.peak.over(b.files.xmlSize),
		fmt.Sprintf("%s / %s XML", megabytes.format(command.peak.median()/1e6), megabytes.format(b.files.xmlSize/1e6)))
	res.detail("server import", command.cells()...)
	res.detail("server serve --source, until ready", seconds.spread(source.wall), seconds.spread(source.cpu), megabytes.spread(source.peak.over(1e6)))
	for _, name := range slices.Sorted(maps.Keys(stages)) {
		res.remark("`server import` says of its stage %s: %s.", name, seconds.spread(stages[name]))
	}
	return lintErr
}

func lintCommand(lint, file string) command {
	return command{name: "xmllint", args: []string{lint, "--stream", "--noout", file}, cpu: -1}
}

// turns are what the turns of one competitor took: seconds and bytes.
type turns struct{ wall, cpu, peak series }

func (t *turns) add(u usage) {
	if u.wall == 0 {
		return // it failed
	}
	t.wall = append(t.wall, u.wall.Seconds())
	t.cpu = append(t.cpu, u.cpu().Seconds())
	t.peak = append(t.peak, u.peak)
}

func (t *turns) cells() []string {
	return []string{seconds.spread(t.wall), seconds.spread(t.cpu), megabytes.spread(t.peak.over(1e6))}
}

// importOnce imports the zip into a new data directory.
func (b *bench) importOnce(ctx context.Context, stages map[string]series) (usage, error) {
	data, err := b.folder("data")
	if err != nil {
		return usage{}, err
	}
	defer os.RemoveAll(data) //nolint:errcheck // the run's folder goes as a whole
	settle()
	var out bytes.Buffer
	u, err := b.complete(ctx, command{
		name: "import", args: []string{b.binary, "import", "--json", "--data-dir", data, b.files.zip}, cpu: -1, stdout: &out,
	})
	if err != nil {
		return usage{}, fmt.Errorf("%w\n%.2000s", err, out.String())
	}
	var said struct {
		Outcome string             `json:"outcome"`
		Seconds map[string]float64 `json:"seconds"`
	}
	if err := json.Unmarshal(out.Bytes(), &said); err != nil {
		return usage{}, fmt.Errorf("import --json: %w: %.300s", err, out.String())
	}
	if said.Outcome != "published" {
		return usage{}, fmt.Errorf("import: outcome %q, want published", said.Outcome)
	}
	for name, s := range said.Seconds {
		stages[name] = append(stages[name], s)
	}
	return u, nil
}

// sourceOnce starts a server with the zip as its source and an empty data
// directory. Its wall time is that from start to ready.
func (b *bench) sourceOnce(ctx context.Context) (usage, error) {
	data, err := b.folder("data")
	if err != nil {
		return usage{}, err
	}
	defer os.RemoveAll(data) //nolint:errcheck // as above
	settle()
	s, err := b.serve(ctx, serving{data: data, source: b.files.zip, cpu: -1})
	if err != nil {
		return usage{}, err
	}
	took, err := s.ready(ctx, readyTimeout)
	if err != nil {
		return usage{}, err
	}
	cpu, err := readCPU(s.pid())
	if err != nil {
		return usage{}, err
	}
	m, err := readStatus(s.pid())
	if err != nil {
		return usage{}, err
	}
	if _, err := s.get(ctx, "/v1/releases/current"); err != nil { // ready means that it serves
		return usage{}, err
	}
	return usage{wall: took, user: time.Duration(cpu * float64(time.Second)), peak: m.peak}, s.end()
}

// profileImport profiles an import by a server, in a turn that is not counted.
func (b *bench) profileImport(ctx context.Context, d time.Duration) error {
	if b.profiles == "" {
		return nil
	}
	data, err := b.folder("data")
	if err != nil {
		return err
	}
	s, err := b.serve(ctx, serving{data: data, source: b.files.zip, cpu: -1})
	if err != nil {
		return err
	}
	if _, err := s.until(ctx, time.Minute, s.ops+"/livez"); err != nil {
		return err
	}
	if err := b.profile(ctx, "import", s, d, func() error { _, err := s.ready(ctx, readyTimeout); return err }); err != nil {
		return err
	}
	return s.end()
}

// imported makes a data directory with the release in it.
func (b *bench) imported(ctx context.Context) (string, error) {
	data, err := b.folder("data")
	if err != nil {
		return "", err
	}
	_, err = b.complete(ctx, command{name: "import", args: []string{b.binary, "import", "--data-dir", data, b.files.zip}, cpu: -1})
	settle()
	return data, err
}

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/festd/festd/bench/internal/rig"
)

func postgresMeasurement() measurement {
	return measurement{
		name:  "postgres",
		title: "PostgreSQL: publish, load, go back",
		how: "A cluster of the bench's own with the settings that PostgreSQL comes with (it syncs), reached by its socket; a new database in each round. " +
			"`server import` publishes the release; a replica with an empty data directory is started and asked for `/readyz` every millisecond; the " +
			"fortnight that follows (some 2 % of the entries changed) is imported, and the replica asked until it serves it; the two are compared; a " +
			"rollback is run, and the replica asked until it serves the first content again. The database's size is taken after VACUUM and a checkpoint.",
		rows: []row{
			{id: "postgres-publish", what: "PostgreSQL: import of the first release, zip → published", unit: seconds},
			{id: "postgres-next", what: "PostgreSQL: import of the next fortnight, zip → published", unit: seconds},
			{id: "postgres-load", what: "PostgreSQL: load by a replica with an empty disk, start → ready", unit: seconds},
			{id: "postgres-follow", what: "PostgreSQL: the next fortnight, published → served by the replica", unit: seconds},
			{id: "postgres-rollback", what: "PostgreSQL: rollback, command begun → served by the replica", unit: seconds, target: atMost(seconds, 1, 0)},
			{id: "postgres-diff", what: "diff of two releases, `server releases diff --json`", unit: seconds},
			{id: "postgres-size", what: "PostgreSQL: the first release ÷ XML"},
			{id: "postgres-growth", what: "PostgreSQL: growth by an ordinary fortnight", unit: megabytes},
		},
		run: measurePostgres,
	}
}

// postgresTurn is what one round came to: seconds and bytes.
type postgresTurn struct {
	publish, next, load, follow, command, rollback, diff float64
	first, growth                                        float64
}

func measurePostgres(ctx context.Context, b *bench, res *result) error {
	c, err := rig.NewCluster(ctx, false)
	if errors.Is(err, rig.ErrNoPostgres) {
		return &missingTool{"PostgreSQL's server", "postgresql"}
	}
	if err != nil {
		return err
	}
	defer c.Close()
	var all []postgresTurn
	for range b.runs {
		turn, err := b.postgresOnce(ctx, c)
		if err != nil {
			return err
		}
		all = append(all, turn)
	}
	of := func(get func(postgresTurn) float64) series {
		var s series
		for _, t := range all {
			s = append(s, get(t))
		}
		return s
	}
	res.columns = []string{"time"}
	for _, r := range []struct {
		id, what string
		get      func(postgresTurn) float64
	}{
		{"postgres-publish", "server import, first release", func(t postgresTurn) float64 { return t.publish }},
		{"postgres-next", "server import, next fortnight", func(t postgresTurn) float64 { return t.next }},
		{"postgres-load", "a replica with an empty disk, start → ready", func(t postgresTurn) float64 { return t.load }},
		{"postgres-follow", "a replica, end of the import → it serves the release", func(t postgresTurn) float64 { return t.follow }},
		{"postgres-rollback", "a replica, rollback begun → it serves the old content", func(t postgresTurn) float64 { return t.rollback }},
		{"postgres-diff", "server releases diff --json", func(t postgresTurn) float64 { return t.diff }},
		{"", "server releases rollback, the command", func(t postgresTurn) float64 { return t.command }},
	} {
		s := of(r.get)
		if r.id != "" {
			res.set(r.id, s, "")
		}
		res.detail(r.what, seconds.spread(s))
	}
	first, growth := of(func(t postgresTurn) float64 { return t.first }), of(func(t postgresTurn) float64 { return t.growth })
	res.set("postgres-size", first.over(b.files.xmlSize), fmt.Sprintf("%s / %s XML", megabytes.format(first.median()/1e6), megabytes.format(b.files.xmlSize/1e6)))
	res.set("postgres-growth", growth.over(1e6), fmt.Sprintf("%s the first release", megabytes.format(first.median()/1e6)))
	res.remark("PostgreSQL version: %s.", programVersion(ctx, c.Program("postgres"), "--version"))
	return nil
}

func (b *bench) postgresOnce(ctx context.Context, c *rig.Cluster) (t postgresTurn, err error) {
	database, err := c.Database(ctx)
	if err != nil {
		return t, err
	}
	own, err := b.folder("data")
	if err != nil {
		return t, err
	}
	defer os.RemoveAll(own) //nolint:errcheck // the run's folder goes as a whole
	replica, err := b.folder("data")
	if err != nil {
		return t, err
	}
	defer os.RemoveAll(replica) //nolint:errcheck // as above
	env := []string{"FEST_DATABASE_URL=" + database}
	server := func(out *bytes.Buffer, args ...string) (float64, error) {
		settle()
		u, err := b.complete(ctx, command{name: args[0], args: append([]string{b.binary}, args...), env: env, cpu: -1, stdout: out})
		return u.wall.Seconds(), err
	}
	sized := func() (float64, error) { // once dead rows are gone
		text, err := c.Query(ctx, database, "VACUUM", "CHECKPOINT", "SELECT pg_database_size(current_database())")
		if err != nil {
			return 0, err
		}
		return strconv.ParseFloat(text, 64)
	}

	if _, err := server(nil, "migrate"); err != nil {
		return t, err
	}
	empty, err := sized()
	if err != nil {
		return t, err
	}
	if t.publish, err = server(nil, "import", "--data-dir", own, b.files.zip); err != nil {
		return t, err
	}
	one, err := sized()
	if err != nil {
		return t, err
	}
	settle()
	s, err := b.serve(ctx, serving{data: replica, cpu: -1, env: env})
	if err != nil {
		return t, err
	}
	load, err := s.ready(ctx, readyTimeout)
	if err != nil {
		return t, err
	}
	t.load = load.Seconds()
	if t.next, err = server(nil, "import", "--data-dir", own, b.files.next); err != nil {
		return t, err
	}
	published := time.Now()
	if err := s.untilSerial(ctx, 2); err != nil {
		return t, err
	}
	t.follow = time.Since(published).Seconds()
	two, err := sized()
	if err != nil {
		return t, err
	}
	t.first, t.growth = one-empty, two-one
	var diff bytes.Buffer
	if t.diff, err = server(&diff, "releases", "--data-dir", own, "--json", "diff", "1", "2"); err != nil {
		return t, err
	}
	begun := time.Now()
	settled := make(chan error, 1)
	go func() { settled <- s.untilSerial(ctx, 3) }()
	u, err := b.complete(ctx, command{name: "rollback", args: []string{b.binary, "releases", "--data-dir", own, "rollback", "--by", "bench", "--reason", "measuring"}, env: env, cpu: -1})
	if err != nil {
		return t, err
	}
	t.command = u.wall.Seconds()
	if err := <-settled; err != nil {
		return t, err
	}
	t.rollback = time.Since(begun).Seconds()
	return t, s.end()
}

// untilSerial waits until a release is served.
func (s *server) untilSerial(ctx context.Context, want uint64) error {
	ctx, cancel := context.WithTimeoutCause(ctx, time.Minute, fmt.Errorf("release %d is not served within a minute", want))
	defer cancel()
	for {
		a, err := s.get(ctx, "/v1/releases/current")
		if err != nil {
			return err
		}
		var now struct {
			Serial uint64 `json:"serial"`
		}
		if err := json.Unmarshal(a.body, &now); err != nil {
			return err
		}
		if now.Serial == want {
			return nil
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(time.Millisecond):
		}
	}
}

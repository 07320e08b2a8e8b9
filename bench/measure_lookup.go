package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

func lookupMeasurement() measurement {
	return measurement{
		name:  "lookup",
		title: "Lookup by id over HTTP/1.1",
		how: "wrk (one thread, keep-alive connections) asks for items of one resource by ids drawn at random from those served. What it is compared with sends the same " +
			"bytes with the same headers for the same paths: a handler on bare net/http that looks the path up in a map made ahead, with all header " +
			"values ready; and nginx with the bodies as static files (one worker, access_log off, open_file_cache on). Server and wrk are pinned " +
			"to a processor each, so that none takes the other's time. After a warm-up all take turns; a ratio is that of the requests per second of one round.",
		rows: []row{
			{id: "lookup-bare", what: "lookup by id, without access log ÷ bare net/http", target: target{first: 0.9, atLeast: true}},
			{id: "lookup-bare-log", what: "lookup by id, with access log (the default) ÷ bare net/http", target: target{first: 0.9, atLeast: true}},
			{id: "lookup-cpu", what: "lookup by id, CPU per request, without access log ÷ bare net/http"},
			{id: "lookup-nginx", what: "lookup by id, without access log ÷ nginx, static files"},
			{id: "lookup-bare-nginx", what: "bare net/http ÷ nginx, static files"},
		},
		run: measureLookup,
	}
}

// contender is a server under wrk.
type contender struct {
	name string
	url  string
	pid  int

	rate, p50, p99, cpu, busy series
}

func measureLookup(ctx context.Context, b *bench, res *result) error {
	if _, err := tool("wrk"); err != nil {
		return err
	}
	data, err := b.imported(ctx)
	if err != nil {
		return err
	}
	defer os.RemoveAll(data) //nolint:errcheck // the run's folder goes as a whole

	quiet, err := b.serve(ctx, serving{data: data, cpu: b.serverCPU})
	if err != nil {
		return err
	}
	logged, err := b.serve(ctx, serving{data: data, cpu: b.serverCPU, accessLog: true})
	if err != nil {
		return err
	}
	for _, s := range []*server{quiet, logged} {
		if _, err := s.ready(ctx, readyTimeout); err != nil {
			return err
		}
	}
	answers, err := quiet.answers(ctx, b.resource, b.ids)
	if err != nil {
		return err
	}
	corpus, err := b.writeCorpus(answers)
	if err != nil {
		return err
	}
	bare, err := b.startBare(ctx, corpus)
	if err != nil {
		return err
	}
	nginx, nginxErr := b.startNginx(ctx, corpus, answers)

	festd := &contender{name: "festd, without access log", url: quiet.api, pid: quiet.pid()}
	withLog := &contender{name: "festd, with access log", url: logged.api, pid: logged.pid()}
	all := []*contender{festd, withLog, bare.contender}
	if nginxErr == nil {
		all = append(all, nginx.contender)
	}
	if err := b.takeTurns(ctx, corpus, all); err != nil {
		return err
	}
	for name, s := range map[string]*server{"lookup": quiet, "lookup-log": logged} {
		if err := b.profile(ctx, name, s, b.wrkTime, func() error {
			_, err := b.wrk(ctx, corpus, s.api, b.wrkTime)
			return err
		}); err != nil {
			return err
		}
	}

	beside := func(a, by *contender) string {
		return fmt.Sprintf("%s / %s", perSecond.format(a.rate.median()), perSecond.format(by.rate.median()))
	}
	res.set("lookup-bare", festd.rate.ratios(bare.rate), beside(festd, bare.contender))
	res.set("lookup-bare-log", withLog.rate.ratios(bare.rate), beside(withLog, bare.contender))
	res.set("lookup-cpu", festd.cpu.ratios(bare.cpu), fmt.Sprintf("%s / %s", microseconds.format(festd.cpu.median()), microseconds.format(bare.cpu.median())))
	if nginxErr == nil {
		res.set("lookup-nginx", festd.rate.ratios(nginx.rate), beside(festd, nginx.contender))
		res.set("lookup-bare-nginx", bare.rate.ratios(nginx.rate), beside(bare.contender, nginx.contender))
		res.remark("%s.", programVersion(ctx, "nginx", "-v"))
	} else {
		res.cannot(nginxErr, "lookup-nginx", "lookup-bare-nginx")
	}
	res.columns = []string{"requests per second", "p50", "p99", "CPU per request", "processor busy"}
	for _, c := range all {
		res.detail(c.name, perSecond.spread(c.rate), microseconds.spread(c.p50), microseconds.spread(c.p99), microseconds.spread(c.cpu), percent.spread(c.busy))
	}
	var bytes float64
	for _, a := range answers {
		bytes += float64(len(a.body))
	}
	res.remark("%d ids of `/v1/%s`, bodies of %.0f bytes on average, %d connections, %s a turn. Latencies are those at full load. "+
		"A processor that is not busy nearly all of the time waited for wrk, or was taken by others.",
		len(answers), b.resource, bytes/float64(len(answers)), b.connections, b.wrkTime)
	if b.serverCPU < 0 {
		res.remark("There is one processor only: server and wrk share it, so the ratios flatter the slower one.")
	}
	for _, p := range []interface{ end() error }{quiet, logged, bare} {
		if err := p.end(); err != nil {
			return err
		}
	}
	if nginxErr == nil {
		return nginx.end()
	}
	var missing *missingTool
	if errors.As(nginxErr, &missing) {
		return nil // the rows say so
	}
	return nginxErr
}

// answers fetches items of a resource, spread evenly over its list.
func (s *server) answers(ctx context.Context, resource string, n int) ([]answer, error) {
	var ids []string
	if err := s.walk(ctx, resource, func(id string) error { ids = append(ids, id); return nil }); err != nil {
		return nil, err
	}
	if len(ids) == 0 {
		return nil, fmt.Errorf("/v1/%s has no items", resource)
	}
	n = min(n, len(ids))
	answers := make([]answer, n)
	for i := range n {
		var err error
		if answers[i], err = s.get(ctx, "/v1/"+resource+"/"+url.PathEscape(ids[i*len(ids)/n])); err != nil {
			return nil, err
		}
	}
	return answers, nil
}

// corpus is where the answers are on disk.
type corpus struct {
	answers string // for bare
	files   string // for nginx: a folder that mirrors the paths
	paths   string // for wrk: one a line
	script  string // wrk's
}

func (b *bench) writeCorpus(answers []answer) (corpus, error) {
	dir, err := b.folder("corpus")
	if err != nil {
		return corpus{}, err
	}
	c := corpus{
		answers: filepath.Join(dir, "answers"), files: filepath.Join(dir, "files"),
		paths: filepath.Join(dir, "paths"), script: filepath.Join(dir, "wrk.lua"),
	}
	var paths strings.Builder
	for _, a := range answers {
		if strings.ContainsAny(a.path, "%") {
			return c, fmt.Errorf("path %s: escapes are not handled", a.path)
		}
		file := filepath.Join(c.files, filepath.FromSlash(a.path))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return c, err
		}
		if err := os.WriteFile(file, a.body, 0o644); err != nil {
			return c, err
		}
		paths.WriteString(a.path)
		paths.WriteByte('\n')
	}
	return c, errors.Join(
		writeAnswers(c.answers, answers),
		os.WriteFile(c.paths, []byte(paths.String()), 0o644),
		os.WriteFile(c.script, []byte(wrkScript), 0o644),
	)
}

package main

import (
	"context"
	"encoding/gob"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"time"

	"github.com/festd/festd/bench/internal/rig"
)

// The bare handler is this program started with bareCommand: the least that a
// Go server can do for the same bytes, in a process of its own.
const bareCommand = "bare"

// stored is an answer in the file that the bare handler reads.
type stored struct {
	Path   string
	Header map[string][]string
	Body   []byte
}

func writeAnswers(path string, answers []answer) (err error) {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	list := make([]stored, len(answers))
	for i, a := range answers {
		list[i] = stored{a.path, a.header, a.body}
	}
	return gob.NewEncoder(f).Encode(list)
}

// bareHandler answers from a map made ahead. All header values are ready;
// Date is net/http's.
func bareHandler(list []stored) http.Handler {
	type ready struct {
		header http.Header
		body   []byte
	}
	answers := make(map[string]*ready, len(list))
	for _, s := range list {
		h := http.Header(s.Header).Clone()
		h.Del("Date")
		h.Set("Content-Length", strconv.Itoa(len(s.Body)))
		answers[s.Path] = &ready{h, s.Body}
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a, ok := answers[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		h := w.Header()
		for name, values := range a.header {
			h[name] = values
		}
		_, _ = w.Write(a.body)
	})
}

// runBare serves the answers until SIGTERM.
func runBare(args []string, stderr io.Writer) int {
	f := flag.NewFlagSet(bareCommand, flag.ContinueOnError)
	f.SetOutput(stderr)
	from := f.String("answers", "", "file of answers")
	listen := f.String("listen", "", "host:port")
	if err := f.Parse(args); err != nil {
		return 2
	}
	if err := serveBare(*from, *listen); err != nil {
		_, _ = fmt.Fprintln(stderr, "bare:", err)
		return 1
	}
	return 0
}

func readAnswers(path string) ([]stored, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	var list []stored
	return list, errors.Join(gob.NewDecoder(f).Decode(&list), f.Close())
}

func serveBare(from, listen string) error {
	list, err := readAnswers(from)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	srv := &http.Server{Addr: listen, Handler: bareHandler(list)} //nolint:gosec // loopback, for minutes, and as bare as can be
	context.AfterFunc(ctx, func() { _ = srv.Close() })
	if err := srv.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// rival is a contender that is not festd.
type rival struct {
	*contender
	*server
}

func (b *bench) startBare(ctx context.Context, c corpus) (*rival, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	addr, err := rig.FreeAddress(ctx)
	if err != nil {
		return nil, err
	}
	p, err := b.start(ctx, command{
		name: bareCommand, cpu: b.serverCPU,
		args: []string{self, bareCommand, "-answers", c.answers, "-listen", addr},
	})
	if err != nil {
		return nil, err
	}
	return b.rival(ctx, "bare net/http", addr, p, c)
}

// rival waits until a server answers with what it is to serve.
func (b *bench) rival(ctx context.Context, name, addr string, p *process, c corpus) (*rival, error) {
	url := "http://" + addr
	s := &server{process: p, api: url, client: &http.Client{Timeout: time.Minute, Transport: &http.Transport{DisableCompression: true}}}
	path, err := firstLine(c.paths)
	if err != nil {
		return nil, err
	}
	if _, err := s.until(ctx, time.Minute, url+path); err != nil {
		return nil, err
	}
	return &rival{&contender{name: name, url: url, pid: p.pid()}, s}, nil
}

func firstLine(path string) (string, error) {
	data, err := os.ReadFile(path)
	return first(data, err), err
}

package examples

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/festd/festd/internal/app"
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/sample"
)

// example is a program, by the toolchain that it takes.
type example struct {
	file string
	// needs is the command of its toolchain. Where the machine lacks it the
	// program is not run; mandatory ones are had by every machine that tests.
	needs     string
	mandatory bool
	argv      []string // before the arguments
}

func programs(t *testing.T) []example {
	t.Helper()
	return []example{
		{"curl/lookup.sh", "curl", false, []string{"bash", "curl/lookup.sh"}},
		{"python/lookup.py", "python3", false, []string{"python3", "python/lookup.py"}},
		{"go/main.go", "go", true, []string{"go", "run", "./go"}},
		{"java/Lookup.java", "javac", false, []string{"java", "java/Lookup.java"}},
		// What dotnet builds goes beside, not into the folder.
		{"csharp/Lookup.cs", "dotnet", false, []string{"dotnet", "run", "--project", "csharp", "--artifacts-path", t.TempDir(), "--"}},
	}
}

// TestPrograms runs each program against a server, which first refuses it, and
// compares what it prints.
func TestPrograms(t *testing.T) {
	front, gone := serve(t)
	id := gone[strings.LastIndexByte(gone, '/')+1:]
	want := "drug: Marevan tab 2,5 mg\nagain: 304\nsearch: Paracetamol tab 500 mg\nlookups: 200 404\ninteraction: Bør unngås\nremoved: 410 " + id + "\n"
	ran := 0
	for _, p := range programs(t) {
		t.Run(filepath.Dir(p.file), func(t *testing.T) {
			if _, err := exec.LookPath(p.needs); err != nil && !p.mandatory {
				t.Logf("%s was NOT RUN: this machine has no %s, and scripts/ensure-tools.sh installs none", p.file, p.needs)
				return
			}
			f := front(t)
			ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
			defer cancel()
			cmd := exec.CommandContext(ctx, p.argv[0], append(p.argv[1:], f.url, gone)...)
			cmd.Env = append(os.Environ(), "PYTHONIOENCODING=utf-8", "NO_PROXY=127.0.0.1", "no_proxy=127.0.0.1")
			var stderr bytes.Buffer
			cmd.Stderr = &stderr
			got, err := cmd.Output()
			if err != nil {
				t.Fatalf("%v\n%s", err, stderr.Bytes())
			}
			if diff := cmp.Diff(want, string(got)); diff != "" {
				t.Errorf("it prints (-want +got):\n%s%s", diff, stderr.Bytes())
			}
			f.behaved(t)
		})
		ran++
	}
	if ran != 5 {
		t.Errorf("%d programs", ran)
	}
}

// serve starts a server with the sample and something removed; front gives
// each program a URL of its own.
func serve(t *testing.T) (front func(*testing.T) *doorkeeper, gone string) {
	t.Helper()
	dir, files := filepath.Join(t.TempDir(), "data"), t.TempDir()
	now := sample.Small(sample.DefaultRetrieved()).Without(fest.ClassNutrient, 1)
	before := sample.Small(sample.DefaultRetrieved().AddDate(0, 0, -30))
	left := map[string]bool{}
	for e := range now.Entries() {
		left[e.Items()[0].Key] = true
	}
	for e := range before.Entries() {
		if e.Class == fest.ClassNutrient && !left[e.Items()[0].Key] {
			gone = "/v1/commodities/" + e.Items()[0].Key
		}
	}
	if gone == "" {
		t.Fatal("nothing is gone")
	}
	o := app.ImportOptions{DataDir: dir, Path: filepath.Join(files, "now.zip"), Approval: &app.Approval{By: "test", Reason: "the sample"}}
	older := filepath.Join(files, "before.zip")
	for path, data := range map[string]*sample.Data{o.Path: now, older: before} {
		if err := data.WriteFile(path); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := app.Import(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	if got, err := app.ImportHistory(t.Context(), app.ImportOptions{DataDir: dir}, []string{older}); err != nil || !got[0].Removed {
		t.Fatalf("%+v, %v", got, err)
	}
	a, err := app.New(app.Options{Listen: "127.0.0.1:0", OpsListen: "127.0.0.1:0", DataDir: dir})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Stop(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	return func(t *testing.T) *doorkeeper {
		t.Helper()
		d := &doorkeeper{to: httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: a.Addr()})}
		server := httptest.NewServer(d)
		t.Cleanup(server.Close)
		d.url = server.URL
		return d
	}, gone
}

// doorkeeper refuses the first request, and notes how the client behaves.
type doorkeeper struct {
	url string
	to  http.Handler

	mu        sync.Mutex
	refusedAt time.Time
	asked     int
	wrong     []string
}

// ServeHTTP implements [http.Handler].
func (d *doorkeeper) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	d.mu.Lock()
	d.asked++
	n := d.asked
	switch wait := time.Since(d.refusedAt); {
	case n == 1:
		d.refusedAt = time.Now()
	case n == 2 && wait < time.Second:
		d.wrong = append(d.wrong, fmt.Sprintf("it came back after %v", wait))
	case n == 3 && r.Header.Get("If-None-Match") == "":
		d.wrong = append(d.wrong, "it does not ask conditionally")
	}
	if r.Header.Get("nhn-event-id") == "" {
		d.wrong = append(d.wrong, r.URL.Path+" has no nhn-event-id")
	}
	d.mu.Unlock()
	if n == 1 {
		w.Header().Set("Retry-After", "1")
		w.WriteHeader(http.StatusTooManyRequests)
		return
	}
	d.to.ServeHTTP(w, r)
}

func (d *doorkeeper) behaved(t *testing.T) {
	t.Helper()
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.asked != 7 || d.wrong != nil {
		t.Errorf("%d requests of 7; %v", d.asked, d.wrong)
	}
}

// TestGuideHasThePrograms: docs/API-GUIDE.md shows each program as it is here.
func TestGuideHasThePrograms(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "API-GUIDE.md"))
	if err != nil {
		t.Fatal(err)
	}
	shown := map[string]string{}
	for _, m := range regexp.MustCompile("(?s)<!-- (examples/[^ ]+), kept by a test -->\n```[a-z]+\n(.*?)```\n").FindAllStringSubmatch(string(page), -1) {
		shown[m[1]] = m[2]
	}
	want := map[string]string{}
	for _, p := range programs(t) {
		text, err := os.ReadFile(p.file)
		if err != nil {
			t.Fatal(err)
		}
		want["examples/"+p.file] = string(text)
	}
	if diff := cmp.Diff(want, shown); diff != "" {
		t.Errorf("docs/API-GUIDE.md (-file +page):\n%s", diff)
	}
}

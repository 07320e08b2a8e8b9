package deploy_test

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/festd/festd/internal/festtest"
)

// patience is how long something may take that takes a moment.
const patience = 30 * time.Second

// stage is what the first stage of the Dockerfile leaves in /out.
type stage struct {
	dir string
	err error
}

// built runs the first stage of the Dockerfile here: a folder with what it
// copies and .dockerignore lets through, and the commands that it runs there.
var built = sync.OnceValue(func() stage {
	dir, err := os.MkdirTemp("", "festd-image-")
	if err != nil {
		return stage{err: err}
	}
	return stage{dir, build(dir)}
})

func build(dir string) error {
	src, out := filepath.Join(dir, "src"), filepath.Join(dir, "out")
	text, err := os.ReadFile(filepath.Join(festtest.Root(), "Dockerfile"))
	if err != nil {
		return err
	}
	for _, i := range instructions(string(text)) {
		switch {
		case i.name == "FROM" && !strings.HasSuffix(i.args, " AS build"):
			return nil
		case i.name == "COPY":
			words := strings.Fields(i.args)
			for _, name := range words[:len(words)-1] {
				if err := copied(filepath.Join(festtest.Root(), name), filepath.Join(src, name)); err != nil {
					return err
				}
			}
		case i.name == "RUN" && !strings.Contains(i.args, "go mod download"): // the machine has the modules
			cmd := exec.Command("sh", "-euc", strings.ReplaceAll(i.args, "/out/", out+"/"))
			cmd.Dir = src
			cmd.Env = append(os.Environ(), "VERSION=image-test", "TARGETOS=linux", "TARGETARCH=", "GOFLAGS=-mod=readonly")
			if text, err := cmd.CombinedOutput(); err != nil {
				return fmt.Errorf("RUN %s: %w\n%s", i.args, err, text)
			}
		}
	}
	return nil
}

// copied copies a file or a folder without what .dockerignore leaves out of
// folders that it lets through.
func copied(from, to string) error {
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(path, "_test.go") || strings.Contains(path, "/testdata/fuzz/") {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		target := filepath.Join(to, rel)
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
			return err
		}
		return os.WriteFile(target, b, 0o644)
	})
}

// program is the server as the image has it.
func program(t *testing.T) string {
	t.Helper()
	s := built()
	if s.err != nil {
		t.Fatal(s.err)
	}
	return filepath.Join(s.dir, "out", "server")
}

// image is the root file system of the image, laid out in a folder, and what
// the image says of how it is run.
type image struct {
	root        string
	env         []string
	entrypoint  []string
	healthcheck []string
	user        string // UID:GID
	owned       []string
}

// assemble follows the last stage of the Dockerfile. Certificates are those
// given, for the test's own server to be trusted.
func assemble(t *testing.T, certificates []byte) *image {
	t.Helper()
	program(t)
	img := &image{root: t.TempDir()}
	final := false
	for _, i := range dockerfile(t) {
		if i.name == "FROM" {
			final = i.args == "scratch"
		}
		if !final {
			continue
		}
		switch i.name {
		case "ENV":
			img.env = append(img.env, strings.Fields(i.args)...)
		case "USER":
			img.user = i.args
		case "ENTRYPOINT":
			img.entrypoint = list(t, i.args)
		case "HEALTHCHECK":
			_, cmd, _ := strings.Cut(i.args, " CMD ")
			img.healthcheck = list(t, cmd)
		case "COPY":
			img.copy(t, strings.Fields(i.args), certificates)
		}
	}
	return img
}

func list(t *testing.T, text string) (words []string) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &words); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return words
}

func (img *image) copy(t *testing.T, words []string, certificates []byte) {
	t.Helper()
	owner := ""
	for strings.HasPrefix(words[0], "--") {
		if o, ok := strings.CutPrefix(words[0], "--chown="); ok {
			owner = o
		}
		words = words[1:]
	}
	from, to := words[0], filepath.Join(img.root, words[1])
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		t.Fatal(err)
	}
	source := filepath.Join(built().dir, from)
	if strings.HasSuffix(from, "/ca-certificates.crt") {
		source = filepath.Join(t.TempDir(), "ca.crt")
		if err := os.WriteFile(source, certificates, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	info, err := os.Stat(source)
	if err != nil {
		t.Fatal(err)
	}
	if info.IsDir() {
		err = os.Mkdir(to, info.Mode().Perm())
	} else {
		err = os.Link(source, to)
		if err != nil { // another file system
			err = os.CopyFS(filepath.Dir(to), os.DirFS(filepath.Dir(source)))
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	if owner != "" && os.Geteuid() == 0 {
		uid, gid := numbers(t, owner)
		if err := os.Chown(to, uid, gid); err != nil {
			t.Fatal(err)
		}
	}
	img.owned = append(img.owned, words[1]+" "+owner)
}

func numbers(t *testing.T, user string) (uid, gid int) {
	t.Helper()
	u, g, _ := strings.Cut(user, ":")
	uid, err := strconv.Atoi(u)
	if err == nil {
		gid, err = strconv.Atoi(g)
	}
	if err != nil {
		t.Fatalf("user %s: %v", user, err)
	}
	return uid, gid
}

// run is a command of the image, in a container as far as that goes without an
// engine: as root, in a mount namespace of its own where its root is the
// image's, read only but for the volume, as its user, without capabilities and
// without executable memory; else as whoever runs the test, on the folder.
func (img *image) run(t *testing.T, user, data string, env []string, command ...string) *exec.Cmd {
	t.Helper()
	env = slices.Concat(env, img.env) // of two that are the same the first counts
	if os.Geteuid() != 0 {
		cmd := exec.CommandContext(t.Context(), filepath.Join(img.root, command[0]), command[1:]...)
		slices.Reverse(env) // here it is the last
		cmd.Env = append(env, "FEST_DATA_DIR="+data, "SSL_CERT_FILE="+filepath.Join(img.root, "etc/ssl/certs/ca-certificates.crt"))
		return cmd
	}
	uid, gid := numbers(t, user)
	asked, err := json.Marshal(confinement{Root: img.root, Data: data, UID: uid, GID: gid, Command: command, Env: env})
	if err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self)
	cmd.Env = []string{confineVar + "=" + string(asked)}
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS | syscall.CLONE_NEWIPC | syscall.CLONE_NEWUTS}
	return cmd
}

// process is a server that runs until the test ends, or stop.
type process struct {
	cmd  *exec.Cmd
	log  bytes.Buffer
	done chan struct{}
	err  error
}

func launch(t *testing.T, cmd *exec.Cmd) *process {
	t.Helper()
	p := &process{cmd: cmd, done: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = &p.log, &p.log
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = patience
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { p.err = cmd.Wait(); close(p.done) }()
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // it may have ended
		<-p.done
		if t.Failed() {
			t.Logf("%s:\n%s", filepath.Base(cmd.Path), p.log.Bytes())
		}
	})
	return p
}

// stop ends it as an engine does, and says how.
func (p *process) stop(t *testing.T) error {
	t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	select {
	case <-p.done:
		return p.err
	case <-time.After(patience):
		t.Fatal("it does not end")
		return nil
	}
}

func free(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func get(url string) (status int, body string) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, err.Error()
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err.Error()
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		return 0, err.Error()
	}
	return resp.StatusCode, string(b)
}

// eventually waits until url answers with the status.
func eventually(t *testing.T, p *process, url string, want int) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for {
		status, body := get(url)
		if status == want {
			return
		}
		select {
		case <-p.done:
			t.Fatalf("it ended: %v", p.err)
		case <-time.After(50 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s: %d %.300s; want %d", url, status, body, want)
		}
	}
}

// register serves a small FEST file by TLS, and returns its certificate.
func register(t *testing.T) (url string, certificate []byte) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "fest251.zip")
	if out, err := exec.CommandContext(t.Context(), program(t), "sample", "--out", file).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	srv := httptest.NewTLSServer(http.FileServer(http.Dir(filepath.Dir(file))))
	t.Cleanup(srv.Close)
	return srv.URL + "/fest251.zip", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: srv.Certificate().Raw})
}

// TestImageRuns lays the image out and runs it as an engine does: it trusts the
// certificates it carries, knows the time zone of its window, writes nowhere
// but into its volume, says that it is healthy, and ends at SIGTERM. Once as
// its own user, once as nobody, as where a cluster gives out users.
func TestImageRuns(t *testing.T) {
	t.Parallel()
	url, certificate := register(t)
	img := assemble(t, certificate)
	for _, user := range []string{img.user, "65534:65534"} {
		t.Run(user, func(t *testing.T) {
			data := filepath.Join(img.root, "data")
			if user != img.user { // a volume that the cluster has prepared for its user
				data = t.TempDir()
				if os.Geteuid() == 0 {
					uid, gid := numbers(t, user)
					if err := os.Chown(data, uid, gid); err != nil {
						t.Fatal(err)
					}
				}
			}
			listen, ops := free(t), free(t)
			env := []string{"FEST_LISTEN=" + listen, "FEST_OPS_LISTEN=" + ops, "FEST_SOURCE=" + url, "FEST_PUBLISH_WINDOW=00:00-23:59"}
			p := launch(t, img.run(t, user, data, env, img.entrypoint...))
			eventually(t, p, "http://"+listen+"/healthz", http.StatusOK)
			for _, path := range []string{"/livez", "/readyz", "/startupz", "/metrics"} {
				if status, body := get("http://" + ops + path); status != http.StatusOK {
					t.Errorf("%s: %d %s", path, status, body)
				}
			}
			if status, body := get("http://" + listen + "/v1/atc/N02BE01"); status != http.StatusOK || !strings.Contains(body, "Paracetamol") {
				t.Errorf("a lookup: %d %.300s", status, body)
			}
			out, err := img.run(t, user, data, env, img.healthcheck...).CombinedOutput()
			if err != nil || strings.TrimSpace(string(out)) != "healthy" {
				t.Errorf("HEALTHCHECK: %v %s", err, out)
			}
			if out, err := img.run(t, user, data, env, img.entrypoint[0], "--version").CombinedOutput(); err != nil || !strings.Contains(string(out), "image-test") {
				t.Errorf("--version: %v %s", err, out)
			}
			if os.Geteuid() == 0 {
				confined(t, p.cmd.Process.Pid, user)
			}
			if err := p.stop(t); err != nil {
				t.Errorf("it ends with %v", err)
			}
			if out, err := img.run(t, user, data, env, img.healthcheck...).CombinedOutput(); err == nil {
				t.Errorf("HEALTHCHECK of a server that has ended: %s", out)
			}
			log := p.log.String()
			if !strings.HasPrefix(log, "{") || strings.Contains(log, `"ERROR"`) {
				t.Errorf("its log:\n%s", log)
			}
		})
	}
}

// confined looks at the process from outside: the test would prove nothing if
// the confinement had not taken place.
func confined(t *testing.T, pid int, user string) {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	uid, gid := numbers(t, user)
	for _, want := range []string{fmt.Sprintf("Uid:\t%d\t%[1]d\t%[1]d\t%[1]d\n", uid), fmt.Sprintf("Gid:\t%d\t%[1]d\t%[1]d\t%[1]d\n", gid), "CapEff:\t0000000000000000\n", "CapBnd:\t0000000000000000\n", "NoNewPrivs:\t1\n"} {
		if !strings.Contains(string(status), want) {
			t.Errorf("the process has not %q:\n%s", want, status)
		}
	}
	for _, file := range []string{"/new", "/etc/new", "/tmp"} {
		err := os.Mkdir(fmt.Sprintf("/proc/%d/root%s", pid, file), 0o700)
		if !strings.Contains(fmt.Sprint(err), "read-only file system") {
			t.Errorf("root can make %s in it: %v", file, err)
		}
	}
}

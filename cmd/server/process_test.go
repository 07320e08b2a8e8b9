package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// process is the real binary, running.
type process struct {
	cmd      *exec.Cmd
	url, ops string
	t        *testing.T
}

// binary builds the server once per test run.
func binary(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "server")
	out, err := exec.Command("go", "build", "-o", path, ".").CombinedOutput()
	if err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return path
}

var listening = regexp.MustCompile(`msg=listening public=(\S+)/ ops=(\S+)/`)

// serve starts the binary on free ports and waits until it listens.
func serve(t *testing.T, bin string, args ...string) *process {
	t.Helper()
	p := &process{t: t, cmd: exec.Command(bin, append([]string{"serve", "--listen", "127.0.0.1:0", "--ops-listen", "127.0.0.1:0"}, args...)...)}
	stderr, err := p.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.cmd.Process.Kill(); _ = p.cmd.Wait() }) // stopped already, mostly
	lines := bufio.NewScanner(stderr)
	for lines.Scan() {
		t.Log(lines.Text())
		if m := listening.FindStringSubmatch(lines.Text()); m != nil {
			p.url, p.ops = m[1], m[2]
			go func() { _, _ = io.Copy(io.Discard, stderr) }() // ends with the process
			return p
		}
	}
	t.Fatalf("the server ended before it listened: %v", p.cmd.Wait())
	return nil
}

// ready waits for /readyz, up to a deadline that only a hang can miss.
func (p *process) ready() {
	p.t.Helper()
	deadline := time.Now().Add(60 * time.Second)
	for {
		status, body := p.get(p.ops + "/readyz")
		if status == http.StatusOK {
			return
		}
		if time.Now().After(deadline) {
			p.t.Fatalf("not ready: %d %s", status, body)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func (p *process) get(url string) (int, string) {
	p.t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		return 0, err.Error()
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

func (p *process) signal(s os.Signal) error {
	p.t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		p.t.Fatal(err)
	}
	return p.cmd.Wait()
}

// A full-size file is imported and served; after kill -9 it is served again
// from disk, with the source gone and nobody's help (P4).
func TestFullSizeSurvivesKill9(t *testing.T) {
	bin, dir := binary(t), t.TempDir()
	source, data := filepath.Join(dir, "fest251.zip"), filepath.Join(dir, "data")
	if out, err := exec.Command(bin, "sample", "--size", "full", "--out", source).CombinedOutput(); err != nil {
		t.Fatalf("sample: %v\n%s", err, out)
	}
	p := serve(t, bin, "--data-dir", data, "--source", source)
	p.ready()
	_, before := p.get(p.url + "/v1/ingredients?limit=3")
	if !strings.Contains(before, `"total":8639`) {
		t.Fatalf("the full sample has 8639 ingredients, served are: %.300s", before)
	}
	_ = p.signal(syscall.SIGKILL) // killed is an error of Wait
	if err := os.Remove(source); err != nil {
		t.Fatal(err)
	}

	again := serve(t, bin, "--data-dir", data, "--source", source)
	again.ready()
	if _, after := again.get(again.url + "/v1/ingredients?limit=3"); after != before {
		t.Errorf("after kill -9 the answer is another one:\n%.300s\nbefore:\n%.300s", after, before)
	}
	if err := again.signal(syscall.SIGTERM); err != nil {
		t.Errorf("after SIGTERM: %v; want exit code 0", err)
	}
}

// On a fresh machine the server answers from the built-in sample, and says
// that it is one, everywhere; another process's import takes its place.
func TestFreshMachine(t *testing.T) {
	bin, data := binary(t), filepath.Join(t.TempDir(), "data")
	p := serve(t, bin, "--data-dir", data)
	p.ready()
	resp, err := http.Get(p.url + "/v1/drugs?atc=N02BE01")
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	if err != nil {
		t.Fatal(err)
	}
	if resp.Header.Get("FEST-Release") != "0" || !strings.Contains(resp.Header.Get("FEST-Sample"), "not for clinical use") ||
		!strings.Contains(string(body), "not for clinical use") {
		t.Errorf("the sample does not say that it is one: %v %.200s", resp.Header, body)
	}
	source := filepath.Join(t.TempDir(), "next.zip")
	for _, args := range [][]string{{"sample", "--fortnights", "1", "--out", source}, {"import", "--data-dir", data, "--filter", "Institusjon", source}} {
		if out, err := exec.Command(bin, args...).CombinedOutput(); err != nil {
			t.Fatalf("%v: %v\n%s", args, err, out)
		}
	}
	deadline := time.Now().Add(30 * time.Second)
	for {
		if _, now := p.get(p.url + "/v1/releases/current"); strings.Contains(now, `"serial":1`) {
			break
		} else if time.Now().After(deadline) {
			t.Fatalf("the server does not follow the import: %s", now)
		}
		time.Sleep(20 * time.Millisecond)
	}
	// A lost volume must not bring the sample back: the ledger had a release.
	// But a server beyond loopback never serves it by itself at all.
	open := serve(t, bin, "--data-dir", filepath.Join(t.TempDir(), "empty"), "--listen", freeAddress(t, "0.0.0.0"))
	if status, body := open.get(open.ops + "/readyz"); status != http.StatusServiceUnavailable {
		t.Errorf("a listener beyond loopback serves the sample by itself: %d %s", status, body)
	}
}

func freeAddress(t *testing.T, host string) string {
	t.Helper()
	l, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return fmt.Sprint(l.Addr())
}

// A port that is taken is told with the flag that chooses another.
func TestBusyPortNamesItsFlag(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	busy := fmt.Sprint(l.Addr())
	for flag, args := range map[string][]string{
		"--listen":     {"--listen", busy, "--ops-listen", "127.0.0.1:0"},
		"--ops-listen": {"--listen", "127.0.0.1:0", "--ops-listen", busy},
	} {
		var stderr strings.Builder
		code := run(t.Context(), append([]string{"serve", "--data-dir", filepath.Join(t.TempDir(), "data")}, args...), io.Discard, &stderr)
		if want := "choose another address with " + flag + " "; code != exitError || !strings.Contains(stderr.String(), want) {
			t.Errorf("exit %d, %s; want exit 1 and %q", code, stderr.String(), want)
		}
	}
}

package deploy_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// tool finds a program, also where Debian keeps those of servers. Under CI one
// that is missing is an error.
func tool(t *testing.T, name string) string {
	t.Helper()
	for _, candidate := range []string{name, "/usr/sbin/" + name} {
		if path, err := exec.LookPath(candidate); err == nil {
			return path
		}
	}
	if os.Getenv("CI") != "" {
		t.Fatalf("%s is missing", name)
	}
	t.Skipf("%s is missing (make tools)", name)
	return ""
}

// replica is a server with the settings of compose.yaml that matter to a
// balancer.
func replica(t *testing.T) (p *process, address string) {
	t.Helper()
	address = free(t)
	cmd := exec.CommandContext(t.Context(), program(t), "serve", "--no-access-log")
	cmd.Env = append(os.Environ(), "FEST_DATA_DIR="+t.TempDir(), "FEST_LISTEN="+address, "FEST_OPS_LISTEN="+free(t), "FEST_SAMPLE=on",
		"FEST_TRUSTED_PROXIES=127.0.0.1", "FEST_QUOTA=5", "FEST_QUOTA_BURST=10", "FEST_DRAIN_GRACE=5s")
	p = launch(t, cmd)
	eventually(t, p, "http://"+address+"/healthz", http.StatusOK)
	return p, address
}

// from is a client with an address of its own.
func from(address string) *http.Client {
	dialer := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(address)}}
	return &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{DialContext: dialer.DialContext}}
}

func ask(ctx context.Context, client *http.Client, url, forged string) int {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/v1/atc/N02BE01", nil)
	if err != nil {
		return 0
	}
	if forged != "" {
		req.Header.Set("X-Forwarded-For", forged)
	}
	resp, err := client.Do(req)
	if err != nil {
		return 0
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		return 0
	}
	return resp.StatusCode
}

// TestBalancer runs HAProxy with the file that is shipped, before replicas on
// this machine: clients are told apart by their own address, whatever they say
// of it; one that ends takes no request with it; and when none is left, the
// answer is a problem that says when to come back.
func TestBalancer(t *testing.T) {
	t.Parallel()
	haproxy := tool(t, "haproxy")
	first, one := replica(t)
	second, two := replica(t)
	config := read(t, "deploy/haproxy/haproxy.cfg")
	listen := free(t)
	for from, to := range map[string]string{
		"festd-1:8080": one, "festd-2:8080": two, "festd-3:8080": "127.0.0.1:1", // never there
		"bind :8080": "bind " + listen, "bind :8405": "bind " + free(t), "maxconn 20000": "maxconn 200",
	} {
		if !strings.Contains(config, from) {
			t.Fatalf("haproxy.cfg has no %s", from)
		}
		config = strings.ReplaceAll(config, from, to)
	}
	file := filepath.Join(t.TempDir(), "haproxy.cfg")
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	p := launch(t, exec.CommandContext(t.Context(), haproxy, "-db", "-f", file))
	url := "http://" + listen
	eventually(t, p, url+"/healthz", http.StatusOK)

	t.Run("clients", func(t *testing.T) {
		flood, quiet := from("127.0.0.2"), from("127.0.0.3")
		answers := map[int]int{}
		for i := 0; i < 2000 && answers[http.StatusTooManyRequests] < 10; i++ {
			answers[ask(t.Context(), flood, url, fmt.Sprintf("192.0.2.%d", i%200))]++
		}
		if answers[http.StatusTooManyRequests] < 10 || len(answers) != 2 {
			t.Errorf("a flood from one address, with forged ones, is answered %v", answers)
		}
		if got := ask(t.Context(), quiet, url, "127.0.0.2"); got != http.StatusOK {
			t.Errorf("another address gets %d", got)
		}
	})
	t.Run("one leaves", func(t *testing.T) {
		var asked, wrong atomic.Int64
		ctx, stop := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		client := from("127.0.0.4")
		wg.Go(func() {
			for ctx.Err() == nil {
				if got := ask(t.Context(), client, url, ""); got != http.StatusOK {
					wrong.Add(1)
					t.Logf("an answer %d", got)
				}
				asked.Add(1)
				time.Sleep(250 * time.Millisecond) // below the quota
			}
		})
		if err := first.stop(t); err != nil {
			t.Errorf("it ends with %v", err)
		}
		time.Sleep(200 * time.Millisecond)
		stop()
		wg.Wait()
		if wrong.Load() > 0 || asked.Load() < 10 {
			t.Errorf("%d of %d requests failed", wrong.Load(), asked.Load())
		}
	})
	t.Run("none is left", func(t *testing.T) {
		if err := second.cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		<-second.done
		eventually(t, p, url+"/healthz", http.StatusServiceUnavailable)
		resp, err := http.Get(url + "/v1/drugs")
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		if got := resp.Header.Get("Content-Type"); got != "application/problem+json" {
			t.Errorf("Content-Type %q", got)
		}
		if got := resp.Header.Get("Retry-After"); !regexp.MustCompile(`^[1-9]\d?$`).MatchString(got) {
			t.Errorf("Retry-After %q: want seconds", got)
		}
	})
}

// TestBalancerConfig: HAProxy has nothing against the file as it is but that
// Docker's names are not known here.
func TestBalancerConfig(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), tool(t, "haproxy"), "-c", "-f", "haproxy/haproxy.cfg").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for line := range strings.Lines(string(out)) {
		if regexp.MustCompile(`WARNING|ALERT`).MatchString(line) && !strings.Contains(line, "could not resolve address 'festd-") {
			t.Error(line)
		}
	}
}

package crowd

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"time"
)

// ProbeCommand is the first argument that makes a program the probe: it hands
// the others to [RunProbe]. The probe is a process of its own, so that a
// generator at the end of its strength does not hold up its clock.
const ProbeCommand = "probe"

// paused is the phase in which nothing is looked up.
const paused = "pause"

// Probe is a running probe.
type Probe struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out io.ReadCloser
}

// StartProbe starts this program as a probe of the servers at these URLs, in
// turn, with so many lookups a second in all. It is paused until the first
// phase. The servers must be ready: it learns what there is to look up.
func StartProbe(ctx context.Context, rate int, urls ...string) (*Probe, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	p := &Probe{cmd: exec.CommandContext(ctx, self, append([]string{ProbeCommand, strconv.Itoa(rate)}, urls...)...)}
	p.cmd.Stderr = os.Stderr
	if p.in, err = p.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	if p.out, err = p.cmd.StdoutPipe(); err != nil {
		return nil, err
	}
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	var ready [6]byte
	if _, err := io.ReadFull(p.out, ready[:]); err != nil {
		return nil, fmt.Errorf("the probe did not begin: %w", errors.Join(err, p.cmd.Wait()))
	}
	return p, nil
}

// Enter begins a phase: lookups that are due from now on count for it.
func (p *Probe) Enter(phase string) error {
	_, err := fmt.Fprintln(p.in, phase)
	return err
}

// Pause stops looking up until the next phase.
func (p *Probe) Pause() error { return p.Enter(paused) }

// Stop ends the probe and returns what it saw, by phase.
func (p *Probe) Stop() (map[string]Latency, error) {
	_ = p.in.Close() // that is how it is told
	var seen map[string]Latency
	err := json.NewDecoder(p.out).Decode(&seen)
	return seen, errors.Join(err, p.cmd.Wait())
}

// Kill ends a probe whose figures nobody wants, and one that was stopped.
func (p *Probe) Kill() {
	if p.cmd.ProcessState == nil {
		_ = p.cmd.Process.Kill()
		_ = p.cmd.Wait() // it was killed
	}
}

// RunProbe is the probe's process: phases come in by line, the figures go out
// at the end.
func RunProbe(args []string, in io.Reader, out, stderr io.Writer) int {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	if err := runProbe(ctx, args, in, out); err != nil {
		_, _ = fmt.Fprintln(stderr, "probe:", err)
		return 1
	}
	return 0
}

func runProbe(ctx context.Context, args []string, in io.Reader, out io.Writer) error {
	if len(args) < 2 {
		return errors.New("want a rate and URLs")
	}
	rate, err := strconv.Atoi(args[0])
	if err != nil || rate < 1 {
		return fmt.Errorf("rate %q: want a number of lookups a second", args[0])
	}
	l := &looker{urls: args[1:], phase: paused, took: map[string][]time.Duration{}, seen: map[string]*Latency{}}
	d := &net.Dialer{Timeout: 5 * time.Second, LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 2)}}
	l.client = &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{DialContext: d.DialContext, DisableCompression: true, MaxIdleConnsPerHost: 64}}
	if err := l.learn(ctx); err != nil {
		return err
	}
	if _, err := io.WriteString(out, "ready\n"); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	var running sync.WaitGroup
	running.Go(func() { l.run(ctx, rate) })
	lines := bufio.NewScanner(in)
	for lines.Scan() {
		l.enter(lines.Text())
	}
	cancel()
	running.Wait()
	return json.NewEncoder(out).Encode(l.figures())
}

// looker looks things up.
type looker struct {
	client *http.Client
	urls   []string
	paths  []string

	mu    sync.Mutex
	phase string
	took  map[string][]time.Duration
	seen  map[string]*Latency
}

// learn asks for all there is to look up.
func (l *looker) learn(ctx context.Context) error {
	for next := "/v1/ingredients?limit=500"; next != ""; {
		status, body, err := l.get(ctx, l.urls[0]+next)
		if err != nil {
			return err
		}
		var page struct {
			Next  string `json:"next"`
			Items []struct {
				ID string `json:"id"`
			} `json:"items"`
		}
		if err := json.Unmarshal(body, &page); err != nil || status != http.StatusOK {
			return fmt.Errorf("%s: %d: %w", next, status, err)
		}
		for _, it := range page.Items {
			l.paths = append(l.paths, "/v1/ingredients/"+it.ID)
		}
		next = strings.TrimPrefix(page.Next, l.urls[0])
	}
	if len(l.paths) == 0 {
		return errors.New("there is nothing to look up")
	}
	return nil
}

func (l *looker) get(ctx context.Context, url string) (int, []byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, nil, err
	}
	resp, err := l.client.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	return resp.StatusCode, b, err
}

// run looks up until ctx ends, and waits for what is under way.
func (l *looker) run(ctx context.Context, rate int) {
	var all sync.WaitGroup
	defer all.Wait()
	begun := time.Now()
	for i := 0; ; i++ {
		due := begun.Add(time.Duration(i) * time.Second / time.Duration(rate))
		if d := time.Until(due); d > 0 {
			select {
			case <-time.After(d):
			case <-ctx.Done():
			}
		}
		if ctx.Err() != nil {
			return
		}
		phase := l.now()
		if phase == paused {
			continue
		}
		// A step of a prime goes through all of them, not one page after the other.
		url := l.urls[i%len(l.urls)] + l.paths[i*7919%len(l.paths)]
		all.Go(func() {
			status, _, err := l.get(context.WithoutCancel(ctx), url)
			l.note(phase, time.Since(due), status, err)
		})
	}
}

func (l *looker) now() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.phase
}

func (l *looker) enter(phase string) {
	l.mu.Lock()
	l.phase = phase
	l.mu.Unlock()
	if phase == paused {
		l.client.CloseIdleConnections()
	}
}

func (l *looker) note(phase string, took time.Duration, status int, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := l.seen[phase]
	if s == nil {
		s = &Latency{Statuses: map[int]int{}}
		l.seen[phase] = s
	}
	if err == nil {
		s.Statuses[status]++
	}
	if err != nil || status == http.StatusTooManyRequests || status >= http.StatusInternalServerError {
		s.Failed++
		return
	}
	s.Answered++
	l.took[phase] = append(l.took[phase], took)
}

func (l *looker) figures() map[string]Latency {
	l.mu.Lock()
	defer l.mu.Unlock()
	all := map[string]Latency{}
	for phase, s := range l.seen {
		all[phase] = quantiles(*s, l.took[phase])
	}
	return all
}

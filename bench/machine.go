package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"
)

// machine is where and what was measured.
type machine struct {
	cpu    string
	cores  int
	memory float64 // bytes
	system string  // kernel and distribution
	golang string
	commit string
	date   string
	load   string // the three load averages before the first measurement
}

func describe(ctx context.Context, root string) machine {
	m := machine{cpu: "unknown", cores: runtime.NumCPU(), golang: runtime.Version(), date: time.Now().UTC().Format("2006-01-02 15:04 UTC")}
	if data, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		if _, rest, ok := strings.Cut(string(data), "model name"); ok {
			line, _, _ := strings.Cut(rest, "\n")
			m.cpu = strings.TrimLeft(line, "\t :")
		}
	}
	if f, err := readFields("/proc/meminfo"); err == nil {
		m.memory = f["MemTotal"]
	}
	if data, err := os.ReadFile("/proc/loadavg"); err == nil {
		m.load = strings.Join(strings.Fields(string(data))[:3], " ")
	}
	var one float64
	if _, err := fmt.Sscan(m.load, &one); err == nil && one > 1 {
		m.load += ": the machine was not quiet. Wall times, and ratios of them, are disturbed; CPU times are those to go by"
	}
	m.system = strings.TrimSpace(distribution() + ", Linux " + first(os.ReadFile("/proc/sys/kernel/osrelease")))
	m.commit = commit(ctx, root)
	return m
}

func distribution() string {
	data, err := os.ReadFile("/etc/os-release")
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(data)) {
		if name, ok := strings.CutPrefix(line, "PRETTY_NAME="); ok {
			return strings.Trim(strings.TrimSpace(name), `"`)
		}
	}
	return ""
}

func first(data []byte, err error) string {
	if err != nil {
		return ""
	}
	line, _, _ := strings.Cut(string(data), "\n")
	return line
}

// commit names what was built, and says so where that is not all.
func commit(ctx context.Context, root string) string {
	git, err := tool("git")
	if err != nil {
		return "unknown"
	}
	output := func(args ...string) (string, error) {
		cmd := exec.CommandContext(ctx, git, args...)
		cmd.Dir = root
		out, err := cmd.Output()
		return strings.TrimSpace(string(out)), err
	}
	head, err := output("rev-parse", "--short=12", "HEAD")
	if err != nil {
		return "unknown"
	}
	// What decides the figures is Go code; this report itself always changes.
	if changed, err := output("status", "--porcelain", "--", "*.go", "go.mod", "go.sum"); err == nil && changed != "" {
		return fmt.Sprintf("%s, with uncommitted changes", head)
	}
	return head
}

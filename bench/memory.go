package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
)

// memory is what a process holds, in bytes.
type memory struct {
	resident  float64
	anonymous float64
	file      float64 // resident pages of mapped files
	peak      float64 // greatest resident so far
}

// readStatus reads /proc/PID/status, which is cheap enough for every 10 ms.
func readStatus(pid int) (memory, error) {
	f, err := readFields(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return memory{}, err
	}
	if f["VmRSS"] == 0 {
		return memory{}, fmt.Errorf("process %d has no memory: it has ended", pid)
	}
	return memory{resident: f["VmRSS"], anonymous: f["RssAnon"], file: f["RssFile"], peak: f["VmHWM"]}, nil
}

// readRollup reads /proc/PID/smaps_rollup, which walks the page tables and is
// exact.
func readRollup(pid int) (memory, error) {
	f, err := readFields(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
	if err != nil {
		return memory{}, err
	}
	return memory{resident: f["Rss"], anonymous: f["Anonymous"], file: f["Rss"] - f["Anonymous"]}, nil
}

// readFields reads the "Name: 12 kB" lines of a file under /proc as bytes.
func readFields(path string) (map[string]float64, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	fields := map[string]float64{}
	for line := range strings.Lines(string(data)) {
		name, rest, ok := strings.Cut(line, ":")
		if !ok {
			continue
		}
		number, ok := strings.CutSuffix(strings.TrimSpace(rest), " kB")
		if !ok {
			continue
		}
		if kb, err := strconv.ParseFloat(number, 64); err == nil {
			fields[name] = kb * 1024
		}
	}
	return fields, nil
}

// readCPU is the user and system time that a live process has taken, in
// seconds, in steps of the kernel's tick (10 ms).
func readCPU(pid int) (float64, error) {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, err
	}
	// The second field, the name, may hold spaces; it ends with the last ')'.
	_, rest, ok := strings.Cut(string(data), ") ")
	f := strings.Fields(rest)
	if !ok || len(f) < 13 {
		return 0, fmt.Errorf("/proc/%d/stat: too few fields", pid)
	}
	user, err1 := strconv.ParseFloat(f[11], 64)
	system, err2 := strconv.ParseFloat(f[12], 64)
	if err1 != nil || err2 != nil {
		return 0, fmt.Errorf("/proc/%d/stat: times %q and %q", pid, f[11], f[12])
	}
	const ticks = 100 // USER_HZ, the same on every Linux that Go runs on
	return (user + system) / ticks, nil
}

package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/festd/festd/bench/internal/rig"
)

// report is everything that came out of a run.
type report struct {
	machine machine
	args    []string
	files   files
	runs    int
	quick   bool
	results []*result
	notes   notes
}

// failed says whether a measurement failed, other than for want of a tool.
func (r *report) failed() bool {
	for _, res := range r.results {
		if res.err != nil {
			return true
		}
	}
	return false
}

// rows are all rows, in order.
func (r *report) rows() []row {
	var all []row
	for _, res := range r.results {
		all = append(all, res.rows...)
	}
	return all
}

// header of the table of ratios.
var header = []string{"what", "measured: median (least–greatest)", "of", "target", "reached"}

// cells of a row of the table of ratios.
func (r *row) cells() []string {
	measured := "not measured: " + firstOf(r.why)
	if len(r.values) > 0 {
		measured = r.unit.spread(r.values)
	}
	return []string{r.what, measured, r.beside, r.target.String(), string(r.target.judge(r.values))}
}

// firstOf is the first line of a text.
func firstOf(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}

// table prints the one table, and whatever failed.
func (r *report) table(w io.Writer) {
	lines := [][]string{header}
	for _, row := range r.rows() {
		lines = append(lines, row.cells())
	}
	widths := make([]int, len(header))
	for _, l := range lines {
		for i, c := range l {
			widths[i] = max(widths[i], utf8.RuneCountInString(c))
		}
	}
	for i, l := range lines {
		var b strings.Builder
		for j, c := range l {
			b.WriteString(c)
			b.WriteString(strings.Repeat(" ", widths[j]-utf8.RuneCountInString(c)+2))
		}
		_, _ = fmt.Fprintln(w, strings.TrimRight(b.String(), " "))
		if i == 0 {
			total := 0
			for _, n := range widths {
				total += n + 2
			}
			_, _ = fmt.Fprintln(w, strings.Repeat("─", total-2))
		}
	}
	for _, res := range r.results {
		if res.err != nil {
			_, _ = fmt.Fprintf(w, "\n%s failed: %v\n", res.name, res.err)
		}
	}
}

// write writes the report as Markdown. The section that bench/storm writes
// into the page stays.
func (r *report) write(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	text := r.markdown()
	old, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if kept := rig.Section(string(old), "storm"); kept != "" {
		text += "## A restart with everybody coming back\n\n" + kept + "\n"
	}
	return os.WriteFile(path, []byte(text), 0o644)
}

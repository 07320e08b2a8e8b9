package main

import (
	"fmt"
	"strings"
)

// markdown is docs/PERFORMANCE.md.
func (r *report) markdown() string {
	var b strings.Builder
	b.WriteString("# Performance\n\n")
	b.WriteString("Written by `go run ./bench`; do not edit: what limits a missed target is kept in `bench/notes.md`, the rest is measured. " +
		"Figures are ratios to something\nthat ran in turns with festd on the same machine; an absolute figure means something only beside the others of its run.\n\n")
	r.conditions(&b)
	b.WriteString("## Targets\n\n")
	tableRow(&b, header)
	tableRow(&b, []string{"---", "---", "---", "---", "---"})
	for _, row := range r.rows() {
		tableRow(&b, row.cells())
	}
	b.WriteString("\n\"first\" in the last column: the first of two targets is reached. The median decides.\n\n")
	r.limits(&b)
	for _, res := range r.results {
		res.section(&b)
	}
	return b.String()
}

// conditions says where, what and how.
func (r *report) conditions(b *strings.Builder) {
	m := r.machine
	commandLine := strings.Join(append([]string{"go run ./bench"}, r.args...), " ")
	size := "the full-size sample"
	if r.quick {
		size = "the small sample: the figures only show that the harness works"
	}
	tableRow(b, []string{"", ""})
	tableRow(b, []string{"---", "---"})
	for _, l := range [][2]string{
		{"machine", fmt.Sprintf("%s, %d cores, %.1f GB of memory", m.cpu, m.cores, m.memory/1e9)},
		{"system", m.system},
		{"Go", m.golang},
		{"commit", m.commit},
		{"command", "`" + commandLine + "`"},
		{"date", m.date},
		{"load averages before", m.load},
		{"rounds", fmt.Sprint(r.runs)},
		{"file", fmt.Sprintf("%s: %s XML, %s zip", size, megabytes.format(r.files.xmlSize/1e6), megabytes.format(r.files.zipSize/1e6))},
	} {
		tableRow(b, l[:])
	}
	b.WriteString("\n")
}

// limits says of each target that is not wholly reached what stands in the
// way.
func (r *report) limits(b *strings.Builder) {
	b.WriteString("## What limits the targets not reached\n\n")
	all := true
	for _, row := range r.rows() {
		var state string
		switch row.target.judge(row.values) {
		case missed:
			state = "missed"
		case partly:
			state = "first target reached, the second missed"
		case unknown:
			state = "not measured"
		default:
			continue
		}
		all = false
		fmt.Fprintf(b, "**%s** (%s): ", row.what, state)
		switch note := r.notes[row.id]; {
		case row.why != "":
			b.WriteString(firstOf(row.why))
		case note != "":
			b.WriteString("limited by: " + note)
		default:
			b.WriteString("limited by: not examined yet.")
		}
		b.WriteString("\n\n")
	}
	if all {
		b.WriteString("All are reached.\n\n")
	}
}

// section is a measurement's own part: how, and the absolute figures.
func (r *result) section(b *strings.Builder) {
	fmt.Fprintf(b, "## %s\n\n%s\n\n", r.title, r.how)
	if r.err != nil {
		fmt.Fprintf(b, "Failed: %s\n\n", firstOf(r.err.Error()))
	}
	if len(r.details) > 0 {
		tableRow(b, append([]string{""}, r.columns...))
		rule := []string{"---"}
		for range r.columns {
			rule = append(rule, "---:")
		}
		tableRow(b, rule)
		for _, d := range r.details {
			tableRow(b, append([]string{d.what}, d.cells...))
		}
		b.WriteString("\n")
	}
	for _, remark := range r.remarks {
		fmt.Fprintf(b, "- %s\n", remark)
	}
	if len(r.remarks) > 0 {
		b.WriteString("\n")
	}
}

func tableRow(b *strings.Builder, cells []string) {
	for _, c := range cells {
		b.WriteString("| " + strings.ReplaceAll(c, "|", "\\|") + " ")
	}
	b.WriteString("|\n")
}

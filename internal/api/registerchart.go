package api

import (
	"fmt"
	"slices"
	"strings"

	"github.com/festd/festd/internal/fest"
)

// The size of a chart in its own units, and the room around its points.
const (
	chartWidth  = 240
	chartHeight = 84
	chartSide   = 8
	chartTop    = 18
	chartBottom = 8
)

// chart is one class over the releases, drawn by the template. Its scale begins
// at zero, so that a loss looks as big as it is; releases stand in their order,
// not on their days, so that each can be seen.
type chart struct {
	Label  string
	Alt    string // what it shows, in words
	Now    string
	Line   string // points of the line
	Points []chartPoint
	Max    string // the greatest count
	// Would is the file that is held; nil where none is.
	Would *chartPoint
	Dash  string // points of the line to it
}

// chartPoint is one release in a chart.
type chartPoint struct {
	X, Y  string
	Title string
	Back  bool // the release went back
}

// total stands for all entries among the classes.
const total = "total"

// charts draws how the classes grew over the releases, the oldest at the left,
// and gives the same as numbers, the newest first. Classes of which there never
// was anything are left out.
func (w *registerWriter) charts(b *registerBody, held fest.Counts) ([]chart, series) {
	var out []chart
	s := series{}
	for _, r := range b.Releases {
		s.Rows = append(s.Rows, seriesRow{Serial: itoa(int(r.Serial)), Retrieved: string(r.RetrievalDate), At: w.time(r.PublishedAt)})
	}
	if len(b.Releases) == 0 {
		return nil, s
	}
	names := []string{total}
	for _, c := range registerCounts(fest.Counts{}, nil) {
		names = append(names, c.Class)
	}
	for _, name := range names {
		if !slices.ContainsFunc(b.Releases, func(r releaseBody) bool { return countIn(r.Counts, name) > 0 }) && countIn(held, name) == 0 {
			continue
		}
		s.Labels = append(s.Labels, w.class(name))
		for i := range b.Releases {
			s.Rows[i].Counts = append(s.Rows[i].Counts, thousands(countIn(b.Releases[i].Counts, name)))
		}
		out = append(out, w.chart(name, b.Releases, held))
	}
	return out, s
}

func countIn(c fest.Counts, name string) int {
	if name == total {
		return c.Entries()
	}
	return c[name]
}

// chart draws one class; releases are newest first.
func (w *registerWriter) chart(name string, releases []releaseBody, held fest.Counts) chart {
	n := len(releases)
	counts := make([]int, 0, n+1)
	for i := range releases {
		counts = append(counts, countIn(releases[n-1-i].Counts, name))
	}
	if held != nil {
		counts = append(counts, countIn(held, name))
	}
	greatest := max(1, slices.Max(counts))
	at := func(i int) (x, y string) {
		step := 0.0
		if len(counts) > 1 {
			step = float64(chartWidth-2*chartSide) / float64(len(counts)-1)
		}
		const room = chartHeight - chartTop - chartBottom
		return fmt.Sprintf("%.1f", chartSide+step*float64(i)), fmt.Sprintf("%.1f", chartTop+room*(1-float64(counts[i])/float64(greatest)))
	}
	c := chart{Label: w.class(name), Now: thousands(counts[n-1]), Max: thousands(greatest)}
	var line []string
	for i := range n {
		r := &releases[n-1-i]
		x, y := at(i)
		line = append(line, x+","+y)
		c.Points = append(c.Points, chartPoint{X: x, Y: y, Back: r.Cause == fest.CauseRollback, Title: w.t("chart.point", r.Serial, string(r.RetrievalDate), thousands(counts[i]))})
	}
	c.Line = strings.Join(line, " ")
	c.Alt = w.t("chart.alt", c.Label, thousands(counts[0]), releases[n-1].Serial, c.Now, releases[0].Serial)
	if held != nil {
		x, y := at(n)
		c.Would = &chartPoint{X: x, Y: y, Title: w.t("chart.would", thousands(counts[n]))}
		c.Dash = line[n-1] + " " + x + "," + y
		c.Alt += " " + c.Would.Title
	}
	return c
}

package main

import (
	"context"
	"errors"
	"fmt"
)

// measurement is one thing that is measured. It declares its rows, so that
// the table has them even where they cannot be measured.
type measurement struct {
	name  string // for --only
	title string
	// how says what is done, for the report.
	how  string
	rows []row
	// run measures and sets rows of the result. Rows that it leaves out are
	// shown as not measured, with its error as the reason.
	run func(context.Context, *bench, *result) error
}

// measurements are all there are, in the order of the report. Later ones (a
// consumer's view, a restart storm) are added here.
func measurements() []measurement {
	return []measurement{importMeasurement(), readyMeasurement(), lookupMeasurement(), searchMeasurement(), interactionsMeasurement(), lookupsMeasurement(), memoryMeasurement(), postgresMeasurement()}
}

func names(ms []measurement) []string {
	var n []string
	for _, m := range ms {
		n = append(n, m.name)
	}
	return n
}

// row is one line of the table of ratios.
type row struct {
	id     string // also of its note
	what   string
	unit   unit
	target target

	values series
	beside string // the figures the ratio was made of
	why    string // it was not measured
}

// detail is one line of a measurement's own table: absolute figures, which
// mean something only beside each other.
type detail struct {
	what  string
	cells []string
}

// result is a measurement with its figures.
type result struct {
	measurement
	columns []string // of the details
	details []detail
	remarks []string
	err     error // what failed; nil where only a tool is missing
}

func newResult(m measurement) *result {
	rows := make([]row, len(m.rows))
	copy(rows, m.rows)
	m.rows = rows
	return &result{measurement: m}
}

// set fills a row. A wrong id is a fault of the program.
func (r *result) set(id string, values series, beside string) {
	for i := range r.rows {
		if r.rows[i].id == id {
			r.rows[i].values, r.rows[i].beside = values, beside
			return
		}
	}
	panic("bench: no row " + id)
}

// cannot says why rows were not measured.
func (r *result) cannot(why error, ids ...string) {
	for i := range r.rows {
		for _, id := range ids {
			if r.rows[i].id == id {
				r.rows[i].why = why.Error()
			}
		}
	}
}

func (r *result) detail(what string, cells ...string) {
	r.details = append(r.details, detail{what, cells})
}

func (r *result) remark(format string, args ...any) {
	r.remarks = append(r.remarks, fmt.Sprintf(format, args...))
}

var errNotAsked = errors.New("not asked for (--only)")

// fill ends a measurement: what is left is not measured because of err.
func (r *result) fill(err error) {
	var missing *missingTool
	if err != nil && !errors.As(err, &missing) && !errors.Is(err, errNotAsked) {
		r.err = err
	}
	for i := range r.rows {
		if len(r.rows[i].values) > 0 || r.rows[i].why != "" {
			continue
		}
		r.rows[i].why = "no figure"
		if err != nil {
			r.rows[i].why = err.Error()
		}
	}
}

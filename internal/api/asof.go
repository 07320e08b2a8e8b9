package api

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/festd/festd/internal/fest"
)

// paramRelease asks for another release than the one served.
const paramRelease = "release"

// wantedRelease is what a parameter release says: a serial, or a HentetDato as
// systems note it (SFM's festUpdate), whose zone says nothing (R9).
type wantedRelease struct {
	serial   fest.Serial
	bySerial bool
	at       string // 2006-01-02T15:04:05, or the day alone
}

// dayLength is the length of a date; a longer text has a time of day.
const dayLength = len("2006-01-02")

const releaseExpected = "a serial, or a HentetDato such as 2026-09-08T03:09:06 or 2026-09-08"

// parseRelease reads the parameter; false is neither serial nor date.
func parseRelease(value string) (wantedRelease, bool) {
	value = strings.TrimSpace(value)
	if n, err := strconv.ParseUint(value, 10, 64); err == nil && value[0] != '+' {
		return wantedRelease{serial: fest.Serial(n), bySerial: true}, true
	}
	at := localTime(value)
	layout := "2006-01-02T15:04:05"
	if len(value) == dayLength {
		layout = "2006-01-02"
	}
	if _, err := time.Parse(layout, at); err != nil || len(at) != len(layout) || len(value) > len(at) && !zoneOrFraction(value[len(at):]) {
		return wantedRelease{}, false
	}
	return wantedRelease{at: at}, true
}

// localTime is the local date and time of a HentetDato, to the second: what
// follows is a fraction or a zone, which are not compared.
func localTime(s string) string {
	s = s[:min(len(s), len("2006-01-02T15:04:05"))]
	if len(s) > dayLength && (s[dayLength] == ' ' || s[dayLength] == 't') {
		s = s[:dayLength] + "T" + s[dayLength+1:]
	}
	return s
}

// zoneOrFraction reports whether s is what may follow the seconds. A plus of a
// zone that was not percent-encoded has become a space.
func zoneOrFraction(s string) bool {
	if s != "" && (s[0] == '.' || s[0] == ',') {
		s = strings.TrimLeft(s[1:], "0123456789")
	}
	if s == "" || s == "Z" || s == "z" {
		return true
	}
	if s[0] != '+' && s[0] != '-' && s[0] != ' ' {
		return false
	}
	if _, err := time.Parse("15:04", s[1:]); err == nil {
		return true
	}
	_, err := time.Parse("1504", s[1:])
	return err == nil
}

// is reports whether the release is one that was asked for.
func (w wantedRelease) is(rel *fest.Release) bool {
	if w.bySerial {
		return rel.Serial == w.serial
	}
	return w.at != "" && strings.HasPrefix(localTime(string(rel.Content.RetrievalDate)), w.at)
}

// releases are all releases known, newest first, the one served among them.
func (a *API) releases(v *view) []ArchivedRelease {
	var all []ArchivedRelease
	if a.opts.Archive != nil {
		all = a.opts.Archive.Releases()
	}
	for i := range all {
		if all[i].Serial == v.rel.Serial && all[i].Stream == v.rel.Stream {
			return all
		}
	}
	return append([]ArchivedRelease{{Release: v.rel, OnDisk: true}}, all...)
}

// resolve finds the release that a value means: the one served if it is that,
// else of several with one HentetDato the newest that can be read. A day means
// the release of that day that was published last.
func (a *API) resolve(v *view, name, value string) (*ArchivedRelease, error) {
	want, ok := parseRelease(value)
	if !ok {
		return nil, badParameter(name, value, "neither a serial nor a HentetDato", releaseExpected)
	}
	if want.is(&v.rel) {
		return &ArchivedRelease{Release: v.rel, OnDisk: true}, nil
	}
	var found *ArchivedRelease
	all := a.releases(v)
	for i := range all {
		r := &all[i]
		switch {
		case !want.is(&r.Release):
		case found == nil:
			found = r
		case !found.OnDisk && r.OnDisk && localTime(string(r.Content.RetrievalDate)) == localTime(string(found.Content.RetrievalDate)):
			found = r
		}
	}
	if found == nil || !found.OnDisk {
		return found, a.notKept(v, value, found)
	}
	return found, nil
}

// notKept says which releases there are instead.
func (a *API) notKept(v *view, value string, found *ArchivedRelease) error {
	f := fail(ErrNotKept, "no release is "+strconv.Quote(clip(value))+"; want "+releaseExpected)
	if found != nil {
		f.problem.Detail = "release " + serialText(found.Serial) + " of " + string(found.Content.RetrievalDate) + " is not on this server's disk"
	}
	for _, r := range a.releases(v) {
		if r.OnDisk || r.Serial == v.rel.Serial {
			f.problem.Kept = append(f.problem.Kept, refOf(&r.Release))
		}
	}
	return f
}

func refOf(rel *fest.Release) ReleaseRef {
	ref := ReleaseRef{RetrievalDate: rel.Content.RetrievalDate}
	if rel.Serial != 0 || rel.Content.Sample { // a candidate has none
		ref.Serial = &rel.Serial
	}
	return ref
}

func serialText(s fest.Serial) string { return strconv.FormatUint(uint64(s), 10) }

// at is the view of the release that the parameter release names. The call
// holds its snapshot; the headers name it.
func (a *API) at(c *call, v *view, value string) (*view, error) {
	r, err := a.resolve(v, paramRelease, value)
	if err != nil {
		return nil, err
	}
	return a.open(c, v, r, value)
}

// open is the view of a release on disk.
func (a *API) open(c *call, v *view, r *ArchivedRelease, value string) (*view, error) {
	if r.Serial == v.rel.Serial && r.Stream == v.rel.Stream {
		return v, nil
	}
	if err := a.compute(c); err != nil {
		return nil, err
	}
	snap, err := a.opts.Archive.Open(c.r.Context(), r.Serial)
	if err != nil {
		return nil, a.archiveFailure(v, value, r, err)
	}
	c.opened = snap
	then := newView(snap, &a.opts, v.advisory)
	h := c.Header()
	delete(h, headerSample)
	then.name(h)
	return then, nil
}

// archiveFailure is what an error of the archive means to a client.
func (a *API) archiveFailure(v *view, value string, r *ArchivedRelease, err error) error {
	switch {
	case errors.Is(err, ErrNotKept):
		return a.notKept(v, value, r)
	case errors.Is(err, ErrBusy), errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return &failure{kind: ErrBusy, cause: err}
	}
	return internal(err)
}

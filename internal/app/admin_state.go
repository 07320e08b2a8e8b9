package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/festd/festd/internal/api"
	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/festdb"
)

// keptCandidates is of how many held candidates the store keeps the content.
const keptCandidates = 5

// minDigits is how many digits of a digest name it at least.
const minDigits = 8

// ledger is what the store says at one moment.
type ledger struct {
	loader  *loader
	current fest.Release // serial 0: nothing was ever published
	records []festdb.Record
	acts    []fest.Act
	docket  *fest.Docket
}

func (a *Admin) ledger(ctx context.Context) (*ledger, error) {
	l, err := a.loader.ledger(ctx, a.now())
	if err != nil {
		return nil, adminError(err)
	}
	return l, nil
}

// ledger reads it. The served release is read first: what comes to be served
// meanwhile makes a change conflict instead of being built on.
func (l *loader) ledger(ctx context.Context, now time.Time) (*ledger, error) {
	current, err := l.store.Current(ctx)
	if err != nil && !errors.Is(err, festdb.ErrNoRelease) {
		return nil, fmt.Errorf("reading the served release: %w", err)
	}
	records, err := l.store.Releases(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading the releases: %w", err)
	}
	acts, err := l.store.Acts(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading the audit log: %w", err)
	}
	releases := make([]fest.Release, len(records))
	for i := range records {
		releases[i] = records[i].Release
	}
	return &ledger{loader: l, current: current, records: records, acts: acts, docket: fest.NewDocket(releases, acts, now)}, nil
}

// subject is what a command is about: a content, as a candidate, as the newest
// release with it, or both.
type subject struct {
	digest    fest.Digest
	release   *festdb.Record
	candidate *fest.Candidate
	content   fest.Content
	source    fest.Source
}

// find resolves a reference; "" is what is served.
func (l *ledger) find(ref string) (subject, error) {
	if ref == "" {
		if l.current.Serial == 0 {
			return subject{}, fmt.Errorf("%w: nothing was published yet", api.ErrAdminNotFound)
		}
		ref = strconv.FormatUint(uint64(l.current.Serial), 10)
	}
	number, err := strconv.ParseUint(ref, 10, 64)
	if err == nil {
		for i := range l.records {
			if uint64(l.records[i].Serial) == number {
				return l.subject(l.records[i].Content.Digest, &l.records[i]), nil
			}
		}
	}
	prefix := strings.ToLower(ref)
	switch {
	case err == nil && len(ref) < minDigits:
		return subject{}, fmt.Errorf("%w: there is no release %s; the served one is %d", api.ErrAdminNotFound, ref, l.current.Serial)
	case len(prefix) < minDigits || len(prefix) > 64 || strings.Trim(prefix, "0123456789abcdef") != "":
		return subject{}, fmt.Errorf("%w: %q names no release: want a serial, such as 12, or at least %d digits of a digest", api.ErrAdminInvalid, ref, minDigits)
	}
	var found []fest.Digest
	note := func(d fest.Digest) {
		if strings.HasPrefix(string(d), prefix) && !slices.Contains(found, d) {
			found = append(found, d)
		}
	}
	for i := range l.docket.Candidates {
		note(l.docket.Candidates[i].Content.Digest)
	}
	for i := range l.records {
		note(l.records[i].Content.Digest)
	}
	switch len(found) {
	case 0:
		return subject{}, fmt.Errorf("%w: no release and no candidate has a digest that begins with %s", api.ErrAdminNotFound, prefix)
	case 1:
		return l.subject(found[0], nil), nil
	default:
		return subject{}, fmt.Errorf("%w: %s is the beginning of several digests: %v; want more digits", api.ErrAdminInvalid, prefix, found)
	}
}

// subject puts together what is known of a content; r nil: the newest release
// with it.
func (l *ledger) subject(d fest.Digest, r *festdb.Record) subject {
	s := subject{digest: d, release: r}
	for i := range l.records {
		if s.release == nil && l.records[i].Content.Digest == d {
			s.release = &l.records[i]
		}
	}
	if s.release != nil {
		s.content, s.source = s.release.Content, s.release.Source
	}
	if c, ok := l.docket.Candidate(d); ok {
		s.candidate = &c
		if s.release == nil {
			s.content, s.source = c.Content, c.Source
		}
	}
	return s
}

// kept says whether a content can be served again, onDisk whether this node
// can do so at once.
func (l *ledger) kept(s subject) (kept, onDisk bool) {
	disk := l.loader.store.Disk()
	local, damaged := disk.Kept(s.digest)
	onDisk = local && !damaged
	kept = onDisk || s.release != nil && s.release.Kept && !s.release.Damaged || l.heldAndKept(s)
	if onDisk {
		_, err := os.Stat(disk.SnapshotPath(s.digest, cache.Format))
		onDisk = err == nil
	}
	return kept, onDisk
}

// heldAndKept: stores keep the newest candidates that wait for a person.
func (l *ledger) heldAndKept(s subject) bool {
	n := 0
	for i := range l.docket.Candidates {
		if l.docket.Candidates[i].State != fest.CandidateHeld {
			continue
		}
		if n++; n > keptCandidates {
			return false
		}
		if l.docket.Candidates[i].Content.Digest == s.digest {
			return true
		}
	}
	return false
}

// served is the content that was served with a serial.
func (l *ledger) served(serial fest.Serial) (fest.Content, bool) {
	for i := range l.records {
		if l.records[i].Serial == serial {
			return l.records[i].Content, true
		}
	}
	return fest.Content{}, false
}

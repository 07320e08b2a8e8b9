package festdb

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/festd/festd/internal/fest"
)

// The ledger is a file of lines, only ever appended to. A writer appends the
// line of a release, syncs, and renames CURRENT into place, which says up to
// which byte the ledger counts. What stands behind that byte was never
// published: the writer died before, or it was refused by the disk. The next
// writer voids it by a line of its own, so that nothing that was once on disk
// is written over, and no serial that was once given is given again.

// ledgerLine is one line.
type ledgerLine struct {
	// Kind is what happened; lines of an unknown kind are passed over. A gap
	// says that lines before it were lost, with releases in them.
	Kind string `json:"kind"`
	// Release is what was published (kind release).
	Release *fest.Release `json:"release,omitempty"`
	// From: the lines from this byte up to this line do not count (kind void).
	From int64 `json:"from,omitempty"`
}

const (
	kindRelease = "release"
	kindVoid    = "void"
	kindGap     = "gap"
)

// currentLine is CURRENT.
type currentLine struct {
	Stream string `json:"stream"`
	// Ledger is up to which byte the ledger counts.
	Ledger int64 `json:"ledger"`
	// Release is the release that is served; nil: none yet. It stands in the
	// ledger as well: either can be lost.
	Release *fest.Release `json:"release"`
}

// ledger is what the bytes of a ledger say.
type ledger struct {
	releases []fest.Release // by serial
	// given is the highest serial that any line has, whether it counts or not.
	given fest.Serial
	// torn: the last line was not written to its end.
	torn bool
	// gap: lines were lost in the past.
	gap bool
	// damage lists the lines that are not as they were written.
	damage []error
}

// parseLedger reads the lines up to byte counted; of the others it takes note
// only of the serials. It never fails: it says what it could not use.
func parseLedger(b []byte, counted int64) ledger {
	type entry struct {
		at      int64
		release *fest.Release
		gap     bool
		damage  error
	}
	var l ledger
	var entries []entry
	counted = min(counted, int64(len(b)))
	for at, n := int64(0), 1; at < int64(len(b)); n++ {
		line, _, whole := bytes.Cut(b[at:], []byte("\n"))
		next := at + int64(len(line)) + 1
		var v ledgerLine
		err := parseLine(line, &v)
		if err == nil && v.Kind == kindRelease && (v.Release == nil || v.Release.Serial == 0) {
			err = fmt.Errorf("%w: a release without a serial", ErrDamaged)
		}
		if !whole {
			l.torn = true
			if next-1 > counted || err != nil {
				break
			}
		}
		switch {
		case at >= counted: // was never published
			if err == nil && v.Release != nil {
				l.given = max(l.given, v.Release.Serial)
			}
		case err != nil:
			entries = append(entries, entry{at: at, damage: fmt.Errorf("line %d at byte %d: %w", n, at, err)})
		case v.Kind == kindRelease:
			l.given = max(l.given, v.Release.Serial)
			entries = append(entries, entry{at: at, release: v.Release})
		case v.Kind == kindGap:
			entries = append(entries, entry{at: at, gap: true})
		case v.Kind == kindVoid:
			entries = slices.DeleteFunc(entries, func(e entry) bool { return e.at >= v.From })
		}
		at = next
	}
	for _, e := range entries {
		switch {
		case e.damage != nil:
			l.damage = append(l.damage, e.damage)
		case e.gap:
			l.gap = true
		default:
			l.releases = append(l.releases, *e.release)
		}
	}
	bySerial := func(a, b fest.Release) int { return cmp.Compare(a.Serial, b.Serial) }
	slices.SortStableFunc(l.releases, bySerial)
	l.releases = slices.CompactFunc(l.releases, func(a, b fest.Release) bool { return a.Serial == b.Serial })
	return l
}

// state is what STREAM, CURRENT and the ledger say together.
type state struct {
	releases []fest.Release // by serial; the last is the one to be served
	next     fest.Serial    // never given before
	size     int64          // of the ledger file
	counted  int64          // of its bytes
	torn     bool           // the ledger does not end with a line feed
	problems []error        // what is not as it should be
	lost     bool           // releases may be missing from the list
	missing  *fest.Release  // the ledger lacks it: CURRENT has it alone
	gap      bool           // lines are gone without a trace: the next writer notes it
}

// current is the release to be served.
func (s *state) current() (fest.Release, bool) {
	if len(s.releases) == 0 {
		return fest.Release{}, false
	}
	return s.releases[len(s.releases)-1], true
}

// combine makes the state of what was read. Where CURRENT cannot be used the
// whole ledger counts; where the ledger lacks the release that CURRENT names,
// CURRENT's own copy does. Only if neither is of use there is no state.
func combine(stream string, currentBytes []byte, currentErr error, ledgerBytes []byte, ledgerErr error) (*state, error) {
	var cur currentLine
	if currentErr == nil {
		currentErr = parseFileLine(currentBytes, &cur)
	}
	if currentErr == nil && cur.Stream != stream {
		currentErr = fmt.Errorf("%w: it is of stream %q, want %q", ErrDamaged, cur.Stream, stream)
	}
	if currentErr == nil && (cur.Ledger < 0 || cur.Release != nil && cur.Release.Serial == 0) {
		currentErr = fmt.Errorf("%w: a negative length or a release without a serial", ErrDamaged)
	}
	if errors.Is(currentErr, ErrNewer) {
		return nil, fmt.Errorf("CURRENT: %w", currentErr)
	}
	if currentErr != nil {
		cur = currentLine{}
	}
	s := &state{size: int64(len(ledgerBytes)), counted: int64(len(ledgerBytes))}
	if currentErr == nil {
		s.counted = cur.Ledger
	}
	l := parseLedger(ledgerBytes, s.counted)
	s.releases, s.torn = l.releases, l.torn
	for _, err := range l.damage {
		s.problems = append(s.problems, fmt.Errorf("ledger: %w", err))
	}
	if ledgerErr != nil {
		s.problems = append(s.problems, fmt.Errorf("ledger: %w", ledgerErr))
	}
	if currentErr != nil {
		s.problems = append(s.problems, fmt.Errorf("CURRENT: %w: the newest release in the ledger is taken for it", currentErr))
	}
	if currentErr == nil && s.size < s.counted {
		s.problems = append(s.problems, fmt.Errorf("ledger: %w: %d bytes, want %d", ErrDamaged, s.size, s.counted))
		s.counted = s.size
		s.gap = true
	}
	s.lost = len(s.problems) > 0 || l.gap
	if s.counted < s.size || l.torn {
		s.problems = append(s.problems, fmt.Errorf("ledger: %d bytes from byte %d on were never published: an import was interrupted", s.size-s.counted, s.counted))
	}
	given := l.given
	if cur.Release != nil {
		given = max(given, cur.Release.Serial)
		s.serve(*cur.Release)
	}
	s.next = given + 1
	if currentErr == nil && cur.Release == nil {
		s.releases = nil
	}
	if currentErr != nil && len(s.releases) == 0 {
		return nil, fmt.Errorf("%w: neither CURRENT nor the ledger names a release: %w", ErrDamaged, errors.Join(s.problems...))
	}
	return s, nil
}

// serve makes r the last of the releases.
func (s *state) serve(r fest.Release) {
	if last, ok := s.current(); !ok || last.Serial != r.Serial {
		s.missing = &r
	}
	s.releases = slices.DeleteFunc(s.releases, func(x fest.Release) bool { return x.Serial >= r.Serial })
	s.releases = append(s.releases, r)
}

// extend is what a writer appends to the ledger to publish r: a line feed if
// the last line is or may be torn, a void line if something stands there that
// does not count, a gap line if lines are gone, the release that the ledger lacks, and the line of r.
func (s *state) extend(r fest.Release) ([]byte, error) {
	var b []byte
	var err error
	if s.torn || s.counted < s.size {
		b = append(b, '\n')
	}
	if s.counted < s.size {
		if b, err = appendLine(b, ledgerLine{Kind: kindVoid, From: s.counted}); err != nil {
			return nil, err
		}
	}
	if s.gap {
		if b, err = appendLine(b, ledgerLine{Kind: kindGap}); err != nil {
			return nil, err
		}
	}
	if s.missing != nil {
		if b, err = appendLine(b, ledgerLine{Kind: kindRelease, Release: s.missing}); err != nil {
			return nil, err
		}
	}
	return appendLine(b, ledgerLine{Kind: kindRelease, Release: &r})
}

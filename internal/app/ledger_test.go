package app

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/festd/festd/internal/api"
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/festdb"
)

func digest(start string) fest.Digest {
	return fest.Digest(start + strings.Repeat("0", 64-len(start)))
}

// A reference is a serial, or as much of a digest as names one content.
func TestFind(t *testing.T) {
	one, two, three := digest("12345678a"), digest("12345678b"), digest("abcdef01")
	l := &ledger{
		current: fest.Release{Serial: 12345678, Content: fest.Content{Digest: three}},
		records: []festdb.Record{
			{Release: fest.Release{Serial: 12345678, Content: fest.Content{Digest: three}}},
			{Release: fest.Release{Serial: 2, Content: fest.Content{Digest: one}}},
			{Release: fest.Release{Serial: 1, Content: fest.Content{Digest: three}}},
		},
		docket: &fest.Docket{Candidates: []fest.Candidate{{Content: fest.Content{Digest: two}}, {Content: fest.Content{Digest: one}}}},
	}
	for ref, want := range map[string]fest.Digest{
		"": three, "1": three, "2": one, "12345678": three, "12345678a": one, "12345678B": two, string(two): two, "abcdef01": three,
	} {
		s, err := l.find(ref)
		if err != nil || s.digest != want {
			t.Errorf("%q: %s, %v; want %s", ref, s.digest, err, want)
		}
	}
	if s, _ := l.find("abcdef01"); s.release.Serial != 12345678 {
		t.Errorf("a digest names release %d, want the newest with it", s.release.Serial)
	}
	if s, _ := l.find("1"); s.release.Serial != 1 {
		t.Errorf("a serial names release %d", s.release.Serial)
	}
	for ref, want := range map[string]error{
		"123456780": api.ErrAdminNotFound, "3": api.ErrAdminNotFound, "abcdef0": api.ErrAdminInvalid, "-1": api.ErrAdminInvalid,
		"xyz": api.ErrAdminInvalid, string(one) + "0": api.ErrAdminInvalid, "%2e%2e%2f%2e": api.ErrAdminInvalid,
	} {
		if _, err := l.find(ref); !errors.Is(err, want) {
			t.Errorf("%q: %v; want %v", ref, err, want)
		}
	}
	l.records = l.records[1:] // no such serial any more: it is a prefix of two digests
	if _, err := l.find("12345678"); !errors.Is(err, api.ErrAdminInvalid) || !strings.Contains(err.Error(), "several digests") {
		t.Errorf("an ambiguous prefix: %v", err)
	}
}

// What people went back from vouches for nothing: it is no anchor, though it
// was approved.
func TestAnchorIsNotRejected(t *testing.T) {
	now := time.Date(2026, 9, 22, 12, 0, 0, 0, time.UTC)
	release := func(serial fest.Serial, d string, days int, approved bool) festdb.Record {
		r := fest.Release{Serial: serial, PublishedAt: now.AddDate(0, 0, -days), Content: fest.Content{Digest: digest(d), Filter: fest.FilterPrescriber}}
		if approved {
			r.Content.Approval = &fest.Approval{By: "Kari"}
		}
		return festdb.Record{Release: r, Kept: true}
	}
	back := release(4, "c", 0, false)
	back.Cause, back.Left = fest.CauseRollback, digest("d")
	all := []festdb.Record{back, release(3, "d", 1, true), release(2, "c", 10, false), release(1, "a", 90, true)}
	if got, ok := anchorOf(all, nil, back.Release, now); !ok || got.Serial != 1 {
		t.Errorf("the anchor is release %d, %v; want the approved one before the one that was left", got.Serial, ok)
	}
	rejected := []fest.Act{{ID: 1, After: 4, Kind: fest.ActReject, Content: digest("a")}}
	if got, ok := anchorOf(all, rejected, back.Release, now); !ok || got.Serial != 2 {
		t.Errorf("the anchor is release %d, %v; want the oldest of 60 days", got.Serial, ok)
	}
}

package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/festdb"
)

// Backend is a store that begins empty.
type Backend struct {
	// Open gives another handle on the store, as another process or a restart
	// would have; the test closes it in the end. Mandatory.
	Open func(t testing.TB) festdb.Store
	// Damage flips a byte of a content as it is kept, so that opening or
	// reading it must fail. Mandatory.
	Damage func(t testing.TB, digest fest.Digest)
	// Advance moves the clock that retention goes by. Mandatory.
	Advance func(d time.Duration)
	// HintWithin is how soon Changed must hint. Zero: 250 ms and what a slow
	// machine adds.
	HintWithin time.Duration
	// Retention is what the stores were opened with. Contents must be below 10.
	Retention festdb.Retention
}

// Run checks every promise of the interface on stores from the factory.
func Run(t *testing.T, factory func(t testing.TB) Backend) {
	tests := []struct {
		name string
		run  func(*testing.T, Backend)
	}{
		{"Empty", empty},
		{"PublishAndRead", publishAndRead},
		{"RandomAccess", randomAccess},
		{"Restart", restart},
		{"OtherHandleSees", otherHandleSees},
		{"Conflict", conflict},
		{"LateImporterNeverOverwrites", lateImporter},
		{"ConcurrentImporters", concurrentImporters},
		{"GoingBack", goingBack},
		{"GoingBackToWhatIsGone", goingBackToNothing},
		{"DigestIsOfWhatTheFileSays", digests},
		{"SameContentAgain", sameContentAgain},
		{"DiscardIsIdempotentAndLeavesNothing", discard},
		{"DiscardMidway", discardMidway},
		{"WrongOrder", wrongOrder},
		{"WrongSource", wrongSource},
		{"CancelledStage", cancelledStage},
		{"EmptyDocument", emptyDocument},
		{"Changed", changed},
		{"RetentionByNumberAndAge", retention},
		{"RetentionKeepsOpenContent", retentionOpen},
		{"DamageFallsBack", damageFallsBack},
		{"DamageOfAll", damageOfAll},
		{"DamageNeverFallsBackToWhatWasRejected", rejectedNotServed},
		{"DamageIsMendedByImport", damageMended},
		{"ClosedStore", closedStore},
		{"Acts", acts},
		{"HeldForWeeks", heldForWeeks},
		{"ActsAreHinted", actsHinted},
		{"Causes", causes},
		{"CandidateIsKept", candidateKept},
		{"WhatLeaves", leaves},
		{"WhatLeftLater", leftLater},
		{"Histories", histories},
		{"OneLeads", oneLeads},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { test.run(t, factory(t)) })
	}
}

var ctx = context.Background()

func current(t testing.TB, s festdb.Store) fest.Release {
	t.Helper()
	r, err := s.Current(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func wantErr(t testing.TB, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("error = %v, want %v", err, want)
	}
}

// wantContent reads a content both ways and compares every slice.
func wantContent(t testing.TB, s festdb.Store, digest fest.Digest, want []fest.Slice) {
	t.Helper()
	c, err := s.Content(ctx, digest)
	if err != nil {
		t.Fatal(err)
	}
	defer closing(t, c)
	if c.Digest() != digest || c.Len() != len(want) {
		t.Fatalf("content %s has %d entries, want %s with %d", c.Digest().Short(), c.Len(), digest.Short(), len(want))
	}
	var got []fest.Slice
	for e, err := range c.Slices() {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, e)
	}
	if !slices.EqualFunc(want, got, same) {
		t.Fatalf("entries differ (-want +got):\n%s", cmp.Diff(want, got))
	}
}

func same(a, b fest.Slice) bool {
	return a.Catalogue == b.Catalogue && a.Context == b.Context && a.Line == b.Line && bytes.Equal(a.XML, b.XML)
}

func closing(t testing.TB, c interface{ Close() error }) {
	t.Helper()
	if err := c.Close(); err != nil {
		t.Error(err)
	}
}

func discarding(t testing.TB, g festdb.Stage) {
	t.Helper()
	if err := g.Discard(); err != nil {
		t.Error(err)
	}
}

func empty(t *testing.T, b Backend) {
	s := b.Open(t)
	_, err := s.Current(ctx)
	wantErr(t, err, festdb.ErrNoRelease)
	list, err := s.Releases(ctx)
	if err != nil || len(list) != 0 {
		t.Errorf("releases = %v, %v; want none", list, err)
	}
	if s.Stream() == "" {
		t.Error("the store has no stream id")
	}
	if other := b.Open(t).Stream(); other != s.Stream() {
		t.Errorf("opened again the stream is %s, want %s", other, s.Stream())
	}
	_, err = s.Content(ctx, fest.Digest(fmt.Sprintf("%064d", 1)))
	wantErr(t, err, festdb.ErrNotKept)
	_, _, err = festdb.Newest(ctx, s, func(festdb.Record, festdb.Content) error { return nil })
	wantErr(t, err, festdb.ErrNoRelease)
}

func closedStore(t *testing.T, b Backend) {
	s := b.Open(t)
	closing(t, s)
	closing(t, s)
	_, err := s.Current(ctx)
	wantErr(t, err, fs.ErrClosed)
	_, err = s.Stage(ctx)
	wantErr(t, err, fs.ErrClosed)
}

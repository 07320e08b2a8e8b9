package storetest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/festdb"
)

// Document is that of the n-th made-up extract; later ones are newer.
func Document(n int) fest.Document {
	d := fest.Date("2026-01-01")
	return fest.Document{
		RetrievalDate:      fest.DateTime(fmt.Sprintf("2026-%02d-%02dT00:10:00", 1+n/28%12, 1+n%28)),
		ValidFromDateHelfo: &d,
	}
}

// Slices makes up n entries in two catalogues and two namespace contexts. The
// same seed gives the same. The text hardly repeats; entries have 100 bytes to
// 6 kB, as in FEST.
func Slices(n int, seed uint64) []fest.Slice {
	r := rand.New(rand.NewPCG(seed, 1))
	list := make([]fest.Slice, n)
	line := 3
	for i := range list {
		var b strings.Builder
		fmt.Fprintf(&b, "<OppfVirkestoff><Id>ID_%08X-%04X</Id><Tidspunkt>2026-03-%02dT09:00:00</Tidspunkt>\n", r.Uint32(), i&0xFFFF, 1+r.IntN(28))
		for range 1 + r.IntN(60) {
			fmt.Fprintf(&b, "  <Navn%d>%s</Navn%d>\n", i%7, word(r), i%7)
		}
		b.WriteString("</OppfVirkestoff>")
		s := fest.Slice{Catalogue: "KatVirkestoff", Context: ` xmlns="http://www.kith.no/xmlstds/eresept/m30/2014-12-01"`, XML: []byte(b.String()), Line: line}
		if i%3 == 2 {
			s.Catalogue, s.Context = "KatVilkar", s.Context+` xmlns:fs="http://www.kith.no/xmlstds/eresept/forskrivning/2014-12-01"`
		}
		list[i] = s
		line += 1 + strings.Count(b.String(), "\n")
	}
	return list
}

func word(r *rand.Rand) string {
	var b [48]byte
	n := 4 + r.IntN(len(b)-4)
	for i := range n {
		b[i] = "aeiourstnlkdmpgåøæ bvfhyj"[r.IntN(25)]
	}
	return strings.ToValidUTF8(string(b[:n]), "x")
}

// Source writes a made-up source file and describes it.
func Source(t testing.TB, seed uint64) (string, fest.Source) {
	t.Helper()
	return sourceOf(t, fmt.Appendf(nil, "PK\x03\x04 source %d", seed))
}

// LargeSource is [Source] of so many bytes.
func LargeSource(t testing.TB, size int) (string, fest.Source) {
	t.Helper()
	b := make([]byte, size)
	r := rand.New(rand.NewPCG(1, uint64(size)))
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return sourceOf(t, b)
}

func sourceOf(t testing.TB, b []byte) (string, fest.Source) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "fest251.zip")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(b)
	return path, fest.Source{Location: "https://example.org/fest251.zip", Digest: fest.Digest(hex.EncodeToString(sum[:])), Size: int64(len(b))}
}

// Seal stages made-up content and seals it. The caller discards the stage.
func Seal(t testing.TB, s festdb.Store, n int, seed uint64) (festdb.Stage, fest.Content, fest.Source) {
	t.Helper()
	g, c, src, err := TrySeal(t, s, n, seed)
	if err != nil {
		t.Fatal(err)
	}
	return g, c, src
}

// TrySeal is Seal where an error is not the end of the test; it has then
// discarded the stage.
func TrySeal(t testing.TB, s festdb.Store, n int, seed uint64) (festdb.Stage, fest.Content, fest.Source, error) {
	t.Helper()
	path, src := Source(t, seed)
	c := fest.Content{Document: Document(int(seed)), Filter: fest.FilterPrescriber, Counts: fest.Counts{"ingredients": n}}
	g, err := s.Stage(context.Background())
	if err != nil {
		return nil, c, src, err
	}
	err = g.Source(path, src)
	for _, e := range Slices(n, seed) {
		if err != nil {
			break
		}
		err = g.Add(e)
	}
	if err == nil {
		c.Digest, err = g.Seal(c.Document)
	}
	if err != nil {
		_ = g.Discard() // the first error counts
		return nil, c, src, err
	}
	return g, c, src, nil
}

// Publish imports made-up content after the release expect.
func Publish(t testing.TB, s festdb.Store, n int, seed uint64, expect fest.Serial) fest.Release {
	t.Helper()
	r, err := TryPublish(t, s, n, seed, expect)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TryPublish is Publish where an error is not the end of the test.
func TryPublish(t testing.TB, s festdb.Store, n int, seed uint64, expect fest.Serial) (fest.Release, error) {
	t.Helper()
	g, c, src, err := TrySeal(t, s, n, seed)
	if err != nil {
		return fest.Release{}, err
	}
	defer func() { _ = g.Discard() }() // leftovers are another test's matter
	return g.Publish(context.Background(), c, src, expect)
}

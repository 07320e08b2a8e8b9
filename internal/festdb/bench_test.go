package festdb_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/festdb"
)

// fullSize makes up 69,000 entries, some 130 MB, that look like packages: much
// of the same markup, ids and numbers that do not repeat.
func fullSize() (list []fest.Slice, size int64) {
	r := rand.New(rand.NewPCG(1, 2))
	list = make([]fest.Slice, 69_000)
	for i := range list {
		b := fmt.Appendf(nil, "<OppfLegemiddelpakning><Id>ID_%08X-%04X-%04X-%012X</Id><Tidspunkt>2026-0%d-%02dT09:%02d:11</Tidspunkt><Status V=\"A\" DN=\"Aktiv oppføring\" />",
			r.Uint32(), r.IntN(1<<16), r.IntN(1<<16), r.Int64N(1<<48), 1+r.IntN(9), 1+r.IntN(28), r.IntN(60))
		for range 2 + r.IntN(9) {
			b = fmt.Appendf(b, "<Pakningsinfo xmlns=\"http://www.kith.no/xmlstds/eresept/forskrivning/2014-12-01\"><RefLegemiddelMerkevare>ID_%08X-0001</RefLegemiddelMerkevare>"+
				"<Pakningsstr>%d</Pakningsstr><EnhetPakning V=\"%d\" S=\"2.16.578.1.12.4.1.1.7452\" DN=\"stykk\" /><Antall>%d</Antall></Pakningsinfo>",
				r.Uint32(), r.IntN(500), r.IntN(30), r.IntN(1000))
		}
		b = append(b, "</OppfLegemiddelpakning>"...)
		list[i] = fest.Slice{Catalogue: "KatLegemiddelpakning", Context: ` xmlns="http://www.kith.no/xmlstds/eresept/m30/2014-12-01"`, XML: b, Line: 10 + 12*i}
		size += int64(len(b))
	}
	return list, size
}

func sealed(b *testing.B, s festdb.Store, list []fest.Slice) (festdb.Stage, fest.Digest) {
	g, err := s.Stage(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	for _, e := range list {
		if err := g.Add(e); err != nil {
			b.Fatal(err)
		}
	}
	digest, err := g.Seal(fest.Document{RetrievalDate: "2026-09-08T00:10:00"})
	if err != nil {
		b.Fatal(err)
	}
	return g, digest
}

func benchStore(b *testing.B) festdb.Store {
	s, err := festdb.Open(festdb.Options{Dir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = s.Close() })
	return s
}

// BenchmarkImport is Add of every entry and Seal, with the syncs.
func BenchmarkImport(b *testing.B) {
	list, size := fullSize()
	s := benchStore(b)
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		g, _ := sealed(b, s, list)
		b.StopTimer()
		if err := g.Discard(); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
}

// BenchmarkContent is the reading of a full content: opening verifies all of
// it, Slices decompresses all of it, Slice finds entries anywhere.
func BenchmarkContent(b *testing.B) {
	list, size := fullSize()
	s := benchStore(b)
	g, digest := sealed(b, s, list)
	defer func() { _ = g.Discard() }()
	b.Run("Open", func(b *testing.B) {
		b.SetBytes(size)
		for b.Loop() {
			c, err := s.Content(b.Context(), digest)
			if err != nil {
				b.Fatal(err)
			}
			_ = c.Close()
		}
	})
	c, err := s.Content(b.Context(), digest)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	b.Run("Slices", func(b *testing.B) {
		b.SetBytes(size)
		for b.Loop() {
			for _, err := range c.Slices() {
				if err != nil {
					b.Fatal(err)
				}
			}
		}
	})
	b.Run("Slice", func(b *testing.B) {
		i := 0
		for b.Loop() {
			if _, err := c.Slice(i % c.Len()); err != nil {
				b.Fatal(err)
			}
			i += 7919
		}
	})
}

// BenchmarkPublish is an import of one entry: the syncs, the lock and the
// sweeping, which every import has.
func BenchmarkPublish(b *testing.B) {
	s := benchStore(b)
	list := []fest.Slice{{Catalogue: "KatDose", XML: []byte("<OppfDose/>")}}
	var last fest.Serial
	for b.Loop() {
		g, digest := sealed(b, s, list)
		c := fest.Content{Digest: digest, Document: fest.Document{RetrievalDate: "2026-09-08T00:10:00"}}
		r, err := g.Publish(b.Context(), c, fest.Source{}, last)
		if err != nil {
			b.Fatal(err)
		}
		if err := g.Discard(); err != nil {
			b.Fatal(err)
		}
		last = r.Serial
	}
}

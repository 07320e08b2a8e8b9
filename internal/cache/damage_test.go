package cache_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/cespare/xxhash/v2"

	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/search"
)

// tried opens the bytes; what opens must answer everything without a panic.
func tried(b []byte) error {
	s, err := cache.OpenBytes(b, release(1), nil)
	if err != nil {
		return err
	}
	defer s.Close()
	use(s)
	return nil
}

// use asks a snapshot everything.
func use(s *cache.Snapshot) {
	n := 0
	for _, r := range append(fest.Resources(), cache.ResourceATC) {
		page, _ := s.List(r, nil, 0, 1000)
		for _, i := range page.Items {
			it := s.Item(i)
			n += len(it.JSON) + len(it.Gzip) + len(it.Zstd) + len(it.ETag)
			n += len(s.ByKey(nil, r, string(it.Key))) + len(s.ByKey(nil, r, string(it.EntryID)))
		}
		for _, f := range s.Filters(r) {
			for _, v := range []string{"", "N02BE01", "N", "I-PARACETAMOL", "p", "53", "007421"} {
				p, _ := s.List(r, []cache.Query{{Filter: f.Name, Value: v}}, 0, 1000)
				n += p.Total
			}
		}
	}
	_, _ = s.ATC("N02BE01")
	for _, text := range []string{"p", "paracet 500 mg", "pracaet", "n02"} {
		q, err := search.Parse(text)
		if err != nil {
			panic(err)
		}
		x := s.Search()
		day := undated(x)
		for _, h := range x.Search(q, day, &search.Filter{}, 0, 100).Hits {
			n += len(s.Item(cache.Index(x.Facts(h.Document, day).Item)).JSON) + len(x.Highlight(h.Document, q, false, 4))
		}
	}
}

// Any byte flipped, anywhere: an error that names the place.
func TestFlippedByteIsFound(t *testing.T) {
	file := write(t, cache.Options{}, world()...)
	if err := tried(file); err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile(`chunk \d+ of \d+ \(bytes \d+ to \d+\)|trailer|digest table`)
	step := 1
	if testing.Short() {
		step = 17
	}
	// The digests catch it before anything is parsed, so it need not be tried
	// on every byte of the one chunk: a prime step meets every kind of place.
	for at := 0; at < len(file); at += step {
		if at < len(file)-400 {
			at += 6
		}
		bad := bytes.Clone(file)
		bad[at] ^= 1 << (at % 8)
		err := tried(bad)
		if !errors.Is(err, cache.ErrDamaged) && !errors.Is(err, cache.ErrFormat) {
			t.Fatalf("byte %d of %d flipped: %v", at, len(file), err)
		}
		if !errors.Is(err, cache.ErrFormat) && !named.MatchString(err.Error()) {
			t.Fatalf("byte %d flipped: the error names no place: %v", at, err)
		}
	}
}

func TestTruncatedFileIsFound(t *testing.T) {
	file := write(t, cache.Options{}, world()...)
	for n := 0; n < len(file); n += 1 + n%13 {
		if err := tried(file[:n]); err == nil || !strings.Contains(err.Error(), "trailer") {
			t.Fatalf("cut to %d of %d bytes: %v", n, len(file), err)
		}
	}
	if err := tried(append(bytes.Clone(file), 0)); err == nil {
		t.Error("a byte too many is no error")
	}
}

func TestDamagedFileOnDisk(t *testing.T) {
	// Entries enough for several chunks.
	file := write(t, cache.Options{TempDir: t.TempDir()}, big(0.12)...)
	path := filepath.Join(t.TempDir(), "snapshot")
	put := func(b []byte) {
		t.Helper()
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put(file)
	s, err := cache.OpenFile(path, release(1), nil)
	if err != nil {
		t.Fatal(err)
	}
	use(s)
	s.Close()
	for chunk := 0; chunk*(4<<20) < len(file)-4096; chunk++ {
		bad := bytes.Clone(file)
		bad[chunk*(4<<20)+1000] ^= 0x10
		put(bad)
		_, err := cache.OpenFile(path, release(1), nil)
		want := regexp.MustCompile(`chunk ` + string(rune('1'+chunk)) + ` of \d`)
		if !errors.Is(err, cache.ErrDamaged) || !want.MatchString(err.Error()) || !strings.Contains(err.Error(), path) {
			t.Errorf("chunk %d damaged: %v", chunk+1, err)
		}
	}
	if _, err := cache.OpenFile(filepath.Join(t.TempDir(), "none"), release(1), nil); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
	put(nil)
	if _, err := cache.OpenFile(path, release(1), nil); !errors.Is(err, cache.ErrDamaged) {
		t.Errorf("empty file: %v", err)
	}
}

func TestOtherContentIsRefused(t *testing.T) {
	rel := release(1)
	rel.Content.Digest = fest.Digest(strings.Repeat("cd", 32))
	x := &closer{}
	if _, err := cache.OpenBytes(write(t, cache.Options{}, world()...), rel, x); err == nil || !strings.Contains(err.Error(), "abababababab") {
		t.Errorf("got %v", err)
	}
	if x.closed != 1 {
		t.Errorf("the XML was closed %d times", x.closed)
	}
}

type closer struct{ closed int }

func (*closer) Slice(int) (fest.Slice, error) { return fest.Slice{}, errors.New("none") }
func (c *closer) Close() error                { c.closed++; return nil }

// sign gives a changed file digests that fit, so that the parser is reached.
func sign(b []byte) {
	const trailer, chunk = 64, 4 << 20
	if len(b) < trailer {
		return
	}
	tail := b[len(b)-trailer:]
	body := binary.LittleEndian.Uint64(tail[32:])
	if body > uint64(len(b)-trailer) {
		return
	}
	digests := b[body : len(b)-trailer]
	for i := 0; (i+1)*8 <= len(digests) && uint64(i)*chunk < body; i++ {
		binary.LittleEndian.PutUint64(digests[i*8:], xxhash.Sum64(b[i*chunk:min((i+1)*chunk, int(body))]))
	}
	h := sha256.New()
	h.Write(digests)
	h.Write(tail[32:])
	copy(tail, h.Sum(nil))
}

// A file that was made wrong, not damaged: whatever it says, nothing panics.
func TestWrongFileWithRightDigests(t *testing.T) {
	file := write(t, cache.Options{}, world()...)
	// Numbers stand after the blob; the directory says where that ends.
	body := binary.LittleEndian.Uint64(file[len(file)-32:])
	dir := binary.LittleEndian.Uint64(file[len(file)-24:])
	refused := 0
	step, least := uint64(29), 100
	if testing.Short() {
		step, least = 211, 10
	}
	for at := body; at > dir/4; at -= step {
		for _, v := range []byte{0xff, 0x80, 0x01} {
			bad := bytes.Clone(file)
			bad[at-1] ^= v
			sign(bad)
			if tried(bad) != nil {
				refused++
			}
		}
	}
	if refused < least {
		t.Errorf("only %d changes refused; the digests were not made to fit", refused)
	}
}

func FuzzOpen(f *testing.F) {
	file := write(f, cache.Options{}, world()[:3]...)
	f.Add(file, uint32(0), byte(0), false)
	f.Add(file, uint32(len(file)-100), byte(1), true)
	f.Add(file, uint32(8), byte(7), true)
	f.Add(file[:len(file)/2], uint32(0), byte(0), true)
	f.Add([]byte{}, uint32(0), byte(0), true)
	f.Fuzz(func(_ *testing.T, b []byte, at uint32, flip byte, signed bool) {
		b = bytes.Clone(b)
		if int(at) < len(b) {
			b[at] ^= flip
		}
		if signed {
			sign(b)
		}
		_ = tried(b)
	})
}

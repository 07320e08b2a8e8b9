package fetch_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/festd/festd/internal/ingest/fetch"
)

func TestResumeInOneFetch(t *testing.T) {
	b := file(300_000, 1)
	s := serve(t, cut(b, `"a"`, 100_000), cut(b, `"a"`, 0), whole(b, `"a"`))
	r := want(t, open(t, options(t, s.URL)), b)
	if r.Attempts != 3 || r.Resumed != 0 {
		t.Errorf("result %+v, want 3 attempts and nothing of an earlier fetch", r)
	}
	seen := s.requests()
	last := seen[len(seen)-1].Header
	if from := last.Get("Range"); from != "bytes=100000-" || last.Get("If-Range") != `"a"` {
		t.Errorf("Range %q, If-Range %q; want what is missing, of the same file", from, last.Get("If-Range"))
	}
}

func TestResumeInALaterFetch(t *testing.T) {
	b := file(300_000, 1)
	s := serve(t, cut(b, `"a"`, 100_000), whole(b, `"a"`))
	o := options(t, s.URL)
	o.Attempts = 1
	fails(t, open(t, o), fetch.ErrNetwork, "cut off after 100000 of 300004 bytes")
	if diff := cmp.Diff([]string{".part", ".part.json"}, left(t, o.Dir)); diff != "" {
		t.Errorf("left (-want +got):\n%s", diff)
	}
	f := open(t, o)
	r := want(t, f, b)
	if r.Resumed != 100_000 {
		t.Errorf("%d bytes resumed, want 100000", r.Resumed)
	}
	if err := f.Confirm(r); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{".json"}, left(t, o.Dir)); diff != "" {
		t.Errorf("left (-want +got):\n%s", diff)
	}
}

// partial answers a range request as a server with some fault does; others
// get the file.
func partial(b []byte, tag string, fault func(w http.ResponseWriter, rest []byte)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var from int
		if n, _ := fmt.Sscanf(r.Header.Get("Range"), "bytes=%d-", &from); n == 0 {
			whole(b, tag)(w, r)
			return
		}
		fault(w, b[from:])
	}
}

func TestResumeOfWhatHasChanged(t *testing.T) {
	old, b := file(300_000, 1), file(310_000, 2)
	const have = 100_000
	part := func(tag, span string, send []byte) func(http.ResponseWriter, []byte) {
		return func(w http.ResponseWriter, rest []byte) {
			w.Header().Set("ETag", tag)
			w.Header().Set("Content-Range", span)
			w.WriteHeader(http.StatusPartialContent)
			if send == nil {
				send = rest
			}
			_, _ = w.Write(send)
		}
	}
	for name, now := range map[string]http.HandlerFunc{
		"answered whole":     whole(b, `"b"`),
		"no ranges":          func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(b) },
		"other ETag":         partial(b, `"b"`, part(`"b"`, fmt.Sprintf("bytes %d-%d/%d", have, len(b)-1, len(b)), nil)),
		"other length":       partial(b, `"b"`, part(`"a"`, fmt.Sprintf("bytes %d-%d/%d", have, len(b)-1, len(b)), nil)),
		"other start":        partial(b, `"b"`, part(`"a"`, fmt.Sprintf("bytes 0-%d/%d", len(old)-1, len(old)), nil)),
		"length contradicts": partial(b, `"b"`, part(`"a"`, fmt.Sprintf("bytes %d-%d/%d", have, len(old)-1, len(old)), b[:17])),
		"no Content-Range":   partial(b, `"b"`, part(`"a"`, "", nil)),
		"several ranges":     partial(b, `"b"`, part(`"a"`, "multipart", []byte("--x\r\n"))),
		"not satisfiable":    partial(b, `"b"`, func(w http.ResponseWriter, _ []byte) { w.WriteHeader(http.StatusRequestedRangeNotSatisfiable) }),
		"backwards":          partial(b, `"b"`, part(`"a"`, fmt.Sprintf("bytes %d-%d/%d", have, have-1, len(old)), []byte("x"))),
		"a page, and a range": partial(b, `"b"`, func(w http.ResponseWriter, rest []byte) {
			w.Header().Set("Content-Type", "text/html")
			part(`"a"`, fmt.Sprintf("bytes %d-%d/%d", have, len(old)-1, len(old)), rest[:len(old)-have])(w, nil)
		}),
		"other date": partial(b, `"b"`, func(w http.ResponseWriter, rest []byte) {
			w.Header().Set("Last-Modified", "Fri, 18 Sep 2026 08:00:00 GMT")
			part(`"a"`, fmt.Sprintf("bytes %d-%d/%d", have, len(old)-1, len(old)), rest[:len(old)-have])(w, nil)
		}),
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Last-Modified", modified.Format(http.TimeFormat))
				cut(old, `"a"`, have)(w, r)
			}, now)
			o := options(t, s.URL)
			o.Attempts = 1
			fails(t, open(t, o), fetch.ErrNetwork, "")
			r := want(t, open(t, o), b)
			if r.Resumed != 0 || r.Attempts != 1 {
				t.Errorf("result %+v: nothing was resumed, and starting over is no failure", r)
			}
		})
	}
}

func TestNoResumingWithoutAStrongValidator(t *testing.T) {
	b := file(300_000, 1)
	for name, header := range map[string][]string{
		"weak ETag":                         {"ETag", `W/"a"`, "Last-Modified", modified.Format(http.TimeFormat)},
		"nothing":                           {},
		"malformed ETag":                    {"ETag", `a`},
		"modified in the second of sending": {"Last-Modified", modified.Format(http.TimeFormat), "Date", modified.Format(http.TimeFormat)},
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, func(w http.ResponseWriter, r *http.Request) {
				for i := 0; i < len(header); i += 2 {
					w.Header().Set(header[i], header[i+1])
				}
				cut(b, w.Header().Get("ETag"), 100_000)(w, r)
			}, whole(b, ""))
			want(t, open(t, options(t, s.URL)), b)
			for _, r := range s.requests() {
				if v := r.Header.Get("Range"); v != "" {
					t.Errorf("Range %q: the file may be another by now", v)
				}
			}
		})
	}
}

func TestResumeByDate(t *testing.T) {
	b := file(300_000, 1)
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Last-Modified", modified.Format(http.TimeFormat))
		w.Header().Set("Content-Length", fmt.Sprint(len(b)))
		_, _ = w.Write(b[:100_000])
		panic(http.ErrAbortHandler)
	}, whole(b, ""))
	want(t, open(t, options(t, s.URL)), b)
	if h := s.requests()[1].Header; h.Get("If-Range") != modified.Format(http.TimeFormat) || h.Get("Range") == "" {
		t.Errorf("Range %q, If-Range %q", h.Get("Range"), h.Get("If-Range"))
	}
}

func TestDamagedPartIsNotResumed(t *testing.T) {
	b := file(300_000, 1)
	for name, damage := range map[string]func(part []byte) []byte{
		"bit flipped":  func(p []byte) []byte { p[50_000] ^= 1; return p },
		"zeros at end": func(p []byte) []byte { clear(p[90_000:]); return p },
		"shorter":      func(p []byte) []byte { return p[:99_999] },
		"empty":        func([]byte) []byte { return nil },
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, cut(b, `"a"`, 100_000), whole(b, `"a"`))
			o := options(t, s.URL)
			o.Attempts = 1
			fails(t, open(t, o), fetch.ErrNetwork, "")
			parts, err := filepath.Glob(o.Dir + "/*.part")
			if err != nil || len(parts) != 1 {
				t.Fatal(parts, err)
			}
			have, err := os.ReadFile(parts[0])
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(parts[0], damage(have), 0o600); err != nil {
				t.Fatal(err)
			}
			if r := want(t, open(t, o), b); r.Resumed != 0 {
				t.Errorf("%d bytes resumed of a damaged part", r.Resumed)
			}
		})
	}
}

func TestLongerPartIsCutToItsRecord(t *testing.T) {
	b := file(300_000, 1)
	s := serve(t, cut(b, `"a"`, 100_000), whole(b, `"a"`))
	o := options(t, s.URL)
	o.Attempts = 1
	fails(t, open(t, o), fetch.ErrNetwork, "")
	parts, _ := filepath.Glob(o.Dir + "/*.part")
	f, err := os.OpenFile(parts[0], os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.WriteString("written after the last checkpoint")
	if err := errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
	if r := want(t, open(t, o), b); r.Resumed != 100_000 {
		t.Errorf("%d bytes resumed, want 100000", r.Resumed)
	}
}

// A page in front of the server for an hour must not cost what is there.
func TestMaintenancePageKeepsThePart(t *testing.T) {
	b := file(300_000, 1)
	s := serve(t, cut(b, `"a"`, 100_000), func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte("<!DOCTYPE html><title>Vedlikehold</title>"))
	}, status(http.StatusServiceUnavailable), whole(b, `"a"`))
	o := options(t, s.URL)
	o.Attempts = 1
	fails(t, open(t, o), fetch.ErrNetwork, "")
	fails(t, open(t, o), fetch.ErrContent, "HTML")
	fails(t, open(t, o), fetch.ErrStatus, "503")
	if r := want(t, open(t, o), b); r.Resumed != 100_000 {
		t.Errorf("%d bytes resumed, want 100000", r.Resumed)
	}
}

func TestNotModifiedDropsThePart(t *testing.T) {
	a, b := file(200_000, 1), file(300_000, 2)
	s := serve(t, whole(a, `"a"`), cut(b, `"b"`, 100_000), whole(a, `"a"`))
	o := options(t, s.URL)
	o.Attempts = 1
	f := open(t, o)
	if err := f.Confirm(want(t, f, a)); err != nil {
		t.Fatal(err)
	}
	fails(t, f, fetch.ErrNetwork, "")
	if r, err := f.Fetch(t.Context()); err != nil || !r.NotModified { // the server took b back
		t.Fatalf("%+v, %v", r, err)
	}
	if diff := cmp.Diff([]string{".json"}, left(t, o.Dir)); diff != "" {
		t.Errorf("left (-want +got):\n%s", diff)
	}
}

func TestCancelledFetchIsResumed(t *testing.T) {
	b := file(9<<20, 1)
	s := serve(t, whole(b, `"a"`))
	o := options(t, s.URL)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	o.Progress = func(p fetch.Progress) {
		if p.Total != int64(len(b)) {
			t.Errorf("progress %+v, want %d in all", p, len(b))
		}
		cancel()
	}
	_, err := open(t, o).Fetch(ctx)
	if !errors.Is(err, context.Canceled) || strings.Contains(err.Error(), "network") {
		t.Fatalf("got %v, want the caller's own end", err)
	}
	o.Progress = nil
	if r := want(t, open(t, o), b); r.Resumed == 0 {
		t.Error("nothing resumed")
	}
}

// Killed at any step, a fetch leaves what the next one copes with: the
// directory is copied before each step and fetched into.
func TestKilledAtEveryStep(t *testing.T) {
	old, b := file(1000, 7), file(9<<20, 1)
	s := serve(t, whole(old, `"old"`), whole(b, `"a"`))
	o := options(t, s.URL)
	f := open(t, o)
	if err := f.Confirm(want(t, f, old)); err != nil {
		t.Fatal(err)
	}
	root, copies := t.TempDir(), []string{}
	traced, writes := o, 0
	traced.SetFault(func(op, _ string) error {
		if writes++; op == "write" && writes%30 != 0 { // not before each of hundreds
			return nil
		}
		dir := filepath.Join(root, fmt.Sprint(len(copies), "-", op))
		copies = append(copies, dir)
		return os.CopyFS(dir, os.DirFS(o.Dir))
	})
	f = open(t, traced)
	if err := f.Confirm(want(t, f, b)); err != nil {
		t.Fatal(err)
	}
	resumed, unmodified := 0, 0
	for _, dir := range copies {
		again := o
		again.Dir = dir
		f := open(t, again)
		r, err := f.Fetch(t.Context())
		if err != nil {
			t.Fatalf("killed before %s: %v", filepath.Base(dir), err)
		}
		switch {
		case r.NotModified && r.Source.Digest != digest(b):
			t.Errorf("killed before %s: not modified, with the old file confirmed", filepath.Base(dir))
		case r.NotModified:
			unmodified++
		case r.Resumed > 0:
			resumed++
			fallthrough
		default:
			got, err := os.ReadFile(r.Path)
			if err != nil || !bytes.Equal(got, b) {
				t.Errorf("killed before %s: another file (%v)", filepath.Base(dir), err)
			}
		}
		if err := f.Confirm(r); err != nil {
			t.Fatal(err)
		}
		// A record that was being written may be another process's, for an hour.
		stays := slices.DeleteFunc(left(t, dir), func(name string) bool { return strings.HasPrefix(name, "..tmp-") })
		if diff := cmp.Diff([]string{".json"}, stays); diff != "" {
			t.Errorf("killed before %s: left (-want +got):\n%s", filepath.Base(dir), diff)
		}
	}
	if len(copies) < 10 || resumed == 0 || unmodified == 0 {
		t.Errorf("%d steps, %d resumed, %d confirmed: the sweep saw too little", len(copies), resumed, unmodified)
	}
}

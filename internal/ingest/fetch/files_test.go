package fetch_test

import (
	"bytes"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/festd/festd/internal/ingest/fetch"
)

// A disk that fails at any step costs the fetch and nothing else.
func TestDiskFails(t *testing.T) {
	old, b := file(1000, 7), file(5<<20, 1)
	for _, op := range fetch.Ops() {
		for nth := 1; ; nth++ {
			s := serve(t, whole(old, `"old"`), whole(b, `"a"`))
			o := options(t, s.URL)
			f := open(t, o)
			if err := f.Confirm(want(t, f, old)); err != nil {
				t.Fatal(err)
			}
			s.requests()
			hit, n := "", 0
			bad := o
			bad.SetFault(func(at, path string) error {
				if at != op {
					return nil
				}
				if n++; n == nth {
					hit = path
					return &os.PathError{Op: op, Path: path, Err: syscall.ENOSPC}
				}
				return nil
			})
			f = open(t, bad)
			r, err := f.Fetch(t.Context())
			failed := err
			if err == nil {
				failed = f.Confirm(r)
			}
			if hit == "" {
				if nth == 1 {
					t.Errorf("no step is a %s", op)
				}
				break
			}
			if failed != nil && !errors.Is(failed, syscall.ENOSPC) {
				t.Errorf("%s %d: %v; want the disk's error", op, nth, failed)
			}
			if err != nil && (!errors.Is(err, fetch.ErrDisk) || strings.Contains(err.Error(), "attempts")) {
				t.Errorf("%s %d: %v; want a failure of the disk, not tried again", op, nth, err)
			}
			if failed == nil && op != "remove" {
				t.Errorf("%s %d of %s went unnoticed", op, nth, hit)
			}
			// The next one finds a directory that it can use.
			f = open(t, o)
			if r, err = f.Fetch(t.Context()); err != nil {
				t.Fatalf("after %s %d: %v", op, nth, err)
			}
			if !r.NotModified {
				check(t, r, b)
			} else if r.Source.Digest != digest(b) {
				t.Errorf("after %s %d: the old file is taken for the new", op, nth)
			}
			if err := f.Confirm(r); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]string{".json"}, left(t, o.Dir)); diff != "" && op != "remove" {
				t.Errorf("after %s %d: left (-want +got):\n%s", op, nth, diff)
			}
			if op == "write" && nth == 3 { // the others are like it
				break
			}
		}
	}
}

// A full disk gets back what the fetch took.
func TestDiskFull(t *testing.T) {
	b := file(5<<20, 1)
	s := serve(t, whole(b, `"a"`))
	o := options(t, s.URL)
	n := 0
	o.SetFault(func(op, _ string) error {
		if op == "write" {
			if n++; n > 70 {
				return syscall.ENOSPC
			}
		}
		return nil
	})
	fails(t, open(t, o), fetch.ErrDisk, "no space left on device")
	if names := left(t, o.Dir); len(names) != 0 {
		t.Errorf("left: %q", names)
	}
}

func TestDirectoryThatCannotBe(t *testing.T) {
	o := options(t, "http://127.0.0.1:1/")
	o.Dir = filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(o.Dir, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	fails(t, open(t, o), fetch.ErrDisk, "not a directory")
}

func TestOneFetchAtATime(t *testing.T) {
	b := file(3000, 1)
	entered, leave := make(chan struct{}), make(chan struct{})
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		close(entered)
		<-leave
		whole(b, `"a"`)(w, r)
	}, whole(b, `"a"`))
	o := options(t, s.URL+"/a.zip")
	var wg sync.WaitGroup
	wg.Go(func() {
		r, err := open(t, o).Fetch(t.Context())
		if err != nil || r.Source.Digest != digest(b) {
			t.Errorf("%+v, %v", r, err)
		}
	})
	<-entered
	fails(t, open(t, o), fetch.ErrBusy, "")
	other := o
	other.URL = s.URL + "/b.zip"
	want(t, open(t, other), b) // another URL may share the directory
	close(leave)
	wg.Wait()
}

// A file stays as long as it is worked on, whoever fetches meanwhile, and
// goes once nobody has it.
func TestSweep(t *testing.T) {
	b := file(3000, 1)
	s := serve(t, whole(b, `"a"`))
	o := options(t, s.URL)
	f := open(t, o)
	first := want(t, f, b)
	second := want(t, f, b)
	check(t, first, b)
	if err := errors.Join(f.Confirm(first), f.Confirm(second)); err != nil {
		t.Fatal(err)
	}

	const other = "0123456789abcdef"
	old, now := time.Now().Add(-8*24*time.Hour), time.Now()
	digits := strings.Repeat("ab", 6)
	for name, at := range map[string]time.Time{
		other + "-" + digits + "-01234567.zip": now, // of a process that was killed
		other + ".part":                        old,
		other + ".part.json":                   old,
		other + ".tmp-01234567":                now.Add(-2 * time.Hour),
		"1" + other[1:] + ".part":              now, // may be resumed
		"1" + other[1:] + ".tmp-01234567":      now, // may be on its way
		other + ".json":                        old,
		"README":                               old, // not ours
		"fest251.zip":                          old,
	} {
		path := filepath.Join(o.Dir, name)
		if err := errors.Join(os.WriteFile(path, []byte("x"), 0o600), os.Chtimes(path, at, at)); err != nil {
			t.Fatal(err)
		}
	}
	if r, err := f.Fetch(t.Context()); err != nil || !r.NotModified {
		t.Fatal(r, err)
	}
	var names []string
	entries, _ := os.ReadDir(o.Dir)
	for _, e := range entries {
		names = append(names, e.Name())
	}
	names = slices.DeleteFunc(names, func(n string) bool { return strings.HasSuffix(n, ".json") && n != other+".json" })
	want := []string{other + ".json", "1" + other[1:] + ".part", "1" + other[1:] + ".tmp-01234567", "README", "fest251.zip"}
	slices.Sort(want)
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("left (-want +got):\n%s", diff)
	}
}

func TestFilesAreForTheirOwnerOnly(t *testing.T) {
	b := file(3000, 1)
	s := serve(t, whole(b, `"a"`))
	r := want(t, open(t, options(t, s.URL)), b)
	st, err := os.Stat(r.Path)
	if err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", st.Mode(), err)
	}
}

func FuzzRecord(f *testing.F) {
	const key = "00000000000000000000000000000000000000000000000000000000000000ff"
	good := `{"version":1,"key":"` + key + `","location":"http://x/","etag":"\"a\"","lastModified":"Fri, 11 Sep 2026 08:00:00 GMT",` +
		`"ifRange":"\"a\"","total":10,"size":4,"digest":"` + key + `","at":"2026-09-11T08:00:00Z"}`
	f.Add([]byte(good))
	f.Add([]byte(good + "x"))
	f.Add([]byte(strings.Replace(good, `"size":4`, `"size":40`, 1)))
	f.Add([]byte(strings.Replace(good, `\"a\"`, `\"a\r\nX: y\"`, 2)))
	f.Add([]byte(`null`))
	f.Add([]byte(``))
	f.Fuzz(func(t *testing.T, raw []byte) {
		r, err := fetch.ReadRecord(bytes.NewReader(raw), key)
		if err != nil {
			return
		}
		if r.Size <= 0 || r.Total >= 0 && r.Size > r.Total || len(r.Digest) != 64 {
			t.Errorf("accepted %+v", r)
		}
		if r.IfRange != "" && strings.HasPrefix(r.IfRange, "W/") {
			t.Errorf("would resume by %q", r.IfRange)
		}
		// What was accepted can be sent.
		var sent bytes.Buffer
		req, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://x/", http.NoBody)
		req.Header = http.Header{"If-None-Match": {r.ETag}, "If-Modified-Since": {r.LastModified}, "If-Range": {r.IfRange}}
		if err := req.Write(&sent); err != nil {
			t.Fatal(err)
		}
		const lines = 7 // request, Host, User-Agent, three of ours, the end
		if n := bytes.Count(sent.Bytes(), []byte("\r\n")); n != lines {
			t.Errorf("%d lines in %q", n, sent.Bytes())
		}
	})
}

func FuzzContinues(f *testing.F) {
	f.Add("bytes 4-9/10", `"a"`, int64(6))
	f.Add("bytes 4-9/*", "", int64(-1))
	f.Add("bytes 4-999999999999999999/999999999999999999", `"a"`, int64(2))
	f.Fuzz(func(t *testing.T, span, tag string, length int64) {
		r := fetch.Record{ETag: `"a"`, Size: 4, Total: 10}
		resp := &http.Response{Header: http.Header{"Content-Range": {span}, "Etag": {tag}}, ContentLength: length}
		if fetch.Continues(resp, &r) == nil && (r.Total != 10 || !strings.HasPrefix(span, "bytes 4-") || length > 6) {
			t.Errorf("%q of %d bytes continues 4 of 10", span, length)
		}
	})
}

package fetch_test

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/festd/festd/internal/fest"
)

func digest(b []byte) fest.Digest {
	sum := sha256.Sum256(b)
	return fest.Digest(hex.EncodeToString(sum[:]))
}

func TestFetchBringsTheFile(t *testing.T) {
	b := file(300_000, 1)
	s := serve(t, whole(b, `"a"`))
	o := options(t, s.URL+"/festfiler/Fest251.ZIP")
	f := open(t, o)
	r := want(t, f, b)
	if !strings.HasSuffix(r.Path, ".zip") || !strings.HasPrefix(r.Path, o.Dir) {
		t.Errorf("path %s: want a .zip in %s", r.Path, o.Dir)
	}
	if r.Source.Location != o.URL || r.Attempts != 1 || r.Resumed != 0 {
		t.Errorf("result %+v", r)
	}
	got := s.requests()[0]
	if ua := got.UserAgent(); !strings.HasPrefix(ua, "festd/1.2.3 ") {
		t.Errorf("User-Agent %q", ua)
	}
	if enc := got.Header.Get("Accept-Encoding"); enc != "identity" {
		t.Errorf("Accept-Encoding %q: a length and ranges are of the file only with identity", enc)
	}
	for _, name := range []string{"If-None-Match", "If-Modified-Since", "Range", "If-Range", "Authorization", "Referer"} {
		if v, ok := got.Header[name]; ok {
			t.Errorf("%s %q on a first request", name, v)
		}
	}
}

func TestConfirmMakesRequestsConditional(t *testing.T) {
	b, next := file(3000, 1), file(4000, 2)
	s := serve(t, whole(b, `"a"`), whole(b, `"a"`), whole(b, `"a"`), whole(next, `"b"`))
	o := options(t, s.URL+"/fest251.zip")
	r := want(t, open(t, o), b)
	if err := open(t, o).Confirm(r); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{".json"}, left(t, o.Dir)); diff != "" {
		t.Errorf("left after Confirm (-want +got):\n%s", diff)
	}
	if err := open(t, o).Confirm(r); err == nil {
		t.Error("confirmed twice")
	}
	s.requests()

	// Another process, the same directory.
	f := open(t, o)
	again, err := f.Fetch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if !again.NotModified || again.Path != "" || again.Source.Digest != digest(b) || again.Source.Size != int64(len(b)) {
		t.Errorf("result %+v, want not modified, with the digest of what was confirmed", again)
	}
	got := s.requests()[0].Header
	if got.Get("If-None-Match") != `"a"` || got.Get("If-Modified-Since") != modified.Format(http.TimeFormat) {
		t.Errorf("conditions %q %q", got.Get("If-None-Match"), got.Get("If-Modified-Since"))
	}
	if err := f.Confirm(again); err != nil {
		t.Errorf("confirming what is not modified: %v", err)
	}

	// The store has lost the file.
	lost := o
	lost.Known = func(d fest.Digest) bool { return d != digest(b) }
	if err := f.Discard(want(t, open(t, lost), b)); err != nil {
		t.Fatal(err)
	}
	// It changes.
	want(t, f, next)
}

func TestOnlyWhatWasConfirmedCounts(t *testing.T) {
	b := file(3000, 1)
	s := serve(t, whole(b, `"a"`))
	o := options(t, s.URL)
	f := open(t, o)
	for range 2 { // downloaded, and the import failed
		r := want(t, f, b)
		if err := f.Discard(r); err != nil {
			t.Fatal(err)
		}
		if err := f.Discard(r); err != nil {
			t.Errorf("discarded twice: %v", err)
		}
		if err := f.Confirm(r); err == nil {
			t.Error("confirmed what was discarded")
		}
	}
	for _, r := range s.requests() {
		if r.Header.Get("If-None-Match") != "" {
			t.Error("a request is conditional on a file that was never imported")
		}
	}
	if names := left(t, o.Dir); len(names) != 0 {
		t.Errorf("left: %q", names)
	}
}

func TestValidatorsAreOfTheLastFile(t *testing.T) {
	a, b := file(3000, 1), file(3000, 2)
	bare := func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(b) }
	s := serve(t, whole(a, `"a"`), bare, whole(a, `"a"`))
	o := options(t, s.URL)
	f := open(t, o)
	for _, content := range [][]byte{a, b} {
		if err := f.Confirm(want(t, f, content)); err != nil {
			t.Fatal(err)
		}
	}
	// The server goes back to the first file: that is news.
	want(t, f, a)
}

func TestRecordsAreBoundToTheURL(t *testing.T) {
	b := file(3000, 1)
	s := serve(t, whole(b, `"a"`))
	o := options(t, s.URL+"/fest251.zip")
	f := open(t, o)
	if err := f.Confirm(want(t, f, b)); err != nil {
		t.Fatal(err)
	}
	o.URL = s.URL + "/fest251_inst.zip"
	want(t, open(t, o), b)
}

func TestDamagedRecordCostsADownload(t *testing.T) {
	b := file(3000, 1)
	s := serve(t, whole(b, `"a"`))
	o := options(t, s.URL)
	f := open(t, o)
	for _, damage := range []string{"", "{", "null", strings.Repeat(" ", 1<<20), `{"version":2}`} {
		if err := f.Confirm(want(t, f, b)); err != nil {
			t.Fatal(err)
		}
		entries, err := os.ReadDir(o.Dir)
		if err != nil || len(entries) != 1 {
			t.Fatal(entries, err)
		}
		if err := os.WriteFile(o.Dir+"/"+entries[0].Name(), []byte(damage), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want(t, f, b)
}

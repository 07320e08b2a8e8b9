package app

import (
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Of those who ask while a file is read, as from a disk that hangs, nobody
// waits: they go on with what there is.
func TestNobodyWaitsForAFileThatHangs(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	put(t, path, []byte("one"))
	reading, hangs := make(chan struct{}), make(chan struct{})
	first := true
	w, err := watch("test", slog.New(slog.DiscardHandler), func() error {
		if !first {
			close(reading)
			<-hangs
		}
		first = false
		return nil
	}, path)
	if err != nil {
		t.Fatal(err)
	}
	put(t, path, []byte("other"))
	look := func() (ended chan struct{}) {
		w.due.Store(0)
		ended = make(chan struct{})
		go func() { w.look(); close(ended) }()
		return ended
	}
	reader := look()
	<-reading
	select {
	case <-look():
	case <-time.After(10 * time.Second):
		t.Error("who asks waits for the one who reads")
	}
	close(hangs)
	<-reader
}

// A file of tokens counts whole or not at all, also where a line is longer than
// anything that reads by lines expects.
func TestTokensBehindALongLine(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tokens")
	put(t, path, []byte("first-token-of-this-test\n# "+strings.Repeat("x", 1<<17)+"\nlast-token-of-this-test\n"))
	list, err := newTokens("test", path, "x", slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	for _, token := range []string{"first-token-of-this-test", "last-token-of-this-test"} {
		if list.who(token) != "x" {
			t.Errorf("%s is not known", token)
		}
	}
}

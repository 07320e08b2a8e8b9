package app

import (
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/festd/festd/internal/festtest"
)

// TestReadmeSession asks the built-in sample what the session of README.md
// asks, and holds the ids and numbers that the page shows to the answers.
func TestReadmeSession(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(festtest.Root(), "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile("(?s)```console\n(.*?)\n```").FindStringSubmatch(string(text))
	if m == nil {
		t.Fatal("README.md has no session")
	}
	session := m[1]

	a, err := New(Options{Listen: "127.0.0.1:0", OpsListen: "127.0.0.1:0", DataDir: filepath.Join(t.TempDir(), "data")})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Stop(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})

	var answers strings.Builder
	asked := 0
	for _, path := range regexp.MustCompile(`127\.0\.0\.1:8080(/[^'\s]*)`).FindAllStringSubmatch(session, -1) {
		asked++
		want := http.StatusOK
		if strings.Contains(path[1], "colour=") {
			want = http.StatusBadRequest
		}
		resp, err := http.Get("http://" + a.Addr() + path[1])
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if err != nil || resp.StatusCode != want {
			t.Errorf("GET %s: %d, %v, want %d: %s", path[1], resp.StatusCode, err, want, body)
		}
		answers.Write(body)
	}
	shown := regexp.MustCompile(`ID_[0-9A-F-]{36}|"\d{6}"`).FindAllString(session, -1)
	for _, id := range shown {
		if !strings.Contains(answers.String(), id) {
			t.Errorf("README.md shows %s; no answer has it", id)
		}
	}
	if asked < 5 || len(shown) < 5 {
		t.Errorf("the session asks %d things and shows %d ids: is it read right?", asked, len(shown))
	}
}

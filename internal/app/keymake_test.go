package app

import (
	"log/slog"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/festd/festd/internal/api"
)

// A new key is one that a server takes, and its entry says nothing of it.
func TestNewAPIKey(t *testing.T) {
	t.Parallel()
	key, entry, err := NewAPIKey(KeyOptions{Name: "sfm", Quota: 100, Classes: []string{"lookup"}, NotAfter: time.Now().Add(time.Hour)})
	if err != nil || strings.Contains(entry, key) || len(key) < 43 {
		t.Fatalf("%s %s %v", key, entry, err)
	}
	path := filepath.Join(t.TempDir(), "keys.json")
	put(t, path, keyFile(entry))
	k, err := newKeys(path, nil, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	holder, err := k.Authenticate(&http.Request{Header: http.Header{"X-Api-Key": {key}}})
	if err != nil || holder.Client.String() != "sfm" || holder.Classes.Has(api.CostBulk) || !holder.Classes.Has(api.CostLookup) {
		t.Errorf("%+v %v", holder, err)
	}
	other, _, err := NewAPIKey(KeyOptions{Name: "sfm"})
	if err != nil || other == key {
		t.Errorf("two keys are one: %v", err)
	}
	for _, o := range []KeyOptions{{}, {Name: "a\nb"}, {Name: "x", Quota: -1}, {Name: "x", Classes: []string{"all"}}} {
		if _, _, err := NewAPIKey(o); err == nil {
			t.Errorf("%+v: want an error", o)
		}
	}
	for name, text := range map[string]string{
		"both":              `[{"name":"x","sha256":"` + strings.Repeat("ab", 32) + `","certificate":"cn:x"}]`,
		"no kind":           `[{"name":"x","certificate":"x"}]`,
		"no classes":        `[{"name":"x","certificate":"cn:x","classes":[]}]`,
		"no such class":     `[{"name":"x","certificate":"cn:x","classes":["all"]}]`,
		"a certificate two": `[{"name":"x","certificate":"cn:x"},{"name":"y","certificate":"cn:x"}]`,
		"no time":           `[{"name":"x","certificate":"cn:x","notAfter":"soon"}]`,
	} {
		if _, err := parseKeys([]byte(text)); err == nil {
			t.Errorf("%s: want an error", name)
		}
	}
}

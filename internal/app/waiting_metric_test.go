package app_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/festd/festd/internal/app"
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/ingest"
	"github.com/festd/festd/internal/sample"
)

// What a hold costs is told by metrics as the verdict has it, and no more once
// a person has decided.
func TestMetricsOfWhatWaitsInside(t *testing.T) {
	dir, files := filepath.Join(t.TempDir(), "data"), t.TempDir()
	all := sample.Small(time.Now().UTC().AddDate(0, 0, -3))
	offer := func(name string, d *sample.Data) error {
		path := filepath.Join(files, name)
		if err := d.WriteFile(path); err != nil {
			t.Fatal(err)
		}
		_, err := app.Import(t.Context(), app.ImportOptions{DataDir: dir, Path: path})
		return err
	}
	if err := offer("first.zip", all.Without(fest.ClassNotification, 1000)); err != nil {
		t.Fatal(err)
	}
	s := start(t, app.Options{DataDir: dir})
	s.ready("1")
	if !s.metricLine("fest_held_safety_notifications 0") {
		t.Error("nothing is held, and notifications wait")
	}
	err := offer("held.zip", all.WithRetrieved(all.Retrieved().AddDate(0, 0, 1)).Without(fest.ClassIngredient, 30))
	var held *ingest.HeldError
	if !errors.As(err, &held) || len(held.Verdict.Waiting.Notifications) == 0 {
		t.Fatalf("%v; want it held with notifications inside", err)
	}
	want := fmt.Sprint("fest_held_safety_notifications ", len(held.Verdict.Waiting.Notifications))
	eventually(t, want, func() bool { return s.metricLine("fest_candidates_held 1") && s.metricLine(want) })

	admin, closeStore, err := app.OpenAdmin(t.Context(), app.AdminOptions{DataDir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer closeStore()
	if _, err := admin.Reject(t.Context(), string(held.Digest), kari); err != nil {
		t.Fatal(err)
	}
	eventually(t, "nothing waits any more", func() bool { return s.metricLine("fest_held_safety_notifications 0") })
}

package rules

import (
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/festd/festd/internal/fest"
)

func date(s string) *fest.Date {
	if s == "" {
		return nil
	}
	d := fest.Date(s)
	return &d
}

func ptr[T any](v T) *T { return &v }

func oslo(t *testing.T) *time.Location {
	t.Helper()
	l, err := time.LoadLocation("Europe/Oslo")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

package main

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestForeignStatements(t *testing.T) {
	alone := map[string]int{"SELECT state": 2, "LISTEN festd": 1}
	for _, tt := range []struct {
		name string
		seen map[string]int
		want []string
	}{
		{"its own looking", map[string]int{"SELECT state": 20, "LISTEN festd": 1, "SELECT 1": 3, "-- ping": 3}, nil},
		{"far more often", map[string]int{"SELECT state": 60}, []string{"SELECT state"}},
		{"never sent alone", map[string]int{"SELECT state": 20, "SELECT entry": 1}, []string{"SELECT entry"}},
		{"a ping before each look", map[string]int{"SELECT state": 20, "-- ping": 20}, nil},
		{"a ping for each request", map[string]int{"-- ping": 2000}, []string{"-- ping"}},
	} {
		t.Run(tt.name, func(t *testing.T) { // the crowd stayed ten times as long as the server was alone
			if diff := cmp.Diff(tt.want, foreign(alone, tt.seen, time.Minute, 10)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

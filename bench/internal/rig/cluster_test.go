package rig

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestStatementsAreThoseOfFestd(t *testing.T) {
	const log = `[] LOG:  database system is ready to accept connections
[psql] LOG:  statement: SELECT 1
[festd] LOG:  execute <unnamed>: SELECT s.stream
	FROM stream s
[festd] DETAIL:  parameters: $1 = '7'
[festd listen] LOG:  statement: LISTEN  festd
[festd] LOG:  execute stmtcache_1: SELECT 1
[festd] LOG:  execute stmtcache_1: SELECT 1
[festd] LOG:  execute stmtcache_2: 
	
	SELECT  state
	FROM state
[festd] LOG:  execute stmtcache_3: 
[psql] LOG:  statement: SELECT 2
[festd] ERROR:  canceling statement due to statement timeout
`
	want := map[string]int{"SELECT s.stream": 1, "LISTEN festd": 1, "SELECT 1": 2, "SELECT state": 1}
	if diff := cmp.Diff(want, statements(log)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

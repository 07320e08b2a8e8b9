// Command fts5 is what the search is measured beside: SQLite's full text index
// FTS5, in memory, over the same texts. It is a module of its own, so that the
// product does not depend on what it is compared with; go run ./bench runs it.
//
// It reads a text a line from the file of the first argument, the queries
// likewise from the second, and prints the nanoseconds of each query as JSON.
package main

import (
	"bufio"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	_ "modernc.org/sqlite"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "fts5:", err)
		os.Exit(1)
	}
}

// answer is what is printed.
type answer struct {
	Nanoseconds []int64 `json:"nanoseconds"`
	Build       int64   `json:"build"` // nanoseconds
	Version     string  `json:"version"`
}

func run(args []string) error {
	if len(args) != 2 {
		return errors.New("want the files of texts and queries")
	}
	texts, err := lines(args[0])
	if err != nil {
		return err
	}
	queries, err := lines(args[1])
	if err != nil {
		return err
	}
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		return err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	var out answer
	start := time.Now()
	if err := fill(db, texts); err != nil {
		return err
	}
	out.Build = time.Since(start).Nanoseconds()
	if err := db.QueryRow("SELECT sqlite_version()").Scan(&out.Version); err != nil {
		return err
	}
	find, err := db.Prepare("SELECT rowid, text FROM doc WHERE doc MATCH ? ORDER BY rank LIMIT 20")
	if err != nil {
		return err
	}
	for round := range 2 { // the first warms up
		out.Nanoseconds = out.Nanoseconds[:0]
		for _, q := range queries {
			start := time.Now()
			if err := ask(find, q); err != nil {
				return fmt.Errorf("round %d, %q: %w", round, q, err)
			}
			out.Nanoseconds = append(out.Nanoseconds, time.Since(start).Nanoseconds())
		}
	}
	return json.NewEncoder(os.Stdout).Encode(out)
}

func fill(db *sql.DB, texts []string) error {
	// Prefix indexes, as long as they help; accents do not count.
	if _, err := db.Exec(`CREATE VIRTUAL TABLE doc USING fts5(text, prefix='1 2 3 4', tokenize="unicode61 remove_diacritics 2")`); err != nil {
		return err
	}
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	put, err := tx.Prepare("INSERT INTO doc(text) VALUES (?)")
	if err != nil {
		return err
	}
	for _, t := range texts {
		if _, err := put.Exec(t); err != nil {
			return err
		}
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	_, err = db.Exec("INSERT INTO doc(doc) VALUES ('optimize')")
	return err
}

// ask finds what has words that start as those of the query.
func ask(find *sql.Stmt, q string) error {
	var match strings.Builder
	for _, w := range strings.Fields(q) {
		fmt.Fprintf(&match, `"%s"* `, strings.ReplaceAll(w, `"`, ""))
	}
	rows, err := find.Query(match.String())
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		var text string
		if err := rows.Scan(&id, &text); err != nil {
			return err
		}
	}
	return rows.Err()
}

func lines(path string) ([]string, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var out []string
	s := bufio.NewScanner(f)
	s.Buffer(nil, 1<<20)
	for s.Scan() {
		out = append(out, s.Text())
	}
	return out, s.Err()
}

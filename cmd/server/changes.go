package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/festd/festd/internal/app"
)

// changesShown is how many changes of a rehearsal are shown to people.
const changesShown = 100

// changes takes those of a rehearsal as they are found: it counts them, keeps
// the first for people, and all of them for programs in a file. A bulk re-issue
// changes everything, so they are never all in memory.
type changes struct {
	counts map[app.Resource]app.ChangeCounts
	first  []app.Change
	total  int
	spool  *os.File // a line each; nil: not wanted
	buffer *bufio.Writer
}

func newChanges(all bool) (*changes, error) {
	c := &changes{counts: map[app.Resource]app.ChangeCounts{}}
	if !all {
		return c, nil
	}
	var err error
	if c.spool, err = os.CreateTemp("", "festd-changes-*"); err != nil {
		return nil, err
	}
	c.buffer = bufio.NewWriterSize(c.spool, 1<<16)
	return c, nil
}

// add takes the next change.
func (c *changes) add(ch app.Change) error {
	n := c.counts[ch.Resource]
	n.Add(ch.Kind)
	c.counts[ch.Resource] = n
	c.total++
	if len(c.first) < changesShown {
		c.first = append(c.first, ch)
	}
	if c.spool == nil {
		return nil
	}
	line, err := json.Marshal(ch)
	if err != nil {
		return err
	}
	_, err = c.buffer.Write(append(line, '\n'))
	return err
}

// print shows the counts and the first changes.
func (c *changes) print(w io.Writer, served app.Serial) error {
	if _, err := fmt.Fprintf(w, "\nChanges in release %d, by key\n", served); err != nil {
		return err
	}
	return printChanges(w, c.counts, c.first, c.total, "--json lists all")
}

// diffHead is what the JSON document says of the changes before it lists them.
type diffHead struct {
	From   app.Serial                        `json:"from"`
	Counts map[app.Resource]app.ChangeCounts `json:"counts"`
	Total  int                               `json:"total"`
}

// appendTo writes a document with the member diff added at its end.
func (c *changes) appendTo(w io.Writer, document any, served app.Serial) error {
	body, err := json.MarshalIndent(document, "", "  ")
	if err != nil {
		return err
	}
	head, err := json.MarshalIndent(diffHead{served, c.counts, c.total}, "  ", "  ")
	if err != nil {
		return err
	}
	out := bufio.NewWriter(w)
	// Both end in a brace on a line of its own.
	body, head = bytes.TrimSuffix(body, []byte("\n}")), bytes.TrimSuffix(head, []byte("\n  }"))
	for _, b := range [][]byte{body, []byte(",\n  \"diff\": "), head, []byte(",\n    \"changes\": [")} {
		_, _ = out.Write(b) // Flush says what failed
	}
	if err := c.list(out); err != nil {
		return err
	}
	_, _ = out.WriteString("]\n  }\n}\n")
	return out.Flush()
}

// list copies the file's lines as elements of an array.
func (c *changes) list(out *bufio.Writer) error {
	if err := c.buffer.Flush(); err != nil {
		return err
	}
	if _, err := c.spool.Seek(0, io.SeekStart); err != nil {
		return err
	}
	in := bufio.NewReaderSize(c.spool, 1<<16)
	between := "\n      "
	for {
		line, err := in.ReadBytes('\n')
		if len(line) > 0 {
			_, _ = out.WriteString(between)
			_, _ = out.Write(bytes.TrimSuffix(line, []byte("\n")))
			between = ",\n      "
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// close removes the file.
func (c *changes) close() {
	if c.spool != nil {
		_ = c.spool.Close() // is thrown away
		_ = os.Remove(c.spool.Name())
	}
}

package main

import (
	"fmt"
	"os"
	"strings"
)

// notes are the hand-written texts of notes.md by the row they are about.
type notes map[string]string

// readNotes reads sections "## id …"; what is before the first is for people
// who edit the file.
func readNotes(path string) (notes, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return parseNotes(string(data))
}

func parseNotes(text string) (notes, error) {
	n := notes{}
	for i, section := range strings.Split("\n"+text, "\n## ") {
		if i == 0 {
			continue
		}
		id, body, _ := strings.Cut(section, "\n")
		id = strings.TrimSpace(id)
		if _, twice := n[id]; twice {
			return nil, fmt.Errorf("notes.md has two sections %q", id)
		}
		n[id] = strings.TrimSpace(body)
	}
	return n, nil
}

package app

import (
	"context"
	"os"
	"path/filepath"

	"github.com/festd/festd/internal/festdb"
)

// leftover is the folder of a store that an import may have made for nothing:
// one that was refused should leave the disk as it was.
type leftover struct {
	dir string
	new bool
}

func newLeftover(dir string) leftover {
	_, err := os.Stat(dir)
	return leftover{dir, os.IsNotExist(err)}
}

// remove takes the folder away, if it was made here and nothing is in the
// store: folders that are not empty, and a ledger that says something, stay.
func (l leftover) remove() {
	if !l.new || !l.empty() {
		return
	}
	entries, err := os.ReadDir(l.dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		if e.IsDir() && os.Remove(filepath.Join(l.dir, e.Name())) != nil {
			return // somebody else is at work there
		}
	}
	// What is left are the files of a ledger that was just seen to be empty.
	_ = os.RemoveAll(l.dir) // it is worth no error
}

func (l leftover) empty() bool {
	s, err := festdb.Open(festdb.Options{Dir: l.dir, ReadOnly: true})
	if err != nil {
		return false
	}
	defer s.Close()             //nolint:errcheck // only read
	ctx := context.Background() // the import's has ended, maybe; this only reads two files
	releases, err := s.Releases(ctx)
	if err != nil || len(releases) > 0 {
		return false
	}
	acts, err := s.Acts(ctx)
	return err == nil && len(acts) == 0
}

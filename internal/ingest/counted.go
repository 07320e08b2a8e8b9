package ingest

import (
	"os"
	"sync/atomic"
)

// counted is a file that counts what is read of it, for the progress bar.
type counted struct {
	*os.File
	read atomic.Int64
}

func openCounted(path string) (*counted, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	return &counted{File: f}, nil
}

// ReadAt is what m30 reads with.
func (c *counted) ReadAt(p []byte, off int64) (int, error) {
	n, err := c.File.ReadAt(p, off)
	c.read.Add(int64(n))
	return n, err
}

package client

import (
	"container/list"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"
)

// stored is a good answer, kept.
type stored struct {
	URI       string    `json:"uri"`
	ETag      string    `json:"etag"`
	Release   uint64    `json:"release"`
	Retrieved string    `json:"retrieved"`
	Advisory  string    `json:"advisory,omitempty"`
	At        time.Time `json:"at"` // when the service last confirmed it
	Body      []byte    `json:"body"`
}

// meta takes over what the answer says of itself.
func (s *stored) meta(resp *http.Response) {
	s.Release, _ = strconv.ParseUint(resp.Header.Get("FEST-Release"), 10, 64) // 0 is the sample
	s.Retrieved, s.Advisory, s.At = resp.Header.Get("FEST-Retrieved"), resp.Header.Get("FEST-Advisory"), time.Now()
}

func (s *stored) answer() raw {
	return raw{Value: s.Body, Release: s.Release, Retrieved: s.Retrieved, Advisory: s.Advisory, At: s.At}
}

// copies are the last good answers, those used last; with a directory also on
// disk, where each file is replaced whole.
type copies struct {
	most int
	dir  string

	mu    sync.Mutex
	byURI map[string]*list.Element
	used  *list.List // of stored, last used first
}

func newCopies(most int, dir string) (*copies, error) {
	c := &copies{most: max(0, most), dir: dir, byURI: map[string]*list.Element{}, used: list.New()}
	if dir != "" {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, fmt.Errorf("client: the folder for copies: %w", err)
		}
	}
	return c, nil
}

func (c *copies) get(uri string) (stored, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e := c.byURI[uri]; e != nil {
		c.used.MoveToFront(e)
		return e.Value.(stored), true //nolint:forcetypeassert // nothing else is in it
	}
	if c.dir == "" {
		return stored{}, false
	}
	b, err := os.ReadFile(c.path(uri))
	if err != nil {
		return stored{}, false
	}
	var s stored
	if json.Unmarshal(b, &s) != nil || s.URI != uri {
		return stored{}, false // damaged: it is fetched again
	}
	c.keep(uri, s)
	return s, true
}

func (c *copies) put(uri string, s stored) {
	s.URI = uri
	c.mu.Lock()
	defer c.mu.Unlock()
	before, known := stored{}, false
	if e := c.byURI[uri]; e != nil {
		before, known = e.Value.(stored), true //nolint:forcetypeassert // nothing else is in it
	}
	c.keep(uri, s)
	if c.dir == "" || known && before.ETag == s.ETag && s.ETag != "" && s.At.Sub(before.At) < time.Hour {
		return // on disk it is the same but for the hour
	}
	if err := c.write(uri, s); err != nil {
		return // a copy that could not be kept is only missing later
	}
}

func (c *copies) keep(uri string, s stored) {
	if e := c.byURI[uri]; e != nil {
		e.Value = s
		c.used.MoveToFront(e)
		return
	}
	if c.most == 0 {
		return
	}
	c.byURI[uri] = c.used.PushFront(s)
	for c.used.Len() > c.most {
		last := c.used.Back()
		old := c.used.Remove(last).(stored) //nolint:forcetypeassert // nothing else is in it
		delete(c.byURI, old.URI)
		if c.dir != "" {
			_ = os.Remove(c.path(old.URI)) // it may not be there
		}
	}
}

func (c *copies) write(uri string, s stored) error {
	b, err := json.Marshal(s)
	if err != nil {
		return err
	}
	tmp, err := os.CreateTemp(c.dir, ".copy-*")
	if err != nil {
		return err
	}
	_, err = tmp.Write(b)
	if closeErr := tmp.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(tmp.Name(), c.path(uri))
	}
	if err != nil {
		_ = os.Remove(tmp.Name()) // what was not kept leaves nothing
	}
	return err
}

func (c *copies) path(uri string) string {
	sum := sha256.Sum256([]byte(uri))
	return filepath.Join(c.dir, hex.EncodeToString(sum[:16])+".json")
}

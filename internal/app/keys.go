package app

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/festd/festd/internal/api"
	"github.com/festd/festd/internal/api/valve"
)

// keys are the API keys of a file, by digest: the file has no key in it. It is
// read again when it changes.
type keys struct {
	path string
	log  *slog.Logger
	now  atomic.Pointer[map[[sha256.Size]byte]*api.KeyHolder]
	due  atomic.Int64 // when the file is looked at next, in Unix nanoseconds

	mu   sync.Mutex // of look
	seen os.FileInfo
}

// keyEntry is a client in the file.
type keyEntry struct {
	Name   string  `json:"name"`
	SHA256 string  `json:"sha256"` // hexadecimal, of the key
	Quota  float64 `json:"quota"`  // tokens a second; 0 = unlimited
	Burst  int     `json:"burst"`  // 0 = two seconds of the quota
}

func newKeys(path string, log *slog.Logger) (*keys, error) {
	k := &keys{path: path, log: log}
	if err := k.load(); err != nil {
		return nil, err
	}
	k.due.Store(time.Now().Add(time.Second).UnixNano())
	return k, nil
}

// find gives the client that a key belongs to, nil for a key that is none. A
// file that cannot be used any more leaves the keys of before.
func (k *keys) find(key string) *api.KeyHolder {
	if now, due := time.Now().UnixNano(), k.due.Load(); now >= due && k.due.CompareAndSwap(due, now+int64(time.Second)) {
		k.look()
	}
	return (*k.now.Load())[sha256.Sum256([]byte(key))]
}

// look reads the file if it is another one.
func (k *keys) look() {
	k.mu.Lock()
	defer k.mu.Unlock()
	info, err := os.Stat(k.path)
	if err == nil && info.ModTime().Equal(k.seen.ModTime()) && info.Size() == k.seen.Size() && os.SameFile(info, k.seen) {
		return
	}
	if err == nil {
		err = k.load()
	}
	if err != nil {
		k.log.Error("the API keys were not replaced", "error", err)
		return
	}
	k.log.Info("API keys replaced", "clients", len(*k.now.Load()))
}

func (k *keys) load() error {
	info, err := os.Stat(k.path)
	if err != nil {
		return fmt.Errorf("API keys: %w", err)
	}
	text, err := os.ReadFile(k.path)
	if err != nil {
		return fmt.Errorf("API keys: %w", err)
	}
	holders, err := parseKeys(text)
	if err != nil {
		return fmt.Errorf("API keys in %s: %w", k.path, err)
	}
	k.seen = info
	k.now.Store(&holders)
	return nil
}

// parseKeys reads a list of clients. A name that stands several times is one
// client with several keys, as while a key is being replaced; they share the
// quota of the first.
func parseKeys(text []byte) (map[[sha256.Size]byte]*api.KeyHolder, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	var list []keyEntry
	if err := d.Decode(&list); err != nil {
		return nil, fmt.Errorf(`want [{"name": "…", "sha256": "…", "quota": 5000, "burst": 10000}]: %w`, err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("want nothing after the list")
	}
	out := map[[sha256.Size]byte]*api.KeyHolder{}
	plans := map[string]*valve.Plan{}
	for i, e := range list {
		digest, err := hex.DecodeString(e.SHA256)
		switch {
		case e.Name == "":
			return nil, fmt.Errorf("entry %d: the name is missing", i+1)
		case err != nil || len(digest) != sha256.Size:
			return nil, fmt.Errorf("%s: sha256: want the SHA-256 of the key in 64 hexadecimal digits (printf %%s KEY | sha256sum)", e.Name)
		case e.Quota < 0 || e.Burst < 0 || e.Quota > math.MaxInt32:
			return nil, fmt.Errorf("%s: want a quota and a burst that are not negative", e.Name)
		case out[[sha256.Size]byte(digest)] != nil:
			return nil, fmt.Errorf("%s: the key stands twice", e.Name)
		}
		if e.Burst == 0 {
			e.Burst = max(1, int(math.Ceil(2*e.Quota)))
		}
		if plans[e.Name] == nil {
			plans[e.Name] = valve.NewPlan(valve.Quota{Rate: e.Quota, Burst: e.Burst})
		}
		out[[sha256.Size]byte(digest)] = &api.KeyHolder{Client: valve.Named(e.Name), Plan: plans[e.Name]}
	}
	return out, nil
}

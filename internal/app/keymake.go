package app

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/festd/festd/internal/api"
)

// KeyOptions say whose an API key is. All but Name are optional.
type KeyOptions struct {
	Name     string
	Quota    float64 // tokens a second; 0 = unlimited
	Burst    int     // 0 = two seconds of the quota
	Classes  []string
	NotAfter time.Time
}

// keyPrefix lets people, and programs that look for secrets where none should
// be, see what a key is.
const keyPrefix = "festd_"

// NewAPIKey makes a key and its entry in the file of --api-keys. The key is 256
// random bits, so that its SHA-256 can lie at rest: a slow hash is for what
// people choose, which can be guessed, and would cost every request its time.
func NewAPIKey(o KeyOptions) (key, entry string, err error) {
	var secret [32]byte
	_, _ = rand.Read(secret[:]) // never fails (crypto/rand)
	key = keyPrefix + base64.RawURLEncoding.EncodeToString(secret[:])
	digest := sha256.Sum256([]byte(key))
	e := keyEntry{Name: o.Name, SHA256: hex.EncodeToString(digest[:]), Quota: o.Quota, Burst: o.Burst, Classes: o.Classes, NotAfter: o.NotAfter}
	if len(o.Classes) == 0 {
		e.Classes = nil
	}
	if o.Name == "" {
		return "", "", fmt.Errorf("the name is missing")
	}
	if err := e.validate(); err != nil {
		return "", "", err
	}
	line, err := json.Marshal(e)
	return key, string(line), err
}

// KeyClient is a credential of a file of clients, without what proves it.
type KeyClient struct {
	Name       string    `json:"name"`
	Credential string    `json:"credential"` // key, or the name of a certificate
	Quota      float64   `json:"quota"`
	Burst      int       `json:"burst,omitempty"`
	Classes    string    `json:"classes"`
	NotAfter   time.Time `json:"notAfter,omitzero"`
	Expired    bool      `json:"expired,omitempty"`
}

// ReadAPIKeys checks a file of --api-keys and says who is in it.
func ReadAPIKeys(path string) ([]KeyClient, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	list, err := parseKeys(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	out := make([]KeyClient, len(list))
	for i, e := range list {
		classes, _ := api.ClassesOf(e.Classes...) // is valid
		out[i] = KeyClient{e.Name, "key", e.Quota, e.Burst, classes.String(), e.NotAfter, !e.NotAfter.IsZero() && time.Now().After(e.NotAfter)}
		if e.Certificate != "" {
			out[i].Credential = e.Certificate
		}
	}
	return out, nil
}

package app

import (
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync/atomic"
)

// minToken is how long a token is at least, in bytes.
const minToken = 16

// tokens are secrets in a file, a line each, with or without a name before it:
// of several, one can be replaced or taken away without the others. It is read
// again when it changes, so that this needs no restart.
type tokens struct {
	path, fallback string // fallback is the name of those without
	files          *watched
	now            atomic.Pointer[[]namedToken]
}

// namedToken is a token by its digest: digests are of one length, so that the
// time of comparing them tells nothing of the token's.
type namedToken struct {
	name   string
	digest [sha256.Size]byte
}

// newTokens reads the file; no path is no token. what is for logs and metrics.
func newTokens(what, path, fallback string, log *slog.Logger) (*tokens, error) {
	t := &tokens{path: path, fallback: fallback}
	t.now.Store(new([]namedToken))
	if path == "" {
		return t, nil
	}
	var err error
	if t.files, err = watch(what, log, t.read, path); err != nil {
		return nil, fmt.Errorf("token file: %w", err)
	}
	warnOfReaders(log, path)
	return t, nil
}

func (t *tokens) read() error {
	b, err := os.ReadFile(t.path)
	if err != nil {
		return err
	}
	var list []namedToken
	for line := range strings.Lines(string(b)) {
		words := strings.Fields(line)
		if len(words) == 0 || strings.HasPrefix(words[0], "#") {
			continue
		}
		name, secret := t.fallback, words[len(words)-1]
		if len(words) == 2 {
			name = words[0]
		}
		if len(words) > 2 || len(secret) < minToken {
			err = errors.New("short")
			break
		}
		list = append(list, namedToken{name, sha256.Sum256([]byte(secret))})
	}
	if err != nil || len(list) == 0 { // the text of a line is never shown
		return fmt.Errorf("%s: want a token in each line, %d characters or more without spaces, or its name and a token (openssl rand -hex 32)", t.path, minToken)
	}
	t.now.Store(&list)
	return nil
}

// who is the name of the token that was shown, "" for none of these. It
// compares all of them, in a time that does not depend on what is shown.
func (t *tokens) who(shown string) string {
	if t.path == "" {
		return ""
	}
	t.files.look()
	digest, found := sha256.Sum256([]byte(shown)), ""
	for _, token := range *t.now.Load() {
		if subtle.ConstantTimeCompare(digest[:], token.digest[:]) == 1 {
			found = token.name
		}
	}
	return found
}

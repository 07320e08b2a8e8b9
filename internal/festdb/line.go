package festdb

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
)

// A line is how STREAM, CURRENT and the ledger hold a value: the SHA-256 of
// the JSON text in 64 hexadecimal digits, a space, the JSON text, a line feed.

const sumLen = 2 * sha256.Size

// appendLine appends v as a line.
func appendLine(dst []byte, v any) ([]byte, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return dst, err
	}
	sum := sha256.Sum256(text)
	dst = hex.AppendEncode(dst, sum[:])
	dst = append(dst, ' ')
	dst = append(dst, text...)
	return append(dst, '\n'), nil
}

// parseLine reads a line, without its line feed, into v. A line that is not
// as it was written is [ErrDamaged].
func parseLine(line []byte, v any) error {
	if len(line) < sumLen+1 || line[sumLen] != ' ' {
		return fmt.Errorf("%w: want a SHA-256, a space and JSON, have %d bytes", ErrDamaged, len(line))
	}
	text := line[sumLen+1:]
	sum := sha256.Sum256(text)
	var want [sumLen]byte
	hex.Encode(want[:], sum[:])
	if !bytes.Equal(line[:sumLen], want[:]) {
		return fmt.Errorf("%w: SHA-256 is %s…, the line says %.12q…", ErrDamaged, want[:12], line[:sumLen])
	}
	if err := json.Unmarshal(text, v); err != nil {
		return fmt.Errorf("%w: %w", ErrNewer, err) // written so, but not by this version
	}
	return nil
}

// parseFileLine reads a file that is exactly one line.
func parseFileLine(b []byte, v any) error {
	line, rest, ok := bytes.Cut(b, []byte("\n"))
	if !ok || len(rest) > 0 {
		return fmt.Errorf("%w: want exactly one line", ErrDamaged)
	}
	return parseLine(line, v)
}

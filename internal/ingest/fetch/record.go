package fetch

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/festd/festd/internal/fest"
)

// recordVersion changes when the meaning of a record does; others are
// ignored, which costs one whole download.
const recordVersion = 1

// maxRecord bounds what is read of a record, in bytes.
const maxRecord = 64 << 10

// record is what is remembered of a file: of the one that was confirmed, and
// of one that is only partly there. Size and Digest are of what is on disk or
// was confirmed, so that either can be checked.
type record struct {
	Version      int         `json:"version"`
	Key          string      `json:"key"`      // of the URL; a record of another is not used
	Location     string      `json:"location"` // for people
	ETag         string      `json:"etag,omitempty"`
	LastModified string      `json:"lastModified,omitempty"`
	IfRange      string      `json:"ifRange,omitempty"` // strong validator; "": no resuming
	Total        int64       `json:"total"`             // of the file, in bytes; -1: not stated
	Size         int64       `json:"size"`
	Digest       fest.Digest `json:"digest"`
	At           time.Time   `json:"at"`
}

// conditional: a request can be made conditional on the record.
func (r *record) conditional() bool { return r.ETag != "" || r.LastModified != "" }

// readRecord reads and checks a record: what it accepts can stand in a
// request's header.
func readRecord(in io.Reader, key string) (record, error) {
	raw, err := io.ReadAll(io.LimitReader(in, maxRecord+1))
	if err != nil {
		return record{}, err
	}
	if len(raw) > maxRecord {
		return record{}, fmt.Errorf("record over %d bytes", maxRecord)
	}
	var r record
	d := json.NewDecoder(bytes.NewReader(raw))
	if err := d.Decode(&r); err != nil {
		return record{}, fmt.Errorf("record is no JSON: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return record{}, errors.New("record has something after its end")
	}
	if r.Version != recordVersion {
		return record{}, fmt.Errorf("record of version %d, want %d", r.Version, recordVersion)
	}
	if r.Key != key {
		return record{}, errors.New("record of another URL")
	}
	if _, err := fest.ParseDigest(string(r.Digest)); err != nil {
		return record{}, err
	}
	if r.Size <= 0 || r.Total < -1 || r.Total >= 0 && r.Size > r.Total {
		return record{}, fmt.Errorf("record of %d of %d bytes", r.Size, r.Total)
	}
	if r.ETag != "" && !isETag(r.ETag) || r.LastModified != "" && !isDate(r.LastModified) {
		return record{}, errors.New("record with a validator that is none")
	}
	if r.IfRange != "" && !(r.IfRange == r.ETag && isStrong(r.ETag)) && (r.ETag != "" || r.IfRange != r.LastModified) {
		return record{}, errors.New("record to be resumed by a validator that is not strong")
	}
	return r, nil
}

// recordOf takes the validators of a whole answer (RFC 9110 §8.8). What is
// malformed is left out.
func recordOf(h http.Header, total int64) record {
	r := record{Total: total}
	if tag := strings.TrimSpace(h.Get("ETag")); isETag(tag) {
		r.ETag = tag
	}
	if date := h.Get("Last-Modified"); isDate(date) {
		r.LastModified = date
	}
	switch {
	case isStrong(r.ETag):
		r.IfRange = r.ETag
	case r.ETag == "" && r.LastModified != "":
		// A date is strong if the file did not change in the second that it
		// was sent (RFC 9110 §8.8.2.2); the margin is for clocks that differ.
		sent, err := http.ParseTime(h.Get("Date"))
		modified, _ := http.ParseTime(r.LastModified) // isDate
		if err == nil && sent.Sub(modified) >= time.Minute {
			r.IfRange = r.LastModified
		}
	}
	return r
}

// isETag checks an entity tag as RFC 9110 §8.8.3 writes it, of a sane length.
func isETag(s string) bool {
	s = strings.TrimPrefix(s, "W/")
	if len(s) < 2 || len(s) > 1024 || s[0] != '"' || s[len(s)-1] != '"' {
		return false
	}
	for _, c := range []byte(s[1 : len(s)-1]) {
		if c < 0x21 || c == '"' || c == 0x7f {
			return false
		}
	}
	return true
}

func isStrong(tag string) bool { return strings.HasPrefix(tag, `"`) }

func isDate(s string) bool {
	_, err := http.ParseTime(s)
	return err == nil && len(s) < 64 && !strings.ContainsAny(s, "\r\n")
}

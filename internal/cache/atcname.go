package cache

import (
	"bytes"
	"encoding/json"
)

// ATCName is what the release calls an ATC code of any level; "" where it does
// not know the code, or has no name for it.
func (s *Snapshot) ATCName(code string) string {
	it, ok := s.ATC(code)
	if !ok {
		return ""
	}
	// The name stands before all else that is called so; an item has thousands
	// of bytes.
	_, rest, ok := bytes.Cut(it.JSON, atcDisplay)
	if before := bytes.Index(it.JSON, atcSystem); !ok || before >= 0 && before < len(it.JSON)-len(rest) {
		return ""
	}
	end := 0
	for end < len(rest) && rest[end] != '"' {
		if rest[end] == '\\' {
			end++
		}
		end++
	}
	var name string
	_ = json.Unmarshal(append([]byte{'"'}, rest[:min(end+1, len(rest))]...), &name) // rendered here: it is a string
	return name
}

var (
	atcDisplay = []byte(`,"display":"`)
	atcSystem  = []byte(`,"system":`)
)

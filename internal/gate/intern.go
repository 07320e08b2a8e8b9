package gate

import "strings"

// interner gives every text a number, from 1 on; 0 is no text. It keeps
// copies, so that an entry can be forgotten once it was added.
type interner struct {
	number map[string]uint32
	text   []string
}

func newInterner() *interner {
	return &interner{number: map[string]uint32{}, text: []string{""}}
}

func (t *interner) of(s string) uint32 {
	if s == "" {
		return 0
	}
	if n, ok := t.number[s]; ok {
		return n
	}
	return t.put(strings.Clone(s))
}

// bytes is of for text that was put together in a buffer.
func (t *interner) bytes(b []byte) uint32 {
	if len(b) == 0 {
		return 0
	}
	if n, ok := t.number[string(b)]; ok { // does not allocate
		return n
	}
	return t.put(string(b))
}

func (t *interner) put(s string) uint32 {
	n := uint32(len(t.text))
	t.text = append(t.text, s)
	t.number[s] = n
	return n
}

// adopt takes in all texts of another interner; the result translates its
// numbers to own ones.
func (t *interner) adopt(o *interner) []uint32 {
	to := make([]uint32, len(o.text))
	for i, s := range o.text[1:] {
		n, ok := t.number[s]
		if !ok {
			n = t.put(s)
		}
		to[i+1] = n
	}
	return to
}

package rules

import (
	"slices"

	"github.com/festd/festd/internal/fest"
)

// Moieties knows which moieties substances are salts and esters of (R34).
// Questions about a substance are answered for its moiety and all salts
// together. It is immutable once made.
type Moieties struct {
	of    map[fest.ID][]fest.ID // salt → moieties
	salts map[fest.ID][]fest.ID // moiety → salts
}

// NewMoieties makes it of all ingredients of a release: each that names others
// is their moiety.
func NewMoieties(ingredients []*fest.Ingredient) *Moieties {
	m := &Moieties{of: map[fest.ID][]fest.ID{}, salts: map[fest.ID][]fest.ID{}}
	for _, i := range ingredients {
		for _, r := range i.FullActiveSubstances {
			salt := fest.ID(r)
			if salt == i.ID || slices.Contains(m.of[salt], i.ID) {
				continue
			}
			m.of[salt] = append(m.of[salt], i.ID)
			m.salts[i.ID] = append(m.salts[i.ID], salt)
		}
	}
	return m
}

// AppendOf appends the moieties of a substance: it itself, where nothing says
// that it is a salt.
func (m *Moieties) AppendOf(dst []fest.ID, id fest.ID) []fest.ID {
	if of := m.of[id]; len(of) > 0 {
		return append(dst, of...)
	}
	return append(dst, id)
}

// AppendFamily appends what counts as the substance: its moieties and all
// their salts, which it is one of; each once.
func (m *Moieties) AppendFamily(dst []fest.ID, id fest.ID) []fest.ID {
	from := len(dst)
	var buf [4]fest.ID
	for _, moiety := range m.AppendOf(buf[:0], id) {
		for _, one := range append([]fest.ID{moiety}, m.salts[moiety]...) {
			if !slices.Contains(dst[from:], one) {
				dst = append(dst, one)
			}
		}
	}
	return dst
}

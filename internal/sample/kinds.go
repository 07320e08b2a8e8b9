package sample

import (
	"strings"

	"github.com/festd/festd/internal/fest"
)

// kind is what the drugs, packages, generics or doses of one ATC level 3 are.
type kind struct {
	class fest.Class
	atc   string
}

// kinds counts how many of each there are, and how many have left in a step.
// Firms give up products, seldom many of one kind at once: of a small kind its
// packages leave one by one, the drug with the last of them.
type kinds struct {
	of         []kind // per item; the zero kind for what is no medicine or has no code
	size, left map[kind]int
}

func newKinds(items int) kinds {
	return kinds{of: make([]kind, items), size: map[kind]int{}, left: map[kind]int{}}
}

func (k *kinds) read(i int, class fest.Class, atc string) {
	n := 4
	if strings.HasPrefix(atc, "Q") { // a level longer (R65)
		n = 5
	}
	if len(atc) >= n {
		k.of[i] = kind{class, atc[:n]}
		k.size[k.of[i]]++
	}
}

// canLose says whether the items can leave together without any kind losing
// more than a fifth in this step, or more than one where it has less than ten.
func (k *kinds) canLose(items []int32) bool {
	more := map[kind]int{}
	for _, i := range items {
		of := k.of[i]
		if of == (kind{}) {
			continue
		}
		more[of]++
		if k.left[of]+more[of] > max(1, k.size[of]/5) {
			return false
		}
	}
	return true
}

func (k *kinds) lose(i int32) { k.left[k.of[i]]++ }

package answer

// Paging says which part of its lists an answer gives. The zero Paging gives
// them whole.
type Paging struct {
	// List is the one list that is asked for; "" is the beginning of all.
	List string
	// From is where the part of that list starts, Limit how many it has at
	// most; zero is all.
	From, Limit int
	// Next makes the link to the rest of a list, from a place on.
	Next func(list string, from int) string
}

// List is a part of a list, with the number of all.
type List[T any] struct {
	Total int `json:"total"`
	// Next is the link to the part that follows; left out with the last.
	Next  string `json:"next,omitempty"`
	Items []T    `json:"items"`
}

// paged is the part of a list that is asked for; nil where another list is.
// Only what is in it is made.
func paged[S, T any](p *Paging, name string, all []S, show func(S) T) *List[T] {
	if p.List != "" && p.List != name {
		return nil
	}
	from, to := p.bounds(name, len(all))
	out := &List[T]{Total: len(all), Items: make([]T, 0, to-from)}
	for _, one := range all[from:to] {
		out.Items = append(out.Items, show(one))
	}
	if to < len(all) && p.Next != nil {
		out.Next = p.Next(name, to)
	}
	return out
}

func (p *Paging) bounds(name string, n int) (from, to int) {
	if p.List == name {
		from = min(max(p.From, 0), n)
	}
	if to = n; p.Limit > 0 {
		to = min(from+p.Limit, n)
	}
	return from, to
}

package cache

// DerivedATC appends the ATC codes derived for an ingredient (R43): those of
// the drugs and generics that hold it alone, as moiety or salt. The id is that
// of the ingredient, exactly.
func (s *Snapshot) DerivedATC(dst []string, ingredient string) []string {
	c := s.contents
	derived := &c.tables[derivedTable]
	i, ok := derived.find(ingredient)
	if !ok {
		return dst
	}
	posts := derived.posts(i)
	for k := range len(posts) / 4 {
		r := recordAt(c.items, int(u32(posts, k)))
		dst = append(dst, string(c.text(r, r.key())))
	}
	return dst
}

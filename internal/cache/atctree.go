package cache

import (
	"bytes"
	"net/url"
	"slices"
	"strconv"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/wire"
)

// ResourceATC is the resource of the items that /v1/atc answers; they are no
// entries.
const ResourceATC fest.Resource = "atc"

// atcNumber numbers ResourceATC after those that serve entries.
var atcNumber = wire.Number(len(fest.Resources()) + 1)

// atcTree is every ATC code of the content, with the codes above (R136).
type atcTree struct {
	names    *interner
	order    []uint32 // numbers of the codes, sorted by code
	index    []uint32 // Index of the item, by number
	parent   []uint32 // number plus 1, by number
	children groups
}

// tree completes the codes by those above them and orders them; first is the
// Index of the first.
func (b *Builder) tree(first uint32) *atcTree {
	names := b.relations[relOtherATC].names
	t := &atcTree{names: names}
	for num := uint32(0); int(num) < names.len(); num++ { // names grows
		parent := b.atc.of(num).parent
		if parent == 0 || parent == num+1 {
			parent = 0
			if p := atcParent(string(names.at(num))); p != "" {
				n, _ := names.addString(p)
				parent = n + 1
			}
		}
		t.parent = append(t.parent, parent)
	}
	n := names.len()
	t.order = make([]uint32, n)
	for i := range t.order {
		t.order[i] = uint32(i)
	}
	slices.SortFunc(t.order, func(a, b uint32) int { return bytes.Compare(names.at(a), names.at(b)) })
	t.index = make([]uint32, n)
	var edges []pair
	for i, num := range t.order {
		t.index[num] = first + uint32(i)
		if t.parent[num] != 0 {
			edges = append(edges, pair{t.parent[num] - 1, num})
		}
	}
	t.children = group(edges, n, false)
	return t
}

// atcUnder are the resources counted under a code, with the table of their
// filter atc.
var atcUnder = [...]struct {
	resource fest.Resource
	table    relationNumber
	match    Match
}{
	{fest.ResourceDrugs, relDrugATC, MatchATC},
	{fest.ResourceGenerics, relGenericATC, MatchATC},
	{fest.ResourcePackages, relPackageATC, MatchATC},
	{fest.ResourceReimbursements, relReimbursementATC, MatchATC},
	{fest.ResourceInteractions, relInteractionATC, MatchATCBothWays},
	{fest.ResourceNotAssessed, relNotAssessedATC, MatchATCBothWays},
}

// maxParents bounds the way up, should a code list go in a circle.
const maxParents = 10

// atcRenderer renders the items of ATC codes.
type atcRenderer struct {
	b        *Builder
	tree     *atcTree
	tables   *[fileTables]keyTable
	ranges   *resourceRanges
	single   groups
	resolver *resolver
	set      itemSet
}

// append appends the JSON of a code.
func (r *atcRenderer) append(dst []byte, num uint32) []byte {
	code := string(r.tree.names.at(num))
	dst = append(dst, `{"resource":"atc",`...)
	dst = r.appendCode(dst, num)
	dst = append(dst, `,"system":"urn:oid:`+fest.OIDRoot+atcList+`"`...)
	if level := atcLevel(code); level > 0 {
		dst = append(dst, `,"level":`...)
		dst = strconv.AppendInt(dst, int64(level), 10)
	}
	if e := r.b.atc.at(r.b.atc.of(num).english); len(e) > 0 {
		dst = append(dst, `,"displayEnglish":`...)
		dst = wire.AppendString(dst, string(e))
	}
	if r.b.options.Sample {
		dst = append(dst, `,"sample":"`+wire.SampleMark+`"`...)
	}
	dst = r.appendParents(dst, num)
	dst = append(dst, `,"children":[`...)
	for i, child := range r.tree.children.of(num) {
		dst = r.appendLink(dst, i, child)
	}
	dst = append(dst, `],"under":{`...)
	dst = r.appendUnder(dst, code)
	dst = append(dst, '}')
	if us := r.single.of(num); len(us) > 0 {
		dst = r.appendIngredients(dst, us)
	}
	return append(dst, '}')
}

// appendCode appends the properties code and display.
func (r *atcRenderer) appendCode(dst []byte, num uint32) []byte {
	dst = append(dst, `"code":`...)
	dst = wire.AppendString(dst, string(r.tree.names.at(num)))
	a := r.b.atc.of(num)
	name := r.b.atc.at(a.name)
	if len(name) == 0 {
		name = r.b.atc.at(a.used)
	}
	if len(name) > 0 {
		dst = append(dst, `,"display":`...)
		dst = wire.AppendString(dst, string(name))
	}
	return dst
}

func (r *atcRenderer) appendLink(dst []byte, i int, num uint32) []byte {
	if i > 0 {
		dst = append(dst, ',')
	}
	dst = append(dst, '{')
	dst = r.appendCode(dst, num)
	dst = append(dst, `,"href":`...)
	dst = wire.AppendString(dst, "/v1/atc/"+url.PathEscape(string(r.tree.names.at(num))))
	return append(dst, '}')
}

// appendParents appends the codes above, the top one first.
func (r *atcRenderer) appendParents(dst []byte, num uint32) []byte {
	var up [maxParents]uint32
	n := 0
	for p := r.tree.parent[num]; p != 0 && n < len(up); p = r.tree.parent[p-1] {
		up[n] = p - 1
		n++
	}
	dst = append(dst, `,"parents":[`...)
	for i := range n {
		dst = r.appendLink(dst, i, up[n-1-i])
	}
	return append(dst, ']')
}

// appendUnder appends how much each list has under the code; the href is the
// list that was counted.
func (r *atcRenderer) appendUnder(dst []byte, code string) []byte {
	comma := false
	for i := range atcUnder {
		u := &atcUnder[i]
		first, n := r.ranges.of(wire.NumberOf(u.resource))
		r.set.reset(first, n)
		r.tables[u.table].match(&r.set, u.match, code)
		count := r.set.count()
		if count == 0 {
			continue
		}
		if comma {
			dst = append(dst, ',')
		}
		comma = true
		dst = wire.AppendString(dst, string(u.resource))
		dst = append(dst, `:{"count":`...)
		dst = strconv.AppendInt(dst, int64(count), 10)
		dst = append(dst, `,"href":`...)
		dst = wire.AppendString(dst, "/v1/"+string(u.resource)+"?atc="+url.QueryEscape(code))
		dst = append(dst, '}')
	}
	return dst
}

// appendIngredients appends the substances that the code's products hold,
// those that hold only one: FEST itself has no such link (R43).
func (r *atcRenderer) appendIngredients(dst []byte, us []uint32) []byte {
	dst = append(dst, `,"ingredients":{"derived":true,"items":[`...)
	names := r.b.relations[relIngredientSelf].names
	target := wire.Targets{wire.NumberOf(fest.ResourceIngredients)}
	for i, u := range us {
		if i > 0 {
			dst = append(dst, ',')
		}
		id := wire.AppendString(nil, string(names.at(u)))
		dst = wire.Fill(dst, id, []wire.Hole{{Len: uint32(len(id)), Targets: target}}, r.resolver)
	}
	return append(dst, `]}`...)
}

package api

import (
	"net/url"
	"strconv"

	"github.com/festd/festd/internal/api/answer"
	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
)

var offerEntry = []mediaType{mediaJSON, mediaXML}

// item answers /v1/{resource}/{key}: the entry that has the key, or that entry
// id.
func (a *API) item(res fest.Resource) handler {
	return func(c *call, v *view) error {
		include := false
		if c.r.URL.RawQuery != "" {
			var release string
			var err error
			if include, release, err = a.itemQuery(c.r.URL.RawQuery, itemParameters); err != nil {
				return err
			}
			if release != "" {
				if v, err = a.at(c, v, release); err != nil {
					return err
				}
			}
		}
		var buf [4]cache.Index
		found := v.snap.ByKey(buf[:0], res, c.key)
		if len(found) == 0 {
			c.key = answer.KeyOf(c.key)
			found = v.snap.ByKey(buf[:0], res, c.key)
		}
		switch len(found) {
		case 1:
			return a.entry(c, v, found[0])
		case 0:
			return a.missing(c, v, res, include)
		default:
			// The groups of one reimbursement entry differ in JSON; its XML is
			// one and the same.
			if m, err := c.media(offerEntry...); err == nil && m == mediaXML && oneEntry(v, found) {
				return a.entry(c, v, found[0])
			}
			return several(v, res, found, "")
		}
	}
}

// entry sends one entry, as JSON or as the slice of the source.
func (a *API) entry(c *call, v *view, i cache.Index) error {
	media := mediaJSON
	if accept := c.r.Header["Accept"]; accept != nil {
		var err error
		if media, err = c.media(offerEntry...); err != nil {
			return err
		}
	}
	it := v.snap.Item(i)
	if media == mediaJSON {
		rep := representation{contentType: typeJSON, etag: string(it.ETag), body: it.JSON, gzip: it.Gzip, zstd: it.Zstd}
		return a.send(c, &rep)
	}
	buf := a.coders.buffer()
	defer a.coders.giveBack(buf)
	xml, err := v.snap.AppendXML(buf.AvailableBuffer(), i)
	if err != nil {
		return internal(err)
	}
	rep := representation{contentType: typeXML, etag: withSuffix(tagOf(xml), "-xml"), body: xml}
	return a.send(c, &rep)
}

// knownSince is the HentetDato of the oldest release known (R26).
func (a *API) knownSince(v *view) string {
	if a.opts.KnownSince != nil {
		if since := a.opts.KnownSince(); since != "" {
			return since
		}
	}
	return string(v.rel.Content.RetrievalDate)
}

func (a *API) notFound(v *view, detail string) error {
	f := fail(errNotFound, detail)
	f.problem.KnownSince = a.knownSince(v)
	return f
}

func oneEntry(v *view, found []cache.Index) bool {
	for _, i := range found[1:] {
		if v.snap.Item(i).Ordinal != v.snap.Item(found[0]).Ordinal {
			return false
		}
	}
	return true
}

// several answers a key that is not unique with a link to each entry (R21). An
// entry is linked by its entry id, but where they share that, too (groups of
// one reimbursement entry), by its key; suffix is what follows in the path.
func several(v *view, res fest.Resource, found []cache.Index, suffix string) error {
	f := fail(errSeveral, strconv.Itoa(len(found))+" entries of "+string(res)+" have this key; take one of choices")
	byEntry := map[string]int{}
	for _, i := range found {
		byEntry[string(v.snap.Item(i).EntryID)]++
	}
	for _, i := range found {
		it := v.snap.Item(i)
		id := string(it.EntryID)
		if byEntry[id] > 1 {
			id = string(it.Key)
		}
		f.problem.Choices = append(f.problem.Choices, Choice{
			Resource: string(res), ID: string(it.Key), EntryID: string(it.EntryID), Href: href(res, id) + suffix,
		})
	}
	return f
}

// href is the path of an entry.
func href(res fest.Resource, key string) string {
	return "/v1/" + string(res) + "/" + url.PathEscape(key)
}

// atcParameters are those of an ATC code, which cannot be removed: the code
// list keeps it.
var atcParameters = []string{paramRelease}

// atc answers /v1/atc/{code}: a code of any level, in any case.
func (a *API) atc(c *call, v *view) error {
	if c.r.URL.RawQuery != "" {
		_, release, err := a.itemQuery(c.r.URL.RawQuery, atcParameters)
		if err != nil {
			return err
		}
		if release != "" {
			if v, err = a.at(c, v, release); err != nil {
				return err
			}
		}
	}
	if _, err := c.media(mediaJSON); err != nil {
		return err
	}
	it, ok := v.snap.ATC(upper(c.key))
	if !ok {
		return a.noATC(v, c.key)
	}
	rep := representation{contentType: typeJSON, etag: string(it.ETag), body: it.JSON, gzip: it.Gzip, zstd: it.Zstd}
	return a.send(c, &rep)
}

// noATC answers an ATC code that the release has not.
func (a *API) noATC(v *view, code string) error {
	return a.notFound(v, "no product, interaction or code list has the ATC code "+strconv.Quote(clip(code))+
		"; want a code of any level, such as N, N02, N02B, N02BE or N02BE01")
}

// upper is strings.ToUpper for ASCII: codes have no other letters, and what
// has is no code.
func upper(s string) string {
	for i := range len(s) {
		if 'a' <= s[i] && s[i] <= 'z' {
			b := []byte(s)
			for j := i; j < len(b); j++ {
				if 'a' <= b[j] && b[j] <= 'z' {
					b[j] -= 'a' - 'A'
				}
			}
			return string(b)
		}
	}
	return s
}

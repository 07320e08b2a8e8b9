package api

import (
	"encoding/json"
	"hash/fnv"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
)

// view is a snapshot with what all answers from it share, made once. It holds
// no reference to the snapshot of its own: whoever uses a view holds one.
type view struct {
	snap *cache.Snapshot
	rel  fest.Release
	// Values of the release headers; sample is nil for real data.
	release, retrieved, sample []string
	advisory                   *Advisory // what answers carry; nil is nothing
	advises                    []string  // the header; nil without an advisory
	// object is the member "release" of list bodies.
	object []byte
	// seed goes into the ETag of everything that is not an entry: another
	// release, program version or file format is another representation.
	seed        uint64
	retrievedAt time.Time // zero where HentetDato is no date

	questions []indexQuestion // of the route table

	days     days // of the search
	once     sync.Once
	index    document // /v1
	current  document // /v1/releases/current
	examples []example
}

// document is a body that is rendered once.
type document struct {
	body []byte
	etag string // with quotes
}

// releaseObject is the member "release" of list bodies.
type releaseObject struct {
	Serial        fest.Serial   `json:"serial"`
	RetrievalDate fest.DateTime `json:"retrievalDate"`
	Filter        fest.Filter   `json:"filter,omitempty"`
	Sample        string        `json:"sample,omitempty"`
	Advisory      *Advisory     `json:"advisory,omitempty"`
}

func newReleaseObject(rel *fest.Release, adv *Advisory) releaseObject {
	o := releaseObject{Serial: rel.Serial, RetrievalDate: rel.Content.RetrievalDate, Filter: rel.Content.Filter, Advisory: adv}
	if rel.Content.Sample {
		o.Sample = sampleText
	}
	return o
}

// view returns the view of a snapshot that the caller holds, under an
// advisory.
func (a *API) view(snap *cache.Snapshot, adv *Advisory) *view {
	if v := a.current.Load(); v != nil && v.snap == snap && v.advisory.same(adv) {
		return v
	}
	v := newView(snap, &a.opts, adv)
	v.questions = a.questions
	a.current.Store(v)
	return v
}

func newView(snap *cache.Snapshot, o *Options, adv *Advisory) *view {
	v := &view{snap: snap, rel: snap.Release(), advisory: adv}
	serial := strconv.FormatUint(uint64(v.rel.Serial), 10)
	v.release = []string{serial}
	v.retrieved = []string{headerText(string(v.rel.Content.RetrievalDate))}
	if v.rel.Content.Sample {
		v.sample = sampleValue
	}
	if adv != nil {
		v.advises = []string{asHeader(adv.Text)}
	}
	v.object = mustJSON(newReleaseObject(&v.rel, adv))
	v.retrievedAt, _ = retrievedAt(v.rel.Content.RetrievalDate)
	h := fnv.New64a()
	for _, s := range []string{o.Version, o.RulesOff.String(), strconv.Itoa(cache.Format), v.rel.Stream, serial, string(v.rel.Content.Digest), string(v.rel.Content.RetrievalDate)} {
		_, _ = h.Write([]byte(s)) // a hash never fails
		_, _ = h.Write([]byte{0})
	}
	if adv != nil {
		_, _ = h.Write(mustJSON(adv))
	}
	v.seed = h.Sum64()
	return v
}

// name puts the headers that name the release.
func (v *view) name(h http.Header) {
	h[headerRelease] = v.release
	h[headerRetrieved] = v.retrieved
	if v.sample != nil {
		h[headerSample] = v.sample
	}
	if v.advises != nil {
		h[headerAdvisory] = v.advises
	}
}

// headerText keeps what could end a header line out of its value.
func headerText(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c < ' ' || c > '~' {
			b[i] = '?'
		}
	}
	return string(b)
}

// etag is the ETag of something that this release has, by its name: serial
// and hash.
func (v *view) etag(name string) string {
	h := fnv.New64a()
	_, _ = h.Write([]byte(name)) // a hash never fails
	return `"` + v.release[0] + "-" + strconv.FormatUint(h.Sum64()^v.seed, 36) + `"`
}

// mustJSON renders a value of this package's own types, which cannot fail.
func mustJSON(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic("api: " + err.Error())
	}
	return b
}

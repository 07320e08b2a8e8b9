package api

import (
	"strconv"
	"time"

	"github.com/festd/festd/internal/fest"
)

// releaseBody is a release as the public sees it: without who was behind it
// and where its file came from, which are the operators' business.
type releaseBody struct {
	Serial             fest.Serial    `json:"serial"`
	Stream             string         `json:"stream"`
	RetrievalDate      fest.DateTime  `json:"retrievalDate"`
	ValidFromDateHelfo *fest.Date     `json:"validFromDateHelfo,omitempty"`
	Filter             fest.Filter    `json:"filter,omitempty"`
	PublishedAt        time.Time      `json:"publishedAt"`
	Cause              fest.Cause     `json:"cause,omitempty"`
	Kept               bool           `json:"kept"`
	Digest             fest.Digest    `json:"digest,omitempty"`
	Source             *releaseSource `json:"source,omitempty"`
	Counts             fest.Counts    `json:"counts"`
	Sample             string         `json:"sample,omitempty"`
	Advisory           *Advisory      `json:"advisory,omitempty"`
}

// releaseSource is the file as it came.
type releaseSource struct {
	Digest fest.Digest `json:"digest"`
	Size   int64       `json:"size"`
}

func newReleaseBody(rel *fest.Release, kept bool) releaseBody {
	b := releaseBody{
		Serial: rel.Serial, Stream: rel.Stream, RetrievalDate: rel.Content.RetrievalDate,
		ValidFromDateHelfo: rel.Content.ValidFromDateHelfo, Filter: rel.Content.Filter,
		PublishedAt: rel.PublishedAt.UTC(), Cause: causeOf(rel), Kept: kept, Digest: rel.Content.Digest, Counts: rel.Content.Counts,
	}
	if b.Counts == nil {
		b.Counts = fest.Counts{}
	}
	if rel.Source.Digest != "" {
		b.Source = &releaseSource{rel.Source.Digest, rel.Source.Size}
	}
	if rel.Content.Sample {
		b.Sample = sampleText
	}
	return b
}

// causeOf is how a release came to be served. Ledgers of before there was a
// cause had imports only; the sample was not published.
func causeOf(rel *fest.Release) fest.Cause {
	if rel.Cause == "" && rel.Serial != 0 {
		return fest.CauseImport
	}
	return rel.Cause
}

func (v *view) currentBody() releaseBody {
	b := newReleaseBody(&v.rel, true)
	if counts := v.snap.Counts(); counts != nil {
		b.Counts = counts
	}
	b.Advisory = v.advisory
	return b
}

// pageBody is a page of a list that is not of entries.
type pageBody[T any] struct {
	Release releaseObject `json:"release"` // served now
	Total   int           `json:"total"`
	Next    string        `json:"next,omitempty"`
	Items   []T           `json:"items"`
}

// ledger answers /v1/releases: all releases ever published, newest first.
func (a *API) ledger(c *call, v *view) error {
	const path = "/v1/releases"
	q, err := a.pageQuery(c, paramLimit, paramCursor)
	if err != nil {
		return err
	}
	all := a.releases(v)
	from := 0
	list := hash32([]byte(path))
	if q.cursor != "" {
		cur, err := decodeCursor(q.cursor)
		if err == nil {
			err = cur.of(list)
		}
		if err != nil {
			return err
		}
		for from < len(all) && all[from].Serial >= cur.serial {
			from++
		}
	}
	body := pageBody[releaseBody]{Release: newReleaseObject(&v.rel, v.advisory), Total: len(all), Items: []releaseBody{}}
	to := min(len(all), from+q.limit)
	for i := range all[from:to] {
		r := &all[from+i]
		body.Items = append(body.Items, newReleaseBody(&r.Release, a.kept(v, r)))
	}
	if to < len(all) {
		// The place is a serial: it stays where it is as releases are added.
		cur := cursor{stream: hash32([]byte(v.rel.Stream)), serial: all[to-1].Serial, list: list, position: 1}
		body.Next = path + "?" + q.encode(cur.encode(), a.opts.DefaultLimit)
	}
	return a.sendPage(c, body, body.Next)
}

// pageQuery reads the query of a list that has no filters of the cache.
func (a *API) pageQuery(c *call, known ...string) (listQuery, error) {
	if _, err := c.media(offerJSON...); err != nil {
		return listQuery{}, err
	}
	return a.listQuery(c.r.URL.RawQuery, known)
}

// sendPage sends a page whose ETag is of its bytes.
func (a *API) sendPage(c *call, body any, next string) error {
	if next != "" {
		c.Header()["Link"] = []string{"<" + next + `>; rel="next"`}
	}
	b := append(mustJSON(body), '\n')
	return a.send(c, &representation{contentType: typeJSON, etag: tagOf(b), body: b})
}

func (a *API) kept(v *view, r *ArchivedRelease) bool {
	return r.OnDisk || r.Serial == v.rel.Serial && r.Stream == v.rel.Stream
}

// current is what stands for the serial of the release served in paths.
const current = "current"

// named is the release that the path names.
func (a *API) named(v *view, key string) (*ArchivedRelease, error) {
	if key == current {
		return &ArchivedRelease{Release: v.rel, OnDisk: true}, nil
	}
	serial, err := strconv.ParseUint(key, 10, 64)
	if err == nil {
		for _, r := range a.releases(v) {
			if r.Serial == fest.Serial(serial) {
				return &r, nil
			}
		}
	}
	return nil, a.notFound(v, "no release has the serial "+strconv.Quote(clip(key))+"; /v1/releases lists all, and current is the one served")
}

// ledgerRelease answers /v1/releases/{serial}.
func (a *API) ledgerRelease(c *call, v *view) error {
	if _, err := a.pageQuery(c); err != nil {
		return err
	}
	r, err := a.named(v, c.key)
	if err != nil {
		return err
	}
	body := newReleaseBody(&r.Release, a.kept(v, r))
	if r.Serial == v.rel.Serial {
		body = v.currentBody()
	}
	return a.sendPage(c, body, "")
}

// verdictBody is what the gate found in a release, and who let it pass.
type verdictBody struct {
	Serial        fest.Serial     `json:"serial"`
	RetrievalDate fest.DateTime   `json:"retrievalDate"`
	Digest        fest.Digest     `json:"digest,omitempty"`
	Cause         fest.Cause      `json:"cause,omitempty"`
	Held          bool            `json:"held"`
	Approval      *publicApproval `json:"approval,omitempty"`
	Findings      []fest.Finding  `json:"findings"`
	Sample        string          `json:"sample,omitempty"`
}

// publicApproval is an approval without the name behind it.
type publicApproval struct {
	At       time.Time   `json:"at"`
	Reason   string      `json:"reason"`
	Baseline fest.Serial `json:"baseline"`
}

// verdict answers /v1/releases/{serial}/verdict.
func (a *API) verdict(c *call, v *view) error {
	if _, err := a.pageQuery(c); err != nil {
		return err
	}
	r, err := a.named(v, c.key)
	if err != nil {
		return err
	}
	content := &r.Content
	body := verdictBody{
		Serial: r.Serial, RetrievalDate: content.RetrievalDate, Digest: content.Digest, Cause: causeOf(&r.Release), Findings: content.Findings,
	}
	for _, f := range content.Findings {
		body.Held = body.Held || f.Severity == fest.SeverityHold
	}
	if body.Findings == nil {
		body.Findings = []fest.Finding{}
	}
	if p := content.Approval; p != nil {
		body.Approval = &publicApproval{At: p.At.UTC(), Reason: p.Reason, Baseline: p.Baseline}
	}
	if content.Sample {
		body.Sample = sampleText
	}
	return a.sendPage(c, body, "")
}

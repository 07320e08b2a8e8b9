package api

import (
	"slices"
	"strconv"
)

// problemDocBody describes a problem type, for whoever follows its URI.
type problemDocBody struct {
	Type        string `json:"type"`
	Title       string `json:"title"`
	Status      int    `json:"status"`
	Description string `json:"description"`
}

// problemDoc answers /problems/{type} of the public listener.
func (a *API) problemDoc(c *call, _ *view) error { return a.sendProblemDoc(c, problemTypes) }

// opsProblemDoc answers /problems/{type} of the ops listener, which has all.
func (a *API) opsProblemDoc(c *call, _ *view) error {
	return a.sendProblemDoc(c, slices.Concat(problemTypes, opsProblemTypes))
}

func (a *API) sendProblemDoc(c *call, types []problemType) error {
	for i := range types {
		t := &types[i]
		if t.slug != c.key || t.doc == "" {
			continue
		}
		media, err := c.media(mediaJSON, mediaText)
		if err != nil {
			return err
		}
		rep := representation{contentType: typeJSON, body: append(mustJSON(problemDocBody{typeBase + t.slug, t.title, t.status, t.doc}), '\n')}
		if media == mediaText {
			rep.contentType = typeText
			rep.body = []byte(t.title + " (" + strconv.Itoa(t.status) + ")\n\n" + t.doc + "\n")
		}
		rep.etag = tagOf(rep.body)
		return a.send(c, &rep)
	}
	f := fail(errNoRoute, "no problem of this API has this type")
	for i := range types {
		if types[i].doc != "" {
			f.problem.Known = append(f.problem.Known, types[i].slug)
		}
	}
	return f
}

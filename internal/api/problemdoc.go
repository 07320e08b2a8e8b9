package api

import "strconv"

// problemDocBody describes a problem type, for whoever follows its URI.
type problemDocBody struct {
	Type        string `json:"type"`
	Title       string `json:"title"`
	Status      int    `json:"status"`
	Description string `json:"description"`
}

// problemDoc answers /problems/{type}.
func (a *API) problemDoc(c *call, _ *view) error {
	for i := range problemTypes {
		t := &problemTypes[i]
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
	for i := range problemTypes {
		if problemTypes[i].doc != "" {
			f.problem.Known = append(f.problem.Known, problemTypes[i].slug)
		}
	}
	return f
}

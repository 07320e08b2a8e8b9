package api

// newSpec is a description as it stands in the folder api.
func newSpec(body []byte) document {
	return document{body: body, etag: tagOf(body)}
}

// openapi answers /openapi.yaml of the public listener.
func (a *API) openapi(c *call, _ *view) error { return a.sendSpec(c, &a.spec) }

// opsOpenAPI answers /openapi.yaml of the ops listener.
func (a *API) opsOpenAPI(c *call, _ *view) error { return a.sendSpec(c, &a.opsSpec) }

func (a *API) sendSpec(c *call, spec *document) error {
	if _, err := c.media(mediaYAML, mediaText); err != nil {
		return err
	}
	return a.send(c, &representation{contentType: typeYAML, etag: spec.etag, body: spec.body})
}

package api

import "github.com/festd/festd/api"

// newSpec is the API's description, as it stands in api/openapi.yaml.
func newSpec() document {
	return document{body: api.OpenAPI, etag: tagOf(api.OpenAPI)}
}

// openapi answers /openapi.yaml.
func (a *API) openapi(c *call, _ *view) error {
	if _, err := c.media(mediaYAML, mediaText); err != nil {
		return err
	}
	return a.send(c, &representation{contentType: typeYAML, etag: a.spec.etag, body: a.spec.body})
}

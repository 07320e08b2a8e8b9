package api

import "sync"

// spec is a description as it stands in the folder api. It is compressed once,
// when it is first asked for: that takes longer than a hundred lookups.
type spec func() (*representation, error)

func (a *API) newSpec(body []byte) spec {
	return sync.OnceValues(func() (*representation, error) { return a.ready(typeYAML, body) })
}

// openapi answers /openapi.yaml of the public listener.
func (a *API) openapi(c *call, _ *view) error { return a.sendSpec(c, a.spec) }

// opsOpenAPI answers /openapi.yaml of the ops listener.
func (a *API) opsOpenAPI(c *call, _ *view) error { return a.sendSpec(c, a.opsSpec) }

func (a *API) sendSpec(c *call, read spec) error {
	if _, err := c.media(mediaYAML, mediaText); err != nil {
		return err
	}
	rep, err := read()
	if err != nil {
		return internal(err)
	}
	return a.send(c, rep)
}

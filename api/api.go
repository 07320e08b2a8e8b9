// Package api holds the contract of the public API: its OpenAPI description,
// which the server also serves. It imports nothing.
package api

import _ "embed"

// OpenAPI is openapi.yaml. It must not be changed.
//
//go:embed openapi.yaml
var OpenAPI []byte

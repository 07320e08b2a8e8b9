// Package api holds the contracts of the two listeners: their OpenAPI
// descriptions, which the server also serves. It imports nothing.
package api

import _ "embed"

// OpenAPI is openapi.yaml. It must not be changed.
//
//go:embed openapi.yaml
var OpenAPI []byte

// OpsAPI is ops.yaml, the contract of the ops listener. It must not be changed.
//
//go:embed ops.yaml
var OpsAPI []byte

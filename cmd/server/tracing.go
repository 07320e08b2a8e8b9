package main

import "github.com/festd/festd/internal/app"

// tracingFlags say where traces go.
type tracingFlags struct {
	OTLPEndpoint string `name:"otlp-endpoint" help:"Base URL of an OpenTelemetry collector (OTLP over HTTP) that traces are exported to; without one, and without OTEL_EXPORTER_OTLP_ENDPOINT, there are none." placeholder:"URL"`
}

// tracing is nil where no collector is named.
func (f *tracingFlags) tracing(ratio float64) *app.Tracing {
	if !app.TracingConfigured(f.OTLPEndpoint) {
		return nil
	}
	return &app.Tracing{Endpoint: f.OTLPEndpoint, Ratio: ratio}
}

package telemetry

import (
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"strings"
	"time"
)

// Options of a Tracer. Fields are optional unless they say otherwise.
type Options struct {
	// Endpoint is the base URL of a collector, such as http://collector:4318;
	// "" = what OTEL_EXPORTER_OTLP_ENDPOINT or OTEL_EXPORTER_OTLP_TRACES_ENDPOINT
	// says. The other variables of the standard (headers, certificates, timeout,
	// compression, resource attributes) hold in either case.
	Endpoint string
	// Ratio is the share of requests without a traceparent that are recorded,
	// from 0 to 1.
	Ratio float64
	// Queue is how many spans wait for the collector at most; 0 = 2048.
	Queue int
	// Delay is how long a span waits for others to go with it; 0 = 5 s.
	Delay time.Duration
	// Patience bounds one attempt to send; 0 = 10 s.
	Patience time.Duration
	// Version is the program's; "" = dev.
	Version string
	// Log takes failures to export, one a minute; nil = discarded.
	Log *slog.Logger
}

func (o *Options) validate() error {
	if o.Endpoint != "" {
		u, err := url.Parse(o.Endpoint)
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.RawQuery != "" || u.User != nil {
			return errors.New("OTLP endpoint: want the base URL of a collector, such as http://collector:4318, without a user (see OTEL_EXPORTER_OTLP_HEADERS)")
		}
		o.Endpoint = strings.TrimSuffix(u.String(), "/")
	}
	if !(o.Ratio >= 0 && o.Ratio <= 1) {
		return fmt.Errorf("trace ratio %v: want a share from 0 to 1", o.Ratio)
	}
	if o.Queue < 0 || o.Delay < 0 || o.Patience < 0 {
		return errors.New("telemetry: an option is negative")
	}
	or(&o.Queue, 2048)
	or(&o.Delay, 5*time.Second)
	or(&o.Patience, 10*time.Second)
	or(&o.Version, "dev")
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return nil
}

func or[T comparable](p *T, value T) {
	var zero T
	if *p == zero {
		*p = value
	}
}

// Configured says whether there is a collector, named by endpoint or by the
// standard's variables, and these do not switch the export off.
func Configured(endpoint string) bool {
	if strings.EqualFold(os.Getenv("OTEL_SDK_DISABLED"), "true") || os.Getenv("OTEL_TRACES_EXPORTER") == "none" {
		return false
	}
	return endpoint != "" || os.Getenv("OTEL_EXPORTER_OTLP_ENDPOINT") != "" || os.Getenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") != ""
}

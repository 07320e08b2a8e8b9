package client

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"
)

// Options of a Client. The zero value of each but BaseURL means its default.
type Options struct {
	// BaseURL is where the service is, such as "https://fest.example.no".
	// Mandatory.
	BaseURL string
	// APIKey is sent as a bearer token. Optional.
	APIKey string
	// HTTPClient does the requests; its Timeout is left alone, see Timeout
	// here. Zero: a client of its own, with 16 connections at most.
	HTTPClient *http.Client
	// Timeout bounds one attempt. Zero: 2 s.
	Timeout time.Duration
	// Patience bounds a call with all its attempts and pauses, where its
	// context does not end before. Zero: 8 s.
	Patience time.Duration
	// Attempts is how often a call asks at most. Zero: 4.
	Attempts int
	// Backoff and MaxBackoff bound the pause before the first and before later
	// attempts: each is drawn evenly from nothing to a bound that doubles.
	// Zero: 100 ms and 5 s.
	Backoff, MaxBackoff time.Duration
	// RetryShare is how many retries there may be for each call that needs
	// none: when all fail, the service gets 1 + RetryShare of its load and not
	// Attempts times it. Zero: 0.1.
	RetryShare float64
	// StartJitter delays the first request by up to so much, so that many
	// processes that start together do not ask together. Zero: no delay.
	StartJitter time.Duration
	// Copies is how many good answers are kept. Zero: 4096; -1: none.
	Copies int
	// Dir keeps the copies on disk as well, so that they outlive the process.
	// Optional.
	Dir string
	// MaxStale is how old a copy may be to stand in for an answer. Zero: 30
	// days: an old list of medicines is better than none.
	MaxStale time.Duration
	// MaxBytes bounds the body of an answer. Zero: 32 MiB.
	MaxBytes int64
	// UserAgent names the program. Zero: "festd-client".
	UserAgent string
}

func (o *Options) validate() (*url.URL, error) {
	base, err := url.Parse(o.BaseURL)
	if err != nil || base.Host == "" || base.Scheme != "http" && base.Scheme != "https" {
		return nil, fmt.Errorf("client: BaseURL %q: want http(s)://host", o.BaseURL)
	}
	or(&o.Timeout, 2*time.Second)
	or(&o.Patience, 8*time.Second)
	or(&o.Attempts, 4)
	or(&o.Backoff, 100*time.Millisecond)
	or(&o.MaxBackoff, 5*time.Second)
	or(&o.RetryShare, 0.1)
	or(&o.Copies, 4096)
	or(&o.MaxStale, 30*24*time.Hour)
	or(&o.MaxBytes, 32<<20)
	or(&o.UserAgent, "festd-client")
	if o.Timeout < 0 || o.Patience < 0 || o.Attempts < 1 || o.Backoff < 0 || o.MaxBackoff < o.Backoff || o.RetryShare < 0 || o.MaxBytes < 0 {
		return nil, errors.New("client: an option is negative, or MaxBackoff is below Backoff")
	}
	if o.HTTPClient == nil {
		t := http.DefaultTransport.(*http.Transport).Clone() //nolint:forcetypeassert // it is one
		t.MaxConnsPerHost, t.MaxIdleConnsPerHost = 16, 16
		o.HTTPClient = &http.Client{Transport: t}
	}
	return base, nil
}

func or[T comparable](p *T, value T) {
	var zero T
	if *p == zero {
		*p = value
	}
}

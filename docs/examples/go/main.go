// Command go asks a FEST service what an EPJ system asks it. Usage:
//
//	go run . [BASE_URL [PATH_OF_SOMETHING_REMOVED]]
//
// It has no packages but Go's own. The package client of this module does the
// same with a retry budget and copies of good answers.
package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	mathrand "math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"time"
)

func main() {
	if err := run(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

type service struct{ base, event string }

// answer is a status with what belongs to it. 304, 404 and 410 are answers.
type answer struct {
	status int
	etag   string
	body   []byte
}

var temporary = []int{http.StatusTooManyRequests, 500, 502, 503, 504}

// ask asks, again where that can help.
func (s service) ask(ctx context.Context, method, path string, question any, etag string) (answer, error) {
	body, err := json.Marshal(question)
	if err != nil {
		return answer{}, err
	}
	for attempt := range 4 {
		got, wait, err := s.once(ctx, method, path, body, etag)
		if err == nil && !slices.Contains(temporary, got.status) {
			return got, nil
		}
		time.Sleep(wait + mathrand.N(100*time.Millisecond<<attempt)) // full jitter
	}
	return answer{}, errors.New("the FEST service is not available")
}

func (s service) once(ctx context.Context, method, path string, body []byte, etag string) (answer, time.Duration, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, s.base+path, nil)
	if err != nil {
		return answer{}, 0, err
	}
	if method == http.MethodPost {
		req.Body, req.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
		req.Header.Set("Content-Type", "application/json")
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("nhn-event-id", s.event)
	if etag != "" {
		req.Header.Set("If-None-Match", etag)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return answer{}, 0, err
	}
	defer resp.Body.Close()
	seconds, _ := strconv.Atoi(resp.Header.Get("Retry-After")) // none is 0
	text, err := io.ReadAll(resp.Body)
	return answer{resp.StatusCode, resp.Header.Get("ETag"), text}, time.Duration(seconds) * time.Second, err
}

// object is what the examples read of answers.
type object struct {
	NameFormStrength string                      `json:"nameFormStrength"`
	Items            []struct{ Display string }  `json:"items"`
	Lines            []struct{ Status int }      `json:"lines"`
	Interactions     []struct{ Relevance coded } `json:"interactions"`
	LastContent      struct{ ID string }         `json:"lastContent"`
}

type coded struct{ Code, Display string }

func (s service) object(ctx context.Context, method, path string, question any) (answer, object, error) {
	got, err := s.ask(ctx, method, path, question, "")
	if err != nil {
		return got, object{}, err
	}
	var o object
	return got, o, json.Unmarshal(got.body, &o)
}

func run(ctx context.Context, args []string) error {
	s := service{base: "http://127.0.0.1:8080", event: rand.Text()} // or pass on the event id that your caller sent
	if len(args) > 0 {
		s.base = args[0]
	}

	// Look up by id.
	const drug = "/v1/drugs/ID_1102085A-3532-87A3-A883-3AE9BB6973D9"
	got, value, err := s.object(ctx, http.MethodGet, drug, nil)
	if err != nil {
		return err
	}
	fmt.Println("drug:", value.NameFormStrength)

	// Ask again only for what has changed: 304 has no body.
	again, err := s.ask(ctx, http.MethodGet, drug, nil, got.etag)
	if err != nil {
		return err
	}
	fmt.Println("again:", again.status)

	// Search as people type.
	_, value, err = s.object(ctx, http.MethodGet, "/v1/search?"+url.Values{"q": {"paracet 500"}, "limit": {"1"}}.Encode(), nil)
	if err != nil {
		return err
	}
	fmt.Println("search:", value.Items[0].Display)

	// Many entries in one call; each line has a status of its own.
	type m = map[string]any
	_, value, err = s.object(ctx, http.MethodPost, "/v1/lookups", m{"lines": []m{
		{"resource": "doses", "key": "ID_324F5FB5-7B30-81CF-99A6-BAB8123B72EC"},
		{"resource": "drugs", "key": "ID_NONE"},
	}})
	if err != nil {
		return err
	}
	fmt.Println("lookups:", value.Lines[0].Status, value.Lines[1].Status)

	// Check interactions of a list.
	_, value, err = s.object(ctx, http.MethodPost, "/v1/interaction-checks", m{"lines": []m{
		{"id": "ID_1102085A-3532-87A3-A883-3AE9BB6973D9"},
		{"atc": "M01AE01"},
	}})
	if err != nil {
		return err
	}
	fmt.Println("interaction:", value.Interactions[0].Relevance.Display)

	// What was in FEST and no longer is: 410, with what it said last.
	if len(args) > 1 {
		got, value, err = s.object(ctx, http.MethodGet, args[1], nil)
		if err != nil {
			return err
		}
		fmt.Println("removed:", got.status, value.LastContent.ID)
	}
	return nil
}

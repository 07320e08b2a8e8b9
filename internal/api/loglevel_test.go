package api_test

import (
	"log/slog"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/festd/festd/internal/api"
)

func TestLogLevel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		level := api.NewLogLevel(slog.LevelInfo)
		s := newServer(t, nil, func(o *api.Options) {
			o.Admin, o.Ops, o.LogLevel = new(fakeAdmin), api.OpsAccess{Administered: true, Caller: caller}, level
		})
		set := func(body string) answer { return s.admin(t, http.MethodPut, "/admin/v1/log-level", body) }
		expect := func(when string, want slog.Level) {
			t.Helper()
			synctest.Wait()
			if level.Level() != want {
				t.Errorf("%s: %v, want %v", when, level.Level(), want)
			}
		}
		if p := s.admin(t, http.MethodGet, "/admin/v1/log-level", "").json(t); str(t, p, "level") != "info" || str(t, p, "configured") != "info" || p["until"] != nil {
			t.Error(p)
		}
		if p := set(`{"level":"debug","for":"10m"}`).json(t); str(t, p, "level") != "debug" || p["until"] == nil {
			t.Error(p)
		}
		expect("set", slog.LevelDebug)
		time.Sleep(9 * time.Minute)
		expect("before its time", slog.LevelDebug)
		set(`{"level":"warn","for":"10m"}`) // takes the place of the first, whose time does not count
		time.Sleep(2 * time.Minute)
		expect("set again", slog.LevelWarn)
		time.Sleep(9 * time.Minute)
		expect("after its time", slog.LevelInfo)
		set(`{"level":"error"}`)
		time.Sleep(48 * time.Hour)
		expect("without a time", slog.LevelError)
		for _, bad := range []string{``, `{}`, `{"level":"trace"}`, `{"level":"INFO"}`, `{"level":"info","for":"0s"}`, `{"level":"info","for":"25h"}`, `{"level":"info","for":"-1m"}`, `{"level":"info","for":"soon"}`, `{"level":"info","x":1}`} {
			if a := set(bad); a.status != http.StatusBadRequest || str(t, a.json(t), "type") != "/problems/invalid-body" {
				t.Errorf("%s: %d %s", bad, a.status, a.body)
			}
		}
		expect("bad bodies", slog.LevelError)
		level.Toggle()
		expect("the first signal sets it back", slog.LevelInfo)
		level.Toggle()
		expect("the second is for debug", slog.LevelDebug)
		time.Sleep(time.Hour)
		expect("for an hour", slog.LevelInfo)
		if a := s.admin(t, http.MethodPut, "/admin/v1/log-level", `{"level":"debug"}`, "Authorization: Bearer wrong"); a.status != http.StatusUnauthorized {
			t.Errorf("without the token: %d", a.status)
		}
		expect("without the token", slog.LevelInfo)
	})
	s := newServer(t, nil, func(o *api.Options) {
		o.Admin, o.Ops = new(fakeAdmin), api.OpsAccess{Administered: true, Caller: caller}
	})
	if a := s.admin(t, http.MethodPut, "/admin/v1/log-level", `{"level":"debug"}`); a.status != http.StatusUnprocessableEntity {
		t.Errorf("a level that cannot be changed: %d %s", a.status, a.body)
	}
}

// TestLogLevelIsDescribed holds its answers against the description of the ops
// API.
func TestLogLevelIsDescribed(t *testing.T) {
	v := opsDescription(t)
	strict(v)
	doc := load(t, v)
	operations := doc.Paths.Value("/admin/v1/log-level")
	s := administered(t, new(fakeAdmin))
	for _, call := range []struct{ method, body string }{{"GET", ""}, {"PUT", `{"level":"debug","for":"1h"}`}, {"GET", ""}, {"PUT", `{"level":"x"}`}} {
		a := s.admin(t, call.method, "/admin/v1/log-level", call.body)
		response := operations.GetOperation(call.method).Responses.Status(a.status)
		if response == nil {
			t.Fatalf("%s: %d is not described", call.method, a.status)
		}
		if err := doc.ValidateSchemaJSON(response.Value.Content[a.header.Get("Content-Type")].Schema.Value, a.json(t)); err != nil {
			t.Errorf("%s %d: %v", call.method, a.status, err)
		}
	}
}

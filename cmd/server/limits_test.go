package main

import (
	"io"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/festd/festd/internal/app"
)

func TestLimitFlagsDefaultToTheDecoders(t *testing.T) {
	var c cli
	p, err := newParser(&c, io.Discard, io.Discard, func(int) {})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Parse([]string{"serve"}); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(app.DefaultLimits(), c.Serve.limits()); d != "" {
		t.Errorf("the flags' defaults are not the decoder's (-decoder +flags):\n%s", d)
	}
}

func TestValveFlagsDefaultToTheAppsValves(t *testing.T) {
	var c cli
	p, err := newParser(&c, io.Discard, io.Discard, func(int) {})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Parse([]string{"serve"}); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(app.DefaultValves(), *c.Serve.valves()); d != "" {
		t.Errorf("the flags' defaults are not the app's (-app +flags):\n%s", d)
	}
	if _, err := p.Parse([]string{"serve", "--no-valves", "--no-rate-limit-headers", "--trusted-proxies", "10.0.0.0/8,::1", "--api-keys", "/keys"}); err != nil {
		t.Fatal(err)
	}
	want := app.DefaultValves()
	want.Off, want.HideLimits, want.TrustedProxies, want.APIKeys = true, true, []string{"10.0.0.0/8", "::1"}, "/keys"
	if d := cmp.Diff(want, *c.Serve.valves()); d != "" {
		t.Errorf("(-want +flags):\n%s", d)
	}
}

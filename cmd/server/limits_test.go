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

package api

import (
	"errors"
	"math"
	"testing"

	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
)

func TestCursorsComeBack(t *testing.T) {
	for _, c := range []cursor{
		{position: 1},
		{stream: 1, serial: 2, list: 3, position: 4},
		{stream: math.MaxUint32, serial: math.MaxUint64, list: math.MaxUint32, position: math.MaxUint32},
	} {
		got, err := decodeCursor(c.encode())
		if err != nil || got != c {
			t.Errorf("%+v: %+v, %v", c, got, err)
		}
	}
}

func TestCursorOfAList(t *testing.T) {
	one := []cache.Query{{Filter: "atc", Value: "N02"}, {Filter: "name", Value: "p"}}
	swapped := []cache.Query{one[1], one[0]}
	if hashList(fest.ResourceDrugs, one) != hashList(fest.ResourceDrugs, swapped) {
		t.Error("the order of filters makes another list")
	}
	for name, other := range map[string]uint32{
		"resource": hashList(fest.ResourceGenerics, one),
		"value":    hashList(fest.ResourceDrugs, []cache.Query{{Filter: "atc", Value: "N02"}, {Filter: "name", Value: "q"}}),
		"fewer":    hashList(fest.ResourceDrugs, one[:1]),
		"shifted":  hashList(fest.ResourceDrugs, []cache.Query{{Filter: "at", Value: "cN02"}, {Filter: "name", Value: "p"}}),
	} {
		if other == hashList(fest.ResourceDrugs, one) {
			t.Errorf("%s: the same hash", name)
		}
	}
}

func FuzzCursor(f *testing.F) {
	f.Add(cursor{stream: 1, serial: 2, list: 3, position: 4}.encode())
	f.Add(cursor{serial: math.MaxUint64, position: math.MaxUint32}.encode())
	for _, s := range []string{"", "AQ", "!", "AQAAAAAAAAAAAAA", "AQAAAAEAAAADAgQ=", "AgAAAAEAAAADAgQAAAAA"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c, err := decodeCursor(s)
		if err != nil {
			if !errors.Is(err, errInvalidCursor) {
				t.Fatalf("%q: %v", s, err)
			}
			return
		}
		if c.position == 0 {
			t.Fatalf("%q leads to the start", s)
		}
		if c.encode() != s {
			t.Fatalf("%q is %+v, whose cursor is %q", s, c, c.encode())
		}
	})
}

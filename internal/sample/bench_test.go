package sample_test

import (
	"io"
	"testing"

	"github.com/festd/festd/internal/sample"
)

func BenchmarkFullXML(b *testing.B) {
	d := sample.Full(1)
	for b.Loop() {
		if err := d.WriteXML(io.Discard); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkFullFortnight(b *testing.B) {
	d := sample.Full(1)
	for b.Loop() {
		d.Fortnight()
	}
}

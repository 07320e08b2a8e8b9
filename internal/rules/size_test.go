package rules

import (
	"testing"

	"github.com/festd/festd/internal/fest"
)

func TestR46SizeOfAPart(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		multiple, number, quantity string
		want                       string
	}{
		{"", "", "100", "100"}, {"", "20", "1", "20"}, {"3", "4", "0.5", "6"}, {"", "5", "2.25", "11.25"}, {"", "", "98.0", "98"},
		{"", "", "", ""}, {"", "", "0", ""}, {"", "x", "1", ""}, {"", "", "1e3", ""}, {"", "", "-1", ""}, {"", "0", "10", ""}, {"", "", "1/2", ""},
	} {
		p := &fest.PackageInformation{Quantity: fest.Decimal(test.quantity)}
		if test.multiple != "" {
			p.Multiple = ptr(fest.Integer(test.multiple))
		}
		if test.number != "" {
			p.Number = ptr(fest.Integer(test.number))
		}
		if got, ok := SizeOf(p); got != test.want || ok != (test.want != "") {
			t.Errorf("%+v is %q, %v", test, got, ok)
		}
	}
}

package rules

import (
	"testing"

	"github.com/festd/festd/internal/fest"
)

func price(kind, value, from, until string) fest.Price {
	return fest.Price{PriceType: fest.CV{Code: kind, System: ListDrugPrices}, Price: fest.MO{Value: value, Currency: "NOK"}, ValidFromDate: date(from), ValidUntilDate: date(until)}
}

func valuesOf(prices []fest.Price) map[string]string {
	m := map[string]string{}
	for _, p := range prices {
		m[p.PriceType.Code] = p.Price.Value
	}
	return m
}

func TestR5PriceOnADay(t *testing.T) {
	t.Parallel()
	// The old price's last day is the new one's first: the later from-date holds.
	drug := []fest.Price{price(PriceRetail, "90", "2026-01-01", "2026-04-01"), price(PriceRetail, "100", "2026-04-01", ""), price(PricePurchase, "60", "2026-01-01", "")}
	for d, want := range map[Day]string{"2025-12-31": "", "2026-01-01": "90", "2026-03-31": "90", "2026-04-01": "100", "2030-01-01": "100"} {
		now, _ := PricesOn(drug, d)
		if got := valuesOf(now)[PriceRetail]; got != want {
			t.Errorf("on %s %q, want %q", d, got, want)
		}
	}
	// R101, R102: types stand beside each other, and a price to come.
	now, coming := PricesOn(drug, "2026-02-01")
	if len(now) != 2 || valuesOf(now)[PricePurchase] != "60" || len(coming) != 1 || coming[0].Price.Value != "100" {
		t.Errorf("on 2026-02-01: %v, coming %v", now, coming)
	}
	// The order in the file does not matter.
	swapped := []fest.Price{drug[1], drug[0]}
	if now, _ := PricesOn(swapped, "2026-04-01"); len(now) != 1 || now[0].Price.Value != "100" {
		t.Errorf("swapped: %v", now)
	}
	// R7: no from-date is open backwards, and weaker than one that is stated.
	open := []fest.Price{price(PriceRetail, "80", "", ""), price(PriceRetail, "90", "2026-01-01", "")}
	if now, _ := PricesOn(open, "2026-02-01"); len(now) != 1 || now[0].Price.Value != "90" {
		t.Errorf("open: %v", now)
	}
}

func TestR104CommodityBeforeTheQuarter(t *testing.T) {
	t.Parallel()
	next := []fest.Price{price("N", "10", "2026-10-01", "2026-12-31")}
	for d, want := range map[Day]bool{"2026-09-30": true, "2026-10-01": false, "2026-12-31": false, "2027-01-01": false} {
		if from, got := NotPricedYet(next, d); got != want || want && from != "2026-10-01" {
			t.Errorf("on %s: %v from %s", d, got, from)
		}
	}
	if _, yes := NotPricedYet(nil, "2026-09-30"); yes {
		t.Error("no price at all is not a price to come")
	}
}

func TestR46PackageUnits(t *testing.T) {
	t.Parallel()
	part := func(multiple, number, quantity, unit string) fest.PackageInformation {
		p := fest.PackageInformation{Quantity: fest.Decimal(quantity), PackageUnit: fest.CV{Code: unit}}
		if multiple != "" {
			p.Multiple = ptr(fest.Integer(multiple))
		}
		if number != "" {
			p.Number = ptr(fest.Integer(number))
		}
		return p
	}
	for _, test := range []struct {
		name  string
		parts []fest.PackageInformation
		want  float64
		ok    bool
	}{
		{"plain", []fest.PackageInformation{part("", "", "100", "stk")}, 100, true},
		{"all factors", []fest.PackageInformation{part("2", "5", "1.5", "ml")}, 15, true},
		{"two parts", []fest.PackageInformation{part("", "", "21", "stk"), part("", "", "7", "stk")}, 28, true},
		{"different units", []fest.PackageInformation{part("", "", "1", "stk"), part("", "", "20", "g")}, 0, false},
		{"no number", []fest.PackageInformation{part("", "", "some", "stk")}, 0, false},
		{"nothing", nil, 0, false},
	} {
		if got, _, ok := PackageUnits(test.parts); got != test.want || ok != test.ok {
			t.Errorf("%s: %v, %v", test.name, got, ok)
		}
	}
}

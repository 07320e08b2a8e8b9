package rules

import (
	"slices"
	"testing"

	"github.com/festd/festd/internal/fest"
)

func TestR94Membership(t *testing.T) {
	t.Parallel()
	link := func(from, until string) *fest.PackageSubstitutionGroup {
		return &fest.PackageSubstitutionGroup{SubstitutionGroup: "ID_G", ValidFromDate: date(from), ValidUntilDate: date(until)}
	}
	group := func(from, until string) *fest.SubstitutionGroup {
		return &fest.SubstitutionGroup{ID: "ID_G", ValidFromDate: date(from), ValidUntilDate: date(until)}
	}
	for _, test := range []struct {
		name  string
		link  *fest.PackageSubstitutionGroup
		group *fest.SubstitutionGroup
		want  map[Day]Validity
		// unsure are the days of R6.
		unsure []Day
	}{
		{"nothing stated is open (R7)", link("", ""), group("", ""), map[Day]Validity{"1900-01-01": Valid, "2100-01-01": Valid}, nil},
		{"the first day counts (R2)", link("2026-03-10", ""), group("", ""), map[Day]Validity{"2026-03-09": NotYet, "2026-03-10": Valid}, nil},
		{"the group's first day counts (R2)", link("2026-03-01", ""), group("2026-03-10", ""), map[Day]Validity{"2026-03-09": NotYet, "2026-03-10": Valid}, nil},
		{"the last day does not count (R6)", link("", "2026-03-10"), group("", ""),
			map[Day]Validity{"2026-03-09": Valid, "2026-03-10": Over, "2026-03-11": Over}, []Day{"2026-03-10"}},
		{"the group's last day does not count (R6, R95)", link("", ""), group("", "2026-03-10"),
			map[Day]Validity{"2026-03-09": Valid, "2026-03-10": Over, "2026-03-11": Over}, []Day{"2026-03-10"}},
		{"the earlier of both decides", link("", "2026-03-10"), group("", "2026-03-20"),
			map[Day]Validity{"2026-03-10": Over, "2026-03-20": Over}, []Day{"2026-03-10"}},
		{"over outweighs not yet", link("", "2026-03-01"), group("2026-04-01", ""), map[Day]Validity{"2026-02-01": NotYet, "2026-03-15": Over, "2026-04-15": Over}, nil},
		{"one day only, of which nobody knows", link("2026-03-10", "2026-03-10"), group("", ""),
			map[Day]Validity{"2026-03-09": NotYet, "2026-03-10": Over}, []Day{"2026-03-10"}},
		{"a date that is none is not stated", link("soon", "2026-02-30"), group("", ""), map[Day]Validity{"2026-03-10": Valid}, nil},
	} {
		for d, want := range test.want {
			m, ok := MembershipOn(test.link, test.group, d)
			if !ok || m.State != want || m.Unsure != slices.Contains(test.unsure, d) {
				t.Errorf("%s: on %s %+v, %v; want %s", test.name, d, m, ok, want)
			}
		}
	}
	if _, ok := MembershipOn(nil, group("", ""), "2026-03-10"); ok {
		t.Error("no link is a membership")
	}
	if _, ok := MembershipOn(link("", ""), &fest.SubstitutionGroup{ID: "ID_OTHER"}, "2026-03-10"); ok {
		t.Error("a link to another group is a membership")
	}
}

func TestR96Limits(t *testing.T) {
	t.Parallel()
	for text, want := range map[fest.Boolean]bool{"true": true, "1": true, "false": false, "0": false, "": false} {
		if Limits(&fest.SubstitutionGroup{RemarkRegardingSubstitution: text}) != want {
			t.Errorf("%q: want %v", text, want)
		}
	}
}

func TestR99UnitPrice(t *testing.T) {
	t.Parallel()
	pack := func(amount, unit string, prices ...fest.Price) *fest.Package {
		return &fest.Package{Prices: prices, PackageInformation: []fest.PackageInformation{{Quantity: fest.Decimal(amount), PackageUnit: fest.CV{Code: unit}}}}
	}
	retail := func(value string) fest.Price { return price(PriceRetail, value, "2026-01-01", "") }
	const d = "2026-03-10"
	for _, test := range []struct {
		name     string
		p        *fest.Package
		perUnit  string // "": none
		doubtful bool
	}{
		{"exact", pack("30", "stk", retail("100")), "10/3", false},
		{"not yet (R5)", pack("30", "stk", price(PriceRetail, "100", "2026-03-11", "")), "", false},
		{"until the day (R5)", pack("10", "stk", price(PriceRetail, "1.50", "", d)), "3/20", false},
		{"no price", pack("30", "stk"), "", false},
		{"no size", pack("", "stk", retail("100")), "", false},
		{"no number", pack("30", "stk", retail("dear")), "", false},
		{"an exponent", pack("1e9", "stk", retail("100")), "", false},
		{"longer than a price is", pack("30", "stk", retail("10000000000000000000000000000000000000000.0")), "", false},
		{"above the purchase price (R101)", pack("10", "stk", retail("100"), price(PricePurchase, "100", "", "")), "10/1", false},
		{"below the purchase price (R101)", pack("10", "stk", retail("99.99"), price(PricePurchase, "100", "", "")), "", true},
		{"of another list", pack("10", "stk", fest.Price{PriceType: fest.CV{Code: PriceRetail, System: fest.OIDRoot + "7423"}, Price: fest.MO{Value: "1"}}), "", false},
	} {
		got := UnitPriceOn(test.p, d)
		perUnit := ""
		if got.PerUnit != nil {
			perUnit = got.PerUnit.String()
		}
		if perUnit != test.perUnit || got.Doubtful != test.doubtful {
			t.Errorf("%s: %s, doubtful %v", test.name, perUnit, got.Doubtful)
		}
	}

	// Own unit, then other units, then none.
	cheap, dear, other, none := UnitPriceOn(pack("100", "stk", retail("99.90")), d), UnitPriceOn(pack("30", "stk", retail("30")), d),
		UnitPriceOn(pack("1", "ml", retail("0.01")), d), UnitPriceOn(pack("1", "stk"), d)
	order := []*UnitPrice{&cheap, &dear, &other, &none}
	for i, a := range order {
		for k, b := range order {
			if got := a.Compare(b, "stk"); (got < 0) != (i < k) || (got > 0) != (i > k) {
				t.Errorf("%d and %d: %d", i, k, got)
			}
		}
	}
	if cheap.Comparable(&other) || !cheap.Comparable(&dear) || cheap.Comparable(&none) {
		t.Error("prices compare in the same unit only")
	}
}

package rules

import (
	"testing"

	"github.com/festd/festd/internal/fest"
)

func TestR94ToR99Substitution(t *testing.T) {
	t.Parallel()
	const d = "2026-03-10"
	group := &fest.SubstitutionGroup{ID: "ID_G", RemarkRegardingSubstitution: "false"}
	pack := func(number, amount, retail, from, until string, withdrawn bool) *fest.Package {
		p := &fest.Package{ItemNumber: fest.Number(number), MarketingInformation: &fest.MarketingInformation{MarketingDate: date("2020-01-01")}}
		p.PackageInformation = []fest.PackageInformation{{Quantity: fest.Decimal(amount), PackageUnit: fest.CV{Code: "stk"}}}
		p.PackageSubstitutionGroup = &fest.PackageSubstitutionGroup{SubstitutionGroup: "ID_G", ValidFromDate: date(from), ValidUntilDate: date(until)}
		if retail != "" {
			p.Prices = []fest.Price{price(PriceRetail, retail, "2020-01-01", "")}
		}
		if withdrawn {
			p.MarketingInformation.WithdrawalDate = date("2020-02-01")
		}
		return p
	}
	var members []Member
	add := func(p *fest.Package, on Day) Member {
		m, ok := MemberOn(p, group, on)
		if !ok {
			t.Fatalf("%s is no member", p.ItemNumber)
		}
		members = append(members, m)
		return m
	}
	own := add(pack("000001", "100", "100", "", "", false), d)
	add(pack("000002", "98", "49", "", "", false), d)            // 0.50 each
	add(pack("000003", "100", "80", "", "", false), d)           // 0.80 each
	add(pack("000004", "100", "", "", "", false), d)             // no price: last
	add(pack("000005", "100", "10", "2026-03-11", "", false), d) // not yet
	add(pack("000006", "100", "10", "", "2026-03-10", false), d) // R6: the day does not count
	add(pack("000007", "100", "10", "", "2026-03-11", false), d) // the day before it does
	add(pack("000008", "100", "10", "2026-03-10", "", true), d)  // R98: cannot be had
	s := SubstitutesOn(own, group, members)
	var got []fest.Number
	for _, m := range s.Obtainable {
		got = append(got, m.Package.ItemNumber)
	}
	want := []fest.Number{"000007", "000002", "000003", "000004"}
	if len(got) != len(want) {
		t.Fatalf("obtainable %v, want %v", got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("obtainable %v, want %v", got, want)
			break
		}
	}
	if len(s.Other) != 1 || s.Other[0].Package.ItemNumber != "000008" {
		t.Errorf("R98: %v", s.Other)
	}
	if !members[5].Unsure || members[6].Unsure {
		t.Error("R6: only the day itself is unsure")
	}
	// R94: nothing replaces a package whose own membership is over.
	left, _ := MemberOn(pack("000009", "100", "1", "", "2026-03-01", false), group, d)
	if s := SubstitutesOn(left, group, members); len(s.Obtainable)+len(s.Other) > 0 {
		t.Errorf("R94: %+v", s)
	}
	// R94: the group must hold, too.
	over := &fest.SubstitutionGroup{ID: "ID_G", ValidUntilDate: date("2026-03-01")}
	if m, _ := MemberOn(pack("000010", "1", "1", "", "", false), over, d); m.In() {
		t.Error("R95: the group is over")
	}
	// R96
	limited := &fest.SubstitutionGroup{ID: "ID_G", RemarkRegardingSubstitution: "true", SubstitutionDescription: ptr(fest.Text("Kun første gang"))}
	if s := SubstitutesOn(own, limited, members); !s.Limits || s.Remark != "Kun første gang" {
		t.Errorf("R96: %+v", s)
	}
	if _, ok := MemberOn(&fest.Package{}, group, d); ok {
		t.Error("a package without a group is a member")
	}
}

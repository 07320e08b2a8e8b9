package rules

import (
	"testing"

	"github.com/festd/festd/internal/fest"
)

func TestR49ToR51Availability(t *testing.T) {
	t.Parallel()
	type want struct {
		market                    Market
		prescribable, dispensable Tristate
	}
	for _, test := range []struct {
		name string
		info *fest.MarketingInformation
		on   map[Day]want
	}{
		{"R32 nothing stated", nil, map[Day]want{"2026-03-10": {NotStated, Unknown, Unknown}}},
		{"R28 no date stated", &fest.MarketingInformation{}, map[Day]want{"2026-03-10": {NotStated, Unknown, Unknown}}},
		{"R49 marketing", &fest.MarketingInformation{MarketingDate: date("2026-03-10")}, map[Day]want{
			"2026-03-09": {NotYetMarketed, No, No}, "2026-03-10": {Marketed, Yes, Yes}}},
		{"R50 withdrawal", &fest.MarketingInformation{MarketingDate: date("2020-01-01"), WithdrawalDate: date("2026-03-10")}, map[Day]want{
			"2026-03-09": {Marketed, Yes, Yes}, "2026-03-10": {SellingOut, No, Yes},
			"2026-06-10": {SellingOut, No, Yes}, "2026-06-11": {SoldOut, No, No}}},
		{"R50 temporarily discontinued", &fest.MarketingInformation{MarketingDate: date("2020-01-01"), TemporarilyDiscontinuedDate: date("2025-11-30")}, map[Day]want{
			"2025-11-29": {Marketed, Yes, Yes}, "2026-02-28": {SellingOut, No, Yes}, "2026-03-01": {SoldOut, No, No}}},
		{"the earlier of both", &fest.MarketingInformation{WithdrawalDate: date("2026-05-01"), TemporarilyDiscontinuedDate: date("2026-03-10")}, map[Day]want{
			"2026-03-10": {SellingOut, No, Yes}, "2026-06-11": {SoldOut, No, No}}},
		{"withdrawn before it was marketed", &fest.MarketingInformation{MarketingDate: date("2026-04-01"), WithdrawalDate: date("2026-03-10")}, map[Day]want{
			"2026-03-09": {NotYetMarketed, No, No}, "2026-03-11": {SellingOut, No, Yes}}},
	} {
		for d, w := range test.on {
			got := AvailabilityOf(test.info, d)
			if got.Market != w.market || got.Prescribable.Value != w.prescribable || got.Dispensable.Value != w.dispensable {
				t.Errorf("%s: on %s %s, prescribable %s, dispensable %s; want %+v", test.name, d, got.Market, got.Prescribable.Value, got.Dispensable.Value, w)
			}
			if got.Prescribable.Value != Yes && (got.Prescribable.Reason == "" || len(got.Prescribable.Rules) == 0) {
				t.Errorf("%s: on %s no reason is given", test.name, d)
			}
		}
	}
	if a := AvailabilityOf(&fest.MarketingInformation{WithdrawalDate: date("2026-03-10")}, "2026-04-01"); !a.Prescribable.Inferred || a.Until != "2026-06-10" {
		t.Errorf("R50: %+v", a)
	}
}

func TestR52R53Prescription(t *testing.T) {
	t.Parallel()
	marketed := &fest.MarketingInformation{MarketingDate: date("2020-01-01")}
	for _, test := range []struct {
		name       string
		p          fest.Package
		conditions []string
		want       Tristate
		reason     string
	}{
		{"an ordinary package", fest.Package{Medicine: fest.Medicine{PrescriptionGroup: fest.CS{Code: "C"}}, MarketingInformation: marketed}, []string{"1"}, Yes, ""},
		{"R53 food supplement", fest.Package{Medicine: fest.Medicine{PrescriptionGroup: fest.CS{Code: "K"}}, MarketingInformation: marketed}, nil, No, "food-supplement"},
		{"R52 machine dispensing", fest.Package{MarketingInformation: marketed}, []string{"40"}, No, "machine-dispensing-pack"},
		{"R52 unit dose, by condition", fest.Package{MarketingInformation: marketed}, []string{"41"}, No, "unit-dose-repack"},
		{"R52 unit dose, by repacker", fest.Package{MarketingInformation: &fest.MarketingInformation{UnitDoseRepackager: ptr(fest.Text("X"))}}, nil, No, "unit-dose-repack"},
		{"R51 not stated", fest.Package{}, nil, Unknown, "marketing-not-stated"},
	} {
		if got := Prescription(&test.p, test.conditions, "2026-03-10"); got.Value != test.want || got.Reason != test.reason {
			t.Errorf("%s: %+v", test.name, got)
		}
	}
}

func TestR54PrescriptionGroups(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		asked, of string
		pack      bool
		want      bool
	}{{"C", "C", false, true}, {"C", "CF", false, true}, {"F", "CF", false, true}, {"C", "CF", true, false}, {"A", "CF", false, false}, {"CF", "CF", false, true}, {"CF", "C", false, false}} {
		if got := SamePrescriptionGroup(test.asked, test.of, test.pack); got != test.want {
			t.Errorf("%+v: %v", test, got)
		}
	}
}

func TestR62Generic(t *testing.T) {
	t.Parallel()
	yes, no, unknown := Answer{Value: Yes}, Answer{Value: No}, Answer{Value: Unknown}
	for _, test := range []struct {
		of   []Answer
		want Tristate
	}{{nil, Unknown}, {[]Answer{no, no}, No}, {[]Answer{no, unknown}, Unknown}, {[]Answer{unknown, no, yes}, Yes}} {
		if got := GenericPrescribable(test.of); got.Value != test.want || !got.Inferred {
			t.Errorf("of %v: %+v", test.of, got)
		}
	}
}

func TestR127R128Unregistered(t *testing.T) {
	t.Parallel()
	of := func(kind, application string) *fest.Medicine {
		m := &fest.Medicine{}
		if kind != "" {
			m.MedicationType = &fest.CS{Code: kind}
		}
		if application != "" {
			m.ApplicationType = &fest.CS{Code: application}
		}
		return m
	}
	for _, test := range []struct {
		kind, application string
		unregistered      Tristate
		want              string
		justify           Tristate
	}{
		{"11", "2", Yes, "pharmacyDecides", Yes}, {"11", "3", Yes, "applicationFirst", Yes}, {"7", "1", No, "none", No},
		{"", "", Unknown, "", Unknown}, {"11", "", Yes, "", Unknown}, {"7", "4", No, "", Unknown},
	} {
		u, a := Unregistered(of(test.kind, test.application))
		if u != test.unregistered || a != test.want || JustificationNeeded(a) != test.justify {
			t.Errorf("%+v: %v, %q", test, u, a)
		}
	}
}

func TestR29Marks(t *testing.T) {
	t.Parallel()
	for text, want := range map[fest.Boolean]bool{"true": true, "1": true, "false": false, "0": false, "": false} {
		if got := Marked(&text); got != want {
			t.Errorf("%q is %v", text, got)
		}
	}
	if Marked(nil) {
		t.Error("absent is no")
	}
}

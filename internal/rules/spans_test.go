package rules

import (
	"slices"
	"testing"

	"github.com/festd/festd/internal/fest"
)

func TestR49ToR51MarketSpans(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		info *fest.MarketingInformation
		want []MarketSpan
	}{
		{"R32 nothing stated", nil, []MarketSpan{{Period{}, NotStated}}},
		{"R28 no date", &fest.MarketingInformation{}, []MarketSpan{{Period{}, NotStated}}},
		{"R49", &fest.MarketingInformation{MarketingDate: date("2026-03-10")}, []MarketSpan{
			{Period{Last: "2026-03-09"}, NotYetMarketed}, {Period{First: "2026-03-10"}, Marketed}}},
		{"R50", &fest.MarketingInformation{MarketingDate: date("2020-01-01"), WithdrawalDate: date("2025-11-30")}, []MarketSpan{
			{Period{Last: "2019-12-31"}, NotYetMarketed}, {Period{First: "2020-01-01", Last: "2025-11-29"}, Marketed},
			{Period{First: "2025-11-30", Last: "2026-02-28"}, SellingOut}, {Period{First: "2026-03-01"}, SoldOut}}},
		{"withdrawn before it was marketed", &fest.MarketingInformation{MarketingDate: date("2026-04-01"), WithdrawalDate: date("2026-03-10")}, []MarketSpan{
			{Period{Last: "2026-03-09"}, NotYetMarketed}, {Period{First: "2026-03-10", Last: "2026-06-10"}, SellingOut}, {Period{First: "2026-06-11"}, SoldOut}}},
		{"only gone", &fest.MarketingInformation{TemporarilyDiscontinuedDate: date("2026-03-10")}, []MarketSpan{
			{Period{Last: "2026-03-09"}, NotStated}, {Period{First: "2026-03-10", Last: "2026-06-10"}, SellingOut}, {Period{First: "2026-06-11"}, SoldOut}}},
	} {
		if got := MarketSpans(test.info); !slices.Equal(got, test.want) {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
}

func TestR5PriceSpans(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		prices []fest.Price
		want   []PriceSpan
	}{
		{"none", nil, nil},
		{"R7 open", []fest.Price{price("4", "1", "", "")}, []PriceSpan{{Period{}, 0}}},
		{"a drug's next price starts on the until-date", []fest.Price{price("4", "1", "2017-01-01", "2017-04-01"), price("4", "2", "2017-04-01", "")}, []PriceSpan{
			{Period{First: "2017-01-01", Last: "2017-03-31"}, 0}, {Period{First: "2017-04-01"}, 1}}},
		{"a commodity's until-date counts", []fest.Price{price("4", "1", "2026-07-01", "2026-09-30"), price("4", "2", "2026-10-01", "2026-12-31")}, []PriceSpan{
			{Period{First: "2026-07-01", Last: "2026-09-30"}, 0}, {Period{First: "2026-10-01", Last: "2026-12-31"}, 1}}},
		{"one within another", []fest.Price{price("4", "1", "2026-01-01", ""), price("4", "2", "2026-02-01", "2026-02-10")}, []PriceSpan{
			{Period{First: "2026-01-01", Last: "2026-01-31"}, 0}, {Period{First: "2026-02-01", Last: "2026-02-10"}, 1}, {Period{First: "2026-02-11"}, 0}}},
		{"types apart", []fest.Price{price("4", "1", "2026-01-01", ""), price("3", "2", "2026-02-01", "")}, []PriceSpan{
			{Period{First: "2026-01-01"}, 0}, {Period{First: "2026-02-01"}, 1}}},
		{"never", []fest.Price{price("4", "1", "2026-02-01", "2026-01-01")}, nil},
		{"of equal days the first", []fest.Price{price("4", "1", "2026-01-01", ""), price("4", "2", "2026-01-01", "")}, []PriceSpan{{Period{First: "2026-01-01"}, 0}}},
	} {
		if got := PriceSpans(test.prices); !slices.Equal(got, test.want) {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
	prices := []fest.Price{price("4", "1", "2026-01-01", "2026-02-01"), price("4", "2", "2026-02-01", ""), price("4", "3", "2026-03-01", "")}
	for d, want := range map[Day][]int{"2025-12-31": nil, "2026-01-31": nil, "2026-02-01": {0}, "2026-02-28": {0}, "2026-03-01": {0, 1}} {
		if got := PricesPast(prices, d); !slices.Equal(got, want) {
			t.Errorf("past on %s: %v, want %v", d, got, want)
		}
	}
}

func TestR80ReimbursedPeriods(t *testing.T) {
	t.Parallel()
	link := &fest.ProductReimbursement{ValidFromDate: "2026-01-01", PrescribeUntilDate: date("2026-06-30"), DispenseUntilDate: date("2026-09-30")}
	code := &fest.ReimbursementCode{ValidFromDate: "2026-02-01", DispenseUntilDate: date("2026-08-31")}
	p, d := ReimbursedPeriods(link, code)
	if p != (Period{First: "2026-02-01", Last: "2026-06-30"}) || d != (Period{First: "2026-02-01", Last: "2026-08-31"}) {
		t.Errorf("R80: %v, %v", p, d)
	}
	if p, d = ReimbursedPeriods(link, nil); p.Last != "2026-06-30" || d.Last != "2026-09-30" || d.Next() != "2026-10-01" {
		t.Errorf("R88: %v, %v", p, d)
	}
	// R4: UtleveresTilDato is never the earlier of the two.
	if _, d = ReimbursedPeriods(&fest.ProductReimbursement{ValidFromDate: "2026-01-01", PrescribeUntilDate: date("2026-06-30"), DispenseUntilDate: date("2026-03-31")}, nil); d.Last != "2026-06-30" {
		t.Errorf("R4: %v", d)
	}
	if p, _ = ReimbursedPeriods(link, &fest.ReimbursementCode{ValidFromDate: "2026-07-01"}); !p.Never() {
		t.Errorf("a code that begins after the link ends: %v", p)
	}
}

func TestR6MembershipPeriod(t *testing.T) {
	t.Parallel()
	p := MembershipPeriod(&fest.PackageSubstitutionGroup{ValidFromDate: date("2026-01-01")}, &fest.SubstitutionGroup{ValidUntilDate: date("2026-03-10")})
	if p != (Period{First: "2026-01-01", Last: "2026-03-09", Unsure: "2026-03-10"}) || p.Next() != p.Unsure {
		t.Errorf("R94, R6: %+v", p)
	}
	if open := MembershipPeriod(&fest.PackageSubstitutionGroup{}, &fest.SubstitutionGroup{}); open != (Period{}) || open.Next() != "" {
		t.Errorf("R7: %+v", open)
	}
}

func TestR101PriceKind(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ list, code, want string }{
		{"7453", "2", "reimbursement"}, {"7453", "3", "maximumPurchase"}, {"7453", "4", "maximumRetail"}, {"7453", "5", "stepped"},
		{"7423", "N", "purchase"}, {"7423", "E", "maximumReimbursementPerUnit"}, {"7423", "P", "maximumReimbursementPerPackage"},
		{"7423", "4", ""}, {"7453", "N", ""}, {"", "4", ""},
	} {
		cv := fest.CV{Code: test.code, System: fest.OIDRoot + test.list}
		if got := PriceKind(&cv); got != test.want {
			t.Errorf("%s of %s is %q, want %q", test.code, test.list, got, test.want)
		}
	}
}

package rules

import (
	"testing"

	"github.com/festd/festd/internal/fest"
)

func TestR105DosageText(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ description, singular, plural, want string }{
		{"1 <dose> daglig", "tablett", "tabletter", "1 tablett daglig"},
		{"2 <doser> 2 ganger daglig", "tablett", "tabletter", "2 tabletter 2 ganger daglig"},
		{"1 <dose> morgen, 2 <doser> kveld", "ml", "", "1 ml morgen, 2 ml kveld"},
		{"Brukes etter avtale", "tablett", "tabletter", "Brukes etter avtale"},
	} {
		if got := DosageText(test.description, test.singular, test.plural); got != test.want {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
	if !NeedsUnit("1 <dose> daglig") || !NeedsUnit("<doser>") || NeedsUnit("daglig") {
		t.Error("a mark needs a unit")
	}
}

func TestR67ToR70Validity(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name     string
		stated   []Stated
		sex      Sex
		want     fest.Duration
		reason   string
		inferred bool
	}{
		{"R70 not stated is not a year", nil, Male, "", "not-stated", false},
		{"R67 stated for all", []Stated{{"", "P1Y"}, {"", "P1Y"}}, "", "P1Y", "stated", false},
		{"R67 drugs differ", []Stated{{"", "P1Y"}, {"", "P10D"}}, "", "P10D", "drugs-differ-shortest", true},
		{"R68 male", []Stated{{Male, "P1M"}, {Female, "P7D"}}, Male, "P1M", "by-sex", false},
		{"R68 female", []Stated{{Male, "P1M"}, {Female, "P7D"}}, Female, "P7D", "by-sex", false},
		{"R68 unknown", []Stated{{Male, "P1M"}, {Female, "P7D"}}, "9", "P7D", "sex-unknown-shortest", true},
		{"R68 unknown, stated for one sex only", []Stated{{Female, "P7D"}}, "", "P7D", "sex-unknown-shortest", true},
		{"R68 unknown, the same for both", []Stated{{Male, "P1Y"}, {Female, "P1Y"}}, "", "P1Y", "stated", false},
		{"R68 a code that is no sex holds for all", []Stated{{"9", "P1Y"}}, Male, "P1Y", "stated", false},
		{"R13 one duration written in two ways", []Stated{{"", "P7D"}, {"", "P1W"}}, "", "P7D", "stated", false},
		{"R68 not for this sex", []Stated{{Male, "P1M"}}, Female, "", "not-stated-for-this-sex", false},
		{"R13 a year is longer than eleven months", []Stated{{"", "P11M"}, {"", "P1Y"}}, "", "P11M", "drugs-differ-shortest", true},
		{"what cannot be read is not the shortest", []Stated{{"", "soon"}, {"", "P10D"}}, "", "P10D", "drugs-differ-shortest", true},
	} {
		got := ValidityOf(test.stated, test.sex)
		if got.Duration != test.want || got.Reason != test.reason || got.Inferred != test.inferred {
			t.Errorf("%s: %+v", test.name, got)
		}
	}
	v := ValidityOf([]Stated{{"", "P10D"}}, "")
	if got := v.Reimbursed28("P1Y"); got.Duration != "P1Y" || got.Reason != "reimbursement-condition-28" {
		t.Errorf("R69: %+v", got)
	}
	if got := v.Reimbursed28(""); got.Duration != "P10D" {
		t.Errorf("R69, no condition: %+v", got)
	}
}

func TestR124Notifications(t *testing.T) {
	t.Parallel()
	n := &fest.Notification{FromDate: "2026-03-10"}
	for d, want := range map[Day]Validity{"2026-03-09": NotYet, "2026-03-10": Valid, "2036-03-10": Valid} {
		if got := NotificationOn(n, d); got != want {
			t.Errorf("on %s %s, want %s", d, got, want)
		}
	}
	if Concerns(n) {
		t.Error("R125: it concerns no product")
	}
}

func TestR130R131Commodities(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]int{"501": 1, "50101": 2, "5010101": 3, "5": 0, "501A": 0, "": 0} {
		if got := CommodityLevel(code); got != want {
			t.Errorf("%q is of level %d, want %d", code, got, want)
		}
	}
	if CommodityParent("5010101") != "50101" || CommodityParent("50101") != "501" || CommodityParent("501") != "" {
		t.Error("R130: the tree goes by length")
	}
	if !CommodityPrescribable("501", nil) || CommodityPrescribable("50101", []string{"11"}) || CommodityPrescribable("5010101", nil) || !CommodityPrescribable("5010101", []string{"1", "11"}) {
		t.Error("R131: three digits, or seven with a condition of type 11")
	}
	if LegalBasis("5010101") != "§ 5" || LegalBasis("601") != "§ 6" || LegalBasis("7") != "" {
		t.Error("R139: consumables § 5, nutrients § 6")
	}
}

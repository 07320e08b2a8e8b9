package sample

import (
	"strconv"

	"github.com/festd/festd/internal/fest"
)

// shortDose is a code of list 7478: its text has <dose> and <doser> where the
// drug's dosage unit goes (R105). Without consumption it has no structure and
// does not occur in KatStrDosering (R108).
type shortDose struct {
	code, display, description string
	consumption                []consumption
}

// consumption is one Legemiddelforbruk; no iterations means for ever.
type consumption struct {
	quantity, period string
	iterations       int
	times            []string // parts of the day (list 8325)
}

var shortDoses = []shortDose{
	{"93", "1 daglig", "1 <dose> daglig", []consumption{{"1", "P1D", 0, nil}}},
	{"266", "2 daglig", "2 <doser> daglig", []consumption{{"2", "P1D", 0, nil}}},
	{"195", "1+0+0", "1 <dose> om morgenen", []consumption{{"1", "P1D", 0, []string{"1"}}}},
	{"21", "0+0+1", "1 <dose> om kvelden", []consumption{{"1", "P1D", 0, []string{"3"}}}},
	{"201", "1+0+1", "1 <dose> morgen og kveld", []consumption{{"2", "P1D", 0, []string{"1", "3"}}}},
	{"215", "1+1+0", "1 <dose> morgen og midt på dagen", []consumption{{"2", "P1D", 0, []string{"1", "2"}}}},
	{"216", "1+1+1", "1 <dose> morgen, midt på dagen og kveld", []consumption{{"3", "P1D", 0, []string{"1", "2", "3"}}}},
	{"217", "1+1+1+1", "1 <dose> fire ganger om dagen", []consumption{{"4", "P1D", 0, nil}}},
	{"295", "2+0+0", "2 <doser> om morgenen", []consumption{{"2", "P1D", 0, []string{"1"}}}},
	{"304", "2+2+2", "2 <doser> morgen, midt på dagen og kveld", []consumption{{"6", "P1D", 0, []string{"1", "2", "3"}}}},
	{"305", "2+2+2+2", "2 <doser> fire ganger om dagen", []consumption{{"8", "P1D", 0, nil}}},
	{"130", "1x2", "1 <dose> 2 ganger daglig", []consumption{{"2", "P1D", 0, nil}}},
	{"160", "1x3", "1 <dose> 3 ganger daglig", []consumption{{"3", "P1D", 0, nil}}},
	{"275", "2x2", "2 <doser> 2 ganger daglig", []consumption{{"4", "P1D", 0, nil}}},
	{"281", "2x3", "2 <doser> 3 ganger daglig", []consumption{{"6", "P1D", 0, nil}}},
	{"379", "2x1", "2 <doser> 1 gang daglig", []consumption{{"2", "P1D", 0, nil}}},
	{"2", "1 ved sengetid", "1 <dose> ved sengetid", []consumption{{"1", "P1D", 0, []string{"4"}}}},
	{"3", "2 ved sengetid", "2 <doser> ved sengetid", []consumption{{"2", "P1D", 0, []string{"4"}}}},
	{"258", "1x1x1$0,5x1x4", "1 <dose> første dag, deretter 0,5 <dose> daglig i 4 dager", []consumption{{"1", "P1D", 1, nil}, {"0.5", "P1D", 4, nil}}},
	{"5358", "2x1x1$1x1", "2 <doser> første dag, deretter 1 <dose> daglig", []consumption{{"2", "P1D", 1, nil}, {"1", "P1D", 0, nil}}},
	{"115", "1x1x3", "1 <dose> daglig i 3 dager", []consumption{{"1", "P1D", 3, nil}}},
	{"5326", "2 som engangsdose", "2 <doser> som engangsdose", []consumption{{"2", "P1D", 1, nil}}},
	{"5508", "0+0+0+1", "1 <dose> før leggetid", []consumption{{"1", "P1D", 0, []string{"4"}}}},
	{"5559", "1+0+0+1", "1 <dose> om morgenen og 1 <dose> før leggetid", []consumption{{"2", "P1D", 0, []string{"1", "4"}}}},
	{"359", "Plasteret skiftes to faste dager hver uke", "Plasteret skiftes to faste dager hver uke", []consumption{{"2", "P7D", 0, nil}}},
	{"145", "1x2 Påsmøres i tynt lag", "Påsmøres i tynt lag 2 ganger daglig", nil},
	{"90", "1 ved anfall som avtalt med legen", "1 <dose> ved anfall som avtalt med legen", nil},
	{"5378", "Følg vedlagte bruksanvisning", "Følg vedlagte bruksanvisning", nil},
}

// partsOfDay of list 8325.
var partsOfDay = map[string]string{"1": "Morgen", "2": "Midt på dagen", "3": "Kveld", "4": "Ved sengetid"}

func shortDoseTerm(code string) term {
	for _, s := range shortDoses {
		if s.code == code {
			return term{code, s.display}
		}
	}
	return term{code, code}
}

func (s *shortDose) entry() *fest.ShortDose {
	v := &fest.ShortDose{ShortDose: term{s.code, s.display}.cv("7478"), TermDescription: fest.Text(s.description)}
	for i, c := range s.consumption {
		m := fest.MedicineConsumption{SequenceNumber: integer(i + 1), Quantity: fest.Decimal(c.quantity), Period: fest.Duration(c.period)}
		if c.iterations > 0 {
			m.Iterations = ptr(integer(c.iterations))
		}
		if len(c.times) > 0 || s.code == "359" {
			m.Dosage = c.dosage()
		}
		v.MedicineConsumptions = append(v.MedicineConsumptions, m)
	}
	return v
}

// dosage spreads the amount over parts of the day, or over weekdays.
func (c *consumption) dosage() *fest.Dosage {
	d := &fest.Dosage{}
	if c.period == "P7D" {
		d.FixedTimeDoses = []fest.FixedTimeDose{{DoseAmount: fest.DoseAmount{Quantity: fest.PQ{Value: "1", Unit: "plaster"}}, ExactTime: "false",
			FixedDose: &fest.FixedDose{Weekdays: []fest.CS{{Code: "1", Display: "Mandag"}, {Code: "4", Display: "Torsdag"}}}}}
		return d
	}
	total, _ := strconv.ParseFloat(c.quantity, 64)
	each := strconv.FormatFloat(total/float64(len(c.times)), 'f', -1, 64)
	for _, t := range c.times {
		d.FixedTimeDoses = append(d.FixedTimeDoses, fest.FixedTimeDose{DoseAmount: fest.DoseAmount{Quantity: fest.PQ{Value: each, Unit: "dose"}},
			PartOfDay: ptr(fest.CS{Code: t, Display: partsOfDay[t]}), ExactTime: "false"})
	}
	return d
}

func (b *builder) addShortDoses() {
	for i := range shortDoses {
		if s := &shortDoses[i]; len(s.consumption) > 0 {
			b.add(fest.ClassShortDose, s.code, s.entry())
		}
	}
}

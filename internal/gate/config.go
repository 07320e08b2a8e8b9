package gate

import (
	"maps"
	"slices"
	"time"

	"github.com/festd/festd/internal/fest"
)

// Profile is a set of defaults.
type Profile string

// The profiles. They differ in what floors, sentinels and a first release
// without either do: in production they hold, elsewhere they are notes.
const (
	ProfileDefault    Profile = "default"
	ProfileProduction Profile = "production"
)

// Config is every threshold of the gate. [Default] and [Production] make
// whole ones; the zero Config lets everything pass and is of no use.
type Config struct {
	Profile    Profile          `json:"profile"`
	Rules      map[string]Limit `json:"rules"`
	Parameters Parameters       `json:"parameters"`
	// Floors is how many objects a class has at least, by filter (R27).
	Floors map[fest.Filter]map[string]int `json:"floors"`
	// Sentinels must be found in the candidate through the real lookups.
	Sentinels []Sentinel `json:"sentinels"`
	Waivers   []Waiver   `json:"waivers,omitempty"`
}

// Parameters are the numbers that are no rule's limit.
type Parameters struct {
	// SmallClass: a class with fewer objects is judged by the small limits.
	SmallClass int `json:"smallClass"`
	// FieldClass: fields are judged in classes with at least so many objects.
	FieldClass int `json:"fieldClass"`
	// FutureBy is how far ahead of the clock HentetDato may be. It has no zone
	// (R9) and is compared as if it were UTC, so it must allow for the two
	// hours that Oslo is ahead in summer.
	FutureBy Duration `json:"futureBy"`
	// ATCYear is when many codes move at once (R143).
	ATCYear Season `json:"atcYear"`
	// PriceRatio is how much a price may fall or rise, as a factor.
	PriceRatio Range `json:"priceRatio"`
}

// Season is a time of year in which a rule allows more. The days are MM-DD,
// both count, and From may be later than Until.
type Season struct {
	From  string  `json:"from"`
	Until string  `json:"until"`
	Share float64 `json:"share"`
}

// covers says whether a date is in the season.
func (s Season) covers(date string) bool {
	if len(date) < len("2006-01-02") {
		return false
	}
	d := date[5:10]
	if s.From <= s.Until {
		return d >= s.From && d <= s.Until
	}
	return d >= s.From || d <= s.Until
}

// Range is from Low to High, both allowed.
type Range struct {
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}

// Duration is a time.Duration that is text in JSON: "3h".
type Duration time.Duration

func (d Duration) String() string { return time.Duration(d).String() }

// MarshalText writes the duration as Go does: 3h0m0s.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what [time.ParseDuration] reads.
func (d *Duration) UnmarshalText(b []byte) error {
	v, err := time.ParseDuration(string(b))
	*d = Duration(v)
	return err
}

// Sentinel is something that every usable content has.
type Sentinel struct {
	// Resource to look in, such as "drugs".
	Resource fest.Resource `json:"resource"`
	// By is the filter of the lookup, such as "atc"; "" = the key itself.
	By string `json:"by,omitempty"`
	// Value to look for.
	Value string `json:"value"`
	// Name is what it is, for people. Optional.
	Name string `json:"name,omitempty"`
	// Filters are the extracts that have it; none = all.
	Filters []fest.Filter `json:"filters,omitempty"`
}

func (s *Sentinel) appliesTo(f fest.Filter) bool {
	return len(s.Filters) == 0 || slices.Contains(s.Filters, f)
}

// Probe looks things up in the candidate's own snapshot, by the lookups that
// clients use. The importer supplies it.
type Probe interface {
	// Find says how many items of the resource answer to the value of a filter
	// (by), or to the key where by is "".
	Find(resource fest.Resource, by, value string) (int, error)
}

// Default is the profile for development and tests.
func Default() Config { return profile(ProfileDefault) }

// Production is the profile for a service that people prescribe by.
func Production() Config { return profile(ProfileProduction) }

func profile(p Profile) Config {
	c := Config{
		Profile: p,
		Rules:   map[string]Limit{},
		Parameters: Parameters{
			SmallClass: 250,
			FieldClass: 200,
			FutureBy:   Duration(3 * time.Hour),
			ATCYear:    Season{From: "12-20", Until: "01-31", Share: 0.05},
			PriceRatio: Range{Low: 0.5, High: 2},
		},
		Floors:    defaultFloors(),
		Sentinels: defaultSentinels(),
	}
	for _, r := range rules() {
		l := r.limit.clone()
		if p == ProfileProduction && r.production {
			l.Severity = fest.SeverityHold
		}
		c.Rules[r.name] = l
	}
	return c
}

// defaultFloors are four fifths of what the two big extracts held in 2026,
// and less where nobody has counted (DOMAIN §6).
func defaultFloors() map[fest.Filter]map[string]int {
	floors := map[string]int{
		fest.ClassIngredient.String():             6900,
		fest.ClassIngredientStrength.String():     6100,
		fest.ClassDrug.String():                   7100,
		fest.ClassPackage.String():                8600,
		fest.ClassGeneric.String():                1700,
		fest.ClassDose.String():                   7500,
		fest.ClassMedicalConsumable.String():      1000,
		fest.ClassNutrient.String():               100,
		fest.ClassInteraction.String():            8800,
		fest.ClassInteractionNotAssessed.String(): 350,
		fest.ClassSubstitutionGroup.String():      1300,
		fest.ClassCondition.String():              150,
		fest.CountReimbursementGroups:             900,
		fest.CountCodeSystemElements:              2000,
		fest.ClassCodeSystem.String():             10,
		fest.ClassNotification.String():           5,
	}
	return map[fest.Filter]map[string]int{
		fest.FilterPrescriber:  floors,
		fest.FilterInstitution: maps.Clone(floors),
	}
}

// defaultSentinels are codes that no extract of medicines for people can be
// without: each must lead to drugs and to packages.
func defaultSentinels() []Sentinel {
	human := []fest.Filter{fest.FilterPrescriber, fest.FilterInstitution, fest.FilterHelfo, fest.FilterFarmalogg}
	var out []Sentinel
	for _, s := range [...]struct{ code, name string }{
		{"A10AB", "fast-acting insulins"}, {"B01AA03", "warfarin"}, {"C03CA01", "furosemide"}, {"H02AB06", "prednisolone"},
		{"J01CA04", "amoxicillin"}, {"N02AA01", "morphine"}, {"N02BE01", "paracetamol"}, {"R03AC02", "salbutamol"},
	} {
		for _, r := range [...]fest.Resource{fest.ResourceDrugs, fest.ResourcePackages} {
			out = append(out, Sentinel{Resource: r, By: "atc", Value: s.code, Name: s.name, Filters: human})
		}
	}
	return out
}

package gate

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/festd/festd/internal/fest"
)

// Validate says what of a configuration cannot be meant, all of it.
func (c *Config) Validate() error {
	var errs []error
	wrong := func(path, format string, args ...any) {
		errs = append(errs, fmt.Errorf("%s: %s", path, fmt.Sprintf(format, args...)))
	}
	for _, name := range sorted(c.Rules) {
		c.validateRule(name, wrong)
	}
	p := c.Parameters
	if p.SmallClass < 0 {
		wrong("parameters.smallClass", "%d is negative; it must be a number of objects", p.SmallClass)
	}
	if p.FieldClass < 0 {
		wrong("parameters.fieldClass", "%d is negative; it must be a number of objects", p.FieldClass)
	}
	if p.FutureBy < 0 {
		wrong("parameters.futureBy", "%s is negative; it must be a duration such as \"3h\"", p.FutureBy)
	}
	for path, d := range map[string]string{"from": p.ATCYear.From, "until": p.ATCYear.Until} {
		if _, err := time.Parse("01-02", d); err != nil {
			wrong("parameters.atcYear."+path, "%q is no day of the year; it must be like \"12-20\" (MM-DD)", d)
		}
	}
	if !isShare(p.ATCYear.Share) {
		wrong("parameters.atcYear.share", "%g is no share; it must be from 0 to 1", p.ATCYear.Share)
	}
	if r := p.PriceRatio; !(r.Low > 0 && r.Low <= 1 && r.High >= 1) || math.IsInf(r.High, 0) {
		wrong("parameters.priceRatio", "from %g to %g is no range of factors; low must be above 0 and at most 1, high at least 1", r.Low, r.High)
	}
	for filter, floors := range c.Floors {
		if !slices.Contains(fest.Filters(), filter) {
			wrong("floors."+string(filter), "the filter is unknown; it must be one of %s", oneOf(fest.Filters()))
		}
		for _, cl := range sorted(floors) {
			if !slices.Contains(Classes(), cl) {
				wrong("floors."+string(filter)+"."+cl, "the class is unknown; it must be one of %s", oneOf(Classes()))
			}
			if floors[cl] < 0 {
				wrong("floors."+string(filter)+"."+cl, "%d is negative; it must be a number of objects", floors[cl])
			}
		}
	}
	for i := range c.Sentinels {
		c.Sentinels[i].validate(fmt.Sprintf("sentinels[%d]", i), wrong)
	}
	for i := range c.Waivers {
		c.Waivers[i].validate(fmt.Sprintf("waivers[%d]", i), wrong)
	}
	sort.Slice(errs, func(a, b int) bool { return errs[a].Error() < errs[b].Error() })
	return errors.Join(errs...)
}

func (c *Config) validateRule(name string, wrong func(path, format string, args ...any)) {
	l, path := c.Rules[name], "rules."+name
	if !slices.Contains(Rules(), name) {
		wrong(path, "the rule is unknown; it must be one of %s", oneOf(Rules()))
		return
	}
	switch l.Severity {
	case fest.SeverityHold, fest.SeverityNote, SeverityOff:
	default:
		wrong(path+".severity", "%q is unknown; it must be \"hold\", \"note\" or \"off\"", l.Severity)
	}
	heeds := numbersOf(name)
	unheeded := func(at string) {
		wrong(at, "the rule does not heed it; only %s can be set", map[numbers]string{noNumbers: "severity", countOnly: "severity and count"}[heeds])
	}
	if l.Share != 0 && heeds != shareAndCount {
		unheeded(path + ".share")
	}
	if l.Count != 0 && heeds == noNumbers {
		unheeded(path + ".count")
	}
	if l.Small != nil && heeds != shareAndCount {
		unheeded(path + ".small")
	}
	if len(l.Classes) > 0 && heeds != shareAndCount {
		unheeded(path + ".classes")
		return
	}
	bounds := map[string]Bound{path: {&l.Share, &l.Count}}
	if l.Small != nil {
		bounds[path+".small"] = *l.Small
	}
	speaksOf := classesOf(name)
	for cl, b := range l.Classes {
		bounds[path+".classes."+cl] = b
		if !slices.Contains(speaksOf, cl) {
			wrong(path+".classes."+cl, "the rule does not judge this class; it must be one of %s", oneOf(speaksOf))
		}
	}
	for at, b := range bounds {
		b.validate(at, wrong)
	}
}

func (b Bound) validate(path string, wrong func(path, format string, args ...any)) {
	if b.Share != nil && !isShare(*b.Share) {
		wrong(path+".share", "%g is no share; it must be from 0 to 1, such as 0.02 for 2 %%", *b.Share)
	}
	if b.Count != nil && *b.Count < 0 {
		wrong(path+".count", "%d is negative; it must be a number of objects", *b.Count)
	}
}

func (s *Sentinel) validate(path string, wrong func(path, format string, args ...any)) {
	if !slices.Contains(fest.Resources(), s.Resource) {
		wrong(path+".resource", "%q is unknown; it must be one of %s", s.Resource, oneOf(fest.Resources()))
	}
	if s.Value == "" {
		wrong(path+".value", "it is missing; it must be what to look for")
	}
	for _, f := range s.Filters {
		if !slices.Contains(fest.Filters(), f) {
			wrong(path+".filters", "%q is unknown; it must be one of %s", f, oneOf(fest.Filters()))
		}
	}
}

func (w *Waiver) validate(path string, wrong func(path, format string, args ...any)) {
	speaksOf := classesOf(w.Rule)
	switch {
	case !slices.Contains(Rules(), w.Rule):
		wrong(path+".rule", "%q is unknown; it must be one of %s", w.Rule, oneOf(Rules()))
	case w.Class != "" && !slices.Contains(speaksOf, w.Class) && !speaksOfAny(w.Rule):
		wrong(path+".class", "%q is none that the rule judges; it must be one of %s", w.Class, oneOf(speaksOf))
	case w.Class == "" && len(speaksOf) > 0:
		wrong(path+".class", "it is missing; it must be one of %s", oneOf(speaksOf))
	}
	if w.Most.Share == nil && w.Most.Count == nil {
		wrong(path+".most", "it has neither share nor count; it must say how much is expected, such as {\"count\": 900}")
	}
	w.Most.validate(path+".most", wrong)
	if strings.TrimSpace(w.Reason) == "" {
		wrong(path+".reason", "it is missing; it must say why this is expected")
	}
	if w.Expires.IsZero() {
		wrong(path+".expires", "it is missing; it must be a time such as \"2026-10-20T00:00:00Z\"")
	}
}

func numbersOf(name string) numbers {
	for _, r := range rules() {
		if r.name == name {
			return r.numbers
		}
	}
	return noNumbers
}

// classesOf are the classes that a rule can speak of.
func classesOf(name string) []string {
	var out []string
	for _, r := range rules() {
		if r.name == name {
			for _, c := range r.classes {
				out = append(out, c.String())
			}
		}
	}
	return out
}

// speaksOfAny: these rules name a class now and then.
func speaksOfAny(name string) bool {
	return name == RuleFilter || name == RuleUnknownMarkup || name == RuleSchema
}

func isShare(v float64) bool { return v >= 0 && v <= 1 } // NaN is neither

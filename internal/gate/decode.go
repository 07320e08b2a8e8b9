package gate

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"reflect"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/festd/festd/internal/fest"
)

// ParseConfig reads a configuration in JSON and lays it over the defaults of
// its profile ([ProfileDefault] where it names none; override, unless empty,
// takes its place). Everything is optional; what is not named keeps its
// default. An unknown key is an error, and each error names the key and what
// would be right.
//
//	{
//	  "profile": "production",
//	  "rules": {"removed": {"share": 0.03, "classes": {"notifications": {"share": 0.5}}}},
//	  "floors": {"Rekvirent": {"ingredients": 8000}},
//	  "sentinels": [{"resource": "packages", "by": "itemNumber", "value": "056440"}],
//	  "waivers": [{"rule": "added", "class": "doses", "most": {"count": 900},
//	               "reason": "unit doses announced for 15 October", "expires": "2026-10-20T00:00:00Z"}]
//	}
//
// Classes of a rule are laid over one by one, floors filter by filter and
// class by class; a list of sentinels replaces the default list.
func ParseConfig(data []byte, override Profile) (Config, error) {
	top, err := object("", data)
	if err != nil {
		return Config{}, err
	}
	c := Config{Profile: ProfileDefault}
	if raw, ok := top["profile"]; ok {
		if err := value("profile", raw, &c.Profile); err != nil {
			return Config{}, err
		}
	}
	if override != "" {
		c.Profile = override
	}
	switch c.Profile {
	case ProfileDefault:
		c = Default()
	case ProfileProduction:
		c = Production()
	default:
		return Config{}, fmt.Errorf("profile: %q is unknown; it must be %q or %q", c.Profile, ProfileDefault, ProfileProduction)
	}
	for key, read := range map[string]func(json.RawMessage) error{
		"rules":      c.readRules,
		"parameters": func(raw json.RawMessage) error { return strict("parameters", raw, &c.Parameters) },
		"floors":     c.readFloors,
		"sentinels":  func(raw json.RawMessage) error { return list("sentinels", raw, &c.Sentinels) },
		"waivers":    func(raw json.RawMessage) error { return list("waivers", raw, &c.Waivers) },
	} {
		if raw, ok := top[key]; ok {
			if err := read(raw); err != nil {
				return Config{}, err
			}
		}
	}
	if err := known("", top, keysOf(reflect.TypeFor[Config]())); err != nil {
		return Config{}, err
	}
	if err := c.Validate(); err != nil {
		return Config{}, err
	}
	return c, nil
}

func (c *Config) readRules(raw json.RawMessage) error {
	rs, err := object("rules", raw)
	if err != nil {
		return err
	}
	if err := known("rules", rs, Rules()); err != nil {
		return err
	}
	for _, name := range sorted(rs) {
		l, path := c.Rules[name], "rules."+name
		parts, err := object(path, rs[name])
		if err != nil {
			return err
		}
		overrides := parts["classes"]
		delete(parts, "classes")
		if err := fill(path, parts, &l); err != nil {
			return err
		}
		if overrides != nil {
			if err := readClasses(path+".classes", overrides, &l); err != nil {
				return err
			}
		}
		c.Rules[name] = l
	}
	return nil
}

func readClasses(path string, raw json.RawMessage, l *Limit) error {
	parts, err := object(path, raw)
	if err != nil {
		return err
	}
	if l.Classes == nil {
		l.Classes = map[string]Bound{}
	}
	for _, name := range sorted(parts) {
		b := l.Classes[name]
		if err := strict(path+"."+name, parts[name], &b); err != nil {
			return err
		}
		l.Classes[name] = b
	}
	return nil
}

func (c *Config) readFloors(raw json.RawMessage) error {
	filters, err := object("floors", raw)
	if err != nil {
		return err
	}
	for _, name := range sorted(filters) {
		path := "floors." + name
		parts, err := object(path, filters[name])
		if err != nil {
			return err
		}
		floors := c.Floors[fest.Filter(name)]
		if floors == nil {
			floors = map[string]int{}
			c.Floors[fest.Filter(name)] = floors
		}
		for _, cl := range sorted(parts) {
			var n int
			if err := value(path+"."+cl, parts[cl], &n); err != nil {
				return err
			}
			floors[cl] = n
		}
	}
	return nil
}

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

// object reads a JSON object.
func object(path string, data []byte) (map[string]json.RawMessage, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	var m map[string]json.RawMessage
	if err := d.Decode(&m); err != nil {
		return nil, at(path, fmt.Errorf("is no JSON object {…}: %w", err))
	}
	if m == nil {
		return nil, at(path, errors.New("is null; it must be a JSON object {…}"))
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, at(path, errors.New("there is more text after the JSON object"))
	}
	return m, nil
}

// strict reads an object into a struct; keys it does not have are errors.
func strict(path string, raw json.RawMessage, into any) error {
	m, err := object(path, raw)
	if err != nil {
		return err
	}
	return fill(path, m, into)
}

// fill sets the fields of a struct that the object names, and theirs.
func fill(path string, m map[string]json.RawMessage, into any) error {
	v := reflect.ValueOf(into).Elem()
	if err := known(path, m, keysOf(v.Type())); err != nil {
		return err
	}
	for i := range v.NumField() {
		key := keyOf(v.Type().Field(i))
		raw, ok := m[key]
		if !ok {
			continue
		}
		at, field := path+"."+key, v.Field(i)
		switch t := field.Type(); {
		case t == reflect.TypeFor[*Bound]():
			b := Bound{}
			if !field.IsNil() {
				b = *field.Interface().(*Bound)
			}
			if err := strict(at, raw, &b); err != nil {
				return err
			}
			field.Set(reflect.ValueOf(&b))
		case t.Kind() == reflect.Struct && t != reflect.TypeFor[time.Time]():
			if err := strict(at, raw, field.Addr().Interface()); err != nil {
				return err
			}
		default:
			if err := value(at, raw, field.Addr().Interface()); err != nil {
				return err
			}
		}
	}
	return nil
}

// list reads an array of structs.
func list[T any](path string, raw json.RawMessage, into *[]T) error {
	var parts []json.RawMessage
	if err := json.Unmarshal(raw, &parts); err != nil {
		return fmt.Errorf("%s: is no JSON array […]: %w", path, err)
	}
	out := make([]T, len(parts))
	for i, p := range parts {
		if err := strict(fmt.Sprintf("%s[%d]", path, i), p, &out[i]); err != nil {
			return err
		}
	}
	*into = out
	return nil
}

func value(path string, raw json.RawMessage, into any) error {
	if string(bytes.TrimSpace(raw)) == "null" {
		return fmt.Errorf("%s: is null; leave the key out to keep the default", path)
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return fmt.Errorf("%s: %s does not fit: it must be %s", path, raw, wanted(reflect.TypeOf(into).Elem()))
	}
	return nil
}

func wanted(t reflect.Type) string {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case t == reflect.TypeFor[Duration]():
		return `a duration such as "3h"`
	case t == reflect.TypeFor[time.Time]():
		return `a time such as "2026-10-20T00:00:00Z"`
	case t.Kind() == reflect.Float64:
		return "a number"
	case t.Kind() == reflect.Int:
		return "a whole number"
	case t.Kind() == reflect.String:
		return "a text"
	default:
		return "an array of texts"
	}
}

// known refuses keys that nothing reads.
func known[V any](path string, m map[string]V, keys []string) error {
	for _, key := range sorted(m) {
		if !slices.Contains(keys, key) {
			return at(path, fmt.Errorf("%q is an unknown key; it must be one of %s", key, oneOf(keys)))
		}
	}
	return nil
}

func at(path string, err error) error {
	if path == "" {
		return err
	}
	return fmt.Errorf("%s: %w", path, err)
}

func keysOf(t reflect.Type) []string {
	var out []string
	for i := range t.NumField() {
		out = append(out, keyOf(t.Field(i)))
	}
	return out
}

func keyOf(f reflect.StructField) string {
	key, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	return key
}

func sorted[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func oneOf[T ~string](names []T) string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = string(n)
	}
	return strings.Join(out, ", ")
}

package gate

import (
	"encoding/json"
	"fmt"
	"reflect"

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

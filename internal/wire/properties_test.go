package wire_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/wire"
)

// What Properties says is what a full item has, in the same order, and each
// value has the form that it says.
func TestPropertiesAreWhatIsRendered(t *testing.T) {
	for _, class := range fest.Classes() {
		said := wire.Properties(class.Resource())
		for _, js := range render(t, populate(t, class), true, directory{}) {
			var want []string
			for _, p := range said {
				for _, c := range p.Classes {
					if c == class {
						want = append(want, p.Name)
					}
				}
			}
			got := names(t, js)
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("%s: -said +rendered:\n%s", class, d)
			}
			var item map[string]any
			if err := json.Unmarshal([]byte(js), &item); err != nil {
				t.Fatal(err)
			}
			check(t, class.String(), said, item)
		}
	}
	if got := wire.Properties("none"); got != nil {
		t.Errorf("properties of no resource: %v", got)
	}
}

func names(t *testing.T, js string) []string {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(js))
	var out []string
	for depth := 0; ; {
		tok, err := d.Token()
		if err != nil {
			return out
		}
		switch tok {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		default:
			if depth == 1 {
				out = append(out, tok.(string))
				var skip json.RawMessage
				if err := d.Decode(&skip); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}

func check(t *testing.T, at string, said []wire.Property, item map[string]any) {
	t.Helper()
	known := map[string]wire.Property{}
	for _, p := range said {
		known[p.Name] = p
	}
	for name, v := range item {
		p, ok := known[name]
		if !ok {
			t.Errorf("%s: %s is rendered and not said", at, name)
			continue
		}
		values := []any{v}
		if list, ok := v.([]any); ok != p.List {
			t.Errorf("%s.%s: list is %v, said %v", at, name, ok, p.List)
		} else if ok {
			values = list
		}
		for _, v := range values {
			if got := formOf(v); got != formsOf[p.Type] {
				t.Errorf("%s.%s: %v, said %s", at, name, v, p.Type)
			}
			if p.Type == wire.TypeObject {
				check(t, at+"."+name, p.Properties, v.(map[string]any))
			}
		}
	}
}

var formsOf = map[wire.Type]string{
	wire.TypeString: "string", wire.TypeNumber: "number", wire.TypeBoolean: "boolean", wire.TypeObject: "object", wire.TypeCoded: "object",
	wire.TypeQuantity: "object", wire.TypeMoney: "object", wire.TypeReference: "object", wire.TypeParent: "object",
}

func formOf(v any) string {
	switch v.(type) {
	case string:
		return "string"
	case float64:
		return "number"
	case bool:
		return "boolean"
	default:
		return "object"
	}
}

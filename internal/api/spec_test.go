package api_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	spec "github.com/festd/festd/api"
	"github.com/festd/festd/internal/api"
	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
)

// object is a mapping of the description, as it stands.
type object = map[string]any

func description(t testing.TB) object {
	t.Helper()
	var v object
	if err := yaml.Unmarshal(spec.OpenAPI, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func at(t testing.TB, v object, path ...string) object {
	t.Helper()
	for _, p := range path {
		next, ok := v[p].(object)
		if !ok {
			t.Fatalf("no %s (of %v)", p, path)
		}
		v = next
	}
	return v
}

func load(t testing.TB, v object) *openapi3.T {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := openapi3.NewLoader().LoadFromData(b)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestDescriptionIsValid(t *testing.T) {
	doc := load(t, description(t))
	if !doc.IsOpenAPI31OrLater() {
		t.Fatalf("version %s", doc.OpenAPI)
	}
	if err := doc.Validate(t.Context(), openapi3.EnableExamplesValidation(), openapi3.EnableMultiError()); err != nil {
		t.Error(err)
	}
}

func TestRoutesAreDescribed(t *testing.T) {
	s := newServer(t, nil)
	var routes []string
	methods := map[string][]string{}
	for _, r := range s.Routes() {
		if !slices.Contains(routes, r.Pattern) {
			routes = append(routes, r.Pattern)
		}
		for _, m := range r.Methods {
			if m != http.MethodHead || !slices.Contains(r.Methods, http.MethodGet) { // GET is described, HEAD goes with it
				methods[r.Pattern] = append(methods[r.Pattern], strings.ToLower(m))
			}
		}
	}
	paths := at(t, description(t), "paths")
	for path, item := range paths {
		slices.Sort(methods[path])
		if diff := cmp.Diff(methods[path], slices.Sorted(maps.Keys(item.(object)))); diff != "" {
			t.Errorf("%s: methods (-route +path): %s", path, diff)
		}
	}
	described := slices.Sorted(maps.Keys(paths))
	slices.Sort(routes)
	if diff := cmp.Diff(routes, described); diff != "" {
		t.Errorf("routes and paths (-route +path):\n%s", diff)
	}
}

func TestFiltersAreDescribed(t *testing.T) {
	paths := at(t, description(t), "paths")
	for _, res := range fest.Resources() {
		var want, got, shared []string
		for _, f := range cache.Filters(res) {
			want = append(want, f.Name+": "+f.Doc)
		}
		for _, p := range at(t, paths, "/v1/"+string(res), "get")["parameters"].([]any) {
			param := p.(object)
			if param["in"] == "query" {
				got = append(got, fmt.Sprint(param["name"], ": ", param["description"]))
			} else {
				shared = append(shared, strings.TrimPrefix(fmt.Sprint(param["$ref"]), "#/components/parameters/"))
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-filter +parameter):\n%s", res, diff)
		}
		if diff := cmp.Diff([]string{"include", "release", "limit", "cursor", "If-None-Match"}, shared); diff != "" {
			t.Errorf("%s (-want +parameter):\n%s", res, diff)
		}
	}
}

// kindSchemas are the schemas of what is no object.
var kindSchemas = map[fest.Kind]string{
	fest.KindText: "Text", fest.KindID: "Text", fest.KindEntryID: "Text", fest.KindRef: "Reference", fest.KindNumber: "Text",
	fest.KindDecimal: "Decimal", fest.KindInteger: "Integer", fest.KindBoolean: "Boolean", fest.KindDate: "Date",
	fest.KindDateTime: "DateTime", fest.KindTime: "Time", fest.KindDuration: "Duration", fest.KindOID: "Text",
	fest.KindCV: "CodedValue", fest.KindCS: "Code", fest.KindPQ: "Quantity", fest.KindMO: "Money", fest.KindURL: "URL", fest.KindTS: "Text",
}

// property is what the description says of a field.
func property(f *fest.Field, path string) object {
	name := kindSchemas[f.Kind]
	if f.Object != nil {
		name = f.Object.Name
	}
	if slices.Contains(f.Targets, fest.ResourceCodeSystemElements) {
		name = "CodeReference"
	}
	ref := object{"$ref": "#/components/schemas/" + name}
	p := object{"x-m30": path + f.Namespace.Prefix() + ":" + f.Element}
	if f.Slice {
		p["type"], p["items"] = "array", ref
		if f.Min > 0 {
			p["minItems"] = f.Min
		}
	} else {
		p["$ref"] = ref["$ref"]
	}
	if len(f.Lists) > 0 {
		p["x-code-lists"] = anys(f.Lists)
	}
	if len(f.Targets) > 0 && name == "Reference" {
		p["x-references"] = anys(f.Targets)
	}
	if f.Choice != "" {
		p["x-choice"] = f.Choice
	}
	return p
}

func anys[T ~string](in []T) []any {
	var out []any
	for _, s := range in {
		out = append(out, string(s))
	}
	return out
}

// fields adds the properties of a type, and notes the types in it.
func fields(t *fest.Type, path string, skip string, properties object, required *[]string, types map[string]*fest.Type) {
	for i := range t.Fields {
		f := &t.Fields[i]
		if f.Property == skip {
			continue
		}
		properties[f.Property] = property(f, path)
		if f.Min > 0 && f.Choice == "" {
			*required = append(*required, f.Property)
		}
		if f.Object != nil {
			types[f.Object.Name] = f.Object
		}
	}
}

func TestEveryPropertyIsDescribed(t *testing.T) {
	schemas := at(t, description(t), "components", "schemas")
	want := map[string]object{} // schema → properties
	required := map[string][]string{}
	types := map[string]*fest.Type{}
	groups := fest.ClassReimbursement.Type()
	for _, c := range fest.Classes() {
		name := c.Type().Name
		props, need := object{}, []string{"resource", "id"}
		props["resource"] = object{"type": "string", "const": string(c.Resource())}
		props["id"] = object{"type": "string"}
		props["sample"] = object{"$ref": "#/components/schemas/Sample"}
		props["removed"] = object{"$ref": "#/components/schemas/Removal"}
		if c.Kind() != "" {
			props["kind"] = object{"type": "string", "const": c.Kind()}
			need = append(need, "kind")
		}
		up := "../"
		if _, element := c.ObjectElement(); element == "" {
			up = ""
		}
		fields(fest.EnvelopeType(), up, "", props, &need, types)
		if c == fest.ClassReimbursement {
			fields(groups, "", "reimbursementGroups", props, &need, types)
			for i := range groups.Fields {
				if g := &groups.Fields[i]; g.Property == "reimbursementGroups" {
					fields(g.Object, "m30:Refusjonsgruppe/", "id", props, &need, types)
					props["id"] = object{"type": "string", "x-m30": "m30:Refusjonsgruppe/m30:Id"}
				}
			}
		} else {
			fields(c.Type(), "", "id", props, &need, types)
			for i := range c.Type().Fields {
				if f := &c.Type().Fields[i]; f.Property == "id" {
					props["id"] = object{"type": "string", "x-m30": f.Namespace.Prefix() + ":Id"}
				}
			}
		}
		want[name], required[name] = props, need
	}
	for todo := true; todo; {
		todo = false
		for name, typ := range maps.Clone(types) {
			if want[name] == nil {
				props, need := object{}, []string(nil)
				fields(typ, "", "", props, &need, types)
				want[name], required[name], todo = props, need, true
			}
		}
	}
	delete(want, "ReimbursementGroup") // its fields stand in Reimbursement
	for name, props := range want {
		schema := at(t, schemas, name)
		got := object{}
		for property, p := range at(t, schemas, name, "properties") {
			plain := maps.Clone(p.(object))
			if d, _ := plain["description"].(string); d == "" && plain["$ref"] != "#/components/schemas/Sample" && plain["$ref"] != "#/components/schemas/Removal" {
				t.Errorf("%s.%s has no description", name, property)
			}
			delete(plain, "description")
			got[property] = plain
		}
		if diff := cmp.Diff(props, got); diff != "" {
			t.Errorf("schema %s (-fest +spec):\n%s", name, diff)
		}
		var need []string
		if list, ok := schema["required"].([]any); ok {
			for _, r := range list {
				need = append(need, r.(string))
			}
		}
		slices.Sort(need)
		slices.Sort(required[name])
		if diff := cmp.Diff(required[name], need); diff != "" {
			t.Errorf("schema %s, required (-fest +spec):\n%s", name, diff)
		}
	}
	// The other way: a schema with M30 elements is one of those, or a kith type.
	kith := []string{"CodedValue", "Code", "Quantity", "Money", "Release", "LedgerRelease"}
	for name, s := range schemas {
		b, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(b), `"x-m30"`) && want[name] == nil && !slices.Contains(kith, name) {
			t.Errorf("schema %s has elements that the description of M30 has not", name)
		}
	}
}

// strict forbids unknown properties everywhere, which the description itself
// does not: clients must live with new ones, but a test must not.
func strict(v any) {
	switch v := v.(type) {
	case object:
		if _, open := v["additionalProperties"]; v["type"] == "object" && v["properties"] != nil && !open {
			v["additionalProperties"] = false
		}
		for _, x := range v {
			strict(x)
		}
	case []any:
		for _, x := range v {
			strict(x)
		}
	}
}

// described checks an answer to GET against the description: status, media
// type, headers, and the body, in which nothing may stand that is not described.
func described(t *testing.T, s *server) func(target, path string, headers ...string) answer {
	t.Helper()
	check := describedAnswer(t)
	return func(target, path string, headers ...string) answer {
		t.Helper()
		a := s.get(t, target, headers...)
		check(a, http.MethodGet, target, path)
		return a
	}
}

var strictDoc struct {
	sync.Mutex
	doc *openapi3.T
}

// strictly is the description, in which what is not described is forbidden. It
// is read once: it is long.
func strictly(t *testing.T) *openapi3.T {
	t.Helper()
	strictDoc.Lock()
	defer strictDoc.Unlock()
	if strictDoc.doc == nil {
		v := description(t)
		strict(v)
		strictDoc.doc = load(t, v)
	}
	return strictDoc.doc
}

// describedAnswer is what described checks, of an answer to any method.
func describedAnswer(t *testing.T) func(a answer, method, target, path string) {
	t.Helper()
	doc := strictly(t)
	return func(a answer, method, target, path string) {
		t.Helper()
		media, _, _ := strings.Cut(a.header.Get("Content-Type"), ";")
		op := doc.Paths.Value(path)
		if op == nil || op.GetOperation(method) == nil {
			t.Fatalf("%s: no %s of path %s", target, method, path)
		}
		response := op.GetOperation(method).Responses.Status(a.status)
		if response == nil {
			t.Fatalf("%s: %d is not described", target, a.status)
		}
		content := response.Value.Content[media]
		if content == nil {
			t.Fatalf("%s: %d as %s is not described", target, a.status, media)
		}
		for name := range response.Value.Headers {
			if a.header.Get(name) == "" && name != "FEST-Sample" && name != "Link" && name != "FEST-Advisory" && name != "FEST-Removed" {
				t.Errorf("%s: the header %s is described and not sent", target, name)
			}
		}
		if !strings.HasSuffix(media, "json") {
			return
		}
		var body any
		if err := json.Unmarshal(a.body, &body); err != nil {
			t.Fatalf("%s: %v", target, err)
		}
		if err := doc.ValidateSchemaJSON(content.Schema.Value, body); err != nil {
			t.Errorf("%s is not as described: %v", target, err)
		}
	}
}

func TestAnswersAreAsDescribed(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		check := described(t, s)
		for _, res := range fest.Resources() {
			list := "/v1/" + string(res)
			check(list+"?limit=500", list)
			check(list+"?limit=1", list)
			check(list+"?limit=x", list)
			key := "{key}"
			if res == fest.ResourceNotAssessed {
				key = "{atc}"
			}
			check(list+"/none", list+"/"+key)
			for _, item := range s.get(t, list+"?limit=500").json(t)["items"].([]any) {
				check(list+"/"+url.PathEscape(str(t, item.(object), "id")), list+"/"+key)
			}
		}
		for _, code := range []string{"N", "N02BE01", "C09AA02", "none"} {
			check("/v1/atc/"+code, "/v1/atc/{code}")
		}
		check("/v1", "/v1")
		check("/v1/releases/current", "/v1/releases/current")
		check("/v1/releases", "/v1/releases")
		check("/v1/register", "/v1/register")
		check("/v1/register?x=1", "/v1/register")
		check("/v1/releases?x=1", "/v1/releases")
		check("/v1/releases/7", "/v1/releases/{serial}")
		check("/v1/releases/9", "/v1/releases/{serial}")
		check("/v1/releases/7/verdict", "/v1/releases/{serial}/verdict")
		check("/v1/releases/9/verdict", "/v1/releases/{serial}/verdict")
		check("/v1/releases/7/changes", "/v1/releases/{serial}/changes")
		check("/v1/releases/7/changes?from=7", "/v1/releases/{serial}/changes")
		check("/v1/drugs?release=3", "/v1/drugs")
		check("/v1/drugs/x?release=3", "/v1/drugs/{key}")
		check("/v1/packages?itemNumber=12345", "/v1/packages")
		check("/v1/packages/12345", "/v1/packages/{key}")
		check("/healthz", "/healthz")
		check("/healthz", "/healthz", "Accept: application/json")
		check("/", "/")
		check("/", "/", "Accept: application/json")
		check("/", "/", "Accept: image/png")
		check("/problems/not-found", "/problems/{type}")
		check("/problems/none", "/problems/{type}")
		check("/openapi.yaml", "/openapi.yaml")
		s.served.Swap(nil)
		check("/v1/drugs", "/v1/drugs")
		check("/v1", "/v1")
		check("/healthz", "/healthz", "Accept: application/json")
	})
}

// TestAnswersOfThePastAreAsDescribed is the same for what was removed, what
// changed, and releases before the one served.
func TestAnswersOfThePastAreAsDescribed(t *testing.T) {
	until := time.Date(2026, 9, 12, 0, 0, 0, 0, time.UTC)
	advised := func(o *api.Options) {
		o.Advisory = func() *api.Advisory {
			return &api.Advisory{Text: "Obs", Since: until.Add(-time.Hour * 24), Until: &until}
		}
	}
	s, _ := shrunk(t, advised)
	check := described(t, s)
	for _, test := range []struct {
		target string
		status int
	}{
		{"/v1/ingredients/ID_2", 410}, {"/v1/ingredients/ID_4", 410}, {"/v1/ingredients/ID_2?include=removed", 200},
	} {
		if a := check(test.target, "/v1/ingredients/{key}"); a.status != test.status {
			t.Errorf("%s: %d", test.target, a.status)
		}
	}
	check("/v1/ingredients/ID_2?include=removed", "/v1/ingredients/{key}", "Accept: application/xml")
	check("/v1/packages/P1", "/v1/packages/{key}")
	check("/v1/ingredients?include=removed&limit=2", "/v1/ingredients")
	check("/v1/packages?itemNumber=012345", "/v1/packages")
	check("/v1", "/v1")

	s, archive := history(t, advised)
	archive.releases[1].Content.Findings = []fest.Finding{{Rule: "removed", Severity: fest.SeverityHold, Class: "drugs", Path: "x", Count: 2, Text: "t", Affected: []fest.Affected{{ID: "ID_9", Name: "x", Line: 3}}}}
	archive.releases[1].Content.Approval = &fest.Approval{By: "x", Reason: "y", Baseline: 2}
	check = described(t, s)
	check("/v1/releases?limit=2", "/v1/releases")
	check("/v1/releases/3", "/v1/releases/{serial}")
	check("/v1/releases/current", "/v1/releases/current")
	check("/v1/releases/3/verdict", "/v1/releases/{serial}/verdict")
	check("/v1/releases/4/changes?limit=2", "/v1/releases/{serial}/changes")
	check("/v1/releases/1/changes?from=2", "/v1/releases/{serial}/changes")
	check("/v1/ingredients?release=3", "/v1/ingredients")
	check("/v1/ingredients/ID_1?release=3", "/v1/ingredients/{key}")
	check("/v1/ingredients/ID_1?release=1", "/v1/ingredients/{key}")
	archive.err = api.ErrBusy
	check("/v1/ingredients/ID_1?release=3", "/v1/ingredients/{key}")
	check("/v1/releases/4/changes", "/v1/releases/{serial}/changes")
}

func TestDescriptionIsServed(t *testing.T) {
	s := newServer(t, nil)
	a := s.get(t, "/openapi.yaml")
	if a.status != http.StatusOK || string(a.body) != string(spec.OpenAPI) {
		t.Errorf("%d, %d bytes of %d", a.status, len(a.body), len(spec.OpenAPI))
	}
}

func TestProblemTypesAreDescribed(t *testing.T) {
	s := newServer(t, nil)
	known := s.get(t, "/problems/none").json(t)["known"].([]any)
	described := at(t, description(t), "components", "schemas", "ProblemSlug")["enum"].([]any)
	less := func(a, b any) int { return strings.Compare(a.(string), b.(string)) }
	slices.SortFunc(known, less)
	slices.SortFunc(described, less)
	if diff := cmp.Diff(known, described); diff != "" {
		t.Errorf("(-table +spec):\n%s", diff)
	}
	responses, err := json.Marshal(at(t, description(t), "components", "responses"))
	if err != nil {
		t.Fatal(err)
	}
	for _, slug := range known {
		a := s.get(t, "/problems/"+slug.(string))
		if a.status != http.StatusOK || str(t, a.json(t), "type") != "/problems/"+slug.(string) {
			t.Errorf("%s: %d %s", slug, a.status, a.body)
		}
		if !regexp.MustCompile(`/problems/` + slug.(string) + `\b`).Match(responses) {
			t.Errorf("no response of the description names %s", slug)
		}
	}
}

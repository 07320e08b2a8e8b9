package api_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"github.com/festd/festd/internal/api"
	"github.com/festd/festd/internal/festtest"
)

var update = flag.Bool("update", false, "write the examples of the description anew")

// Examples of the description that have x-request are executed: the request,
// "/v1/…" or "POST /v1/…" with x-body, is sent to a server of the sample, and
// the answer is the example's value.
type requested struct {
	Request string `yaml:"x-request"`
	Body    any    `yaml:"x-body"`
	Value   any    `yaml:"value"`
}

func (r *requested) send(t testing.TB, s *server) answer {
	t.Helper()
	method, target, found := strings.Cut(r.Request, " ")
	if !found {
		method, target = http.MethodGet, r.Request
	}
	var body []byte
	if r.Body != nil {
		var err error
		if body, err = json.Marshal(r.Body); err != nil {
			t.Fatal(err)
		}
	}
	req := httptest.NewRequest(method, target, bytes.NewReader(body))
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	w := httptest.NewRecorder()
	s.Public().ServeHTTP(w, req)
	return answer{w.Code, w.Header(), w.Body.Bytes()}
}

func TestExamplesOfTheDescription(t *testing.T) {
	s := newServer(t, snapshots["memory"](t, 7), func(o *api.Options) { o.Register = heldRegister })
	if *update {
		writeExamples(t, s)
		return // what was compiled in is still the old one
	}
	n := 0
	for path, item := range at(t, description(t), "paths") {
		for method, op := range item.(object) {
			for status, response := range op.(object)["responses"].(object) {
				content, _ := response.(object)["content"].(object)
				for media, c := range content {
					examples, _ := c.(object)["examples"].(object)
					for name, e := range examples {
						n++
						t.Run(fmt.Sprintf("%s %s %s %s", method, path, status, name), func(t *testing.T) {
							checkExample(t, s, e, path, status, media)
						})
					}
				}
			}
		}
	}
	if n == 0 {
		t.Error("no example was executed")
	}
}

func checkExample(t *testing.T, s *server, example any, path, status, media string) {
	t.Helper()
	var r requested
	b, err := yaml.Marshal(example)
	if err == nil {
		err = yaml.Unmarshal(b, &r)
	}
	if err != nil {
		t.Fatal(err)
	}
	if r.Request == "" {
		t.Fatal("the example has no x-request")
	}
	_, target, _ := strings.Cut("GET "+strings.TrimPrefix(r.Request, "POST "), " ")
	target, _, _ = strings.Cut(target, "?")
	if pattern := "^" + regexp.MustCompile(`\\\{[^/]+\\\}`).ReplaceAllString(regexp.QuoteMeta(path), "[^/]+") + "$"; !regexp.MustCompile(pattern).MatchString(target) {
		t.Errorf("%s is no request of %s", r.Request, path)
	}
	a := r.send(t, s)
	if got := fmt.Sprint(a.status); got != status || !strings.HasPrefix(a.header.Get("Content-Type"), media) {
		t.Errorf("%s: %s, %s", r.Request, got, a.header.Get("Content-Type"))
	}
	want, err := json.Marshal(r.Value)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(loose(t, want), loose(t, a.body)); diff != "" {
		t.Errorf("%s (-example +answer; -update writes it anew):\n%s", r.Request, diff)
	}
}

// loose is JSON for comparison: what differs from answer to answer is left out.
func loose(t *testing.T, b []byte) any {
	t.Helper()
	var v any
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatalf("%v in %.300s", err, b)
	}
	if o, ok := v.(object); ok {
		delete(o, "traceId")
	}
	return v
}

var requestLine = regexp.MustCompile(`^( +)x-request: `)

// writeExamples puts the answers of today into the description: the lines of
// value after each x-request.
func writeExamples(t *testing.T, s *server) {
	t.Helper()
	name := filepath.Join(festtest.Root(), "api", "openapi.yaml")
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(text), "\n")
	var out []string
	for i := 0; i < len(lines); i++ {
		out = append(out, lines[i])
		m := requestLine.FindStringSubmatch(lines[i])
		if m == nil {
			continue
		}
		indent := m[1]
		var r requested
		head := lines[i]
		for strings.HasPrefix(strings.TrimSpace(lines[i+1]), "x-body:") {
			i++
			out, head = append(out, lines[i]), head+"\n"+lines[i]
		}
		if err := yaml.Unmarshal([]byte(head), &r); err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(lines[i+1], indent+"value:") {
			for i++; strings.HasPrefix(lines[i+1], indent+" "); i++ {
			}
		}
		out = append(out, indent+"value:")
		for line := range strings.SplitSeq(strings.TrimRight(asYAML(t, r.send(t, s).body), "\n"), "\n") {
			out = append(out, indent+"  "+line)
		}
	}
	if err := os.WriteFile(name, []byte(strings.Join(out, "\n")), 0o644); err != nil {
		t.Fatal(err)
	}
}

// asYAML is JSON in the style of the description.
func asYAML(t *testing.T, js []byte) string {
	t.Helper()
	var n yaml.Node
	if err := yaml.Unmarshal(js, &n); err != nil {
		t.Fatal(err)
	}
	restyle(&n)
	var b bytes.Buffer
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	if err := enc.Encode(&n); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// plainText needs no quotes, for readers of YAML 1.1 neither: yes, no, on and
// off are no text to them.
var plainText = regexp.MustCompile(`^[A-Za-z_ÆØÅæøå][A-Za-z0-9_ÆØÅæøå ()/.%-]{3,}$`)

// restyle writes what is small on one line, the rest on lines of its own.
func restyle(n *yaml.Node) (size int) {
	flat := true
	for _, c := range n.Content {
		size += restyle(c) + 2
		flat = flat && (c.Kind == yaml.ScalarNode || c.Style == yaml.FlowStyle)
	}
	switch n.Kind {
	case yaml.ScalarNode:
		if n.Style = 0; n.Tag == "!!str" && !plainText.MatchString(n.Value) {
			n.Style = yaml.SingleQuotedStyle
		}
		return len(n.Value)
	case yaml.MappingNode, yaml.SequenceNode:
		if n.Style = 0; flat && size < 110 {
			n.Style = yaml.FlowStyle
		}
	}
	return size
}

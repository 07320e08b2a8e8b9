package arch_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/festd/festd/internal/festtest"
)

const module = "github.com/festd/festd/"

// pkg is what go list says of a package.
type pkg struct {
	ImportPath string
	Imports    []string
}

func (p pkg) name() string { return strings.TrimPrefix(p.ImportPath, module) }

// in says whether the package is the room or lies in it.
func (p pkg) in(room string) bool { return p.name() == room || strings.HasPrefix(p.name(), room+"/") }

func packages(t *testing.T) []pkg {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-e", "-json=ImportPath,Imports", "./...")
	cmd.Dir = festtest.Root()
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, stderr.Bytes())
	}
	var all []pkg
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p pkg
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

// rooms is the table: package → packages it may import; "all" allows any.
type rooms map[string][]string

// row is a line of the table: package, contract, what it may import.
var row = regexp.MustCompile("^\\| `([a-z0-9/]+)` \\| .* \\| ([a-z0-9/, –]+) \\|$")

func readRooms(r io.Reader) (rooms, error) {
	table := rooms{}
	in := false
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		line := lines.Text()
		switch {
		case line == "| package | contract in a sentence | may import |":
			in = true
		case !in || strings.HasPrefix(line, "|---"):
		case line == "":
			in = false
		default:
			m := row.FindStringSubmatch(line)
			if m == nil {
				return nil, fmt.Errorf("the table of rooms has a row that is none: %s", line)
			}
			if table[m[1]] != nil {
				return nil, fmt.Errorf("the table of rooms has %s twice", m[1])
			}
			table[m[1]] = []string{}
			for _, s := range strings.Split(m[2], ", ") {
				switch s {
				case "–":
				case "all", "api":
					table[m[1]] = append(table[m[1]], s)
				default:
					table[m[1]] = append(table[m[1]], "internal/"+s)
				}
			}
		}
	}
	return table, lines.Err()
}

// room is the room that a package belongs to: its own row, or that of a folder
// above it. "" if it has none.
func (r rooms) room(name string) string {
	for ; name != "."; name = path.Dir(name) {
		if _, ok := r[name]; ok {
			return name
		}
	}
	return ""
}

// check says what a package imports of this module and may not. What goes on
// between the packages of one room is the room's business.
func (r rooms) check(p pkg) []string {
	own := r.room(p.name())
	if own == "" {
		return []string{fmt.Sprintf("package %s has no row in the table of rooms (docs/ARCHITECTURE.md)", p.name())}
	}
	var wrong []string
	for _, imported := range p.Imports {
		name, ours := strings.CutPrefix(imported, module)
		if !ours || name == "internal/festtest" { // see TestTestPackagesAreForTests
			continue
		}
		if other := r.room(name); other != own && !slices.Contains(r[own], other) && !slices.Contains(r[own], "all") {
			wrong = append(wrong, fmt.Sprintf("%s imports %s; it may import %s", p.name(), name, strings.Join(r[own], ", ")))
		}
	}
	return wrong
}

func TestRooms(t *testing.T) {
	f, err := os.Open(filepath.Join(festtest.Root(), "docs", "ARCHITECTURE.md"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	table, err := readRooms(f)
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, p := range packages(t) {
		for _, wrong := range table.check(p) {
			t.Error(wrong)
		}
		if _, ok := table[p.name()]; ok { // not a folder below
			seen++
		}
	}
	if seen < 3 {
		t.Errorf("only %d packages of the table exist: is it read right? %v", seen, slices.Sorted(maps.Keys(table)))
	}
}

// homes are the rooms that alone may use a library.
var homes = map[string][]string{
	"github.com/jackc/pgx":                {"internal/festdb/postgres", "internal/pgtest"},
	"github.com/jackc/tern":               {"internal/festdb/postgres"},
	"github.com/chromedp":                 {"internal/browsertest"},
	"database/sql":                        {"internal/festdb/postgres"},
	"github.com/go-chi/chi":               {"internal/api", "internal/fhir"},
	"github.com/go-json-experiment/json":  {"internal/api", "bench"},
	"github.com/alecthomas/kong":          {"cmd/server", "bench"},
	"github.com/gofrs/flock":              {"internal/festdb"},
	"github.com/prometheus/client_golang": {"internal/api", "internal/app", "bench"},
	"go.opentelemetry.io":                 {"internal/telemetry"},
	"net/http":                            {"internal/api", "internal/fhir", "internal/app", "internal/ingest/fetch", "internal/telemetry/collector", "cmd/server", "client", "bench", "docs/examples"},
}

func TestLibrariesHaveHomes(t *testing.T) {
	for _, p := range packages(t) {
		for _, imported := range p.Imports {
			for library, home := range homes {
				at := imported == library || strings.HasPrefix(imported, library+"/")
				if at && !slices.ContainsFunc(home, p.in) {
					t.Errorf("%s imports %s; only %s may", p.name(), imported, strings.Join(home, ", "))
				}
			}
		}
	}
}

// pure packages compute; files, network and processes are others' work.
var pure = []string{"internal/fest", "internal/wire", "internal/search", "internal/rules", "internal/gate", "internal/api/answer", "internal/reference"}

func TestPureRooms(t *testing.T) {
	for _, p := range packages(t) {
		if !slices.Contains(pure, p.name()) {
			continue
		}
		for _, imported := range p.Imports {
			switch first, _, _ := strings.Cut(imported, "/"); {
			case first == "os", first == "net" && imported != "net/url", first == "syscall", imported == "log/slog", imported == "math/rand/v2", imported == "unsafe":
				t.Errorf("%s imports %s; it is pure", p.name(), imported)
			}
		}
	}
}

func TestTestPackagesAreForTests(t *testing.T) {
	helpers := []string{"internal/festtest", "internal/pgtest", "internal/reference", "internal/reference/rewritten", "internal/telemetry/collector", "internal/browsertest"}
	for _, p := range packages(t) {
		for _, helper := range helpers {
			if slices.Contains(p.Imports, module+helper) && !slices.Contains(helpers, p.name()) {
				t.Errorf("%s imports %s outside its tests", p.name(), helper)
			}
		}
	}
}

// The test itself must be able to fail.
func TestCheckFinds(t *testing.T) {
	table, err := readRooms(strings.NewReader("| package | contract in a sentence | may import |\n|---|---|---|\n" +
		"| `internal/fest` | Words. | – |\n| `internal/m30` | Reads. | fest |\n| `internal/app` | Wires. | all |\n\n| `internal/late` | No row. | – |\n"))
	if err != nil {
		t.Fatal(err)
	}
	want := rooms{"internal/fest": {}, "internal/m30": {"internal/fest"}, "internal/app": {"all"}}
	if diff := cmp.Diff(want, table); diff != "" {
		t.Fatalf("table (-want +got):\n%s", diff)
	}
	for _, tt := range []struct {
		name, pkg string
		imports   []string
		wrong     int
	}{
		{"allowed", "internal/m30", []string{"io", module + "internal/fest", module + "internal/m30/inner"}, 0},
		{"all allowed", "internal/app", []string{module + "internal/m30", module + "internal/fest"}, 0},
		{"not allowed", "internal/fest", []string{module + "internal/m30"}, 1},
		{"upwards", "internal/m30", []string{module + "internal/app", module + "internal/fest"}, 1},
		{"unknown package", "internal/late", nil, 1},
		{"inner package", "internal/m30/inner", []string{module + "internal/m30", module + "internal/fest"}, 0},
		{"inner package, not allowed", "internal/m30/inner", []string{module + "internal/app"}, 1},
		{"another room's inner package", "internal/m30", []string{module + "internal/app/inner", module + "internal/fest/inner"}, 1},
	} {
		if got := table.check(pkg{ImportPath: module + tt.pkg, Imports: tt.imports}); len(got) != tt.wrong {
			t.Errorf("%s: %q, want %d findings", tt.name, got, tt.wrong)
		}
	}
	if _, err := readRooms(strings.NewReader("| package | contract in a sentence | may import |\n| internal/x | no code marks | – |\n")); err == nil {
		t.Error("a broken row went unnoticed")
	}
}

package deploy_test

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/festd/festd/internal/festtest"
)

func read(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(festtest.Root(), filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// instruction is one of a Dockerfile's, its continuation lines joined.
type instruction struct{ name, args string }

func dockerfile(t *testing.T) []instruction {
	t.Helper()
	return instructions(read(t, "Dockerfile"))
}

func instructions(text string) []instruction {
	var out []instruction
	joined := strings.ReplaceAll(text, "\\\n", " ")
	for line := range strings.Lines(joined) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, args, _ := strings.Cut(line, " ")
		out = append(out, instruction{strings.ToUpper(name), strings.TrimSpace(args)})
	}
	return out
}

// last returns the arguments of the last instruction of a name, which is the
// one that counts in the final stage.
func last(t *testing.T, all []instruction, name string) string {
	t.Helper()
	for _, i := range slices.Backward(all) {
		if i.name == name {
			return i.args
		}
		if i.name == "FROM" {
			break
		}
	}
	t.Fatalf("the last stage of the Dockerfile has no %s", name)
	return ""
}

func TestDockerfileGoVersion(t *testing.T) {
	m := regexp.MustCompile(`(?m)^go (\d+\.\d+)`).FindStringSubmatch(read(t, "go.mod"))
	if m == nil {
		t.Fatal("go.mod has no go line")
	}
	for _, i := range dockerfile(t) {
		if i.name == "FROM" && strings.Contains(i.args, "golang") {
			if !strings.Contains(i.args, "golang:"+m[1]+"-") {
				t.Errorf("FROM %s: go.mod says go %s", i.args, m[1])
			}
			return
		}
	}
	t.Error("no stage builds with a golang image")
}

// What is copied into the build exists and is let through by .dockerignore,
// and what the program is made of is copied.
func TestDockerfileSources(t *testing.T) {
	ignored := read(t, ".dockerignore")
	var copied []string
	for _, i := range dockerfile(t) {
		if i.name != "COPY" || strings.HasPrefix(i.args, "--from") {
			continue
		}
		words := strings.Fields(i.args)
		for _, src := range words[:len(words)-1] {
			copied = append(copied, src)
			if _, err := os.Stat(filepath.Join(festtest.Root(), src)); err != nil {
				t.Errorf("COPY %s: %v", src, err)
			}
			if !strings.Contains(ignored, "\n!"+src+"\n") {
				t.Errorf("COPY %s: .dockerignore keeps it out of the build context", src)
			}
		}
	}
	slices.Sort(copied)
	if diff := cmp.Diff([]string{"api", "cmd", "go.mod", "go.sum", "internal"}, copied); diff != "" {
		t.Errorf("copied into the build (-want +got):\n%s", diff)
	}
}

func TestDockerfileImage(t *testing.T) {
	all := dockerfile(t)
	text := read(t, "Dockerfile")
	if user := last(t, all, "USER"); !regexp.MustCompile(`^[1-9]\d*:[1-9]\d*$`).MatchString(user) {
		t.Errorf("USER %s: want numbers, not root: Kubernetes cannot check names for runAsNonRoot", user)
	} else if !strings.Contains(text, "COPY --from=build --chown="+user+" /out/data /data") {
		t.Errorf("/data is not copied as owned by %s", user)
	}
	for name, want := range map[string][]string{"ENTRYPOINT": {"/server"}, "VOLUME": {"/data"}} {
		var got []string
		if err := json.Unmarshal([]byte(last(t, all, name)), &got); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s is %q, %v; want %q: an empty image has no shell", name, got, err, want)
		}
	}
	if h := last(t, all, "HEALTHCHECK"); !strings.HasSuffix(h, `CMD ["/server", "healthcheck"]`) {
		t.Errorf("HEALTHCHECK %s: want the program itself", h)
	}
	if s := last(t, all, "STOPSIGNAL"); s != "SIGTERM" {
		t.Errorf("STOPSIGNAL %s: the server drains on SIGTERM", s)
	}
	if !strings.Contains(text, "CGO_ENABLED=0") || last(t, all, "FROM") != "scratch" {
		t.Error("want a static binary on scratch")
	}
	env := last(t, all, "ENV")
	if !strings.Contains(env, "FEST_SAMPLE=off") {
		t.Errorf("ENV %s: an image never serves the sample by itself", env)
	}
}

// Whatever is set here is a setting of the program, or of Docker Compose's own.
func TestEnvironmentIsDocumented(t *testing.T) {
	config := read(t, "docs/CONFIG.md")
	name := regexp.MustCompile(`\bFEST_[A-Z_]+\b`)
	// Compose's own variables, explained in the file itself.
	own := []string{"FEST_IMPORT_DIR", "FEST_PORT"}
	files := []string{"Dockerfile"}
	err := filepath.WalkDir(filepath.Join(festtest.Root(), "deploy"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(path, ".go") {
			return err
		}
		rel, err := filepath.Rel(festtest.Root(), path)
		files = append(files, filepath.ToSlash(rel))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, file := range files {
		for _, n := range name.FindAllString(read(t, file), -1) {
			found++
			if !strings.Contains(config, "`"+n+"`") && !slices.Contains(own, n) {
				t.Errorf("%s: %s is not in docs/CONFIG.md", file, n)
			}
		}
	}
	if found < 50 {
		t.Errorf("%d settings in %d files: are these all?", found, len(files))
	}
}

// What docs/DEPLOY.md and the README name of deploy/ is there; a folder that
// people make themselves is not.
func TestDocsNameWhatIsThere(t *testing.T) {
	for _, doc := range []string{"docs/DEPLOY.md", "README.md"} {
		named := regexp.MustCompile(`\bdeploy/[\w./-]*\w`).FindAllString(read(t, doc), -1)
		if len(named) == 0 {
			t.Errorf("%s names nothing of deploy/", doc)
		}
		for _, name := range named {
			if name == "deploy/import" || name == "deploy/festd" { // a pod's, to kubectl
				continue
			}
			if _, err := os.Stat(filepath.Join(festtest.Root(), filepath.FromSlash(name))); err != nil {
				t.Errorf("%s: %v", doc, err)
			}
		}
	}
}

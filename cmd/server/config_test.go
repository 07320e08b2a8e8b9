package main

import (
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/google/go-cmp/cmp"

	"github.com/festd/festd/internal/festtest"
)

// setting is what docs/CONFIG.md says of a flag, but for its meaning.
type setting struct{ Flag, Env, Default, Commands string }

// TestConfigDoc: docs/CONFIG.md has every flag with its variable, default and
// commands, and no other.
func TestConfigDoc(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(festtest.Root(), "docs", "CONFIG.md"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(settings(t), documented(string(text))); diff != "" {
		t.Errorf("docs/CONFIG.md (-program +docs):\n%s", diff)
	}
}

func documented(text string) []setting {
	row := regexp.MustCompile("(?m)^\\| `--([a-z-]+)` \\| (?:`([A-Z_]+)`|–) \\| (\\S+) \\| ([a-z, ]+) \\| \\S.* \\|$")
	var out []setting
	for _, m := range row.FindAllStringSubmatch(text, -1) {
		out = append(out, setting{m[1], m[2], strings.Trim(strings.Trim(m[3], "`"), "–"), m[4]})
	}
	slices.SortFunc(out, bySetting)
	return out
}

func bySetting(a, b setting) int {
	return strings.Compare(a.Flag+" "+a.Commands, b.Flag+" "+b.Commands)
}

func settings(t *testing.T) []setting {
	t.Helper()
	var c cli
	k, err := newParser(&c, io.Discard, io.Discard, func(int) {})
	if err != nil {
		t.Fatal(err)
	}
	commands := map[setting][]string{}
	var order []setting
	add := func(f *kong.Flag, command string) {
		if f.Name == "help" {
			return
		}
		s := setting{Flag: f.Name, Env: strings.Join(f.Envs, " "), Default: f.Default}
		if _, seen := commands[s]; !seen {
			order = append(order, s)
		}
		commands[s] = append(commands[s], command)
	}
	for _, f := range k.Model.Flags {
		add(f, "all")
	}
	var visit func(n *kong.Node, path string)
	visit = func(n *kong.Node, path string) {
		for _, child := range n.Children {
			name := strings.TrimSpace(path + " " + child.Name)
			for _, f := range child.Flags {
				add(f, name)
			}
			visit(child, name)
		}
	}
	visit(k.Model.Node, "")
	var out []setting
	for _, s := range order {
		key := s
		s.Commands = strings.Join(commands[key], ", ")
		out = append(out, s)
	}
	slices.SortFunc(out, bySetting)
	return out
}

// TestReleasesDoc: docs/RELEASES.md has every command of `server releases`, as
// its help has it.
func TestReleasesDoc(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(festtest.Root(), "docs", "RELEASES.md"))
	if err != nil {
		t.Fatal(err)
	}
	var c cli
	k, err := newParser(&c, io.Discard, io.Discard, func(int) {})
	if err != nil {
		t.Fatal(err)
	}
	want := "| command | what it does |\n|---|---|\n"
	for _, leaf := range k.Model.Leaves(true) {
		if leaf.Parent.Name == "releases" {
			want += "| `server releases " + leaf.Name + "` | " + leaf.Help + " |\n"
		}
	}
	_, rest, _ := strings.Cut(string(text), "<!-- commands: kept by a test -->\n")
	got, _, _ := strings.Cut(rest, "<!-- end -->")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("docs/RELEASES.md (-program +docs):\n%s", diff)
	}
}

package rig

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSectionIsWrittenAnew(t *testing.T) {
	path := filepath.Join(t.TempDir(), "page.md")
	const page = "# Page\n\n<!-- storm: by make storm -->\nold\n<!-- /storm -->\n\nend\n"
	if err := os.WriteFile(path, []byte(page), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time changes nothing
		if err := WriteSection(path, "storm", "| new |\n"); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	const section = "<!-- storm: by make storm -->\n\n| new |\n\n<!-- /storm -->"
	if diff := cmp.Diff("# Page\n\n"+section+"\n\nend\n", string(got)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := Section(string(got), "storm"); got != section {
		t.Errorf("the section is %q", got)
	}
	if err := WriteSection(path, "flood", "x"); err == nil {
		t.Error("a section that is not there was written")
	}
	if got := Section(page, "flood"); got != "" {
		t.Errorf("a section that is not there is %q", got)
	}
}

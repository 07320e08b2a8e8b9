package rig

import (
	"fmt"
	"os"
	"strings"
)

// A page may hold sections that a command writes, between two comments:
//
//	<!-- storm: written by make storm -->
//	…
//	<!-- /storm -->

func bounds(page, name string) (begin, end int, ok bool) {
	open := "<!-- " + name + ": "
	begin = strings.Index(page, open)
	if begin < 0 {
		return 0, 0, false
	}
	end = strings.Index(page[begin:], "<!-- /"+name+" -->")
	return begin, begin + end, end >= 0
}

// Section is a section of a page with its comments; "" if it has none.
func Section(page, name string) string {
	begin, end, ok := bounds(page, name)
	if !ok {
		return ""
	}
	return page[begin:end] + "<!-- /" + name + " -->"
}

// WriteSection writes what is between the comments of a section anew. The
// page must have them.
func WriteSection(path, name, text string) error {
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	page := string(b)
	begin, end, ok := bounds(page, name)
	if !ok {
		return fmt.Errorf("%s has no section between <!-- %s: … --> and <!-- /%s -->", path, name, name)
	}
	first := strings.Index(page[begin:], "-->")
	if first < 0 || begin+first > end {
		return fmt.Errorf("%s: the comment that begins section %s does not end", path, name)
	}
	page = page[:begin+first+len("-->")] + "\n\n" + strings.TrimSpace(text) + "\n\n" + page[end:]
	return os.WriteFile(path, []byte(page), 0o644)
}

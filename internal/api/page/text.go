package page

import (
	"encoding/json"
	"fmt"
	"io/fs"
)

// Lang is a language of the pages, as in the attribute lang.
type Lang string

// The languages of the pages.
const (
	Norwegian Lang = "nb"
	English   Lang = "en"
)

// Langs are the languages, the first one where nothing says which.
func Langs() []Lang { return []Lang{Norwegian, English} }

// readTexts reads texts/*.json: key → language → text. A key names its page
// first, as in "check.add", and has a text in every language.
func readTexts(files fs.FS) (map[Lang]map[string]string, error) {
	out := map[Lang]map[string]string{}
	for _, lang := range Langs() {
		out[lang] = map[string]string{}
	}
	names, err := fs.Glob(files, "web/texts/*.json")
	if err != nil {
		return nil, fmt.Errorf("page: %w", err)
	}
	for _, name := range names {
		body, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, fmt.Errorf("page: %w", err)
		}
		var texts map[string]map[Lang]string
		if err := json.Unmarshal(body, &texts); err != nil {
			return nil, fmt.Errorf("page: %s: %w", name, err)
		}
		for key, in := range texts {
			for _, lang := range Langs() {
				if in[lang] == "" || len(in) != len(Langs()) {
					return nil, fmt.Errorf("page: %s: %s wants a text in each of %v and in no other", name, key, Langs())
				}
				if _, twice := out[lang][key]; twice {
					return nil, fmt.Errorf("page: %s: %s is in another file, too", name, key)
				}
				out[lang][key] = in[lang]
			}
		}
	}
	return out, nil
}

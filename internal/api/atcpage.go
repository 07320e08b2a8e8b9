package api

import (
	"encoding/json"

	"github.com/festd/festd/internal/api/page"
)

// atcGroup is a main group as the page of the ATC tree shows it.
type atcGroup struct {
	Code    string
	Display string
	Href    string
}

// atcPage fills the page of the ATC tree with the main groups that the release
// has: those of ATC and those of ATCvet, one letter each.
func (a *API) atcPage(_ *call, v *view, _ *page.Shell) (any, error) {
	if v == nil {
		return nil, nil //nolint:nilnil // a page without groups
	}
	var groups []atcGroup
	for letter := 'A'; letter <= 'Z'; letter++ {
		it, ok := v.snap.ATC(string(letter))
		if !ok {
			continue
		}
		var body struct {
			Display string `json:"display"`
		}
		if err := json.Unmarshal(it.JSON, &body); err != nil {
			return nil, internal(err)
		}
		groups = append(groups, atcGroup{string(letter), body.Display, "/atc/" + string(letter)})
	}
	return groups, nil
}

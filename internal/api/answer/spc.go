package answer

import "github.com/festd/festd/internal/fest"

// SPC are the links to the summary of product characteristics. They stand on
// the package for centrally approved products, else on the drug: both places
// were looked at (R55).
type SPC struct {
	// Links is empty where neither states one, which is not "there is none"
	// (R32).
	Links []SPCLink `json:"links"`
	Basis
}

// SPCLink is Preparatomtaleavsnitt, and what it stands on.
type SPCLink struct {
	On          Reference `json:"on"`
	Heading     *Code     `json:"sectionHeading,omitempty"`
	URL         string    `json:"url"`
	Description string    `json:"description,omitempty"` // the text to show
}

// spc collects the links of a package and its drugs, or of a drug and its
// packages; each once.
func (r *Register) spc(packages []*fest.Package, drugs []*fest.Drug) SPC {
	out := SPC{Links: []SPCLink{}, Basis: r.Basis("R55")}
	seen := map[string]bool{}
	add := func(on any, sections []fest.SpcSection) {
		for i := range sections {
			s := &sections[i]
			link := SPCLink{On: r.Reference(on), Heading: CodeOfList(&s.SectionHeading, ""), URL: s.Link.URL.Value, Description: TextOf(s.Link.Description)}
			if key := string(link.On.Resource) + " " + link.URL + " " + s.SectionHeading.Code; !seen[key] {
				seen[key] = true
				out.Links = append(out.Links, link)
			}
		}
	}
	for _, p := range packages {
		add(p, p.SpcSections)
	}
	for _, d := range drugs {
		add(d, d.SpcSections)
	}
	if len(out.Links) == 0 {
		r.Cite(&out.Basis, "R32")
	}
	return out
}

package api

import (
	"strings"

	"github.com/festd/festd/internal/api/answer"
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/rules"
)

// paramSex is the patient's sex, which some validities depend on (R68).
const paramSex = "sex"

// prescribingRoutes are the prescribing sheets, and the check of
// prescriptions.
func (a *API) prescribingRoutes() []Route {
	params := []string{paramAudience, paramSex}
	return []Route{
		a.about(fest.ResourceGenerics, "prescribing", params, sheet),
		a.about(fest.ResourcePackages, "prescribing", params, sheet),
		a.prescriptionChecks(),
	}
}

// sheet answers /v1/{generics|packages}/{key}/prescribing.
func sheet(q *asked) (any, error) {
	var ask answer.SheetQuestion
	for _, p := range q.params {
		value := strings.TrimSpace(p.value)
		var ok bool
		switch p.name {
		case paramAudience:
			if ask.Audience, ok = rules.AudienceCode(value); !ok {
				return nil, badParameter(p.name, p.value, "not an audience", "one of "+strings.Join(rules.AudienceNames(), ", ")+", or its code of list 7442")
			}
		case paramSex:
			if ask.Sex, ok = rules.ParseSex(value); !ok {
				return nil, badParameter(p.name, p.value, "not a sex", "one of "+strings.Join(rules.SexNames(), ", ")+", or a code of list 3101")
			}
		}
	}
	s, ok := q.Sheet(q.Item, ask)
	if !ok {
		return nil, internal(q.Err())
	}
	return s, nil
}

package api

import (
	"strconv"
	"strings"

	"github.com/festd/festd/internal/api/answer"
	"github.com/festd/festd/internal/fest"
)

// Parameters of the questions about reimbursement.
const (
	paramAudience = "audience"
	paramICPC2    = "icpc2"
	paramICD10    = "icd10"
	paramProducts = "products"
)

// diagnosisPath is the route from a diagnosis to what it gives the right to.
const diagnosisPath = "/v1/diagnosis-reimbursement"

// reimbursementRoutes are the questions about reimbursement (R80–R93).
func (a *API) reimbursementRoutes() []Route {
	const what = "reimbursement"
	by := []string{paramAudience}
	return []Route{
		a.about(fest.ResourcePackages, what, by, reimbursementOf((*answer.Register).PackageReimbursement)),
		a.about(fest.ResourceGenerics, what, by, reimbursementOf((*answer.Register).GenericReimbursement)),
		a.about(fest.ResourceIngredients, what, by, reimbursementOf((*answer.Register).IngredientReimbursement)),
		a.about(fest.ResourceCommodities, what, by, reimbursementOfCommodity),
		a.question("/v1/atc/{code}/"+what, by, a.reimbursementOfATC),
		a.question(diagnosisPath, []string{paramAudience, paramICPC2, paramICD10, paramProducts}, reimbursementOfDiagnosis),
	}
}

// audience is who asks; without the parameter all is shown.
func (q *asked) audience() (answer.Audience, error) {
	switch v := q.Param(paramAudience); v {
	case "", string(answer.AudiencePrescriber), string(answer.AudienceDispenser):
		return answer.Audience(v), nil
	default:
		return "", badParameter(paramAudience, v, "not an audience", "prescriber or dispenser")
	}
}

// reimbursementOf answers about an object of one class.
func reimbursementOf[T any](f func(*answer.Register, *T, answer.Audience) answer.Reimbursement) reply {
	return func(q *asked) (any, error) {
		who, err := q.audience()
		if err != nil {
			return nil, err
		}
		o, ok := q.Object(q.Item).(*T)
		if !ok {
			return nil, internal(q.Err())
		}
		return f(q.Register, o, who), nil
	}
}

// reimbursementOfCommodity answers about a commodity of any kind.
func reimbursementOfCommodity(q *asked) (any, error) {
	who, err := q.audience()
	if err != nil {
		return nil, err
	}
	c, ok := q.CommodityAt(q.Item)
	if !ok {
		return nil, internal(q.Err())
	}
	return q.CommodityReimbursement(c, who), nil
}

// reimbursementOfATC answers about a code of any level, in any case.
func (a *API) reimbursementOfATC(q *asked) (any, error) {
	who, err := q.audience()
	if err != nil {
		return nil, err
	}
	code := upper(strings.TrimSpace(q.PathKey))
	if _, ok := q.Snapshot().ATC(code); !ok {
		return nil, a.noATC(q.view, q.PathKey)
	}
	return q.ATCReimbursement(code, who), nil
}

// reimbursementOfDiagnosis answers about a code of ICPC-2 or ICD-10: one of
// them, as the same text in the other is another code (R89).
func reimbursementOfDiagnosis(q *asked) (any, error) {
	who, err := q.audience()
	if err != nil {
		return nil, err
	}
	icpc2, icd10 := upper(q.Param(paramICPC2)), upper(q.Param(paramICD10))
	const expected = "one of icpc2, such as icpc2=K86, and icd10, such as icd10=I10: the same text in both is two codes"
	switch {
	case icpc2 == "" && icd10 == "":
		return nil, badParameter(paramICPC2, "", "no diagnosis to ask about", expected)
	case icpc2 != "" && icd10 != "":
		return nil, badParameter(paramICD10, icd10, "two diagnoses", expected)
	}
	products := true
	if v := q.Param(paramProducts); v != "" {
		if products, err = strconv.ParseBool(v); err != nil || v != strconv.FormatBool(products) {
			return nil, badParameter(paramProducts, v, "neither true nor false", "true or false")
		}
	}
	if icpc2 != "" {
		return q.DiagnosisReimbursement(answer.ICPC2, icpc2, who, products), nil
	}
	return q.DiagnosisReimbursement(answer.ICD10, icd10, who, products), nil
}

package rules

import (
	"slices"
	"strings"

	"github.com/festd/festd/internal/fest"
)

// ConditionUse is what a condition of a group of list 7437 is used for (R71);
// "" for a group that the rules do not have.
func ConditionUse(group string) string {
	switch group {
	case "1":
		return "medicine" // unused since 2017
	case "2":
		return "commodity"
	case "3":
		return "reimbursement"
	case "4":
		return "dispensing"
	case "5":
		return "antibiotics"
	case "6":
		return "medicationReview"
	case "7":
		return "drivingLicence"
	default:
		return ""
	}
}

// ConditionShown is when a condition is to be shown, beside where it applies:
// those of medication reviews where the drug is in use and the criteria hold,
// those of driving licences at prescribing and renewal (R78); "" for others.
func ConditionShown(group string) string {
	switch ConditionUse(group) {
	case "medicationReview":
		return "in-use-and-criteria-hold"
	case "drivingLicence":
		return "prescribing-and-renewal"
	default:
		return ""
	}
}

// ConditionFor is for whom a condition is, by list 7438 (R72); nil where that
// is not stated.
func ConditionFor(appliesTo string) []string {
	switch appliesTo {
	case "1":
		return []string{"prescriber"}
	case "2":
		return []string{"dispenser"}
	case "3":
		return []string{"prescriber", "dispenser"}
	default:
		return nil
	}
}

// structuredValidity is the type of a structured condition that holds how long
// a reimbursed prescription is valid (R69, R77).
const structuredValidity = "28"

// ValueList is the list of the values of a structured condition's type: a
// number of a code list, "integer" or "duration" (R77); "" for a type that the
// rules do not have.
func ValueList(kind string) string {
	switch kind {
	case "3":
		return "8459"
	case "4", "7", "8", "10", "17":
		return "7426"
	case "5", "9", "11", "12", "18", "22", "23", "27":
		return "1101"
	case "6", "20":
		return "7428"
	case "25", "26":
		return "7170"
	case "1", "2", "13", "15", "16", "19":
		return "integer"
	case structuredValidity:
		return "duration"
	default:
		return ""
	}
}

// ReimbursedValidity is the duration that a condition of type 28 holds (R69);
// of several the shortest, "" where it has none that can be read.
func ReimbursedValidity(c *fest.Condition) fest.Duration {
	var found []fest.Duration
	for i := range c.StructuredConditions {
		s := &c.StructuredConditions[i]
		if s.Type.Code != structuredValidity {
			continue
		}
		for _, v := range s.TextValues {
			if d := fest.Duration(strings.TrimSpace(string(v))); days(d) < unreadable {
				found = append(found, d)
			}
		}
	}
	return Shortest(found)
}

// Shortest is the shortest of durations; "" of none.
func Shortest(list []fest.Duration) fest.Duration {
	if len(list) == 0 {
		return ""
	}
	return slices.MinFunc(list, compareDurations)
}

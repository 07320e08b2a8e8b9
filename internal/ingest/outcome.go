package ingest

import "errors"

// Outcome names what became of a run, for metrics and machine-readable
// output: published, rehearsed, unchanged, repaired, postponed, refused, held
// or failed.
func Outcome(r Result, err error) string {
	var refused *RefusedError
	var held *HeldError
	switch {
	case errors.As(err, &refused):
		return "refused"
	case errors.As(err, &held):
		return "held"
	case errors.Is(err, ErrPostponed):
		return "postponed"
	case err != nil:
		return "failed"
	case r.Rehearsed:
		return "rehearsed"
	case r.Repaired:
		return "repaired"
	case r.Unchanged:
		return "unchanged"
	default:
		return "published"
	}
}

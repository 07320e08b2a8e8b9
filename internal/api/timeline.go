package api

import (
	"slices"
	"strings"

	"github.com/festd/festd/internal/api/answer"
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/rules"
)

// paramUntil is the last day of what is asked for.
const paramUntil = "until"

// timelineRoutes are the questions about what was, is and comes.
func (a *API) timelineRoutes() []Route {
	return []Route{
		a.about(fest.ResourcePackages, "timeline", pagingParameters[1:], timeline),
		a.about(fest.ResourceCommodities, "timeline", pagingParameters[1:], timeline),
		a.question("/v1/upcoming", []string{paramFrom, paramUntil, paramKind, paramResource, paramLimit, paramCursor}, upcoming),
	}
}

// timeline answers /v1/packages/{key}/timeline and that of commodities.
func timeline(q *asked) (any, error) {
	p, err := q.paging(answer.ListSpans)
	if err != nil {
		return nil, err
	}
	return q.Timeline(q.Object(q.Item), p), nil
}

// upcoming answers /v1/upcoming: without from as of the day.
func upcoming(q *asked) (any, error) {
	from, until := q.Day(), rules.Day("")
	var err error
	if value := q.Param(paramFrom); value != "" {
		if from, err = parseDay(parameter{paramFrom, value}); err != nil {
			return nil, err
		}
	}
	if value := q.Param(paramUntil); value != "" {
		if until, err = parseDay(parameter{paramUntil, value}); err != nil {
			return nil, err
		}
		if until < from {
			return nil, badParameter(paramUntil, value, "before the first day, "+string(from), "that day, or a later one")
		}
	}
	kind := answer.SpanKind(q.Param(paramKind))
	if kind != "" && !slices.Contains(answer.SpanKinds(), kind) {
		return nil, badParameter(paramKind, string(kind), "no kind of change", "one of "+strings.Join(spanKindNames(), ", "))
	}
	res := fest.Resource(q.Param(paramResource))
	if res != "" && res != fest.ResourcePackages && res != fest.ResourceCommodities {
		return nil, badParameter(paramResource, string(res), "nothing of this resource changes on a day", "one of packages, commodities")
	}
	p, err := q.paging(answer.ListUpcoming)
	if err != nil {
		return nil, err
	}
	body, err := q.Upcoming(from, until, kind, res, p)
	if err != nil {
		return nil, internal(err)
	}
	return body, nil
}

func spanKindNames() []string {
	var out []string
	for _, k := range answer.SpanKinds() {
		out = append(out, string(k))
	}
	return out
}

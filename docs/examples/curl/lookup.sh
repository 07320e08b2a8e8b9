#!/usr/bin/env bash
# Usage: lookup.sh [BASE_URL [PATH_OF_SOMETHING_REMOVED]]
set -euo pipefail
base=${1:-http://127.0.0.1:8080}
removed=${2:-}
event=$(cat /proc/sys/kernel/random/uuid) # or pass on the one that your caller sent
kept=$(mktemp -d)
trap 'rm -r "$kept"' EXIT

# --retry asks again after 429, 500, 502, 503 and 504, and waits as long as Retry-After says.
fest() {
	curl --silent --show-error --max-time 8 --retry 4 \
		--header "nhn-event-id: $event" --header 'Accept: application/json' "$@"
}
# A JSON tool such as jq does this better; this needs none.
first() { sed -nE "s/.*\"$1\":\"([^\"]*)\".*/\1/p" <<<"${2//,\"/$'\n'\"}" | head -n 1; }

# Look up by id.
drug=$base/v1/drugs/ID_1102085A-3532-87A3-A883-3AE9BB6973D9
answer=$(fest --etag-save "$kept/etag" "$drug")
echo "drug: $(first nameFormStrength "$answer")"

# Ask again only for what has changed: 304 has no body.
echo "again: $(fest --etag-compare "$kept/etag" --output "$kept/body" --write-out '%{http_code}' "$drug")"

# Search as people type.
answer=$(fest --get --data-urlencode 'q=paracet 500' --data limit=1 "$base/v1/search")
echo "search: $(first display "$answer")"

# Many entries in one call; each line has a status of its own.
answer=$(fest --json '{"lines":[{"resource":"doses","key":"ID_324F5FB5-7B30-81CF-99A6-BAB8123B72EC"},{"resource":"drugs","key":"ID_NONE"}]}' "$base/v1/lookups")
echo "lookups:$(grep -oE '"status":[0-9]+' <<<"$answer" | cut -d: -f2 | sed 's/^/ /' | tr -d '\n')"

# Check interactions of a list.
answer=$(fest --json '{"lines":[{"id":"ID_1102085A-3532-87A3-A883-3AE9BB6973D9"},{"atc":"M01AE01"}]}' "$base/v1/interaction-checks")
relevance=${answer#*\"relevance\":}
echo "interaction: $(first display "$relevance")"

# What was in FEST and no longer is: 410, with what it said last.
if [ -n "$removed" ]; then
	status=$(fest --output "$kept/body" --write-out '%{http_code}' "$base$removed")
	problem=$(<"$kept/body")
	echo "removed: $status $(first id "${problem#*\"lastContent\":}")"
fi

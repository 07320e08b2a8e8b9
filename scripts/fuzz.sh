#!/bin/sh
# Runs every fuzz target of the module for a while, one after the other:
# fuzz.sh [TIME], 30s if not said. Stops at the first that fails; Go leaves
# the input under testdata/fuzz, to be committed with the fix.
set -eu

time=${1:-30s}
count=0
for package in $(go list ./...); do
	for target in $(go test -list '^Fuzz' "$package" | grep '^Fuzz' || true); do
		echo "== $package $target"
		go test -run '^$' -fuzz "^$target\$" -fuzztime "$time" "$package"
		count=$((count + 1))
	done
done
echo "$count fuzz targets, $time each, no failure"

// Package prometheus holds what watches festd: the rules in rules, their unit
// tests in tests, and beside it the dashboard in deploy/grafana. Its Go tests
// hold all of it to docs/METRICS.md and docs/OPERATIONS.md, and follow
// docs/QUICKSTART.md against the real programs.
package prometheus

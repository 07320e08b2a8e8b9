// Package browsertest looks at pages as a person does: in a Chromium without a
// window, which tests start once and open tabs in. A tab fails its test for
// what nobody would see otherwise: errors on the console, what the
// Content-Security-Policy refused, requests to another origin. Axe runs the
// accessibility rules of WCAG 2.2 AA over what the tab shows.
//
// It is for tests only. Chromium and axe-core come from
// scripts/ensure-tools.sh; where they are missing tests are skipped, and fail
// under CI=true.
package browsertest

// Package page is the pages for people: templates, texts in Norwegian and
// English, style sheets and scripts, embedded. It knows neither HTTP nor the
// register: [Set.Render] makes a page of what it is handed, [Set.Asset] gives
// the files that pages load. The scripts ask the same API that everybody asks.
//
// A page is web/NAME.html, which defines "main" (and may define "title" and
// "head"), texts/NAME.json with its texts in both languages, and most often
// web/NAME.js. All is read once, by [New]; a Set may be used by any number of
// goroutines at once.
//
// Pages are free of inline scripts and styles and load nothing from anywhere
// else: see [Policy].
package page

// Package gate decides whether a new content may be served (DESIGN §7, P2).
//
// An [Observer] streams the entries of a content and makes [Facts] of them:
// what objects there are and what each says, small enough to be kept beside
// the content and compared with those of any other. [Judge] compares the facts
// of a candidate with those of the release served and of the anchor by the
// limits of a [Config], and returns a [Verdict]: named findings with what was
// measured, what is allowed and which objects are concerned, as data and as a
// text for the person who is woken by it. docs/GATE.md lists the rules.
//
//	o := gate.NewObserver()          // one per goroutine, merged at the end
//	o.Add(entry)                     // for each entry, in any order
//	facts := o.Facts(document, filter, findings...)
//	verdict := gate.Judge(facts, served, anchor, config, now, probe)
//
// Everything is pure: no I/O, no clock (now is an argument), no goroutines. An
// Observer is for one goroutine; Facts, Config and Verdict are safe for
// concurrent reading. Of this module it imports internal/fest only.
package gate

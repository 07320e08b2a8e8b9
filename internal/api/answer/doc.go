// Package answer composes the answers to the questions of prescribers,
// pharmacies and their systems: from the entries of one snapshot and a day, by
// the rules of package rules.
//
// A [Register] is made for one question. It decodes the entries that the
// question needs, follows references by id and backwards by the key tables of
// the snapshot, and keeps nothing beyond the question. Tables that many
// questions need and the snapshot does not have are made once per content, by
// cache.Once.
//
// Answers are structs with JSON tags. Properties are named as those of the
// items are; references are {"resource","id","display"}, coded values
// {"code","system","display"}, digits are the source's. Absent is not none
// (P8, R28): what FEST does not state, what was looked for and is not there,
// and what could not be looked at are different values. A part of an answer
// that applies rules names them, and which of them are inferred ([Basis]); a
// rule that is switched off is not applied, and the part says so.
//
// A Register is not safe for concurrent use; the snapshot behind it is. The
// package may import fest, wire, search, cache and rules. It must not import net/http.
package answer

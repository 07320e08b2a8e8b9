// Package search folds text so that what people type meets what FEST says.
//
// Now it holds [Fold] and [AppendVariant] only. The immutable text index (tokens,
// ranking, typos) comes here later; it will index what AppendVariant gives and
// look up what Fold gives, as the name filters of the lists do today.
//
// Functions are pure and safe for concurrent use. It may import fest only.
package search

package festdb

import "context"

type recallingKey struct{}

// Recalling says that whoever asks a store with the context it returns is not
// to wait for a database that was not reached since the start: where the node
// knows any release, the answer is what it knows and has on its own disk (P4).
// A directory store has nothing to wait for.
func Recalling(ctx context.Context) context.Context {
	return context.WithValue(ctx, recallingKey{}, true)
}

// IsRecalling reports whether ctx comes from [Recalling].
func IsRecalling(ctx context.Context) bool {
	recalling, _ := ctx.Value(recallingKey{}).(bool)
	return recalling
}

package cache

import (
	"reflect"
	"sync"
)

// Once returns what make makes of the snapshot's content: tables that answers
// need and the file does not have. It is made at the first call for its type
// and kept as long as the content is; several releases of one content share
// it. So it must hold for the content, whatever the release and the day, must
// not change, and may keep bytes of the snapshot but not the snapshot. An
// error is kept, too: the same bytes fail the same way.
func Once[T any](s *Snapshot, make func(*Snapshot) (T, error)) (T, error) {
	type result struct {
		value T
		err   error
	}
	once := sync.OnceValue(func() any {
		v, err := make(s)
		return result{v, err}
	})
	kept, _ := s.contents.made.LoadOrStore(reflect.TypeFor[T](), once)
	r := kept.(func() any)().(result) //nolint:forcetypeassert // of the type that it is kept under
	return r.value, r.err
}

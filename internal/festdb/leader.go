package festdb

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/gofrs/flock"
)

// leaderFile is locked by the process that leads. The lock is the kernel's:
// it ends with the process.
const leaderFile = "leader"

// Lead implements [Store].
func (s *Directory) Lead(ctx context.Context) (context.Context, func(), error) {
	if err := s.usable(ctx); err != nil {
		return nil, nil, err
	}
	if err := s.disk.writable(); err != nil {
		return nil, nil, err
	}
	wait, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(s.closed, cancel)()
	l := flock.New(s.disk.path(leaderFile), flock.SetFlag(os.O_CREATE|os.O_RDWR), flock.SetPermissions(0o644))
	ok, err := l.TryLockContext(wait, 100*time.Millisecond)
	if err := s.usable(ctx); err != nil {
		if ok {
			_ = l.Unlock() // closing the file frees the lock whatever it returns
		}
		return nil, nil, err
	}
	if err != nil {
		return nil, nil, fmt.Errorf("leading in %s: %w", s.disk.Dir(), err)
	}
	leading, end := context.WithCancel(ctx)
	stop := context.AfterFunc(s.closed, end)
	return leading, func() {
		stop()
		end()
		_ = l.Unlock() // closing the file frees the lock whatever it returns
	}, nil
}

package festdb

import (
	"context"
	"time"
)

// Changed implements [Store]: it looks at CURRENT every so often.
func (s *Directory) Changed(ctx context.Context) <-chan struct{} {
	hint := make(chan struct{}, 1)
	last := s.versionOf(currentFile)
	go func() {
		defer close(hint)
		tick := time.NewTicker(s.poll)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-s.closed.Done():
				return
			case <-tick.C:
			}
			now := s.versionOf(currentFile)
			if now.same(last) {
				continue
			}
			last = now
			select {
			case hint <- struct{}{}:
			default: // one is waiting already
			}
		}
	}()
	return hint
}

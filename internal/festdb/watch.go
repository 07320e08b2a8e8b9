package festdb

import (
	"context"
	"time"
)

// Changed implements [Store]: it looks at CURRENT, the acts and the histories
// every so often.
func (s *Directory) Changed(ctx context.Context) <-chan struct{} {
	hint := make(chan struct{}, 1)
	last := s.look()
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
			now := s.look()
			if now[0].same(last[0]) && now[1].same(last[1]) && now[2].same(last[2]) {
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

// look is the version of everything that Changed tells of.
func (s *Directory) look() [3]version {
	return [3]version{s.versionOf(currentFile), s.versionOf(actsFile), s.versionOf(removedDir)}
}

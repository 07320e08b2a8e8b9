package postgres

import (
	"context"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/festd/festd/internal/fest"
)

// Changed implements [festdb.Store]: it listens for notifications, which are
// quick and can be lost, and asks every so often, which is slow and cannot.
func (s *Store) Changed(ctx context.Context) <-chan struct{} {
	hint := make(chan struct{}, 1)
	notified := make(chan struct{}, 1)
	ctx, cancel := context.WithCancel(ctx)
	stop := context.AfterFunc(s.closed, cancel)
	var running sync.WaitGroup
	running.Go(func() { s.listen(ctx, notified) })
	running.Go(func() { s.poll(ctx, notified, hint) })
	go func() {
		running.Wait()
		stop()
		cancel()
		close(hint)
	}()
	return hint
}

// seen is what the last look of a poll saw.
type seen struct {
	stream string
	serial fest.Serial
	act    uint64
	gone   uint64 // up to which number things have left
	err    bool
}

// poll hints whenever what the database says has changed.
func (s *Store) poll(ctx context.Context, notified <-chan struct{}, hint chan<- struct{}) {
	last := s.glance()
	for {
		next := time.NewTimer(jittered(s.opts.Poll))
		select {
		case <-ctx.Done():
			next.Stop()
			return
		case <-notified:
			next.Stop()
		case <-next.C:
		}
		_ = s.ask(ctx) // the status has it
		now := s.glance()
		if now == last || ctx.Err() != nil {
			continue
		}
		last = now
		select {
		case hint <- struct{}{}:
		default: // one is waiting already
		}
	}
}

func (s *Store) glance() seen {
	s.mu.Lock()
	defer s.mu.Unlock()
	return seen{s.known.Stream, s.known.serial(), s.known.lastAct(), s.known.Removed, s.status.Err != nil}
}

// listen waits for notifications, on a connection of its own that it makes
// again whenever it breaks.
func (s *Store) listen(ctx context.Context, notified chan<- struct{}) {
	wait := s.opts.RetryAfter
	for ctx.Err() == nil {
		begin := time.Now()
		if err := s.listenOnce(ctx, notified); err != nil && ctx.Err() == nil {
			s.log.Debug("listening for notifications ended; polling goes on", "error", err)
		}
		if time.Since(begin) > time.Minute {
			wait = s.opts.RetryAfter
		}
		select {
		case <-ctx.Done():
		case <-time.After(jittered(wait)):
		}
		wait = min(2*wait, max(s.opts.Poll, s.opts.RetryAfter))
	}
}

func (s *Store) listenOnce(ctx context.Context, notified chan<- struct{}) error {
	conn, err := s.dial(ctx, "listen")
	if err != nil {
		return err
	}
	defer s.hangUp(conn)
	if err := s.brief(ctx, conn, "LISTEN "+channel); err != nil {
		return err
	}
	for {
		select { // what was published before this point was not notified here
		case notified <- struct{}{}:
		default:
		}
		if err := s.await(ctx, conn); err != nil {
			return err
		}
	}
}

// await waits for a notification, and makes sure now and then that there is
// still somebody at the other end.
func (s *Store) await(ctx context.Context, conn *pgx.Conn) error {
	for {
		quiet, cancel := context.WithTimeout(ctx, 30*time.Second)
		_, err := conn.WaitForNotification(quiet)
		timedOut := quiet.Err() != nil && ctx.Err() == nil
		cancel()
		if err == nil {
			return nil
		}
		if !timedOut || conn.IsClosed() {
			return err
		}
		if err := s.brief(ctx, conn, "SELECT 1"); err != nil {
			return err
		}
	}
}

// brief runs a statement that must not take long.
func (s *Store) brief(ctx context.Context, conn *pgx.Conn, sql string) error {
	ctx, cancel := context.WithTimeoutCause(ctx, s.opts.QueryTimeout, errSlow)
	defer cancel()
	_, err := conn.Exec(ctx, sql)
	return unavailable(ctx, err)
}

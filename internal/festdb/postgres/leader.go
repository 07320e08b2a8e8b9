package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
)

// lockLeader is held by the session of the process that leads.
const lockLeader = 0x66657377

// leaderCheck is how often the leader makes sure that it still is.
const leaderCheck = 2 * time.Second

// Lead implements [festdb.Store]: who holds an advisory lock leads, for as
// long as its session lives.
func (s *Store) Lead(ctx context.Context) (context.Context, func(), error) {
	if err := s.usable(ctx); err != nil {
		return nil, nil, err
	}
	for {
		if conn := s.tryLead(ctx); conn != nil {
			leading, release := s.lead(ctx, conn)
			return leading, release, nil
		}
		select {
		case <-ctx.Done():
			return nil, nil, context.Cause(ctx)
		case <-s.closed.Done():
			return nil, nil, s.usable(ctx)
		case <-time.After(jittered(min(s.opts.Poll, leaderCheck))):
		}
	}
}

// tryLead returns a session that leads, or nil.
func (s *Store) tryLead(ctx context.Context) *pgx.Conn {
	conn, err := s.dial(ctx, "leader")
	if err != nil {
		return nil
	}
	ask, cancel := context.WithTimeoutCause(ctx, s.opts.QueryTimeout, errSlow)
	defer cancel()
	// A process whose machine is gone does not lead for hours.
	const keepalive = "SELECT set_config('tcp_keepalives_idle', '10', false), set_config('tcp_keepalives_interval', '5', false), set_config('tcp_keepalives_count', '3', false)"
	var got bool
	if _, err := conn.Exec(ask, keepalive); err == nil {
		err = conn.QueryRow(ask, "SELECT pg_try_advisory_lock($1, 0)", lockLeader).Scan(&got)
		got = got && err == nil
	}
	if !got {
		s.hangUp(conn)
		return nil
	}
	return conn
}

// lead watches over the session: when it is lost, another may lead.
func (s *Store) lead(ctx context.Context, conn *pgx.Conn) (leading context.Context, release func()) {
	leading, end := context.WithCancel(ctx)
	stop := context.AfterFunc(s.closed, end)
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer s.hangUp(conn)
		defer end()
		tick := time.NewTicker(leaderCheck)
		defer tick.Stop()
		for {
			select {
			case <-leading.Done():
				// The session gives it up before it ends, for its end takes a while.
				_ = s.brief(context.WithoutCancel(ctx), conn, "SELECT pg_advisory_unlock_all()") // or else its end does
				return
			case <-tick.C:
				if err := s.brief(leading, conn, "SELECT 1"); err != nil && leading.Err() == nil {
					s.log.Warn("no longer leading: the session with the database is lost", "error", err)
					return
				}
			}
		}
	}()
	return leading, func() {
		stop()
		end()
		<-done
	}
}

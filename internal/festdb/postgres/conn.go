package postgres

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/festd/festd/internal/festdb"
)

// The advisory locks of the store have two numbers: this, and which.
const (
	lockWriter = 0x66657374 // 'fest': transactions that change contents or the ledger
	lockClaim  = 0x66657375 // a content that was sealed and is not published yet, by its number
	lockLoad   = 0x66657376 // slots of loads
)

// parse reads the connection string and sets the deadlines that the server
// holds. What the string itself sets stays.
func (o *Options) parse() (*pgxpool.Config, error) {
	c, err := pgxpool.ParseConfig(o.URL)
	if err != nil {
		return nil, fmt.Errorf("connection string: %w", err) // pgx leaves the password out
	}
	o.limit(c.ConnConfig, "", o.QueryTimeout)
	c.MaxConns = int32(o.MaxConns)
	c.MinConns, c.MinIdleConns = 0, 0
	c.MaxConnLifetime, c.MaxConnLifetimeJitter = 30*time.Minute, 5*time.Minute
	c.MaxConnIdleTime = 5 * time.Minute
	c.HealthCheckPeriod = 30 * time.Second
	c.PingTimeout = o.ConnectTimeout
	return c, nil
}

// limit sets what every session has.
func (o *Options) limit(c *pgx.ConnConfig, role string, statement time.Duration) {
	c.ConnectTimeout = o.ConnectTimeout
	if c.RuntimeParams == nil {
		c.RuntimeParams = map[string]string{}
	}
	name := o.ApplicationName
	if role != "" {
		name += " " + role
	}
	c.RuntimeParams["application_name"] = name
	for k, v := range map[string]string{
		"statement_timeout":                   milliseconds(statement),
		"lock_timeout":                        milliseconds(min(o.LockTimeout, statement)),
		"idle_in_transaction_session_timeout": milliseconds(o.LockTimeout), // an importer that was stopped lets go
		"jit":                                 "off",
		"timezone":                            "UTC",
	} {
		if _, set := c.RuntimeParams[k]; !set || k == "statement_timeout" {
			c.RuntimeParams[k] = v
		}
	}
}

func milliseconds(d time.Duration) string { return strconv.FormatInt(max(d.Milliseconds(), 1), 10) }

// dial makes a connection outside the pool, for what needs a session of its
// own. The caller hangs up.
func (s *Store) dial(ctx context.Context, role string) (*pgx.Conn, error) {
	c := s.pool.Config().ConnConfig
	s.opts.limit(c, role, s.opts.ImportTimeout)
	ctx, cancel := context.WithTimeoutCause(ctx, 2*s.opts.ConnectTimeout, errSlow)
	defer cancel()
	conn, err := pgx.ConnectConfig(ctx, c)
	if err != nil {
		return nil, unavailable(ctx, err)
	}
	return conn, nil
}

// hangUp ends a connection, and with it its locks and temporary tables.
func (s *Store) hangUp(conn *pgx.Conn) { s.opts.hangUp(conn) }

func (o *Options) hangUp(conn *pgx.Conn) {
	ctx, cancel := context.WithTimeout(context.Background(), o.ConnectTimeout)
	defer cancel()
	_ = conn.Close(ctx) // the server notices otherwise
}

// errSlow is the cause of a context that ended by a deadline of ours.
var errSlow = errors.New("no answer in time")

// ours are the kinds of error that say already what they are.
var ours = []error{
	festdb.ErrConflict, festdb.ErrDamaged, festdb.ErrLocked, festdb.ErrNewer, festdb.ErrNotDurable, festdb.ErrNotKept, festdb.ErrReadOnly,
	festdb.ErrSchema, festdb.ErrSource, festdb.ErrState, festdb.ErrStream, festdb.ErrTooLarge, festdb.ErrUnavailable, fs.ErrClosed,
}

// unavailable tells what is the database's absence from what it said, and from
// what is no fault of its own.
func unavailable(ctx context.Context, err error) error {
	var said *pgconn.PgError
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil && !errors.Is(context.Cause(ctx), errSlow):
		return fmt.Errorf("%w: %w", context.Cause(ctx), err)
	case slices.ContainsFunc(ours, func(kind error) bool { return errors.Is(err, kind) }):
		return err
	case errors.As(err, &said):
		return classify(said, err)
	case errors.Is(err, pgx.ErrNoRows), errors.As(err, &path), errors.As(err, &link):
		return err
	default:
		return fmt.Errorf("%w: %w", festdb.ErrUnavailable, err)
	}
}

// classify wraps what the server said in the sentinels of festdb.
func classify(said *pgconn.PgError, err error) error {
	class := said.Code[:min(2, len(said.Code))]
	switch {
	case class == "XX": // internal error, data corrupted, index corrupted
		return fmt.Errorf("%w: %w", festdb.ErrDamaged, err)
	case said.Code == "55P03": // lock_not_available
		return fmt.Errorf("%w: %w", festdb.ErrLocked, err)
	case said.Code == "42P01", said.Code == "3F000", said.Code == "42883", said.Code == "42703": // no such table, schema, function, column
		return fmt.Errorf("%w: %w", festdb.ErrSchema, err)
	case said.Code == "25006": // read_only_sql_transaction: a standby
		return fmt.Errorf("%w: it is a standby: %w", festdb.ErrReadOnly, err)
	case class == "08", class == "53", class == "57", class == "28", said.Code == "3D000", said.Code == "25P03":
		// connection, resources, operator intervention and timeouts, authorization, no such database
		return fmt.Errorf("%w: %w", festdb.ErrUnavailable, err)
	}
	return err
}

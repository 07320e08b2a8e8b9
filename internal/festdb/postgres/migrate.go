package postgres

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/tern/v2/migrate"

	"github.com/festd/festd/internal/festdb"
)

//go:embed migrations/*.sql
var migrations embed.FS

const versionTable = "fest.schema_version"

// SchemaVersion is the version of the schema that this program makes.
func SchemaVersion() int {
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return 0 // the pattern is a constant
	}
	return len(names)
}

// Migration says what [Migrate] did.
type Migration struct{ From, To int }

// Migrate brings the schema of a database up to date, in a transaction for
// each step, under an advisory lock: several at once do it once. The account
// must be allowed to create a schema in the database, or own the schema fest.
// A database that says nothing more is an error that is ErrUnavailable.
func Migrate(ctx context.Context, opts Options) (Migration, error) {
	if opts.Dir == "" {
		opts.Dir = "." // not used
	}
	if err := opts.validate(); err != nil {
		return Migration{}, err
	}
	config, err := opts.parse()
	if err != nil {
		return Migration{}, err
	}
	c := config.ConnConfig
	opts.limit(c, "migrate", opts.ImportTimeout)
	conn, err := pgx.ConnectConfig(ctx, c)
	if err != nil {
		return Migration{}, unavailable(ctx, err)
	}
	defer opts.hangUp(conn)
	m, err := migrateOn(ctx, &opts, conn)
	if err != nil {
		return m, fmt.Errorf("migrating the database: %w", unavailable(ctx, err))
	}
	return m, nil
}

// migrateOn does it within a session, whose end gives the lock back. What
// comes before the steps has one deadline, and each step one of its own.
func migrateOn(ctx context.Context, opts *Options, conn *pgx.Conn) (Migration, error) {
	m, from, err := migrator(ctx, opts, conn)
	if err != nil {
		return Migration{}, err
	}
	done := Migration{From: int(from), To: int(from)}
	if int(from) > len(m.Migrations) {
		return done, fmt.Errorf("%w: the schema has version %d, this program knows %d", festdb.ErrNewer, from, len(m.Migrations))
	}
	for done.To < len(m.Migrations) {
		if err := migrateStep(ctx, opts, m, int32(done.To+1)); err != nil { //nolint:gosec // a count of files
			return done, err
		}
		done.To++
	}
	return done, nil
}

func migrateStep(ctx context.Context, opts *Options, m *migrate.Migrator, version int32) error {
	if err := opts.fault("migrate"); err != nil {
		return err
	}
	ctx, cancel := opts.statement(ctx)
	defer cancel()
	return m.MigrateTo(ctx, version)
}

// migrator takes the lock and finds out which version there is.
func migrator(ctx context.Context, opts *Options, conn *pgx.Conn) (m *migrate.Migrator, from int32, err error) {
	ctx, cancel := opts.statement(ctx)
	defer cancel()
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock($1, 0)", lockWriter+100); err != nil {
		return nil, 0, err
	}
	var there bool
	if err := conn.QueryRow(ctx, "SELECT to_regnamespace('fest') IS NOT NULL").Scan(&there); err != nil {
		return nil, 0, err
	}
	if !there {
		if _, err := conn.Exec(ctx, "CREATE SCHEMA fest"); err != nil {
			return nil, 0, err
		}
	}
	// The files are plain SQL; tern's own options would only add templates.
	if m, err = migrate.NewMigrator(ctx, conn, versionTable); err != nil {
		return nil, 0, err
	}
	dir, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, 0, err
	}
	if err := m.LoadMigrations(dir); err != nil {
		return nil, 0, err
	}
	from, err = m.GetCurrentVersion(ctx)
	return m, from, err
}

// checkSchema finds out whether this program can use the schema, and brings it
// up to date first where that is wanted and allowed.
func (s *Store) checkSchema(ctx context.Context) error {
	version, compatible, err := s.schema(ctx)
	if err == nil && version < SchemaVersion() && s.opts.Migrate {
		m, merr := Migrate(ctx, s.opts)
		var said *pgconn.PgError
		switch {
		case merr == nil:
			s.log.Info("the schema of the database was brought up to date", "from", m.From, "to", m.To)
			version, compatible, err = s.schema(ctx)
		case errors.As(merr, &said) && said.Code == "42501": // insufficient_privilege
			s.log.Warn("the schema of the database is old, and this account may not change it", "version", version, "want", SchemaVersion(), "next", "server migrate", "error", merr)
		default:
			return merr
		}
	}
	switch {
	case err != nil:
		return err
	case version < SchemaVersion():
		return fmt.Errorf("%w: it has version %d of the schema, want %d", festdb.ErrSchema, version, SchemaVersion())
	case compatible > SchemaVersion():
		return fmt.Errorf("%w: its schema has version %d, which needs a program that knows version %d; this one knows %d", festdb.ErrNewer, version, compatible, SchemaVersion())
	}
	s.mu.Lock()
	s.checked = true
	s.mu.Unlock()
	return nil
}

// schema gives the version of the schema, 0 for none, and the oldest one whose
// programs can use it.
func (s *Store) schema(ctx context.Context) (version, compatible int, err error) {
	var there bool
	if err := s.pool.QueryRow(ctx, "SELECT to_regclass('fest.schema_version') IS NOT NULL AND to_regclass('fest.store') IS NOT NULL").Scan(&there); err != nil {
		return 0, 0, unavailable(ctx, err)
	}
	if !there {
		return 0, 0, nil
	}
	err = s.pool.QueryRow(ctx, "SELECT v.version, s.compatible FROM fest.schema_version v, fest.store s").Scan(&version, &compatible)
	return version, compatible, unavailable(ctx, err)
}

package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/festd/festd/internal/festdb"
	"github.com/festd/festd/internal/festdb/postgres"
	"github.com/festd/festd/internal/festdb/storetest"
	"github.com/festd/festd/internal/pgtest"
)

// TestSchemaGolden compares what the migrations make with testdata.
func TestSchemaGolden(t *testing.T) {
	t.Parallel()
	url := database(t)
	var b strings.Builder
	for _, part := range []struct{ title, sql string }{
		{"columns", `SELECT format('%s.%s %s%s%s%s', table_name, column_name, CASE WHEN data_type = 'ARRAY' THEN udt_name ELSE data_type END,
			CASE is_nullable WHEN 'NO' THEN ' not null' ELSE '' END,
			CASE WHEN is_identity = 'YES' THEN ' identity' ELSE '' END,
			coalesce(' = ' || coalesce(column_default, generation_expression), ''))
			FROM information_schema.columns WHERE table_schema = 'fest' ORDER BY table_name, ordinal_position`},
		{"constraints", `SELECT format('%s %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
			FROM pg_constraint WHERE connamespace = 'fest'::regnamespace AND contype <> 'n' ORDER BY conrelid::regclass::text, conname`},
		{"indexes", `SELECT indexdef FROM pg_indexes WHERE schemaname = 'fest' ORDER BY indexname`},
		{"functions", `SELECT format('%s(%s) %s', proname, pg_get_function_identity_arguments(oid), CASE provolatile WHEN 'i' THEN 'immutable' WHEN 's' THEN 'stable' ELSE 'volatile' END)
			FROM pg_proc WHERE pronamespace = 'fest'::regnamespace ORDER BY proname, oid::regprocedure::text`},
		{"views defined", `SELECT format(E'%s\n%s', c.relname, pg_get_viewdef(c.oid)) FROM pg_class c WHERE c.relnamespace = 'fest'::regnamespace AND c.relkind = 'v' ORDER BY c.relname`},
		{"functions defined", `SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'fest'::regnamespace ORDER BY proname, oid::regprocedure::text`},
		{"grants", `SELECT format('%s to %s: %s', table_name, grantee, string_agg(privilege_type, ', ' ORDER BY privilege_type))
			FROM information_schema.role_table_grants WHERE table_schema = 'fest' AND grantee LIKE 'festd\_%' AND grantee <> current_user
			AND table_name IN (SELECT relname FROM pg_class WHERE relkind IN ('r', 'v')) GROUP BY table_name, grantee ORDER BY table_name, grantee`},
	} {
		fmt.Fprintf(&b, "# %s\n", part.title)
		for _, line := range query[string](t, url, part.sql) {
			fmt.Fprintln(&b, line)
		}
	}
	const golden = "testdata/schema.golden"
	if *update {
		must(t, os.MkdirAll("testdata", 0o755))
		must(t, os.WriteFile(golden, []byte(b.String()), 0o644))
	}
	want, err := os.ReadFile(golden)
	must(t, err)
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Errorf("the schema differs from %s; -update writes it (-want +got):\n%s", golden, diff)
	}
}

// TestMigrateTogether: several migrate an empty database at once.
func TestMigrateTogether(t *testing.T) {
	t.Parallel()
	url := pgtest.Database(t, "", nil)
	var mu sync.Mutex
	var running sync.WaitGroup
	did := 0
	for range 4 {
		running.Go(func() {
			m, err := postgres.Migrate(context.Background(), postgres.Options{URL: url})
			mu.Lock()
			defer mu.Unlock()
			if err != nil || m.To != postgres.SchemaVersion() {
				t.Errorf("%+v, %v", m, err)
			}
			if m.From < m.To {
				did++
			}
		})
	}
	running.Wait()
	if did < 1 {
		t.Error("nobody migrated")
	}
	storetest.Publish(t, open(t, postgres.Options{URL: url}), 20, 1, 0)
}

// TestOpenMigrates where that is wanted.
func TestOpenMigrates(t *testing.T) {
	t.Parallel()
	url := pgtest.Database(t, "", nil)
	s := open(t, postgres.Options{URL: url})
	if err := s.Ping(t.Context()); !errors.Is(err, festdb.ErrSchema) || !strings.Contains(err.Error(), "server migrate") {
		t.Errorf("error %v, want %v", err, festdb.ErrSchema)
	}
	s = open(t, postgres.Options{URL: url, Migrate: true})
	storetest.Publish(t, s, 20, 1, 0)
}

// TestNewerSchema: a program goes on with a newer schema unless that says that
// it cannot.
func TestNewerSchema(t *testing.T) {
	t.Parallel()
	url := database(t)
	do(t, url, "UPDATE fest.schema_version SET version = version + 1")
	s := open(t, postgres.Options{URL: url, Migrate: true})
	one := storetest.Publish(t, s, 20, 1, 0)
	do(t, url, "UPDATE fest.store SET compatible = (SELECT version FROM fest.schema_version)")
	s = open(t, postgres.Options{URL: url, Dir: s.Disk().Dir()})
	if err := s.Ping(t.Context()); !errors.Is(err, festdb.ErrNewer) {
		t.Errorf("error %v, want %v", err, festdb.ErrNewer)
	}
	if got := current(t, s); got.Serial != one.Serial { // from memory
		t.Errorf("release %d", got.Serial)
	}
	if _, err := postgres.Migrate(t.Context(), postgres.Options{URL: url}); !errors.Is(err, festdb.ErrNewer) {
		t.Errorf("migrating back: error %v, want %v", err, festdb.ErrNewer)
	}
}

// as gives the connection string of another account.
func as(url, user string) string {
	fields := strings.Fields(url)
	for i, f := range fields {
		if strings.HasPrefix(f, "user=") {
			fields[i] = "user=" + user
		}
	}
	return strings.Join(fields, " ")
}

// TestRoles: an account with the reader's role serves, one with the importer's
// imports, and neither does more; serving does not need the right to migrate.
func TestRoles(t *testing.T) {
	t.Parallel()
	url := database(t)
	for _, role := range []string{"reader", "importer"} {
		do(t, url, fmt.Sprintf("CREATE ROLE test_%s LOGIN IN ROLE festd_%s", role, role))
	}
	importer := open(t, postgres.Options{URL: as(url, "test_importer"), Migrate: true})
	one := storetest.Publish(t, importer, 50, 1, 0)
	two := storetest.Publish(t, importer, 50, 2, one.Serial)
	must(t, importer.Prune(t.Context()))
	reader := open(t, postgres.Options{URL: as(url, "test_reader"), Migrate: true})
	if got := current(t, reader); got.Serial != two.Serial {
		t.Errorf("the reader sees release %d", got.Serial)
	}
	readAll(t, reader, two.Content.Digest)
	if _, err := storetest.TryPublish(t, reader, 50, 3, two.Serial); err == nil || !strings.Contains(err.Error(), "permission denied") {
		t.Errorf("the reader imports: %v", err)
	}
	for _, sql := range []string{"DELETE FROM fest.release", "UPDATE fest.release SET reason = ''", "DELETE FROM fest.audit", "SELECT fest.new_stream('', '')", "DROP TABLE fest.entry", "CREATE TABLE fest.x ()"} {
		if err := tryExec(as(url, "test_importer"), sql); err == nil {
			t.Errorf("the importer may %s", sql)
		}
	}
	// An old schema that this account may not change: the server goes on.
	bare := pgtest.Database(t, "", nil)
	do(t, bare, "REVOKE CREATE ON DATABASE "+query[string](t, bare, "SELECT current_database()::text")[0]+" FROM PUBLIC")
	s := open(t, postgres.Options{URL: as(bare, "test_reader"), Migrate: true})
	if err := s.Ping(t.Context()); !errors.Is(err, festdb.ErrSchema) {
		t.Errorf("error %v, want %v", err, festdb.ErrSchema)
	}
}

// TestDirectoryStoreIsNotTaken: the two kinds of store do not share a directory.
func TestDirectoryStoreIsNotTaken(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	d, err := festdb.Open(festdb.Options{Dir: dir})
	must(t, err)
	must(t, d.Close())
	if _, err := postgres.Open(t.Context(), postgres.Options{URL: "host=/nowhere", Dir: dir}); !errors.Is(err, festdb.ErrState) {
		t.Errorf("error %v, want %v", err, festdb.ErrState)
	}
	s := open(t, postgres.Options{URL: database(t)})
	storetest.Publish(t, s, 20, 1, 0)
	if _, err := festdb.Open(festdb.Options{Dir: s.Disk().Dir()}); !errors.Is(err, festdb.ErrState) {
		t.Errorf("the other way round: error %v, want %v", err, festdb.ErrState)
	}
}

package pgtest

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
)

// shared is the cluster of this test binary.
var shared = struct {
	once      sync.Once
	cluster   *Cluster
	err       error
	mu        sync.Mutex
	templates map[string]error
}{templates: map[string]error{}}

// Main runs the tests and then ends the cluster that they started, if they
// did. It returns the exit code.
func Main(m interface{ Run() int }) int {
	code := m.Run()
	if err := Stop(); err != nil {
		fmt.Fprintln(os.Stderr, "ending PostgreSQL:", err)
		return max(code, 1)
	}
	return code
}

// Stop ends the cluster of this test binary. Tests that look for leaked
// goroutines call it before they look; [Main] does so otherwise.
func Stop() error {
	if c := shared.cluster; c != nil {
		shared.cluster = nil
		return c.close()
	}
	return nil
}

// Shared is the cluster of this test binary, started at the first call.
func Shared(t testing.TB) *Cluster {
	t.Helper()
	shared.once.Do(func() { shared.cluster, shared.err = start(context.Background()) })
	if shared.err != nil {
		unavailable(t, shared.err)
	}
	return shared.cluster
}

// Database makes a database in the cluster of this test binary and returns how
// to reach it; it goes when the test ends. It begins as a copy of a template
// that setUp fills when it is first asked for; setUp nil: empty.
func Database(t testing.TB, template string, setUp func(ctx context.Context, url string) error) string {
	t.Helper()
	c := Shared(t)
	from := "template0"
	if setUp != nil {
		from = "template_" + template
		shared.mu.Lock()
		err, made := shared.templates[from]
		if !made {
			if err = c.create(context.Background(), from, "template0"); err == nil {
				err = setUp(context.Background(), c.URL(from))
			}
			shared.templates[from] = err
		}
		shared.mu.Unlock()
		if err != nil {
			t.Fatalf("template %s: %v", template, err)
		}
	}
	return c.Database(t, from)
}

// Database makes a database of this cluster as a copy of another, to which
// nobody may be connected; "": empty.
func (c *Cluster) Database(t testing.TB, from string) string {
	t.Helper()
	if from == "" {
		from = "template0"
	}
	name := fmt.Sprintf("test_%d", c.made.Add(1))
	if err := c.create(context.Background(), name, from); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		// Dropping costs a checkpoint; the cluster goes soon. A big one goes now.
		_ = c.Exec(context.Background(), "postgres", "ALTER DATABASE "+pgx.Identifier{name}.Sanitize()+" ALLOW_CONNECTIONS false")
	})
	return c.URL(name)
}

func (c *Cluster) create(ctx context.Context, name, from string) error {
	sql := "CREATE DATABASE " + pgx.Identifier{name}.Sanitize() + " TEMPLATE " + pgx.Identifier{from}.Sanitize()
	if !strings.HasPrefix(c.versionText(ctx), "14") {
		sql += " STRATEGY file_copy" // its checkpoints are cheap without syncs, its copy has no log
	}
	return c.Exec(ctx, "postgres", sql)
}

func (c *Cluster) versionText(ctx context.Context) string {
	conn, err := pgx.Connect(ctx, c.URL("postgres"))
	if err != nil {
		return ""
	}
	defer conn.Close(ctx) //nolint:errcheck // only read
	return conn.PgConn().ParameterStatus("server_version")
}

// Exec runs statements in a database of the cluster as its superuser.
func (c *Cluster) Exec(ctx context.Context, database, sql string) error {
	conn, err := pgx.Connect(ctx, c.URL(database))
	if err != nil {
		return err
	}
	defer conn.Close(ctx) //nolint:errcheck // the statement has told
	if _, err = conn.Exec(ctx, sql); err != nil {
		return fmt.Errorf("%s: %w", sql, err)
	}
	return nil
}

package main

import (
	"fmt"

	"github.com/festd/festd/internal/app"
)

// migrateCmd is for an account that may change the schema; serve and import do
// without.
type migrateCmd struct {
	DatabaseURL string `name:"database-url" help:"PostgreSQL database that keeps the releases." required:"" placeholder:"URL"`
}

func (c *migrateCmd) Run(env *environment) error {
	from, to, err := app.Migrate(env.ctx, c.DatabaseURL, env.log.logger(env.stderr))
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(env.stdout, "schema version %d, before: %d\n", to, from)
	return err
}

package api

import "github.com/festd/festd/internal/cache"

func (a *API) root(c *call, v *view) error { return fail(errNotReady, "") }

func examples(*cache.Snapshot) []example { return nil }

package main

// checkCmd rehearses an import. DMP's staging has the next release about a
// week ahead; what would be held can be seen then.
type checkCmd struct {
	importFile
}

func (c *checkCmd) Run(env *environment) error { return c.run(env, nil, true) }

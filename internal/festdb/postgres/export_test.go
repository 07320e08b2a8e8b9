package postgres

// WithFault has f asked before each step of an import or a load; its error
// makes the step fail.
func WithFault(o Options, f func(step string) error) Options {
	o.fault = f
	return o
}

// Steps are those of an import, in order.
func Steps() []string { return []string{"stage list", "insert", "inserted", "commit"} }

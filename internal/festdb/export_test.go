package festdb

// WithFault makes steps that change the disk fail: f is asked before each.
func WithFault(o Options, f func(op, path string) error) Options {
	o.fault = func(op op, path string) error { return f(string(op), path) }
	return o
}

// Ops names the steps.
func Ops() []string {
	var names []string
	for _, o := range ops() {
		names = append(names, string(o))
	}
	return names
}

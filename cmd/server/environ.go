package main

import (
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// foreign are variables that are named like ours and are not: of tests, and
// those that Kubernetes and Docker set for a service that is called fest.
var foreign = regexp.MustCompile(`^FEST_(TESTDATA|SERVICE_.*|PORT(_\d+_.*)?|NAME|ENV_.*)$`)

// warnOfEnvironment tells of variables that look like settings and are none: a
// misspelt one would be passed over in silence.
func warnOfEnvironment(w io.Writer, k *kong.Kong, environ []string) {
	known := map[string]bool{}
	var visit func(n *kong.Node)
	visit = func(n *kong.Node) {
		values := slices.Clone(n.Positional)
		for _, f := range n.Flags {
			values = append(values, f.Value)
		}
		for _, v := range values {
			for _, e := range v.Tag.Envs {
				known[e] = true
			}
		}
		for _, child := range n.Children {
			visit(child)
		}
	}
	visit(k.Model.Node)
	for _, pair := range environ {
		name, _, _ := strings.Cut(pair, "=")
		if strings.HasPrefix(name, "FEST_") && !known[name] && !foreign.MatchString(name) {
			_, _ = fmt.Fprintf(w, "server: warning: %s is set in the environment, and no flag has that name: it has no effect (server COMMAND --help names them)\n", name)
		}
	}
}

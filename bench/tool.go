package main

import (
	"fmt"
	"os/exec"
)

// missingTool is a program that a measurement compares with and that is not
// installed.
type missingTool struct{ name, pkg string }

func (e *missingTool) Error() string {
	return fmt.Sprintf("%s is not installed (Debian: apt-get install %s)", e.name, e.pkg)
}

// tools are the programs that are not of this module, with Debian's packages.
var tools = map[string]string{
	"xmllint": "libxml2-utils",
	"wrk":     "wrk",
	"nginx":   "nginx-light",
	"taskset": "util-linux",
	"go":      "golang",
	"git":     "git",
}

// tool finds a program. Error: *missingTool.
func tool(name string) (string, error) {
	// Debian keeps servers off the PATH of ordinary users.
	for _, candidate := range []string{name, "/usr/sbin/" + name} {
		if path, err := exec.LookPath(candidate); err == nil {
			return path, nil
		}
	}
	return "", &missingTool{name, tools[name]}
}

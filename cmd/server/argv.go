package main

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"
)

// secretFlags are those whose values may hold a password.
var secretFlags = []string{"database-url", "source", "source-proxy", "otlp-endpoint"}

// keywordPassword is a password in libpq's other form of a connection string.
var keywordPassword = regexp.MustCompile(`(?i)(^|[\s?&])password\s*=\s*[^\s&]`)

// refusePasswords refuses passwords on the command line: everybody on the
// machine can read it for as long as the process runs, and nothing that the
// program does afterwards can hide it. The error does not repeat it.
func refusePasswords(args []string) error {
	for i, arg := range args {
		name, value, joined := strings.Cut(strings.TrimPrefix(arg, "--"), "=")
		for _, flag := range secretFlags {
			if name != flag || !strings.HasPrefix(arg, "--") {
				continue
			}
			if !joined && i+1 < len(args) {
				value = args[i+1]
			}
			if hasPassword(value) {
				return fmt.Errorf("--%s has a password, and everybody on this machine can read the command line: "+
					"give it by the environment (FEST_%s)%s", flag, strings.ToUpper(strings.ReplaceAll(flag, "-", "_")),
					map[string]string{"database-url": ", or leave the password out and name a file with it (PGPASSFILE, or passfile=FILE in the URL)"}[flag])
			}
		}
		if urlHasPassword(arg) {
			return errors.New("a URL in the arguments has a password, and everybody on this machine can read the command line: " +
				"give it by the environment, that of a file to import or to check by FEST_IMPORT_FILE")
		}
	}
	return nil
}

func hasPassword(value string) bool {
	return urlHasPassword(value) || keywordPassword.MatchString(value)
}

func urlHasPassword(value string) bool {
	u, err := url.Parse(value)
	if err != nil || u.User == nil {
		return false
	}
	_, has := u.User.Password()
	return has
}

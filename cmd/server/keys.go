package main

import (
	"encoding/json"
	"fmt"
	"strconv"
	"text/tabwriter"

	"github.com/festd/festd/internal/app"
)

// keysCmd makes API keys and looks at the file of them. A key is taken away by
// taking its line out of the file.
type keysCmd struct {
	New  newKeyCmd  `cmd:"" help:"Make an API key: it is printed once, with the line for the file, which has its digest only."`
	Show showKeyCmd `cmd:"" help:"Check a file of API keys, and say who is in it."`
}

type newKeyCmd struct {
	Name     string   `help:"Whose key it is; it stands in logs." required:"" placeholder:"NAME" env:"-"`
	Quota    float64  `help:"Tokens a second; 0 is unlimited." default:"5000" placeholder:"RATE" env:"-"`
	Burst    int      `help:"Tokens after a pause; 0 is two seconds of the quota." default:"0" placeholder:"N" env:"-"`
	Classes  []string `help:"Classes that the client may use: lookup, compute, bulk; none named is all." placeholder:"CLASS" env:"-"`
	NotAfter moment   `help:"When the key ends: a date (the end of that day in Oslo), a time, or a duration." placeholder:"WHEN" env:"-"`
	JSON     bool     `name:"json" help:"Print the result as JSON."`
}

func (c *newKeyCmd) Run(env *environment) error {
	o := app.KeyOptions{Name: c.Name, Quota: c.Quota, Burst: c.Burst, Classes: c.Classes}
	if end := c.NotAfter.pointer(); end != nil {
		o.NotAfter = *end
	}
	key, entry, err := app.NewAPIKey(o)
	if err != nil {
		return err
	}
	if c.JSON {
		return printAsJSON(env.stdout, struct {
			Key   string          `json:"key"`
			Entry json.RawMessage `json:"entry"`
		}{key, json.RawMessage(entry)})
	}
	_, err = fmt.Fprintf(env.stdout, "key, for the client; it is shown now and never again:\n%s\n\nentry, for the list in the file of --api-keys:\n%s\n", key, entry)
	return err
}

type showKeyCmd struct {
	File string `arg:"" help:"The file of --api-keys." type:"path" placeholder:"FILE"`
	JSON bool   `name:"json" help:"Print the result as JSON."`
}

func (c *showKeyCmd) Run(env *environment) error {
	list, err := app.ReadAPIKeys(c.File)
	if err != nil {
		return err
	}
	if c.JSON {
		return printAsJSON(env.stdout, list)
	}
	w := tabwriter.NewWriter(env.stdout, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, "NAME\tCREDENTIAL\tQUOTA\tCLASSES\tUNTIL")
	for _, k := range list {
		quota, until := strconv.FormatFloat(k.Quota, 'f', -1, 64), "–"
		if k.Quota == 0 {
			quota = "unlimited"
		}
		if !k.NotAfter.IsZero() {
			until = k.NotAfter.UTC().Format(timeForm)
		}
		if k.Expired {
			until += " (expired)"
		}
		_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", k.Name, k.Credential, quota, k.Classes, until)
	}
	return w.Flush()
}

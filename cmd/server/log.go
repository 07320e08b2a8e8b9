package main

import (
	"io"
	"log/slog"
)

type logFlags struct {
	Level  slog.Level `help:"Least severe level that is logged: debug, info, warn or error." default:"info"`
	Format string     `help:"Form of log lines: text or json." enum:"text,json" default:"text"`
}

func (f logFlags) logger(w io.Writer) *slog.Logger {
	o := &slog.HandlerOptions{Level: f.Level}
	if f.Format == "json" {
		return slog.New(slog.NewJSONHandler(w, o))
	}
	return slog.New(slog.NewTextHandler(w, o))
}

// atLeastWarnings is for commands that print what they did themselves.
func (f logFlags) atLeastWarnings() logFlags {
	f.Level = max(f.Level, slog.LevelWarn)
	return f
}

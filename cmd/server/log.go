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
	return f.at(w, f.Level)
}

// at is the logger with a level that can change.
func (f logFlags) at(w io.Writer, level slog.Leveler) *slog.Logger {
	o := &slog.HandlerOptions{Level: level}
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

package main

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// files is what is fed in: made-up releases of the size asked for.
type files struct {
	xml, zip string
	next     string // the following fortnight, zip
	xmlSize  float64
	zipSize  float64
}

// build builds the binary as `make build` does, or, for a quick run, so that
// what was compiled for other tests is used again.
func (b *bench) build(ctx context.Context) error {
	b.say("building the server")
	b.binary = filepath.Join(b.work, "server")
	var env []string
	args := []string{"build", "-o", b.binary}
	if !b.quick {
		env = []string{"CGO_ENABLED=0"}
		args = append(args, "-trimpath", "-ldflags", "-s -w")
	}
	return b.goTool(ctx, env, nil, append(args, "./cmd/server")...)
}

func (b *bench) goTool(ctx context.Context, env []string, out *bytes.Buffer, args ...string) error {
	path, err := tool("go")
	if err != nil {
		return err
	}
	_, err = b.complete(ctx, command{name: "go-" + args[0], args: append([]string{path}, args...), dir: b.root, env: env, cpu: -1, stdout: out})
	return err
}

// generate makes the files, or takes those of an earlier run, which the same
// generator made: the build id of its package is part of the folder's name.
func (b *bench) generate(ctx context.Context) error {
	var id bytes.Buffer
	if err := b.goTool(ctx, nil, &id, "list", "-export", "-f", "{{.BuildID}}", "./internal/sample"); err != nil {
		return fmt.Errorf("which generator it is: %w", err)
	}
	key := strings.Map(func(r rune) rune {
		if r == '/' || r == '\n' {
			return -1
		}
		return r
	}, id.String())
	key = key[:min(16, len(key))]
	dir := filepath.Join(b.dir, "sample-"+b.size+"-"+key)
	b.files = files{
		xml:  filepath.Join(dir, "fest.xml"),
		zip:  filepath.Join(dir, "fest.zip"),
		next: filepath.Join(dir, "next.zip"),
	}
	if _, err := os.Stat(dir); errors.Is(err, os.ErrNotExist) {
		if err := b.generateInto(ctx, dir); err != nil {
			return fmt.Errorf("making the sample: %w", err)
		}
	} else if err != nil {
		return err
	}
	for path, size := range map[string]*float64{b.files.xml: &b.files.xmlSize, b.files.zip: &b.files.zipSize} {
		// Reading them also puts them into the page cache, for all alike.
		n, err := readThrough(path)
		if err != nil {
			return err
		}
		*size = n
	}
	b.say("sample: %s XML, %s zip", megabytes.format(b.files.xmlSize/1e6), megabytes.format(b.files.zipSize/1e6))
	return nil
}

// generateInto makes all files aside, and the folder last.
func (b *bench) generateInto(ctx context.Context, dir string) error {
	b.say("making the %s sample and its next fortnight", b.size)
	old, err := filepath.Glob(filepath.Join(b.dir, "sample-"+b.size+"-*"))
	if err != nil {
		return err
	}
	for _, o := range old { // another generator's
		if err := os.RemoveAll(o); err != nil {
			return err
		}
	}
	aside, err := b.folder("sample")
	if err != nil {
		return err
	}
	nextXML := filepath.Join(aside, "next.xml")
	for _, s := range []struct {
		xml, zip string
		extra    []string
	}{
		{filepath.Join(aside, "fest.xml"), filepath.Join(aside, "fest.zip"), nil},
		{nextXML, filepath.Join(aside, "next.zip"), []string{"--fortnights", "1"}},
	} {
		args := append([]string{b.binary, "sample", "--size", b.size, "--out", s.xml}, s.extra...)
		if _, err := b.complete(ctx, command{name: "sample", args: args, cpu: -1}); err != nil {
			return err
		}
		if err := compress(s.xml, s.zip); err != nil {
			return err
		}
	}
	if err := os.Remove(nextXML); err != nil {
		return err
	}
	return os.Rename(aside, dir)
}

// compress zips one file as DMP's download is: deflate, one member.
func compress(from, to string) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	z := zip.NewWriter(out)
	w, err := z.Create(filepath.Base(from))
	if err != nil {
		return err
	}
	if _, err := io.Copy(w, in); err != nil {
		return err
	}
	return z.Close()
}

func readThrough(path string) (float64, error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	n, err := io.Copy(io.Discard, f)
	return float64(n), err
}

// programVersion is the first line of what a tool says of itself.
func programVersion(ctx context.Context, name string, args ...string) string {
	path, err := tool(name)
	if err != nil {
		return ""
	}
	out, _ := exec.CommandContext(ctx, path, args...).CombinedOutput() // wrk says it and exits 1
	line, _, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
	return line
}

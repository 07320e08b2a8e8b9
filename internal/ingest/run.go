package ingest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/gate"
	"github.com/festd/festd/internal/m30"
)

// Stage is an import on its way into the store; festdb.Stage satisfies it.
type Stage interface {
	Add(s fest.Slice) error
	Source(path string, src fest.Source) error
	Seal(doc fest.Document) (fest.Digest, error)
	Remove(data []byte) error
	Publish(ctx context.Context, c fest.Content, src fest.Source, expect fest.Serial) (fest.Release, error)
	Discard() error
}

// SnapshotFile is a snapshot on its way to disk: Commit makes it durable under
// its name, Discard leaves nothing.
type SnapshotFile interface {
	io.Writer
	Name() string // path of the file while it is written
	Commit() error
	Discard() error
}

// Options is what a run needs. Fields are mandatory unless they say otherwise.
type Options struct {
	// Path of the file: plain XML, gzip, or zip with one XML in it.
	Path string
	// Source is what Path is a copy of, where it was fetched. Optional.
	Source *fest.Source
	// Filter is the label of the source (R27).
	Filter fest.Filter
	// Limits of the decoder.
	Limits m30.Limits

	// Stage begins an import in the store.
	Stage func(context.Context) (Stage, error)
	// Current is the release that the store serves; false where there is none.
	Current func(context.Context) (fest.Release, bool, error)
	// Snapshot creates the file of a content's snapshot.
	Snapshot func(fest.Digest) (SnapshotFile, error)
	// Intact says whether the local copy of a release can be served. An import
	// of content that is published already mends a copy that is not intact.
	Intact func(context.Context, fest.Release) error

	// Leaving says what leaves the register when the candidate takes the place
	// of the served release (P10); see cache.Leaving. Optional: nothing does.
	Leaving func(ctx context.Context, served fest.Release, candidate *cache.Snapshot) ([]byte, error)

	// Unchanged notes that a file says what the served release says. It is not
	// called in a rehearsal; its error is a warning. Optional.
	Unchanged func(ctx context.Context, served fest.Release, src fest.Source) error

	// Gate judges the candidate. Optional: without it, all that decodes is
	// published.
	Gate *Gate
	// Ready says whether the candidate may be published now: it is asked last,
	// before a release takes the place of another one. Where it may not, the
	// run ends with [ErrPostponed] and leaves nothing. Optional: at any time.
	Ready func() bool
	// Rehearse does everything but publish; nothing is left behind.
	Rehearse bool
	// Compare looks at what the candidate changes in the served release, in a
	// rehearsal where something is served. Its error is a warning. Optional.
	Compare func(ctx context.Context, served fest.Release, candidate *cache.Snapshot) error
	// Progress is called now and then from the run's goroutine. Optional.
	Progress func(Progress)
	// Observe is told of each step when it is over, from the run's goroutine;
	// err is set where the step ended the run. Optional.
	Observe func(step Step, from, to time.Time, err error)
	// Workers is the number of decoding goroutines; 0 = all processors.
	Workers int
	// TempDir holds the builder's scratch file; "" = the system's.
	TempDir string
}

func (o *Options) validate() error {
	if o.Path == "" || o.Filter == "" || o.Stage == nil || o.Current == nil || o.Snapshot == nil || o.Intact == nil {
		return errors.New("ingest: an option is missing: Path, Filter, Stage, Current, Snapshot and Intact are mandatory")
	}
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	if o.Observe == nil {
		o.Observe = func(Step, time.Time, time.Time, error) {}
	}
	if o.Progress == nil {
		o.Progress = func(Progress) {}
	}
	return nil
}

// Result says what an import did.
type Result struct {
	// Release is the one published, or, with Unchanged, the one that stands.
	Release fest.Release
	// Unchanged: the file says what the served release says; nothing was
	// published. Repaired: its local copy was damaged and is whole again.
	Unchanged, Repaired bool
	// Warning is what the store had to say of a release that it did publish:
	// it may not survive a power cut; or what could not be done beside: record
	// that a file changed nothing, compare in a rehearsal.
	Warning  error
	Findings []fest.Finding
	// Content is the candidate, published or not.
	Content fest.Content
	// Verdict is the gate's; nil where it was not asked.
	Verdict *gate.Verdict
	// Rehearsed: nothing was published, as was asked for.
	Rehearsed bool
	Timing    Timing
}

// ErrPostponed means that the candidate is to be published, and may not be at
// this time of day.
var ErrPostponed = errors.New("postponed until the publish window opens")

// RefusedError means that the file is no usable FEST file.
type RefusedError struct{ Err error }

func (e *RefusedError) Error() string { return "refused: " + e.Err.Error() }
func (e *RefusedError) Unwrap() error { return e.Err }

// Run imports one file. On success the release is published and its snapshot
// is on disk. Errors: *RefusedError, *HeldError (the candidate is then kept,
// see [Gate.Hold]), [ErrPostponed], a conflict of the store when another import was faster, or
// what kept the store from working.
func Run(ctx context.Context, o Options) (_ Result, err error) {
	if err := o.validate(); err != nil {
		return Result{}, err
	}
	r := run{Options: o, timing: Timing{}, counts: fest.Counts{}}
	defer func() { err = errors.Join(err, r.close()) }()
	result, err := r.run(ctx)
	r.broken(err)
	return result, err
}

// run is one import under way.
type run struct {
	Options
	disk    *counted
	file    *m30.File
	stage   Stage
	builder *cache.Builder
	facts   func() *gate.Facts // waits for them; nil without a gate
	counts  fest.Counts
	timing  Timing
	last    time.Time // of the last progress report
	began   time.Time // of the step under way; zero before the first
}

func (r *run) run(ctx context.Context) (Result, error) {
	src, err := r.source()
	if err != nil {
		return Result{}, err
	}
	if r.disk, err = openCounted(r.Path); err != nil {
		return Result{}, err
	}
	if r.file, err = m30.OpenReader(r.disk, src.Size, r.Limits); err != nil {
		return Result{}, refused(err)
	}
	// The serial is read first: if another import publishes meanwhile, this
	// one conflicts instead of overwriting it.
	current, published, err := r.Current(ctx)
	if err != nil {
		return Result{}, fmt.Errorf("reading the served release: %w", err)
	}
	same := published && src.Digest == current.Source.Digest && r.Filter == current.Content.Filter
	whole := same && r.Intact(ctx, current) == nil
	if whole { // byte for byte what is served
		return Result{
			Release: current, Unchanged: true, Findings: current.Content.Findings, Timing: r.timing, Warning: r.unchanged(ctx, current, src),
		}, nil
	}
	if r.stage, err = r.Stage(ctx); err != nil {
		return Result{}, fmt.Errorf("beginning the import: %w", err)
	}
	if err := r.stage.Source(r.Path, src); err != nil { // copied while the rest goes on
		return Result{}, fmt.Errorf("keeping the source file: %w", err)
	}
	start := time.Now()
	r.began = start
	content, err := r.decode(ctx, src)
	if err != nil {
		return Result{}, err
	}
	start = r.lap(StepDecode, start)
	if content.Digest, err = r.stage.Seal(content.Document); err != nil {
		return Result{}, fmt.Errorf("writing the content: %w", err)
	}
	start = r.lap(StepSeal, start)
	result := Result{Release: current, Findings: content.Findings, Timing: r.timing}

	if published && current.Content.Digest == content.Digest && current.Content.Filter == content.Filter {
		result.Unchanged, result.Warning = true, r.unchanged(ctx, current, src)
		if !same && r.Intact(ctx, current) == nil {
			return result, nil
		}
		// Seal has mended the content; the snapshot may be damaged, too.
		result.Repaired = true
		return result, r.snapshot(ctx, current.Content)
	}
	result.Content = content
	decided, err := r.decided(ctx, content.Digest)
	if err != nil {
		return result, err
	}
	if held := decided.refuses(r); held != nil && !r.Rehearse {
		return result, held
	}
	f, err := r.snapshotFile(ctx, content)
	if err != nil {
		return Result{}, err
	}
	start = r.lap(StepBuild, start)
	if r.Gate != nil {
		result.Verdict, err = r.judge(ctx, f.Name(), &content, current, decided)
	}
	result.Content, result.Rehearsed = content, r.Rehearse
	start = r.lap(StepJudge, start)
	var held *HeldError
	switch {
	case r.Rehearse:
		if current.Serial != 0 && r.Compare != nil {
			result.Warning = r.compare(ctx, f.Name(), content, current)
		}
		return result, errors.Join(err, f.Discard())
	case errors.As(err, &held):
		return result, errors.Join(err, r.hold(ctx, f, held, src, current.Serial, decided))
	case err != nil:
		return result, errors.Join(err, f.Discard())
	}
	if content.Approval != nil && result.Verdict.Held {
		// The verdict stands in the audit log, as that of every held file.
		if err := r.record(ctx, content, result.Verdict, src, current.Serial, decided); err != nil {
			return result, errors.Join(err, f.Discard())
		}
		if r.Gate.Hold != nil {
			content.Findings = Brief(content.Findings)
		}
	}
	if published && r.Ready != nil && !r.Ready() {
		return result, errors.Join(ErrPostponed, f.Discard())
	}
	leaving := r.leave(ctx, f.Name(), content, current)
	start = r.lap(StepLeave, start)
	if err := commit(f); err != nil {
		return Result{}, err
	}
	result.Release, err = r.stage.Publish(ctx, content, src, current.Serial)
	if result.Release.Serial == 0 {
		return Result{}, fmt.Errorf("publishing: %w", err)
	}
	result.Warning = errors.Join(err, leaving) // published, but there is something to say
	if r.facts != nil {
		// Derived: the next import makes them anew if they are not there.
		result.Warning = errors.Join(result.Warning, r.Gate.Keep(content.Digest, r.facts()))
	}
	r.lap(StepPublish, start)
	return result, nil
}

// compare hands the candidate's snapshot to Compare.
func (r *run) compare(ctx context.Context, snapshot string, c fest.Content, current fest.Release) error {
	snap, err := cache.OpenFile(snapshot, fest.Release{Content: c}, noXML{})
	if err == nil {
		defer snap.Close()
		err = r.Compare(ctx, current, snap)
	}
	if err != nil {
		return fmt.Errorf("what this file changes is not known: %w", err)
	}
	return nil
}

// unchanged records that the file changes nothing.
func (r *run) unchanged(ctx context.Context, current fest.Release, src fest.Source) error {
	if r.Unchanged == nil || r.Rehearse {
		return nil
	}
	if err := r.Unchanged(ctx, current, src); err != nil {
		return fmt.Errorf("recording that nothing changed: %w", err)
	}
	return nil
}

// decode reads the whole file into the stage and the builder.
func (r *run) decode(ctx context.Context, src fest.Source) (fest.Content, error) {
	reader := m30.NewReader(r.file, r.Limits)
	if _, err := reader.Head(); err != nil {
		return fest.Content{}, r.explain(ctx, err)
	}
	r.builder = cache.NewBuilder(cache.Options{Sample: reader.Sample(), TempDir: r.TempDir})
	p := pipeline{limits: r.Limits, workers: r.Workers, builder: r.builder, tally: reader.Tally(), observe: r.Gate != nil}
	n := 0
	for item, err := range p.run(ctx, reader.Slices()) {
		if err != nil {
			return fest.Content{}, r.explain(ctx, err)
		}
		if err := r.stage.Add(item.slice); err != nil {
			return fest.Content{}, fmt.Errorf("writing the content: %w", err)
		}
		if err := r.builder.Add(item.item, n); err != nil {
			return fest.Content{}, fmt.Errorf("building the snapshot: %w", err)
		}
		r.counts.Add(item.entry)
		n++
		r.report(Progress{Step: StepDecode, Done: r.disk.read.Load(), Total: src.Size, Entries: n})
	}
	c := fest.Content{
		Document: reader.Document(),
		Filter:   r.Filter,
		Sample:   reader.Sample(),
		Counts:   r.counts,
		Findings: reader.Findings(),
	}
	if u := r.counts[fest.CountExpiredEntries]; u > 0 {
		return c, refused(fmt.Errorf("%s is an increment, not a full extract: entries with Status U (expired): %d; "+
			"import a full extract instead, such as DMP's fest251.zip", filepath.Base(r.Path), u))
	}
	if r.Gate != nil && p.observer != nil {
		// Made while the snapshot is built.
		made := make(chan *gate.Facts, 1)
		go func() { made <- p.observer.Facts(c.Document, c.Filter, c.Findings...) }()
		r.facts = sync.OnceValue(func() *gate.Facts { return <-made })
	}
	if n == 0 {
		return c, refused(fmt.Errorf("%s has no entries at all; a FEST file has tens of thousands", filepath.Base(r.Path)))
	}
	return c, nil
}

// snapshot writes the flat snapshot durably to disk.
func (r *run) snapshot(ctx context.Context, c fest.Content) error {
	f, err := r.snapshotFile(ctx, c)
	if err != nil {
		return err
	}
	return commit(f)
}

// snapshotFile writes the flat snapshot; it is not in its place yet.
func (r *run) snapshotFile(ctx context.Context, c fest.Content) (SnapshotFile, error) {
	r.report(Progress{Step: StepBuild, Entries: c.Counts.Entries()})
	f, err := r.Snapshot(c.Digest)
	if err != nil {
		return nil, fmt.Errorf("creating the snapshot file: %w", err)
	}
	if err := r.builder.Finish(ctx, c, f); err != nil {
		return nil, errors.Join(fmt.Errorf("building the snapshot: %w", err), f.Discard())
	}
	return f, nil
}

func commit(f SnapshotFile) error {
	if err := f.Commit(); err != nil {
		return errors.Join(fmt.Errorf("writing the snapshot: %w", err), f.Discard())
	}
	return nil
}

// explain tells a bad file from a failing disk or a cancelled run.
func (r *run) explain(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("import cancelled: %w", context.Cause(ctx))
	}
	return refused(err)
}

func (r *run) close() error {
	var errs []error
	if r.builder != nil {
		r.builder.Discard()
	}
	if r.stage != nil {
		errs = append(errs, r.stage.Discard())
	}
	if r.file != nil {
		errs = append(errs, r.file.Close())
	}
	if r.disk != nil {
		errs = append(errs, r.disk.Close())
	}
	return errors.Join(errs...)
}

func (r *run) lap(s Step, start time.Time) time.Time {
	now := time.Now()
	r.timing[s] = now.Sub(start)
	r.began = now
	r.Observe(s, start, now, nil)
	return now
}

// broken tells of the step that ended the run with an error. Being held or too
// late is no failure of a step.
func (r *run) broken(err error) {
	var held *HeldError
	if err == nil || r.began.IsZero() || errors.As(err, &held) || errors.Is(err, ErrPostponed) {
		return
	}
	for _, s := range steps {
		if _, over := r.timing[s]; !over {
			r.Observe(s, r.began, time.Now(), err)
			return
		}
	}
}

func (r *run) report(p Progress) {
	if p.Step == StepDecode && time.Since(r.last) < 50*time.Millisecond {
		return
	}
	r.last = time.Now()
	r.Progress(p)
}

func refused(err error) error {
	var path *os.PathError
	if errors.As(err, &path) {
		return err // the disk's fault, not the file's
	}
	return &RefusedError{err}
}

func (r *run) source() (fest.Source, error) {
	if r.Source != nil {
		return *r.Source, nil
	}
	return describe(r.Path)
}

// describe reads the file once for its digest.
func describe(path string) (fest.Source, error) {
	f, err := os.Open(path)
	if err != nil {
		return fest.Source{}, err
	}
	defer f.Close()
	h := sha256.New()
	n, err := io.Copy(h, f)
	if err != nil {
		return fest.Source{}, err
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return fest.Source{}, err
	}
	return fest.Source{Location: abs, Digest: fest.Digest(hex.EncodeToString(h.Sum(nil))), Size: n}, nil
}

// SameFile says whether the file is, byte for byte, the source of a release.
func SameFile(path string, src fest.Source) (bool, error) {
	st, err := os.Stat(path)
	if err != nil || st.Size() != src.Size {
		return false, err
	}
	now, err := describe(path)
	return err == nil && now.Digest == src.Digest, err
}

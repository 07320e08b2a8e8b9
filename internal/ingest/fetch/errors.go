package fetch

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// What went wrong, for errors.Is. ErrContent and ErrTooLarge say that what
// the server has is no FEST file; the others say nothing about the file.
var (
	// ErrContent: an answer that cannot be a FEST file, such as an HTML page.
	ErrContent = errors.New("not a FEST file")
	// ErrTooLarge: the file exceeds Options.MaxSize.
	ErrTooLarge = errors.New("file too large")
	// ErrStatus: the server answered with a status other than success.
	ErrStatus = errors.New("unexpected answer")
	// ErrRedirect: a redirect that is not followed.
	ErrRedirect = errors.New("redirect refused")
	// ErrNetwork: no connection, no TLS, or a body that was cut off.
	ErrNetwork = errors.New("network failure")
	// ErrStalled: the server stopped sending, or sent too slowly.
	ErrStalled = errors.New("server too slow")
	// ErrTimeout: the whole fetch took longer than Options.Timeout.
	ErrTimeout = errors.New("fetch timed out")
	// ErrDisk: the file could not be written.
	ErrDisk = errors.New("disk failure")
	// ErrBusy: the same URL is being fetched into the same directory.
	ErrBusy = errors.New("another fetch of this URL is under way")
)

// Error is why a fetch failed. It holds no credentials.
type Error struct {
	Kind     error         // one of the errors above, or the end of the caller's context
	Location string        // the URL without its secrets
	Attempts int           // that were made
	Status   int           // of the last answer; 0: none
	Retry    time.Duration // what the server asked to wait; 0: nothing
	Err      error         // the cause; nil: Kind says it all
}

// Error says where, what, and after how many attempts.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "fetching %s: %v", e.Location, e.Kind)
	if e.Err != nil {
		fmt.Fprintf(&b, ": %v", e.Err)
	}
	if e.Attempts > 1 {
		fmt.Fprintf(&b, " (after %d attempts)", e.Attempts)
	}
	return b.String()
}

// Unwrap gives kind and cause.
func (e *Error) Unwrap() []error {
	if e.Err == nil {
		return []error{e.Kind}
	}
	return []error{e.Kind, e.Err}
}

// failure is why one attempt failed.
type failure struct {
	kind   error
	err    error
	status int
	again  bool          // another attempt may do better
	wait   time.Duration // what the server asked for
}

func (f *failure) Error() string {
	if f.err == nil {
		return f.kind.Error()
	}
	return f.kind.Error() + ": " + f.err.Error()
}

func (f *failure) Unwrap() []error { return []error{f.kind, f.err} }

func content(format string, args ...any) error {
	return &failure{kind: ErrContent, err: fmt.Errorf(format, args...)}
}

// disk marks an error of the file system. Trying again would write to the
// same disk.
func disk(err error) error {
	if err == nil {
		return nil
	}
	return &failure{kind: ErrDisk, err: err}
}

// explain makes the last attempt's error the fetch's.
func (f *Fetcher) explain(ctx, whole context.Context, attempts int, err error) error {
	e := &Error{Kind: ErrNetwork, Location: f.location, Attempts: attempts, Err: err}
	var failed *failure
	if errors.As(err, &failed) {
		e.Kind, e.Err, e.Status, e.Retry = failed.kind, failed.err, failed.status, failed.wait
	}
	switch {
	case errors.Is(err, ErrDisk): // whatever else ended
	case ctx.Err() != nil:
		e.Kind, e.Err = ctx.Err(), nil
		if cause := context.Cause(ctx); !errors.Is(cause, ctx.Err()) {
			e.Err = cause
		}
	case whole.Err() != nil:
		e.Kind, e.Err = ErrTimeout, fmt.Errorf("not done within %v", f.o.Timeout)
	}
	return e
}

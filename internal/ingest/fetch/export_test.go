package fetch

import (
	"context"
	"io"
	"net/http"
	"time"
)

// For tests of the package from outside.

func (o *Options) SetTransport(t http.RoundTripper) { o.transport = t }
func (o *Options) SetRandom(r func() float64)       { o.random = r }
func (o *Options) SetFault(f func(op, path string) error) {
	o.fault = func(at op, path string) error { return f(string(at), path) }
}

// Ops are the steps that a fault may be set at.
func Ops() []string {
	return []string{string(opMkdir), string(opCreate), string(opWrite), string(opSync), string(opRename), string(opSyncDir), string(opRemove)}
}

func RetryAfter(h http.Header, now time.Time) time.Duration { return retryAfter(h, now) }
func MayLead(from, to string, patterns []string) bool       { return mayLead(from, to, patterns) }
func IsHTML(head []byte) bool                               { return isHTML(head) }

// Record is a record, to tests.
type Record = record

func ReadRecord(in io.Reader, key string) (Record, error) { return readRecord(in, key) }
func RecordOf(h http.Header, total int64) Record          { return recordOf(h, total) }
func Continues(resp *http.Response, r *Record) error      { return continues(resp, r) }
func Wall(y int, m time.Month, d int, clock time.Duration, zone *time.Location) time.Time {
	return wall(y, m, d, clock, zone)
}

func (s Schedule) WaitBy(ctx context.Context, clock func() time.Time) (time.Time, error) {
	return s.wait(ctx, clock)
}

package answer_test

import (
	"bytes"
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/festd/festd/internal/api/answer"
	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/festtest"
	"github.com/festd/festd/internal/m30"
	"github.com/festd/festd/internal/rules"
	"github.com/festd/festd/internal/sample"
)

// today is a day on which the sample is in order; its data are of the day
// before.
const today rules.Day = "2026-09-09"

// open builds and opens a snapshot of the entries.
func open(t testing.TB, entries []*fest.Entry) *cache.Snapshot {
	t.Helper()
	b := cache.NewBuilder(cache.Options{TempDir: t.TempDir()})
	defer b.Discard()
	c := fest.Content{Digest: fest.Digest(strings.Repeat("ab", 32)), Document: fest.Document{RetrievalDate: "2026-09-08T03:09:06"}, Counts: fest.Counts{}}
	for i, e := range entries {
		p, err := b.Prepare(e)
		if err == nil {
			err = b.Add(p, i)
		}
		if err != nil {
			t.Fatal(err)
		}
		c.Counts.Add(e)
	}
	var buf bytes.Buffer
	if err := b.Finish(context.Background(), c, &buf); err != nil {
		t.Fatal(err)
	}
	s, err := cache.OpenBytes(buf.Bytes(), fest.Release{Serial: 1, Stream: "test", Content: c}, source(entries))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// source has the entries' XML, which is kept of what is removed.
type source []*fest.Entry

func (s source) Slice(i int) (fest.Slice, error) { return m30.SliceOf(s[i]), nil }
func (source) Close() error                      { return nil }

// register is one of the entries as of today.
func register(t testing.TB, entries []*fest.Entry) *answer.Register {
	t.Helper()
	return answer.New(open(t, entries), today, rules.Set{})
}

// off is a set of rules to switch off.
func off(t testing.TB, list ...string) rules.Set {
	t.Helper()
	s, err := rules.ParseSet(list...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// small are the entries of the small sample.
var small = sync.OnceValue(func() []*fest.Entry {
	var out []*fest.Entry
	for e := range sample.Small(sample.DefaultRetrieved()).Entries() {
		out = append(out, e)
	}
	return out
})

// extract reads the entries of a real extract.
func extract(t testing.TB, name string) []*fest.Entry {
	t.Helper()
	f, err := m30.Open(festtest.File(t, name), m30.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	r, d := m30.NewReader(f, m30.DefaultLimits()), m30.NewDecoder(m30.DefaultLimits())
	var out []*fest.Entry
	for s, err := range r.Slices() {
		if err != nil {
			t.Fatal(err)
		}
		s.XML = bytes.Clone(s.XML)
		e, err := d.Decode(s)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, e)
	}
	return out
}

// contents are what answers are compared over with the reference.
var contents = map[string]func(testing.TB) []*fest.Entry{
	"small sample":                    func(testing.TB) []*fest.Entry { return small() },
	"mini/fest-mini-ns.xml.gz":        func(t testing.TB) []*fest.Entry { t.Helper(); return extract(t, "mini/fest-mini-ns.xml.gz") },
	"mini/fest-utdrag-2026-09-08.xml": func(t testing.TB) []*fest.Entry { t.Helper(); return extract(t, "mini/fest-utdrag-2026-09-08.xml") },
}

// entry wraps an object that a test makes.
func entry(class fest.Class, object any) *fest.Entry {
	return &fest.Entry{
		Envelope: fest.Envelope{EntryID: "ID_ENTRY", RegistrationTime: "2026-01-23T03:09:06", RegistrationStatus: fest.CS{Code: "A", Display: "Aktiv oppføring"}},
		Class:    class, Object: object,
	}
}

func ptr[T any](v T) *T { return &v }

func cv(list, code, display string) fest.CV {
	return fest.CV{Code: code, System: fest.OIDRoot + list, Display: display}
}

// shifted is a day some days after a date.
func shifted(d fest.Date, days int) rules.Day {
	t, err := time.Parse("2006-01-02", string(d[:min(len(d), 10)]))
	if err != nil {
		return today
	}
	return rules.Day(t.AddDate(0, 0, days).Format("2006-01-02"))
}

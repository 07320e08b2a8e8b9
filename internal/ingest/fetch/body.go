package fetch

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// headBytes is how much of a file is looked at before any is kept.
const headBytes = 1024

// take writes the body to the part: after what is there, or anew. A part is
// given up only for what looks like a file.
func (f *Fetcher) take(ctx context.Context, cancel context.CancelCauseFunc, resp *http.Response, p *part, more bool) error {
	if err := checkHeader(resp.Header); err != nil {
		return err
	}
	have, declared := int64(0), resp.ContentLength
	if more {
		have = p.record.Size
	}
	if declared > f.o.MaxSize-have {
		return f.tooLarge(fmt.Sprintf("%d bytes by its Content-Length", have+declared))
	}
	dog := watch(f.o.StallTimeout, f.o.MinRate, func() { cancel(ErrStalled) })
	defer dog.stop()
	body := bufio.NewReaderSize(&meter{from: resp.Body, dog: dog}, 64<<10)
	if !more {
		head, err := body.Peek(headBytes)
		switch {
		case len(head) == 0 && errors.Is(err, io.EOF):
			return content("the answer is empty")
		case isHTML(head):
			return content("the answer is an HTML page, such as a login or a maintenance notice")
		case len(head) > 0:
			if err := p.reset(recordOf(resp.Header, declared)); err != nil {
				return err
			}
			p.begun = true
		}
	}
	return f.copy(ctx, body, p)
}

// copy writes the body to the part, up to the bounds.
func (f *Fetcher) copy(ctx context.Context, body io.Reader, p *part) error {
	buf := make([]byte, 64<<10)
	var told time.Time
	for {
		n, err := body.Read(buf)
		if p.record.Size+int64(n) > f.o.MaxSize {
			return f.tooLarge("more than that many bytes came")
		}
		if n > 0 {
			if _, err := p.Write(buf[:n]); err != nil {
				return err
			}
		}
		if now := time.Now(); err != nil || now.Sub(told) >= 100*time.Millisecond {
			told = now
			f.o.Progress(Progress{Done: p.record.Size, Total: p.record.Total})
		}
		switch size, total := p.record.Size, p.record.Total; {
		case err == nil:
		case errors.Is(err, io.EOF) && (total < 0 || size == total):
			return nil
		case errors.Is(context.Cause(ctx), ErrStalled):
			return &failure{kind: ErrStalled, again: true,
				err: fmt.Errorf("under %d bytes a second for %v, after %s", f.o.MinRate, f.o.StallTimeout, of(size, total))}
		case !errors.Is(err, io.EOF):
			return network(fmt.Errorf("cut off after %s: %w", of(size, total), err))
		default:
			return network(fmt.Errorf("ended after %s", of(size, total)))
		}
	}
}

func of(size, total int64) string {
	if total < 0 {
		return fmt.Sprintf("%d bytes", size)
	}
	return fmt.Sprintf("%d of %d bytes", size, total)
}

func (f *Fetcher) tooLarge(what string) error {
	return &failure{kind: ErrTooLarge, err: fmt.Errorf("%s; at most %d are allowed", what, f.o.MaxSize)}
}

// checkHeader refuses what no FEST file comes as. Servers name zip files in
// many ways, so only what is surely wrong is refused.
func checkHeader(h http.Header) error {
	if kind := h.Get("Content-Type"); kind != "" {
		media, _, _ := mime.ParseMediaType(kind) // "" or what it could make of it
		if media == "text/html" || media == "application/xhtml+xml" {
			return content("the answer is an HTML page by its Content-Type, such as a login or a maintenance notice")
		}
	}
	switch coding := strings.ToLower(strings.TrimSpace(h.Get("Content-Encoding"))); coding {
	case "", "identity":
	case "gzip", "x-gzip": // how some servers label a .gz file; the importer reads gzip
	default:
		return content("the answer has Content-Encoding %.40q, though none was asked for", coding)
	}
	return nil
}

// isHTML looks at the first bytes of a file.
func isHTML(head []byte) bool {
	head = bytes.TrimPrefix(head, []byte("\xef\xbb\xbf"))
	head = bytes.ToLower(bytes.TrimLeft(head, " \t\r\n\f\x00"))
	for bytes.HasPrefix(head, []byte("<!--")) {
		_, after, closed := bytes.Cut(head, []byte("-->"))
		if !closed {
			break
		}
		head = bytes.TrimLeft(after, " \t\r\n\f")
	}
	return bytes.HasPrefix(head, []byte("<!doctype html")) || bytes.HasPrefix(head, []byte("<html"))
}

var contentRange = regexp.MustCompile(`^bytes ([0-9]{1,18})-([0-9]{1,18})/([0-9]{1,18}|\*)$`)

// continues checks that an answer is what comes after the part, of the same
// file: a server may get If-Range wrong.
func continues(resp *http.Response, r *record) error {
	m := contentRange.FindStringSubmatch(resp.Header.Get("Content-Range"))
	if m == nil {
		return fmt.Errorf("Content-Range %.80q is not one range of bytes", resp.Header.Get("Content-Range"))
	}
	first, _ := strconv.ParseInt(m[1], 10, 64) // 18 digits fit
	last, _ := strconv.ParseInt(m[2], 10, 64)
	total, err := strconv.ParseInt(m[3], 10, 64)
	if err != nil {
		total = -1
	}
	switch {
	case first != r.Size || last < first || total >= 0 && last >= total:
		return fmt.Errorf("Content-Range %q does not continue %d bytes", m[0], r.Size)
	case resp.ContentLength >= 0 && resp.ContentLength != last-first+1:
		return fmt.Errorf("Content-Range %q with %d bytes", m[0], resp.ContentLength)
	case r.Total >= 0 && total >= 0 && total != r.Total:
		return fmt.Errorf("Content-Range %q is of a file that had %d bytes", m[0], r.Total)
	}
	if tag := strings.TrimSpace(resp.Header.Get("ETag")); tag != "" && tag != r.ETag {
		return errors.New("ETag is another")
	}
	if date := resp.Header.Get("Last-Modified"); date != "" && r.LastModified != "" && date != r.LastModified {
		return errors.New("Last-Modified is another")
	}
	if err := checkHeader(resp.Header); err != nil {
		return err
	}
	if r.Total < 0 {
		r.Total = total
	}
	return nil
}

package api

import (
	"strings"
	"time"
)

// advisory is what answers carry at this moment; nil is nothing.
func (a *API) advisory(now time.Time) *Advisory {
	if a.opts.Advisory == nil {
		return nil
	}
	adv := a.opts.Advisory()
	if adv == nil || adv.Text == "" || adv.Until != nil && !now.Before(*adv.Until) {
		return nil
	}
	return adv
}

// same reports whether two advisories say the same.
func (x *Advisory) same(y *Advisory) bool {
	switch {
	case x == y:
		return true
	case x == nil || y == nil || x.Text != y.Text || !x.Since.Equal(y.Since) || (x.Until == nil) != (y.Until == nil):
		return false
	}
	return x.Until == nil || x.Until.Equal(*y.Until)
}

// asHeader is text as the value of a header: printable ASCII stands as it is,
// all else, and the percent sign, percent-encoded in UTF-8 as in RFC 8187.
func asHeader(text string) string {
	const digits = "0123456789ABCDEF"
	text = strings.TrimSpace(text)
	var b strings.Builder
	for _, c := range []byte(text) {
		if c >= ' ' && c <= '~' && c != '%' {
			b.WriteByte(c)
			continue
		}
		b.Write([]byte{'%', digits[c>>4], digits[c&15]})
	}
	return b.String()
}

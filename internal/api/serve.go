package api

import (
	"bytes"
	"io"
	"net/http"
	"strconv"
)

// representation is a body that is ready to be sent.
type representation struct {
	contentType []string
	etag        string // of the identity coding, with its quotes
	body        []byte
	gzip, zstd  []byte // body precompressed, or nil
	vary        []string
}

// headerValues are the two values that are an answer's own. One allocation
// holds both; net/http reads them after the handler has returned.
type headerValues struct{ etag, length [1]string }

// send answers with a representation, or with 304. The coding is chosen by the
// size of the body, so that a 304 needs no compressing.
func (a *API) send(c *call, rep *representation) error {
	how := acceptedCodings(c.r.Header["Accept-Encoding"]).choose(len(rep.body))
	if how == noCoding {
		return unacceptableCoding()
	}
	h := c.Header()
	values := &headerValues{etag: [1]string{withSuffix(rep.etag, how.suffix())}}
	h["Etag"] = values.etag[:]
	h["Cache-Control"] = noCache
	if h["Vary"] = rep.vary; rep.vary == nil {
		h["Vary"] = varyAccept
	}
	if inm := c.r.Header["If-None-Match"]; inm != nil && matches(inm, values.etag[0]) {
		c.WriteHeader(http.StatusNotModified)
		return nil
	}
	h["Content-Type"] = rep.contentType
	body := rep.body
	if how != identity {
		h["Content-Encoding"] = how.header()
		if ready := rep.encoded(how); ready != nil {
			body = ready
		} else {
			buf := a.coders.buffer()
			defer a.coders.giveBack(buf)
			if err := a.coders.compress(how, buf, body); err != nil {
				return internal(err)
			}
			body = buf.Bytes()
		}
	}
	values.length[0] = strconv.Itoa(len(body))
	h["Content-Length"] = values.length[:]
	c.WriteHeader(http.StatusOK)
	c.writeBody(body)
	return nil
}

// stream sends what write writes, a body of so many bytes, without gathering
// it. Only what is compressed is gathered: it is small, and an encoder must not
// wait for a reader.
func (a *API) stream(c *call, how coding, size int, write func(w io.Writer)) error {
	h := c.Header()
	if how == identity {
		h["Content-Length"] = []string{strconv.Itoa(size)}
		c.WriteHeader(http.StatusOK)
		if c.r.Method != http.MethodHead {
			c.sends(size)
			write(c)
		}
		return nil
	}
	h["Content-Encoding"] = how.header()
	buf := a.coders.buffer()
	defer a.coders.giveBack(buf)
	if err := a.coders.written(how, buf, write); err != nil {
		return internal(err)
	}
	h["Content-Length"] = []string{strconv.Itoa(buf.Len())}
	c.WriteHeader(http.StatusOK)
	c.writeBody(buf.Bytes())
	return nil
}

// ready is a body in all codings, to be sent often.
func (a *API) ready(contentType []string, body []byte) (*representation, error) {
	rep := &representation{contentType: contentType, etag: tagOf(body), body: body}
	for to, how := range map[*[]byte]coding{&rep.gzip: gzipped, &rep.zstd: zstandard} {
		var b bytes.Buffer
		if err := a.coders.compress(how, &b, body); err != nil {
			return nil, err
		}
		*to = b.Bytes()
	}
	return rep, nil
}

func (rep *representation) encoded(how coding) []byte {
	if how == zstandard {
		return rep.zstd
	}
	return rep.gzip
}

func unacceptableCoding() error {
	return &failure{kind: errEncodingUnsupported, problem: Problem{
		Detail:    "Accept-Encoding rules out every coding there is",
		Available: []string{"identity", "gzip", "zstd"},
	}}
}

// media picks the representation that the request prefers among the offers.
func (c *call) media(offers ...mediaType) (mediaType, error) {
	if m := negotiate(c.r.Header["Accept"], offers); m != "" {
		return m, nil
	}
	f := &failure{kind: errNotAcceptable, problem: Problem{Detail: "the header Accept names none of the media types of this resource"}}
	for _, o := range offers {
		f.problem.Available = append(f.problem.Available, string(o))
	}
	return "", f
}

func itoa(n int) string { return strconv.Itoa(n) }

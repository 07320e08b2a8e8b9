package api

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// body reads the JSON object that a request bears: one, with no member that is
// not known. The type of the content is not looked at: what keeps other sites'
// forms out is [API.authorize].
func (a *API) body(c *call, into any) error {
	r := http.MaxBytesReader(c.w, c.r.Body, a.opts.MaxBodyBytes)
	d := json.NewDecoder(r)
	d.DisallowUnknownFields()
	err := d.Decode(into)
	if err == nil {
		if _, more := d.Token(); !errors.Is(more, io.EOF) {
			return fail(errInvalidBody, "something follows the object")
		}
		return nil
	}
	var (
		big     *http.MaxBytesError
		wrong   *json.UnmarshalTypeError
		grammar *json.SyntaxError
	)
	switch {
	case errors.As(err, &big):
		return fail(errBodyTooLarge, "a body may be "+strconv.FormatInt(a.opts.MaxBodyBytes, 10)+" bytes long")
	case errors.Is(err, io.EOF):
		return fail(errInvalidBody, "the body is empty; want a JSON object")
	case errors.As(err, &grammar), errors.Is(err, io.ErrUnexpectedEOF):
		return fail(errInvalidBody, "the body is no JSON: "+err.Error())
	case errors.As(err, &wrong):
		return fail(errInvalidBody, "the member "+strconv.Quote(wrong.Field)+" is a "+wrong.Value+"; want "+jsonKind(wrong))
	}
	if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		return fail(errInvalidBody, "unknown member "+clip(name))
	}
	return fail(errInvalidBody, clip(strings.TrimPrefix(err.Error(), "json: ")))
}

// jsonKind is what a member should have been, in the words of JSON.
func jsonKind(e *json.UnmarshalTypeError) string {
	switch e.Type.String() {
	case "string":
		return "a string"
	case "fest.Serial":
		return "a serial, a whole number from 0"
	default:
		return "an object"
	}
}

// signed checks that a decision names a person and a reason.
func signed(by, reason string) error {
	for _, m := range [...]struct{ name, value, want string }{{"by", by, "who decides"}, {"reason", reason, "why"}} {
		if strings.TrimSpace(m.value) == "" {
			return fail(errInvalidBody, "the member "+m.name+" is missing; want "+m.want)
		}
	}
	return nil
}

// adminFailure is the problem of an error of the administration. Its text is
// for operators, so it is shown.
func adminFailure(err error) error {
	for _, kind := range []error{ErrAdminNotFound, ErrAdminConflict, ErrAdminInvalid, ErrAdminUnavailable} {
		if errors.Is(err, kind) {
			return fail(kind, detailOf(err, kind))
		}
	}
	return &failure{kind: errAdminFailed, cause: err, problem: Problem{Detail: err.Error()}}
}

// detailOf is the text of an error without that of its kind, which is the
// title.
func detailOf(err, kind error) string {
	return strings.TrimPrefix(err.Error(), kind.Error()+": ")
}

// adminAnswer sends what the administration gave. Nothing of it is kept by
// caches.
func (a *API) adminAnswer(c *call, body any, err error) error {
	if err != nil {
		return adminFailure(err)
	}
	b, err := json.Marshal(body)
	if err != nil {
		return internal(err)
	}
	b = append(b, '\n')
	a.audit(c, nil)
	h := c.Header()
	h["Content-Type"] = typeJSON
	h["Cache-Control"] = noStore
	h["Content-Length"] = []string{strconv.Itoa(len(b))}
	c.WriteHeader(http.StatusOK)
	c.writeBody(b)
	return nil
}

package api

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"net/http"
	"os"
	"reflect"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/festd/festd/internal/rules"
)

// Bodies that clients post: a JSON object that asks a question too long for a
// query. The endpoint receives the body, within [Route].Body and before the
// request takes a slot or a snapshot, so that who sends slowly holds nothing;
// the handler reads it with [API.posted], and answers with [API.answer].

// receive reads the body that a route takes.
func (a *API) receive(c *call, rt *Route) error {
	if err := a.postedType(c); err != nil {
		return err
	}
	if c.r.ContentLength > rt.Body {
		return tooLarge(c, rt.Body)
	}
	defer a.adm.bodies.now.Add(-1)
	if n := a.adm.bodies.enter(); a.adm.Valves != nil && n > int64(a.adm.LookupInFlight) {
		return a.refuse(rt.Cost, byCapacity, fail(errOverloaded, ""))
	}
	c.allow(0)                   // for 100 Continue, which the first read sends
	c.posted = a.coders.buffer() // grows by what comes, not by what is declared
	_, err := c.posted.ReadFrom(http.MaxBytesReader(c.w, c.r.Body, rt.Body))
	var big *http.MaxBytesError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &big):
		return tooLarge(c, rt.Body)
	case errors.Is(err, os.ErrDeadlineExceeded):
		c.Header()["Connection"] = closeConnection
		return fail(errBodyTimeout, "the body did not come in time")
	}
	c.gone = true
	return fail(errInvalidBody, "the body ended before it was complete")
}

// tooLarge refuses a body. What is left of it is not read.
func tooLarge(c *call, most int64) error {
	c.Header()["Connection"] = closeConnection
	return fail(errBodyTooLarge, "a body may be "+strconv.FormatInt(most, 10)+" bytes long")
}

// acceptPost names what can be posted (header Accept-Post).
var acceptPost = []string{string(mediaJSON)}

// postedType wants JSON, as it is. A body without a type is taken for it.
func (a *API) postedType(c *call) error {
	unsupported := func(detail string) error {
		c.Header()["Accept-Post"] = acceptPost
		return &failure{kind: errMediaType, problem: Problem{Detail: detail, Available: acceptPost}}
	}
	if coding := c.r.Header.Get("Content-Encoding"); coding != "" && !strings.EqualFold(coding, "identity") {
		return unsupported("the body has the content coding " + strconv.Quote(clip(coding)) + "; want none")
	}
	header := c.r.Header.Get("Content-Type")
	if header == "" {
		return nil
	}
	media, params, err := mime.ParseMediaType(header)
	if err != nil || media != string(mediaJSON) {
		return unsupported("the body has the type " + strconv.Quote(clip(header)) + "; want " + string(mediaJSON))
	}
	if charset := params["charset"]; charset != "" && !strings.EqualFold(charset, "utf-8") {
		return unsupported("the body has the charset " + strconv.Quote(clip(charset)) + "; JSON is UTF-8")
	}
	return nil
}

// posted reads the body into a struct: one JSON object, in UTF-8, no member
// unknown or twice, nothing after it. A problem names the member by its JSON
// pointer, and what would be right.
func (a *API) posted(c *call, into any) error {
	body := c.posted.Bytes()
	if len(bytes.TrimSpace(body)) == 0 {
		return badMember("", "", "the body is empty", "a JSON object")
	}
	err := json.Unmarshal(body, into, json.RejectUnknownMembers(true))
	var (
		grammar *jsontext.SyntacticError
		meaning *json.SemanticError
	)
	switch {
	case err == nil:
		return nil
	case errors.As(err, &grammar):
		return badGrammar(grammar)
	case errors.As(err, &meaning):
		return badMeaning(meaning, body, into)
	}
	return internal(err)
}

// badGrammar is a body that is no JSON, or JSON that programs read differently.
func badGrammar(e *jsontext.SyntacticError) error {
	p := string(e.JSONPointer)
	at := " at byte " + strconv.FormatInt(e.ByteOffset, 10)
	switch {
	case errors.Is(e, jsontext.ErrDuplicateName):
		return badMember(p, "", "the member stands twice", "each member once")
	case errors.Is(e, io.ErrUnexpectedEOF):
		return badMember(p, "", "the body is no JSON: it ends too early,"+at, "a whole JSON object")
	}
	return badMember(p, "", "the body is no JSON: "+visible(e.Err.Error())+at, "one JSON object in UTF-8 and nothing after it")
}

// badMeaning is a member that is unknown or of another kind.
func badMeaning(e *json.SemanticError, body []byte, into any) error {
	p := e.JSONPointer
	if errors.Is(e, json.ErrUnknownName) {
		f := badMember(string(p), "", "unknown member "+strconv.Quote(clip(p.LastToken())), "none")
		if f.problem.Known = membersAt(reflect.TypeOf(into), p.Parent()); len(f.problem.Known) > 0 {
			f.problem.Expected = "one of " + strings.Join(f.problem.Known, ", ")
		}
		return f
	}
	return badMember(string(p), scalarAt(body, e.ByteOffset), "the member is "+kindName(e.JSONKind), wantedKind(e.GoType))
}

// scalarAt is the text, number or other single value that stands at a byte.
func scalarAt(body []byte, offset int64) string {
	v, err := jsontext.NewDecoder(bytes.NewReader(body[min(max(offset, 0), int64(len(body))):])).ReadValue()
	if err != nil || v.Kind() == '{' || v.Kind() == '[' {
		return ""
	}
	return string(v)
}

// badMember is a member of a posted body that cannot be used; the pointer is
// "" where that is the body as a whole.
func badMember(pointer, value, detail, expected string) *failure {
	return &failure{kind: errInvalidBody, problem: Problem{Detail: detail, Pointer: clip(visible(pointer)), Value: clip(visible(value)), Expected: expected}}
}

// kindName is a kind of JSON in words.
func kindName(k jsontext.Kind) string {
	switch k {
	case 'n':
		return "null"
	case 't', 'f':
		return "true or false"
	case '"':
		return "a string"
	case '0':
		return "a number"
	case '{':
		return "an object"
	case '[':
		return "an array"
	}
	return "of another kind"
}

// wantedKind is the JSON that a type is read from.
func wantedKind(t reflect.Type) string {
	for t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t == nil {
		return "another kind of value"
	}
	switch t.Kind() {
	case reflect.String:
		return "a string"
	case reflect.Bool:
		return "true or false"
	case reflect.Slice, reflect.Array:
		return "an array"
	case reflect.Struct, reflect.Map:
		return "an object"
	}
	return "a number"
}

// membersAt are the names of the members of the object that a pointer leads to.
func membersAt(t reflect.Type, p jsontext.Pointer) []string {
	for token := range p.Tokens() {
		if t = element(t); t.Kind() != reflect.Struct {
			continue // the place in an array
		}
		for i := range t.NumField() {
			if f := t.Field(i); memberName(&f) == token {
				t = f.Type
				break
			}
		}
	}
	t = element(t)
	if t.Kind() != reflect.Struct {
		return nil
	}
	var names []string
	for i := range t.NumField() {
		if f := t.Field(i); f.IsExported() {
			names = append(names, memberName(&f))
		}
	}
	return names
}

// element is what a pointer or an array leads to.
func element(t reflect.Type) reflect.Type {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	return t
}

func memberName(f *reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	return name
}

// tooMany refuses a question with more lines than one may have.
func tooMany(n, most int) error {
	return badMember("/lines", strconv.Itoa(n), "the list has "+strconv.Itoa(n)+" elements", "at most "+strconv.Itoa(most)+"; ask the rest in another request")
}

// answer sends the JSON that was asked for with a posted body. It is for this
// moment: no ETag, and nobody keeps it.
func (a *API) answer(c *call, body []byte) error {
	how := acceptedCodings(c.r.Header["Accept-Encoding"]).choose(len(body))
	if how == noCoding {
		return unacceptableCoding()
	}
	h := c.Header()
	h["Cache-Control"] = noStore
	h["Vary"] = varyAccept
	h["Content-Type"] = typeJSON
	if how != identity {
		buf := a.coders.buffer()
		defer a.coders.giveBack(buf)
		if err := a.coders.compress(how, buf, body); err != nil {
			return internal(err)
		}
		h["Content-Encoding"] = how.header()
		body = buf.Bytes()
	}
	h["Content-Length"] = []string{strconv.Itoa(len(body))}
	c.WriteHeader(http.StatusOK)
	c.writeBody(body)
	return nil
}

// postedRelease is the query of a question that is posted, which has no other
// parameter than release.
func (a *API) postedRelease(c *call) (string, error) {
	params, err := a.parameters(c.r.URL.RawQuery, releaseOnly)
	if err != nil || len(params) == 0 {
		return "", err
	}
	return params[0].value, nil
}

var releaseOnly = []string{paramRelease}

// postedDay reads a member that is a day.
func postedDay(pointer, value string) (rules.Day, error) {
	day, err := rules.ParseDay(strings.TrimSpace(value))
	if err != nil {
		return "", badMember(pointer, value, "not a day", "a day that exists, as YYYY-MM-DD, such as 2026-02-28")
	}
	return day, nil
}

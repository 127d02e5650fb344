package api

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"dayroom/internal/core"
	"dayroom/internal/platform/httpx"
	"dayroom/internal/web/shell"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/validation"
)

// Problem is what went wrong, as RFC 9457 has it. Its type is about:blank: the key tells more.
type Problem struct {
	Title     string                  `json:"title" doc:"The status in words." example:"Unprocessable Entity"`
	Status    int                     `json:"status" doc:"The HTTP status." example:"422"`
	Detail    string                  `json:"detail" doc:"A sentence for a person, in the language that was asked for." example:"Please look at the marked fields."`
	Code      core.Code               `json:"code" enum:"invalid,unauthenticated,forbidden,not_found,conflict,too_soon,unavailable,internal" doc:"What kind of failure it is."`
	Key       string                  `json:"key" doc:"The name of the sentence, the same as on the pages. It does not change with the language." example:"error.form"`
	Fields    map[string]ProblemField `json:"fields,omitempty" doc:"What is wrong with single fields, by name."`
	Reference string                  `json:"reference" doc:"The number under which the server's log has this call." example:"w3k5n7qzt2"`
}

// ProblemField is what is wrong with one field.
type ProblemField struct {
	Key    string `json:"key" doc:"The name of the sentence." example:"thread.title.length"`
	Detail string `json:"detail" doc:"The sentence." example:"A title has 3 to 140 characters."`
}

// Fail answers with a problem.
func (m *manner) Fail(c *shell.Call, status int, e *core.Error, reference string) {
	p := Problem{Title: http.StatusText(status), Status: status, Code: e.Code, Key: e.Key, Reference: reference}
	if e.Key == "" || !c.Has(e.Key) {
		p.Key = "error." + string(e.Code)
	}
	p.Detail = c.T(p.Key, e.Args...)
	for name, key := range e.Fields {
		if p.Fields == nil {
			p.Fields = map[string]ProblemField{}
		}
		p.Fields[name] = ProblemField{key, c.T(key, e.Args...)}
	}
	h := c.W.Header()
	h.Set("Cache-Control", "no-store")
	if e.Code == core.Unauthenticated {
		h.Set("WWW-Authenticate", `Bearer realm="dayroom"`)
	}
	text, err := json.Marshal(p)
	if err == nil {
		err = httpx.WritePage(c.W, c.R, status, "application/problem+json", text)
	}
	_ = err // the program has gone: there is nobody to tell
}

// refusals are the sentences for what the declared shape refuses. What a page could get wrong too is said by the services.
var refusals = []struct{ beginning, key string }{
	{validation.MsgUnexpectedProperty, "api.field.unknown"},
	{"unknown query parameter", "api.field.unknown"},
	{"expected required property", "api.field.required"},
	{"required ", "api.field.required"},
	{"request body is required", "api.body.required"},
	{"expected value to be one of", "api.field.choice"},
	{"expected number", "api.field.range"},
	{"expected string to be RFC 3339", "api.field.time"},
	{"expected length", "api.field.range"},
	{"expected array length", "api.field.range"},
	{badText, "error.bad_text"},
	{huma.ErrUnknownContentType.Error(), "api.body.type"},
}

// badText marks a body with characters that no text has.
const badText = "characters that are no text"

// refused turns what huma found wrong into an error of ours.
func refused(found *huma.ErrorModel) error {
	if found.Status == http.StatusRequestEntityTooLarge {
		return core.E(core.Invalid, httpx.StatusTooLarge)
	}
	fields := core.Fields{}
	for _, d := range found.Errors {
		where, name, _ := strings.Cut(d.Location, ".")
		if where == "path" {
			return core.Missing("id")
		}
		key := keyOf(d.Message)
		if rest, missing := strings.CutPrefix(d.Message, "expected required property "); missing { // told of the object that lacks it
			lacking, _, _ := strings.Cut(rest, " ")
			name = strings.TrimPrefix(name+"."+lacking, ".")
		}
		if name == "" || key == "error.bad_text" || key == "api.body.type" {
			return core.E(core.Invalid, bodyKey(key)).Because(errors.New(d.Message))
		}
		fields.Add(name, key)
	}
	if len(fields) == 0 {
		return core.E(core.Invalid, bodyKey(keyOf(found.Detail))).Because(errors.New(found.Detail))
	}
	return &core.Error{Code: core.Invalid, Key: "api.fields", Fields: fields}
}

func keyOf(message string) string {
	for _, r := range refusals {
		if strings.HasPrefix(message, r.beginning) {
			return r.key
		}
	}
	return "api.field.type"
}

// bodyKey is the sentence about a whole body.
func bodyKey(key string) string {
	if strings.HasPrefix(key, "api.field.") {
		return "api.body.broken"
	}
	return key
}

package shell

import (
	"errors"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"dayroom/internal/core"
	"dayroom/internal/platform/httpx"
	"dayroom/internal/platform/markup"
	"dayroom/internal/web/ui"
)

// Form is what a person sent.
type Form struct{ values url.Values }

// Form reads the body of the request. A body over the route's limit is refused before any handler looks at it. Where text is no
// text, what cannot be read becomes U+FFFD, and whatever the handler then tries to write is refused with the field's name: so every
// form comes back with what was typed, and nothing broken is kept.
func (c *Call) Form() (Form, error) {
	kind, _, _ := mime.ParseMediaType(c.R.Header.Get("Content-Type"))
	var err error
	if kind == "multipart/form-data" {
		err = c.R.ParseMultipartForm(1 << 20)
	} else {
		err = c.R.ParseForm()
	}
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return Form{}, core.E(core.Invalid, httpx.StatusTooLarge).Because(err)
	case err != nil:
		return Form{}, core.E(core.Invalid, "error.bad_form").Because(err)
	}
	broken := core.Fields{}
	for name, values := range c.R.PostForm {
		if !legible(name) {
			return Form{}, core.E(core.Invalid, "error.bad_text")
		}
		for i, v := range values {
			if !legible(v) {
				broken.Add(name, "error.bad_text")
				values[i] = strings.ToValidUTF8(strings.ReplaceAll(v, "\x00", "\uFFFD"), "\uFFFD")
			}
		}
	}
	if len(broken) > 0 {
		e := core.E(core.Invalid, "error.bad_text")
		e.Fields = broken
		c.R = c.R.WithContext(core.Refuse(c.R.Context(), e))
	}
	return Form{c.R.PostForm}, nil
}

func legible(s string) bool { return utf8.ValidString(s) && !strings.ContainsRune(s, 0) }

// Text gives a field of several lines, normalised.
func (f Form) Text(name string) string {
	return strings.TrimSpace(markup.Normalize(f.values.Get(name)))
}

// Line gives a field of one line, normalised.
func (f Form) Line(name string) string { return markup.Line(f.values.Get(name)) }

// Raw gives a field as it was sent: passwords are not changed.
func (f Form) Raw(name string) string { return f.values.Get(name) }

// Has tells whether a box was ticked.
func (f Form) Has(name string) bool { return f.values.Get(name) != "" }

// All gives every value of a group of boxes.
func (f Form) All(name string) []string { return slices.Clone(f.values[name]) }

// ID gives a field as an id, zero when empty or broken: a service then says what is missing.
func (f Form) ID(name string) core.ID {
	id, err := core.ParseID(f.values.Get(name))
	if err != nil {
		return 0
	}
	return id
}

// Tags gives a field of words between commas.
func (f Form) Tags(name string) []string {
	var out []string
	for _, part := range strings.Split(f.values.Get(name), ",") {
		if t := strings.ToLower(markup.Line(part)); t != "" && !slices.Contains(out, t) {
			out = append(out, t)
		}
	}
	return out
}

// Date gives a field of a date input, midnight UTC; zero when empty or broken.
func (f Form) Date(name string) time.Time {
	t, err := time.Parse(time.DateOnly, f.values.Get(name))
	if err != nil {
		return time.Time{}
	}
	return t
}

// Mistakes are what a person has to mend, in words, to be shown with the form they filled in.
type Mistakes struct {
	Status  int
	Summary string            // what stands on top; empty when there is nothing to mend
	Fields  map[string]string // beside the fields
}

// Of gives what is wrong with a field; empty when nothing is.
func (m Mistakes) Of(field string) string { return m.Fields[field] }

// Any tells whether there is something to mend.
func (m Mistakes) Any() bool { return m.Summary != "" || len(m.Fields) > 0 }

// Mistakes turns an error into what a form can show, and passes on an error that a form cannot help with:
//
//	m, err := c.Mistakes(err)
//	if err != nil {
//		return err
//	}
//	return c.ShowStatus(m.Status, form(c.Frame(title), typed, m))
func (c *Call) Mistakes(err error) (Mistakes, error) {
	var e *core.Error
	if !errors.As(err, &e) {
		return Mistakes{}, err
	}
	switch e.Code {
	case core.Invalid, core.Conflict, core.TooSoon, core.Forbidden, core.Unavailable:
	default:
		return Mistakes{}, err
	}
	m := Mistakes{Status: httpx.Status(e), Summary: c.Voice.Wrong(e), Fields: map[string]string{}}
	httpx.RetryAfter(c.W.Header(), e)
	for name, key := range e.Fields {
		m.Fields[name] = c.T(key, e.Args...)
	}
	if m.Status == http.StatusServiceUnavailable {
		c.shell.Log.Error("a form could not be saved", "reference", httpx.RequestID(c.Ctx()), "error", err)
	}
	return m, nil
}

// Problems prepares what a form of package ui says about an error, with the status of the answer, or passes on an error that a form cannot
// help with.
func (c *Call) Problems(err error) (ui.Problems, int, error) {
	m, rest := c.Mistakes(err)
	if rest != nil {
		return ui.Problems{}, 0, rest
	}
	return ui.ProblemsOf(c.Voice, err), m.Status, nil
}

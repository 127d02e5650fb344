package ui

import (
	"errors"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"dayroom/internal/core"
)

// Field is one thing that a form asks for. Which control it becomes is up to the component that it is given to: TextField,
// TextArea, SelectField, Radios, Checkboxes, Checkbox or FileField.
type Field struct {
	Name  string
	Label string
	Hint  string // under the label, before one begins to write
	Error string // in the reader's language; Wrong fills it
	Value string // for Checkbox: what is sent when it is ticked ("1" when empty)

	Type         string // of a TextField: text when empty, or email, password, number, url, search, date, tel
	Autocomplete string // what the browser may fill in: "username", "new-password", "off"
	InputMode    string // the keyboard of a phone: "numeric", "email"
	Required     bool   // said in words, and left to the server: a browser's own message can be neither styled nor translated
	Optional     bool   // said in words: "if you like"
	Short        bool   // a narrow input: a code, a number
	Focus        bool   // begin here

	Max  int // characters at most; a TextArea counts down near the end
	Rows int // of a TextArea; 5 when 0

	Options []Option // of SelectField, Radios and Checkboxes
	Checked bool     // of Checkbox
	Accept  string   // of FileField: "image/jpeg,image/png"

	Editor *Editor // of a TextArea: a toolbar, a preview, drafts, pictures
	Attrs  templ.Attributes
}

// Option is one choice.
type Option struct {
	Value, Label, Hint string
	Checked            bool // of Checkboxes; Radios and SelectField go by Field.Value
}

// Editor is what a script may add to a TextArea. An empty address leaves its part out. The head of static/js/member.js tells
// what is sent and what comes back.
type Editor struct {
	PreviewURL string
	DraftURL   string // the form then carries a hidden field "draft"
	DraftID    string // of a draft that goes on; the script makes one for a new draft
	UploadURL  string
	Bare       bool // no toolbar
}

// ID is the id of the control, to lead to from elsewhere: "f-title".
func (f Field) ID() string { return "f-" + f.Name }

func (f Field) kind() string {
	if f.Type == "" {
		return "text"
	}
	return f.Type
}

func (f Field) rows() string {
	if f.Rows == 0 {
		return "5"
	}
	return strconv.Itoa(f.Rows)
}

// described names what a screen reader reads after the label.
func (f Field) described() string {
	var ids []string
	if f.Hint != "" {
		ids = append(ids, f.ID()+"-hint")
	}
	if f.Error != "" {
		ids = append(ids, f.ID()+"-wrong")
	}
	return strings.Join(ids, " ")
}

// attributes are what every control has.
func (f Field) attributes() templ.Attributes {
	all := templ.Attributes{"id": f.ID(), "name": f.Name}
	set := func(name, value string) {
		if value != "" {
			all[name] = value
		}
	}
	set("aria-describedby", f.described())
	set("autocomplete", f.Autocomplete)
	set("inputmode", f.InputMode)
	set("accept", f.Accept)
	if f.Error != "" {
		all["aria-invalid"] = "true"
	}
	if f.Required {
		all["aria-required"] = "true"
	}
	if f.Focus {
		all["autofocus"] = true
	}
	for name, value := range f.Attrs {
		all[name] = value
	}
	return all
}

// countdown is what the character count of a TextArea needs; a browser cuts nothing off, so no words are lost in pasting.
func (f Field) countdown(v Voice) templ.Attributes {
	if f.Max == 0 {
		return nil
	}
	// The script puts the number where # stands. The form for many fits: it is shown for the last fifth only.
	return templ.Attributes{
		"data-max": strconv.Itoa(f.Max), "data-count-id": f.ID() + "-count",
		"data-left": v.T("field.left.script"), "data-over": v.T("field.over.script"),
	}
}

// composer is what the script of a TextArea with an Editor needs.
func (f Field) composer(v Voice) templ.Attributes {
	all := templ.Attributes{"data-status-id": f.ID() + "-status"}
	words := map[string]string{
		"preview": "editor.preview", "write": "editor.write", "preview-failed": "editor.preview.failed",
		"saving": "editor.saving", "saved": "editor.saved", "unsaved": "editor.unsaved",
		"uploading": "editor.upload.busy", "upload-failed": "editor.upload.failed", "example": "editor.example",
	}
	for name, key := range words {
		all["data-word-"+name] = v.T(key)
	}
	for name, url := range map[string]string{
		"data-preview-url": f.Editor.PreviewURL, "data-draft-url": f.Editor.DraftURL, "data-upload-url": f.Editor.UploadURL,
	} {
		if url != "" {
			all[name] = url
		}
	}
	return all
}

// Problems is what is wrong with a form, in the reader's language.
type Problems struct {
	Message string
	fields  map[string]string
}

// ProblemsOf translates an error of a form. Nil gives the zero Problems.
func ProblemsOf(v Voice, err error) Problems {
	var e *core.Error
	if !errors.As(err, &e) {
		return Problems{}
	}
	problems := Problems{Message: v.Wrong(e), fields: map[string]string{}}
	for name, key := range e.Fields {
		problems.fields[name] = v.T(key, e.Args...)
	}
	return problems
}

// Of is what is wrong with one field, empty when nothing is.
func (p Problems) Of(name string) string { return p.fields[name] }

// Any says whether there is anything to mend.
func (p Problems) Any() bool { return p.Message != "" }

// Wrong gives the field with what is wrong with it.
func (p Problems) Wrong(f Field) Field {
	f.Error = p.fields[f.Name]
	return f
}

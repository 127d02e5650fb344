package ui

import (
	"strings"

	"github.com/a-h/templ"
)

// Reading is how a reader wants the page to look. It lives in a cookie of the reader's browser and becomes attributes of the
// html element, so it works without a script. The zero value follows the device.
type Reading struct {
	Theme    string // "light", "dark"
	Size     string // "large", "larger"
	Spacing  string // "wide"
	Motion   string // "less"
	Contrast string // "more"
}

// ReadingCookie is the name of the cookie that holds Reading.String().
const ReadingCookie = "reading"

// readingValues are the values that are known for each setting; the empty one is the default and always allowed.
var readingValues = map[string][]string{
	"theme":    {"light", "dark"},
	"size":     {"large", "larger"},
	"spacing":  {"wide"},
	"motion":   {"less"},
	"contrast": {"more"},
}

var readingOrder = []string{"theme", "size", "spacing", "motion", "contrast"}

func (r *Reading) at(name string) *string {
	switch name {
	case "theme":
		return &r.Theme
	case "size":
		return &r.Size
	case "spacing":
		return &r.Spacing
	case "motion":
		return &r.Motion
	case "contrast":
		return &r.Contrast
	}
	return nil
}

// ReadReading takes the settings from a form: value is its FormValue. What is not known falls back to the default.
func ReadReading(value func(name string) string) Reading {
	var r Reading
	for _, name := range readingOrder {
		for _, known := range readingValues[name] {
			if value(name) == known {
				*r.at(name) = known
			}
		}
	}
	return r
}

// ParseReading reads what String wrote. A cookie comes from outside, so anything unknown is passed over.
func ParseReading(cookie string) Reading {
	given := map[string]string{}
	for part := range strings.SplitSeq(cookie, ".") {
		if name, value, ok := strings.Cut(part, "-"); ok {
			given[name] = value
		}
	}
	return ReadReading(func(name string) string { return given[name] })
}

// String writes the settings for a cookie: "theme-dark.size-large". Empty means nothing was set.
func (r Reading) String() string {
	var parts []string
	for _, name := range readingOrder {
		if value := *r.at(name); value != "" {
			parts = append(parts, name+"-"+value)
		}
	}
	return strings.Join(parts, ".")
}

// attributes gives the data attributes for the html element.
func (r Reading) attributes() templ.Attributes {
	attributes := templ.Attributes{}
	for _, name := range readingOrder {
		if value := *r.at(name); value != "" {
			attributes["data-"+name] = value
		}
	}
	return attributes
}

// fields makes the radio groups of the settings form.
func (r Reading) fields(v Voice) []Field {
	zero := map[string]string{"theme": "system", "size": "normal", "spacing": "normal", "motion": "normal", "contrast": "normal"}
	var fields []Field
	for _, name := range readingOrder {
		f := Field{Name: name, Label: v.T("reading." + name), Value: *r.at(name)}
		f.Options = append(f.Options, Option{Label: v.T("reading." + name + "." + zero[name])})
		for _, value := range readingValues[name] {
			f.Options = append(f.Options, Option{Value: value, Label: v.T("reading." + name + "." + value)})
		}
		fields = append(fields, f)
	}
	return fields
}

package ui

import "github.com/a-h/templ"

// Look is how loud a button is. One view has one Primary.
type Look string

// The looks.
const (
	Plain   Look = ""        // a border
	Primary Look = "primary" // filled: what the page is for
	Danger  Look = "danger"  // what cannot be undone
	Quiet   Look = "quiet"   // no border
)

func (l Look) class() string {
	if l == Plain {
		return "button"
	}
	return "button " + string(l)
}

// Button is a button inside a form. Its label says what happens: "Ask the community".
type Button struct {
	Label   string
	Look    Look
	Icon    Icon
	Name    string // sent with Value, when a form has several buttons
	Value   string
	Confirm string // a question that is asked first where there is script; say on the page too what is lost
	Key     string // "1" to "9": pressed by this key inside an element with data-keys
	Attrs   templ.Attributes
}

func (b Button) attributes() templ.Attributes {
	all := templ.Attributes{}
	set := func(name, value string) {
		if value != "" {
			all[name] = value
		}
	}
	set("name", b.Name)
	if b.Name != "" {
		all["value"] = b.Value
	}
	set("data-confirm", b.Confirm)
	set("data-key", b.Key)
	for name, value := range b.Attrs {
		all[name] = value
	}
	return all
}

// Hidden is a field of a form that nobody sees.
type Hidden struct{ Name, Value string }

// Link is somewhere to go. The zero Link is shown nowhere.
type Link struct{ Href, Label string }

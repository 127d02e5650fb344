package webtest

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// Page is an answer.
type Page struct {
	Browser *Browser
	Path    string
	Status  int
	Header  http.Header
	Body    string
	root    *html.Node
}

// Want checks the status and that words stand on the page.
func (p *Page) Want(status int, words ...string) *Page {
	p.Browser.Site.Helper()
	if p.Status != status {
		p.Browser.Site.Fatalf("%s answers %d, want %d: %s", p.Path, p.Status, status, short(p.Text()))
	}
	for _, w := range words {
		if !strings.Contains(p.Text(), w) {
			p.Browser.Site.Errorf("%s does not say %q: %s", p.Path, w, short(p.Text()))
		}
	}
	return p
}

// WantNot checks that words do not stand anywhere in the answer.
func (p *Page) WantNot(words ...string) *Page {
	p.Browser.Site.Helper()
	for _, w := range words {
		if strings.Contains(p.Body, w) || strings.Contains(p.Text(), w) {
			p.Browser.Site.Errorf("%s says %q", p.Path, w)
		}
	}
	return p
}

// WantWay checks that the answer leads on to path, and follows it.
func (p *Page) WantWay(path string) *Page {
	p.Browser.Site.Helper()
	if p.Status != http.StatusSeeOther || p.Header.Get("Location") != path {
		p.Browser.Site.Fatalf("%s answers %d to %q, want a way to %q: %s", p.Path, p.Status, p.Header.Get("Location"), path, short(p.Text()))
	}
	return p.Browser.Get(path)
}

func short(s string) string {
	if len(s) > 1500 {
		return s[:1500] + "…"
	}
	return s
}

// Text is what a person reads, with single spaces. Of an answer that is no page, it is the body.
func (p *Page) Text() string {
	if p.root == nil {
		return p.Body
	}
	return strings.Join(strings.Fields(textOf(p.root)), " ")
}

func textOf(n *html.Node) string {
	if n.Type == html.TextNode {
		return n.Data
	}
	if n.Type == html.ElementNode && (n.Data == "script" || n.Data == "style" || n.Data == "svg") {
		return " "
	}
	var b strings.Builder
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		b.WriteString(textOf(c))
	}
	if n.Type == html.ElementNode && !inline[n.Data] {
		return " " + b.String() + " "
	}
	return b.String()
}

var inline = map[string]bool{"a": true, "b": true, "strong": true, "em": true, "bdi": true, "span": true, "small": true, "code": true, "time": true}

// All gives the elements of a tag with an attribute of a value; an empty attribute asks for the tag only.
func (p *Page) All(tag, attribute, value string) (found []*html.Node) {
	if p.root == nil {
		return nil
	}
	for n := range p.root.Descendants() {
		if n.Type == html.ElementNode && n.Data == tag && (attribute == "" || Attr(n, attribute) == value) {
			found = append(found, n)
		}
	}
	return found
}

// Attr gives an attribute of an element, empty where it has none.
func Attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// HasForm tells whether there is a form that posts to action.
func (p *Page) HasForm(action string) bool { return len(p.All("form", "action", action)) > 0 }

// HasLink tells whether a link leads to href.
func (p *Page) HasLink(href string) bool { return len(p.All("a", "href", href)) > 0 }

// Form gives what the first form that posts to action would send as it stands.
func (p *Page) Form(action string) url.Values {
	p.Browser.Site.Helper()
	forms := p.All("form", "action", action)
	if len(forms) == 0 {
		p.Browser.Site.Fatalf("%s has no form to %s", p.Path, action)
	}
	values := url.Values{}
	for n := range forms[0].Descendants() {
		name := Attr(n, "name")
		if n.Type != html.ElementNode || name == "" {
			continue
		}
		switch n.Data {
		case "input":
			kind := Attr(n, "type")
			if (kind != "checkbox" && kind != "radio") || has(n, "checked") {
				values.Add(name, Attr(n, "value"))
			}
		case "textarea":
			words := ""
			if n.FirstChild != nil {
				words = n.FirstChild.Data
			}
			values.Add(name, words)
		case "select":
			for o := range n.Descendants() {
				if o.Data == "option" && has(o, "selected") {
					values.Add(name, Attr(o, "value"))
				}
			}
		}
	}
	return values
}

func has(n *html.Node, name string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == name })
}

// Submit fills in a form of the page and sends it; an empty list of values leaves a field out.
func (p *Page) Submit(action string, change url.Values) *Page {
	p.Browser.Site.Helper()
	values := p.Form(action)
	for name, v := range change {
		values[name] = v
	}
	return p.Browser.Post(action, values)
}

package webtest

import (
	"strings"

	"golang.org/x/net/html"
)

// Sound checks what must hold for every page: one h1, a title, unique ids, a label for each field, a name for each link and
// button, no inline style or script, nothing loaded from elsewhere, and no key of the catalogue in place of its sentence.
func (p *Page) Sound() *Page {
	p.Browser.Site.Helper()
	if p.root == nil {
		p.Browser.Site.Fatalf("%s is no page", p.Path)
	}
	complain := func(what, which string) {
		p.Browser.Site.Helper()
		p.Browser.Site.Errorf("%s: %s %s", p.Path, what, which)
	}
	if n := len(p.All("h1", "", "")); n != 1 {
		complain("the number of h1 is not one, but", string(rune('0'+min(n, 9))))
	}
	if titles := p.All("title", "", ""); len(titles) == 0 || strings.TrimSpace(textOf(titles[0])) == "" {
		complain("no title", "")
	}
	ids, labelled := map[string]bool{}, map[string]bool{}
	for _, l := range p.All("label", "", "") {
		labelled[Attr(l, "for")] = true
	}
	for n := range p.root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		if id := Attr(n, "id"); id != "" && ids[id] {
			complain("the id is given twice:", id)
		} else {
			ids[id] = true
		}
		if what := unsound(n, labelled); what != "" {
			complain(what, n.Data+" "+Attr(n, "name")+Attr(n, "href")+Attr(n, "class"))
		}
	}
	for _, word := range strings.Fields(p.Text()) {
		if looksLikeKey(word) {
			complain("a key stands where a sentence should:", word)
		}
	}
	return p
}

func unsound(n *html.Node, labelled map[string]bool) string {
	if has(n, "style") {
		return "a style attribute:"
	}
	for _, a := range n.Attr {
		if strings.HasPrefix(a.Key, "on") {
			return "an inline script:"
		}
		loads := a.Key == "src" || a.Key == "srcset" || a.Key == "href" && n.Data == "link" && Attr(n, "rel") != "canonical"
		if loads && (strings.Contains(a.Val, "//") || strings.HasPrefix(a.Val, "data:")) {
			return "loads from elsewhere:"
		}
	}
	switch n.Data {
	case "script":
		if Attr(n, "src") == "" {
			return "an inline script:"
		}
	case "input", "textarea", "select":
		if Attr(n, "type") != "hidden" && !labelled[Attr(n, "id")] && !within(n, "label") && Attr(n, "aria-label") == "" {
			return "a field without a label:"
		}
	case "a", "button":
		if strings.TrimSpace(textOf(n)) == "" && Attr(n, "aria-label") == "" {
			return "nothing says what this does:"
		}
	case "img":
		if !has(n, "alt") {
			return "no alternative text:"
		}
	}
	return ""
}

func within(n *html.Node, tag string) bool {
	for n = n.Parent; n != nil; n = n.Parent {
		if n.Data == tag {
			return true
		}
	}
	return false
}

// areas are the first words of catalogue keys that pages use.
var areas = []string{"error.", "policy.", "space.", "spaces.", "site.", "setup.", "frame.", "account.", "thread.", "post.", "field.", "strip.", "shell."}

func looksLikeKey(word string) bool {
	if strings.ToLower(word) != word || strings.Trim(word, "abcdefghijklmnopqrstuvwxyz_.") != "" || strings.HasSuffix(word, ".") {
		return false
	}
	for _, area := range areas {
		if strings.HasPrefix(word, area) {
			return true
		}
	}
	return false
}

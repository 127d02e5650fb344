package markup

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/net/html"
)

// The allow-list of this test is written on its own, from what a page may show, and not from the sanitiser's policy: element to
// attributes.
var mayStand = map[string]string{
	"p": "", "br": "", "hr": "", "h3": "", "h4": "", "h5": "", "h6": "", "blockquote": "", "pre": "", "code": "", "strong": "", "em": "",
	"del": "", "ul": "", "ol": "start", "li": "", "table": "", "thead": "", "tbody": "", "tr": "", "th": "", "td": "",
	"a": "href rel class", "img": "src alt",
}

// faults reads HTML as a browser does and tells the first thing that must not be there.
func faults(page string) error {
	for _, r := range page {
		if r < ' ' && r != '\n' && r != '\t' || r >= 0x7f && r < 0xa0 || r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069 {
			return fmt.Errorf("character %U", r)
		}
	}
	root, err := html.Parse(strings.NewReader("<!doctype html><html><head></head><body>" + page + "</body></html>"))
	if err != nil {
		return err
	}
	body := root.LastChild.LastChild
	for n := range body.Descendants() {
		if err := nodeFault(n); err != nil {
			return err
		}
	}
	return nil
}

func nodeFault(n *html.Node) error {
	switch n.Type {
	case html.TextNode:
		return nil
	case html.ElementNode:
	default:
		return fmt.Errorf("node of type %d: %q", n.Type, n.Data)
	}
	attributes, ok := mayStand[n.Data]
	if !ok || n.Namespace != "" {
		return fmt.Errorf("element %q", n.Data)
	}
	for _, a := range n.Attr {
		if a.Namespace != "" || !strings.Contains(" "+attributes+" ", " "+a.Key+" ") {
			return fmt.Errorf("attribute %s of %s", a.Key, n.Data)
		}
		switch {
		case a.Key == "href" && !goodHref(a.Val), a.Key == "src" && !strings.HasPrefix(a.Val, "/media/"),
			a.Key == "rel" && a.Val != "nofollow ugc noopener", a.Key == "class" && a.Val != "mention":
			return fmt.Errorf("%s=%q", a.Key, a.Val)
		}
	}
	if n.Data == "a" {
		for p := n.Parent; p != nil; p = p.Parent {
			if p.Data == "a" {
				return fmt.Errorf("a link in a link")
			}
		}
	}
	return nil
}

func goodHref(v string) bool {
	lower := strings.ToLower(v)
	if strings.HasPrefix(lower, "http://") || strings.HasPrefix(lower, "https://") {
		u, err := url.Parse(v)
		return err == nil && u.Host != "" && u.User == nil
	}
	return strings.HasPrefix(lower, "mailto:") || v == "/" || len(v) > 1 && v[0] == '/' && v[1] != '/' && v[1] != '\\'
}

func FuzzRender(f *testing.F) {
	for _, seed := range []string{
		"<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>", "[a](javascript:alert(1))",
		"[a](java\nscript:alert(1))", "[a](&#x6A&#x61&#x76&#x61&#x73&#x63&#x72&#x69&#x70&#x74:alert(1))", "<javascript:alert(1)>",
		"![x](x\"onerror=\"alert(1))", "[a](data:text/html;base64,PHNjcmlwdD4=)", "[a]: javascript:alert(1)\n\n[a]", "<a href=//x>y",
		"[x](//evil.org)", "[x](/\\evil.org)", "[x](/&#92;evil)", "`<b>`", "    <iframe src=x>", "```\"><script>\n```", "<!--><script>-->",
		"<![CDATA[<script>]]>", "<?php ?>", "&lt;script&gt;", "\\<script>", "[![a](/media/1/b)](http://c.org)", "![a](/media/1/b.svg?x)",
		"<math><mi//xlink:href=\"data:x,<script>\">", "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">", "a|b\n-|-\n<td>|@anna",
		"[a <http://x.org> b](/y)", "**@anna** _@anna_ a@anna.org @anna@b.org", "www.x.org http://x.org/\"onmouseover=alert(1)", "1. a\n\n   - b\n> c",
		"&#8238;&#0;&#x80;", "[a](https://b.org@evil.org)", "99999999999. a", "# h\n===\n---", "~~a~~ ~b~",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, src string) {
		out, err := Render(src, generous)
		if err != nil {
			return
		}
		if err := faults(out.HTML); err != nil {
			t.Errorf("%v in\n%s\nfrom %q", err, out.HTML, src)
		}
		if n := utf8.RuneCountInString(out.Text); n > SummaryRunes || strings.ContainsAny(out.Text, "\n\t") {
			t.Errorf("summary of %d: %q", n, out.Text)
		}
		// What is stored is the normalised source: both must show the same.
		if again, err := Render(Normalize(src), generous); err != nil || again.HTML != out.HTML {
			t.Errorf("normalising changes what is shown: %v\n%s\n%s", err, out.HTML, again.HTML)
		}
	})
}

func TestTheIndependentListFindsFaults(t *testing.T) {
	for _, bad := range []string{
		"<script>x</script>", `<p onclick="x">`, `<a href="javascript:x">a</a>`, `<a href="//x">a</a>`, `<img src="https://x/y">`, "<h1>x</h1>",
		`<p style="x">`, `<a class="button" href="/x">a</a>`, "<!-- x -->", "<svg></svg>", "a\u202eb", `<a rel="x" href="/x">a</a>`,
	} {
		if faults(bad) == nil {
			t.Errorf("%s passes", bad)
		}
	}
}

package markup

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"dayroom/internal/core"
)

// generous allows everything that may be allowed.
var generous = Options{
	Links:  -1,
	Images: func(string) bool { return true },
	Mentions: func(handle string) (string, bool) {
		return "/m/" + handle, handle != "nobody" && handle != "anna_"
	},
}

func render(t *testing.T, src string) Rendered {
	t.Helper()
	out, err := Render(src, generous)
	if err != nil {
		t.Fatalf("Render(%.60q): %v", src, err)
	}
	return out
}

func TestMarkdownBecomesHTML(t *testing.T) {
	const rel = ` rel="nofollow ugc noopener"`
	cases := []struct{ name, src, want string }{
		{"emphasis", "*a* **b** ~~c~~ `d`", "<p><em>a</em> <strong>b</strong> <del>c</del> <code>d</code></p>"},
		{"a line break is kept", "5 mg morning\n10 mg evening", "<p>5 mg morning<br>\n10 mg evening</p>"},
		{"headings leave h1 and h2 to the page", "# a\n### b\n##### c", "<h3>a</h3>\n<h5>b</h5>\n<h6>c</h6>"},
		{"lists", "3. a\n4. b", "<ol start=\"3\">\n<li>a</li>\n<li>b</li>\n</ol>"},
		{"code loses its language class", "```go\n<b>\n```", "<pre><code>&lt;b&gt;\n</code></pre>"},
		{"a table", "a|b\n:-|-\n1|2", "<table>\n<thead>\n<tr>\n<th>a</th>\n<th>b</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>1</td>\n<td>2</td>\n</tr>\n</tbody>\n</table>"},
		{"a tag is text", "<b>x</b> <3", "<p>&lt;b&gt;x&lt;/b&gt; &lt;3</p>"},
		{"a block of tags is text", "<div>\n<script>alert(1)</script>\n</div>", "<p>&lt;div&gt;<br>\n&lt;script&gt;alert(1)&lt;/script&gt;<br>\n&lt;/div&gt;</p>"},
		{"a link", `[a](https://x.org/?q=1&r=2 "title")`, `<p><a href="https://x.org/?q=1&amp;r=2"` + rel + `>a</a></p>`},
		{"a bare link", "see https://x.org/a.", `<p>see <a href="https://x.org/a"` + rel + `>https://x.org/a</a>.</p>`},
		{"a site path", "[a](/t/5)", `<p><a href="/t/5"` + rel + `>a</a></p>`},
		{"a mail address", "a@b.org", `<p><a href="mailto:a@b.org"` + rel + `>a@b.org</a></p>`},
		{"an address in a link is not a second link", "[a <http://x.org> b](/y)", `<p><a href="/y"` + rel + `>a http://x.org b</a></p>`},
		{"an image of ours", "![A *rash*](/media/12/arm.jpg)", `<p><img src="/media/12/arm.jpg" alt="A rash"></p>`},
		{"an image from elsewhere is a link to it", "![A & B](https://x.org/a.png)", `<p><a href="https://x.org/a.png"` + rel + `>A &amp; B</a></p>`},
		{"an image from elsewhere without words", "![](https://x.org/a.png)", `<p><a href="https://x.org/a.png"` + rel + `>https://x.org/a.png</a></p>`},
		{"an image from elsewhere in a link", "[![A](https://x.org/a.png)](/y)", `<p><a href="/y"` + rel + `>A</a></p>`},
		{"an image that is no page", "![A](javascript:x) ![B](mailto:a@b.org) ![C](//x.org/a.png)", "<p>A B C</p>"},
		{"an image cannot climb", "![x](/media/../a)", "<p>x</p>"},
		{"a link in an image's label is no link", "![a [b](http://c.org) d](http://x.org/y.png)", `<p><a href="http://x.org/y.png"` + rel + `>a b d</a></p>`},
		{"a mention", "hi @Anna, @nobody", `<p>hi <a class="mention" href="/m/anna">@Anna</a>, @nobody</p>`},
		{"an emphasised mention", "_@anna_", `<p><em><a class="mention" href="/m/anna">@anna</a></em></p>`},
		{"underscores belong to a handle", "@a_b_c", `<p><a class="mention" href="/m/a_b_c">@a_b_c</a></p>`},
		{"no mention in a link", "[@anna](/x)", `<p><a href="/x"` + rel + `>@anna</a></p>`},
		{"no mention in code", "`@anna`", "<p><code>@anna</code></p>"},
		{"no mention when escaped", `\@anna`, "<p>@anna</p>"},
		{"no mention of another network", "@anna@x.org", "<p>@anna@x.org</p>"},
		{"no mention in a longer word", "@annaé", "<p>@annaé</p>"},
		{"too long for a handle", "@" + strings.Repeat("a", 25), "<p>@" + strings.Repeat("a", 25) + "</p>"},
		{"an entity cannot turn the writing", "a&#x202E;b&#8;c", "<p>abc</p>"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := render(t, c.src).HTML; got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestABadAddressLeavesOnlyItsWords(t *testing.T) {
	for _, address := range []string{
		"javascript:alert(1)", "JaVaScRiPt:alert(1)", "&#106;avascript:alert(1)", "java&#9;script:alert(1)", "data:text/html,x",
		"vbscript:x", "//evil.org", "\\\\evil.org", "relative", "#top", "?q", "ftp://x.org", "https:x.org",
		"http:///path", "https://bank.org@evil.org/", "mailto:", "file:///etc/passwd", "blob:https://x.org/1",
		"https://x.org/" + strings.Repeat("a", 2048),
	} {
		if got := render(t, "[words](<"+address+">)").HTML; got != "<p>words</p>" {
			t.Errorf("%q: %s", address, got)
		}
	}
}

func TestWhatWasFoundIsListed(t *testing.T) {
	out := render(t, "@bob @anna @bob [@carol](/x) https://a.org and https://a.org ![i](/media/1/a.png) ![i](/media/1/a.png) `@dave`")
	if want := []string{"bob", "anna"}; !reflect.DeepEqual(out.Mentions, want) {
		t.Errorf("mentions %v", out.Mentions)
	}
	if want := []string{"https://a.org", "https://a.org"}; !reflect.DeepEqual(out.Links, want) {
		t.Errorf("links %v", out.Links)
	}
	if want := []string{"/media/1/a.png"}; !reflect.DeepEqual(out.Media, want) {
		t.Errorf("media %v", out.Media)
	}
}

func TestTheZeroOptionsAllowNothingSpecial(t *testing.T) {
	out, err := Render("@anna ![i](/media/1/a.png) [a](/b)", Options{})
	if err != nil || strings.Contains(out.HTML, "<img") || strings.Contains(out.HTML, "mention") || !strings.Contains(out.HTML, `href="/b"`) {
		t.Errorf("%s %v", out.HTML, err)
	}
}

func TestAMentionMayNotLeadAnywhere(t *testing.T) {
	out, err := Render("@anna", Options{Mentions: func(string) (string, bool) { return "javascript:alert(1)", true }})
	if err != nil || out.HTML != "<p>@anna</p>" {
		t.Errorf("%s %v", out.HTML, err)
	}
}

func TestAHandleIsAskedForOnceAndOnlySomeAreAsked(t *testing.T) {
	asked := map[string]int{}
	var src strings.Builder
	for i := range 3 * MaxMentions {
		fmt.Fprintf(&src, "@name%d @name%d ", i, i)
	}
	_, err := Render(src.String(), Options{Mentions: func(h string) (string, bool) { asked[h]++; return "/m/" + h, true }})
	if err != nil || len(asked) != MaxMentions || asked["name0"] != 1 {
		t.Errorf("asked %d handles, name0 %d times, %v", len(asked), asked["name0"], err)
	}
}

func TestTheSummaryIsOneLineOfWords(t *testing.T) {
	if got := render(t, "# A\n\n- b\n- **c**d\n\n![an arm](/media/1/a.png) &amp; `e`\n\n1|2\n-|-\n3|4").Text; got != "A b cd an arm & e 1 2 3 4" {
		t.Errorf("%q", got)
	}
	long := render(t, strings.Repeat("wörter ", 200)).Text
	if n := utf8.RuneCountInString(long); n > SummaryRunes || n < SummaryRunes-30 || !strings.HasSuffix(long, "wörter…") {
		t.Errorf("%d %q", n, long)
	}
	if n := utf8.RuneCountInString(render(t, strings.Repeat("長", 5000)).Text); n != SummaryRunes {
		t.Errorf("%d", n)
	}
}

func TestWhatCannotBeUsedIsRefusedWithItsReason(t *testing.T) {
	two := Options{Links: 2}
	cases := []struct{ name, src, key string }{
		{"empty", "", "markup.empty"},
		{"white space", " \r\n\t ", "markup.empty"},
		{"nothing visible", "\u200b\u200d", "markup.empty"},
		{"an entity for nothing", "&#8203;", "markup.empty"},
		{"only a definition", "[a]: /x", "markup.empty"},
		{"only a rule", "---", "markup.empty"},
		{"too long", strings.Repeat("a", MaxBytes+1), "markup.too_long"},
		{"far too long", strings.Repeat("a", 10*MaxBytes), "markup.too_long"},
		{"no UTF-8", "a\xffb", "markup.bad_text"},
		{"NUL", "a\x00b", "markup.bad_text"},
		{"three links", "http://a.org http://b.org b@c.org", "markup.too_many_links"},
		{"the same link thrice", strings.Repeat("http://a.org ", 3), "markup.too_many_links"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := Render(c.src, two)
			var e *core.Error
			if !errors.As(err, &e) || e.Code != core.Invalid || e.Key != c.key {
				t.Errorf("%v", err)
			}
		})
	}
	if _, err := Render("http://a.org [b](http://b.org) [c](/c) [d](javascript:x)", two); err != nil {
		t.Errorf("two links out, one of the site and one that is none: %v", err)
	}
	if _, err := Render(strings.Repeat("a\r\n", MaxBytes/3), two); err != nil {
		t.Errorf("line ends of a browser do not count twice: %v", err)
	}
}

func BenchmarkRender(b *testing.B) {
	src := strings.Repeat("I have taken **it** for [two weeks](https://x.org/a), @anna.\n\n- morning: 5 mg\n- evening: 10 mg\n\n> is it safe?\n\n", 6)
	b.ReportAllocs()
	b.SetBytes(int64(len(src)))
	for b.Loop() {
		if _, err := Render(src, generous); err != nil {
			b.Fatal(err)
		}
	}
}

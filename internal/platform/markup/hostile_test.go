package markup

import (
	"fmt"
	"sort"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// hostile are texts that make a Markdown parser work hard, each for a size in bytes.
func hostile() map[string]func(n int) string {
	all := map[string]func(int) string{}
	for _, unit := range []string{
		"![(", "[", "![", "[(", "[a](", "![a](", "[](", "](", "]", "[a]", "[a][", "> ", ">", "> a\n>", "- ", "* ", "1. ", "1) ", "-\n", "- a\n",
		"> - ", ">>- ", "*", "**a", "*a", "*a_", "_a*", "~~a", "~a*", "`", "`a``", "<", "<a", "<!--", "<?", "&", "&amp;", "\\", "http://",
		"http://a.b ", "http://a.b(", "a.b@c.d ", "@", "@anna ", "@anna_", "|", "|-", "a|b\n-|-\n", "#", "# a\n", "```\n", "\t", "\n",
		"[a]: b\n", "[a\n", "*a **a ", "***a", "[a](<b", "[a](\"", "[a](b 'c", "[![", "![a](/media/1/a)", "![[](b)", "_a", "a_b", "é", "&#8203;",
	} {
		all[fmt.Sprintf("%q repeated", unit)] = func(n int) string { return strings.Repeat(unit, n/len(unit)) }
	}
	for _, pair := range [][2]string{{"[", "]"}, {"![", "]"}, {"[", "](a)"}, {"[a][", "]"}, {"*a", "a*"}, {"_a", "a_"}, {"~~a", "a~~"}, {"> ", "a\n"},
		{"- ", "a\n"}, {"![[]()", "]"}, {"[a]: b\n", "[a] "}, {"a**b", "c* "}, {"`a", "`"}} {
		all[fmt.Sprintf("%q then %q", pair[0], pair[1])] = func(n int) string {
			return strings.Repeat(pair[0], n/2/len(pair[0])) + strings.Repeat(pair[1], n/2/len(pair[1]))
		}
	}
	all["lists as stairs"] = stairs("  ", "- a")
	all["numbers as stairs"] = stairs("   ", "1. a")
	all["quotes as stairs"] = stairs(">", "> a")
	all["a wide and long table"] = func(n int) string {
		return strings.Repeat("a|", n/8) + "\n" + strings.Repeat("-|", n/8) + "\n" + strings.Repeat("b\n", n/4)
	}
	all["many tables"] = func(n int) string {
		return strings.Repeat(strings.Repeat("a|", 20)+"\n"+strings.Repeat("-|", 20)+"\n"+strings.Repeat("b\n", 200)+"\n", n/480)
	}
	all["one long address linked often"] = func(n int) string {
		return "[a]: /" + strings.Repeat("x", min(n/2, 2000)) + "\n\n" + strings.Repeat("[a] ", n/8)
	}
	all["code marks of every length"] = func(n int) string {
		var b strings.Builder
		for i := 1; b.Len() < n-i; i++ {
			b.WriteString("e" + strings.Repeat("`", i))
		}
		return b.String()
	}
	return all
}

func stairs(indent, item string) func(int) string {
	return func(n int) string {
		var b strings.Builder
		for i := 0; b.Len()+len(indent)*i+len(item) < n; i++ {
			b.WriteString(strings.Repeat(indent, i) + item + "\n")
		}
		return b.String()
	}
}

// TestHostileTextIsRefusedOrStaysSmall counts instead of timing: what is not refused may not blow up, neither in output nor in
// depth, and allocations grow with the size and not with its square. The work that neither shows (looking ahead from every
// bracket and mark) is bounded by the counts of tangled: MaxTargets * MaxBytes and MaxMarks * MaxMarks / 2 steps.
func TestHostileTextIsRefusedOrStaysSmall(t *testing.T) {
	for name, make := range hostile() {
		t.Run(name, func(t *testing.T) {
			big := make(MaxBytes)
			out, err := Render(big, generous)
			if err != nil {
				return // refused, with one of the reasons that other tests check
			}
			if limit := 12*len(big) + 4*MaxAddressBytes; len(out.HTML) > limit {
				t.Errorf("%d bytes of HTML from %d", len(out.HTML), len(big))
			}
			if depth := htmlDepth(out.HTML); depth > MaxDepth {
				t.Errorf("%d elements deep", depth)
			}
			small := make(MaxBytes / 4)
			count := func(src string) float64 {
				return testing.AllocsPerRun(1, func() { _, _ = Render(src, generous) })
			}
			if few, many := count(small), count(big); many > 7*few+2000 {
				t.Errorf("%.0f allocations for 4 KB and %.0f for 16 KB", few, many)
			}
		})
	}
}

func TestDeepNestingBecomesText(t *testing.T) {
	for _, src := range []string{strings.Repeat(">", 100) + " a", strings.Repeat("> - ", 100) + "a", strings.Repeat("+ ", 100) + "a"} {
		out := render(t, src)
		if n := strings.Count(out.HTML, "<blockquote>") + strings.Count(out.HTML, "<ul>"); n != MaxNesting {
			t.Errorf("%d levels of %.10q", n, src)
		}
	}
}

func TestTablesAreBounded(t *testing.T) {
	row := func(cell string, n int) string { return strings.Repeat(cell+"|", n) + "\n" }
	if out := render(t, row("a", MaxColumns)+row("-", MaxColumns)+row("b", MaxColumns)); !strings.Contains(out.HTML, "<td>") {
		t.Error("a table of the greatest width is a table")
	}
	if out := render(t, row("a", MaxColumns+2)+row("-", MaxColumns+2)); strings.Contains(out.HTML, "<table>") {
		t.Error("a wider one is text")
	}
	out := render(t, strings.Repeat("a|b\n-|-\n"+strings.Repeat("c\n", 500)+"\n", 4))
	if n := strings.Count(out.HTML, "<table>"); n != 2 {
		t.Errorf("%d tables of 1,004 cells fit", n)
	}
}

func TestTangledTextIsRefused(t *testing.T) {
	for name, src := range map[string]string{
		"brackets":    strings.Repeat("[ ", MaxBrackets+1),
		"targets":     strings.Repeat("a](b) ", MaxTargets+1),
		"marks":       strings.Repeat("a*b_", MaxMarks/2+1),
		"depth":       strings.Repeat("*a **b ", 60) + strings.Repeat("b** a*", 60),
		"repetitions": "[a]: /" + strings.Repeat("x", 2000) + "\n\n" + strings.Repeat("[a] ", 100),
	} {
		if _, err := Render(src, generous); err == nil || !strings.Contains(err.Error(), "markup.too_complex") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func htmlDepth(s string) (deepest int) {
	depth := 0
	void := map[string]bool{"br": true, "hr": true, "img": true}
	for tokens := html.NewTokenizer(strings.NewReader(s)); ; {
		switch tokens.Next() {
		case html.ErrorToken:
			return deepest
		case html.StartTagToken:
			if name, _ := tokens.TagName(); !void[string(name)] {
				depth++
			}
		case html.EndTagToken:
			depth--
		}
		deepest = max(deepest, depth)
	}
}

// BenchmarkHostile shows the worst patterns in time; the names sort so that a change is easy to see.
func BenchmarkHostile(b *testing.B) {
	all := hostile()
	names := make([]string, 0, len(all))
	for name := range all {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		src := all[name](MaxBytes)
		b.Run(strings.ReplaceAll(name, "/", ":"), func(b *testing.B) {
			for b.Loop() {
				_, _ = Render(src, generous)
			}
		})
	}
}

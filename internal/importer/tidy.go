package importer

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"dayroom/internal/platform/markup"
)

// A text that was taken off a page without its marks has lost its paragraphs and lists, and yet not quite: a run of spaces or a
// line break stands where a paragraph ended, a dash where an item of a list began. tidy finds them again and writes Markdown.
// It changes white space and adds marks; words it only takes out where the page had a list twice.

// block is a paragraph, or one item of a list.
type block struct {
	text string
	item bool
	head bool // a few words alone between paragraphs: a heading
}

// gap is what may end a paragraph. A single space before a dash that two spaces follow, or after a full stop or colon, begins an
// item as well.
var (
	gap    = regexp.MustCompile(`[ \t\r]*\n\s*|\s{2,}`)
	opened = regexp.MustCompile(`([.:!?)]|^) ?- +|\s- {2,}`)
)

// tidy makes Markdown from a text without marks. Every character that would be a mark is escaped.
func tidy(text string) string {
	text = strings.TrimSpace(markup.Normalize(text))
	blocks := phenotypes(text)
	if blocks == nil {
		blocks = split(text)
	}
	blocks = withoutEchoes(blocks)
	markHeads(blocks)
	return write(blocks)
}

// split cuts at the gaps that end something. Each piece knows whether a dash stood before it.
func split(text string) (out []block) {
	text = opened.ReplaceAllStringFunc(text, func(m string) string {
		mark := strings.TrimRight(m, " -")
		return mark + "\n- "
	})
	last := 0
	var pending string // the gap before the piece
	add := func(piece string) {
		rest, item := strings.CutPrefix(strings.TrimSpace(piece)+" ", "- ")
		if rest = strings.TrimSpace(rest); rest == "" || rest == "-" {
			return
		}
		if n := len(out); n > 0 && !item && goesOn(out[n-1].text, rest, pending) {
			out[n-1].text += " " + rest
			return
		}
		out = append(out, block{text: rest, item: item})
	}
	for _, at := range gap.FindAllStringIndex(text, -1) {
		add(text[last:at[0]])
		pending, last = text[at[0]:at[1]], at[1]
	}
	add(text[last:])
	return out
}

// goesOn tells whether a piece belongs to the sentence before it: nothing ended there, and it begins like the middle of one.
func goesOn(before, piece, gap string) bool {
	end, _ := utf8.DecodeLastRuneInString(before)
	begin, _ := utf8.DecodeRuneInString(piece)
	if strings.ContainsRune(".,;:)]", begin) {
		return true
	}
	if strings.ContainsRune(".!?:", end) {
		return false
	}
	wide := strings.Contains(gap, "\n") || len(gap) > 2
	return unicode.IsLower(begin) || !wide && end != ')' && end != '"'
}

// withoutEchoes takes out the words of a list that stand once more after it, run together: some pages gave every list twice.
func withoutEchoes(blocks []block) (out []block) {
	var list []string
	for _, b := range blocks {
		if b.item {
			list = append(list, b.text)
			out = append(out, b)
			continue
		}
		if len(list) > 1 {
			if rest, echo := strings.CutPrefix(b.text, strings.Join(list, " ")); echo {
				b.text = strings.TrimSpace(rest)
			}
		}
		if list = nil; b.text != "" {
			out = append(out, b)
		}
	}
	return out
}

const (
	longestHead = 60  // characters of a heading
	longestItem = 140 // characters of a line that is an item without a dash
)

// markHeads finds headings, and lists without dashes: short pieces without a full stop, after a colon or between paragraphs.
func markHeads(blocks []block) {
	listing := false
	for i := range blocks {
		b := &blocks[i]
		end, _ := utf8.DecodeLastRuneInString(b.text)
		short := !strings.ContainsRune(".!?:;,", end)
		switch {
		case b.item:
			listing = false
		case listing && short && utf8.RuneCountInString(b.text) <= longestItem:
			b.item = true
		default:
			listing = end == ':'
			b.head = short && i+1 < len(blocks) && isHead(b.text, blocks[i+1].item)
		}
	}
}

var smallWords = map[string]bool{"a": true, "an": true, "and": true, "for": true, "in": true, "of": true, "or": true, "the": true, "to": true, "with": true}

// isHead tells whether a short piece reads like a heading: it begins with a capital. Before a list it could as well be the
// beginning of a sentence ("Symptoms are"), so there every
// word has to have one, but for the small ones.
func isHead(text string, beforeItem bool) bool {
	words := strings.Fields(text)
	if !beforeItem {
		words = words[:1]
	}
	for i, w := range words {
		if begin, _ := utf8.DecodeRuneInString(w); (i == 0 || !smallWords[w]) && !unicode.IsUpper(begin) {
			return false
		}
	}
	return utf8.RuneCountInString(text) <= longestHead
}

func write(blocks []block) string {
	var b strings.Builder
	for i, bl := range blocks {
		if i > 0 {
			b.WriteString("\n")
			if !bl.item || !blocks[i-1].item {
				b.WriteString("\n")
			}
		}
		text := escape(bl.text)
		switch {
		case bl.item:
			b.WriteString("- " + text)
		case bl.head:
			b.WriteString("**" + text + "**")
		default:
			b.WriteString(text)
		}
	}
	return b.String()
}

// The pages of one institute end in a table of signs and how often each is seen, which became one line.
const (
	tableHead = "Signs and Symptoms Approximate number of patients (when available) "
	tableEnd  = "The Human Phenotype Ontology (HPO) has collected"
)

var sign = regexp.MustCompile(`(\S.*?) (-|\d+(?:\.\d+)?%|\d+/\d+)(?: |$)`)

// phenotypes makes a list of such a table; nil where there is none.
func phenotypes(text string) []block {
	before, rest, there := strings.Cut(text, tableHead)
	if !there {
		return nil
	}
	table, after := rest, ""
	if at := strings.Index(rest, tableEnd); at >= 0 {
		table, after = rest[:at], rest[at:]
	}
	out := append(split(before), block{text: "Signs and symptoms, and about how many patients have each:"})
	last := 0
	for _, m := range sign.FindAllStringSubmatchIndex(table, -1) {
		name, often := table[m[2]:m[3]], table[m[4]:m[5]]
		if often != "-" {
			name += ": " + often
		}
		out, last = append(out, block{text: name, item: true}), m[1]
	}
	if left := strings.TrimSpace(table[last:]); left != "" { // where the file cuts it off
		out = append(out, block{text: left, item: true})
	}
	return append(out, split(after)...)
}

// escape writes a text so that Markdown shows it as it is.
func escape(text string) string {
	var b strings.Builder
	b.Grow(len(text) + 16)
	if lineMark.MatchString(text) { // "1." or "-" or "#" would begin a list or a heading
		at := lineMark.FindStringSubmatchIndex(text)
		b.WriteString(text[:at[2]])
		b.WriteByte('\\')
		text = text[at[2]:]
		b.WriteByte(text[0])
		text = text[1:]
	}
	for _, c := range text {
		if c < utf8.RuneSelf && strings.ContainsRune("\\`*_[]<>~|&", c) {
			b.WriteByte('\\')
		}
		b.WriteRune(c)
	}
	return b.String()
}

var lineMark = regexp.MustCompile(`^\d{0,9}([-+#=.)])`)

// cutText cuts Markdown that is too long for one post: between paragraphs, else between lines, words or characters.
func cutText(text string, limit int) (parts []string) {
	for len(text) > limit {
		head := text[:limit]
		for !utf8.RuneStart(text[len(head)]) {
			head = head[:len(head)-1]
		}
		for _, between := range []string{"\n\n", "\n", " "} {
			if at := strings.LastIndex(head, between); at > limit/4 {
				head = head[:at]
				break
			}
		}
		if n := len(head) - len(strings.TrimRight(head, `\`)); n%2 == 1 { // not between a backslash and what it escapes
			head = head[:len(head)-1]
		}
		parts = append(parts, strings.TrimSpace(head))
		text = strings.TrimSpace(text[len(head):])
	}
	if text != "" {
		parts = append(parts, text)
	}
	return parts
}

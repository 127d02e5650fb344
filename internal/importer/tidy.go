package importer

import (
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

// split cuts at the gaps: line breaks, and two spaces or more. An item of a list begins at a dash after a gap, at one after the end
// of a sentence, and at one that two spaces follow. It is written by hand because regular expressions took half of an import's time.
func split(text string) (out []block) {
	begin, item, wide := 0, false, false // of the piece that is being read, and of the gap before it
	add := func(end int) {
		piece := strings.TrimSpace(text[begin:end])
		if piece == "" {
			return
		}
		if n := len(out); n > 0 && !item && goesOn(out[n-1].text, piece, wide) {
			out[n-1].text += " " + piece
			return
		}
		out = append(out, block{text: piece, item: item})
	}
	if after, dash := afterDash(text, 0); dash {
		begin, item = after, true
	}
	for i := begin; i < len(text); {
		if !isSpace(text[i]) {
			i++
			continue
		}
		next, breaks := afterSpace(text, i)
		width := next - i
		after, dash := afterDash(text, next)
		isGap := breaks || width >= 2
		isItem := dash && (isGap || i > 0 && strings.IndexByte(".:!?)", text[i-1]) >= 0 || after-next > 2)
		if isGap || isItem {
			add(i)
			begin, item, wide = next, isItem, breaks || width > 2
			if isItem {
				begin, next = after, after
			}
		}
		i = next
	}
	add(len(text))
	return out
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' }

// afterSpace gives where the white space at i ends, and whether a line ends in it.
func afterSpace(text string, i int) (end int, breaks bool) {
	for ; i < len(text) && isSpace(text[i]); i++ {
		breaks = breaks || text[i] == '\n'
	}
	return i, breaks
}

// afterDash gives where the text after a dash at i begins; dash is false where there is none, or no white space after it.
func afterDash(text string, i int) (after int, dash bool) {
	if i+1 >= len(text) || text[i] != '-' || !isSpace(text[i+1]) {
		return i, false
	}
	after, _ = afterSpace(text, i+1)
	return after, true
}

// goesOn tells whether a piece belongs to the sentence before it: nothing ended there, and it begins like the middle of one.
// wide tells a gap of more than two spaces.
func goesOn(before, piece string, wide bool) bool {
	end, _ := utf8.DecodeLastRuneInString(before)
	begin, _ := utf8.DecodeRuneInString(piece)
	if strings.ContainsRune(".,;:)]", begin) {
		return true
	}
	if strings.ContainsRune(".!?:", end) {
		return false
	}
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
	var name []string
	for _, word := range strings.Fields(table) {
		if !isFrequency(word) || len(name) == 0 {
			name = append(name, word)
			continue
		}
		text := strings.Join(name, " ")
		if word != "-" {
			text += ": " + word
		}
		out, name = append(out, block{text: text, item: true}), nil
	}
	if len(name) > 0 { // where the file cuts it off
		out = append(out, block{text: strings.Join(name, " "), item: true})
	}
	return append(out, split(after)...)
}

// isFrequency tells the end of a row in the table: a dash, a share such as 7.5%, or how many of how many, such as 2/6.
func isFrequency(word string) bool {
	if word == "-" {
		return true
	}
	digits := strings.Trim(word, "0123456789")
	return word[0] >= '0' && word[0] <= '9' && (digits == "/" || digits == "%" || strings.HasPrefix(digits, ".") && strings.HasSuffix(digits, "%"))
}

// escape writes a text so that Markdown shows it as it is.
func escape(text string) string {
	var b strings.Builder
	b.Grow(len(text) + 16)
	if at := lineMark(text); at >= 0 {
		b.WriteString(text[:at])
		b.WriteByte('\\')
		b.WriteByte(text[at])
		text = text[at+1:]
	}
	for _, c := range text {
		if c < utf8.RuneSelf && strings.ContainsRune("\\`*_[]<>~|&", c) {
			b.WriteByte('\\')
		}
		b.WriteRune(c)
	}
	return b.String()
}

// lineMark gives where the mark is that would make a text a list or a heading, as in "1." or "-" or "#"; -1 where there is none.
func lineMark(text string) int {
	rest := strings.TrimLeft(text, "0123456789")
	if at := len(text) - len(rest); rest != "" && at < 10 && strings.IndexByte("-+#=.)", rest[0]) >= 0 {
		return at
	}
	return -1
}

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

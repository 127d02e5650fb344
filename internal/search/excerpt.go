package search

import (
	"html"
	"strings"
	"unicode/utf8"
)

// excerptRunes is about how long an excerpt is: three lines of a phone.
const excerptRunes = 220

// excerptMarks is among how many of the words that were found, from the beginning on, an excerpt is chosen.
const excerptMarks = 16

// lead is how much of an excerpt stands before the first word that was found.
const lead = 60

// Piece is a part of a text. Marked ones are what was looked for.
type Piece struct {
	Text string
	Mark bool
}

// wanted are the words to mark.
type wanted struct {
	words      map[string]bool
	beginnings []string
	first      [256]bool // with which bytes they begin: most words of a text are told apart by that
}

func (w *wanted) word(token string) {
	w.words[token] = true
	w.first[token[0]] = true
}

func (w *wanted) beginning(token string) {
	w.beginnings = append(w.beginnings, token)
	w.first[token[0]] = true
}

func (w *wanted) has(word Word) bool {
	if !w.first[word.Token[0]] && (word.Also == "" || !w.first[word.Also[0]]) {
		return false
	}
	if w.words[word.Token] || word.Also != "" && w.words[word.Also] {
		return true
	}
	for _, b := range w.beginnings {
		if strings.HasPrefix(word.Token, b) {
			return true
		}
	}
	return false
}

// span is a stretch of a text, in bytes.
type span struct{ start, end int }

// found gives the stretches to mark, at most so many. A compound is marked whole, and neighbouring pairs become one.
func (w *wanted) found(text string, most int) (out []span) {
	begin, marked, end := 0, false, 0
	flush := func() {
		if marked {
			out = append(out, span{begin, end})
		}
		marked = false
	}
	paired := false
	wordsFrom(text, &w.first, func(word Word) bool {
		r, _ := utf8.DecodeRuneInString(word.Token)
		pairs := classOf(r) == pair
		if !word.Glued || pairs || paired {
			if hit := w.has(word); !(hit && marked && pairs && word.Start <= end) {
				flush()
				begin = word.Start
			}
		}
		paired = pairs
		if w.has(word) {
			marked = true
		}
		end = word.End
		return len(out) < most
	})
	flush()
	return out
}

// all cuts a whole text into pieces.
func (w *wanted) all(text string) []Piece { return cutPieces(text, 0, len(text), w.found(text, 50)) }

// excerpt takes the part of a text with most of the words, with an ellipsis where something is left out.
func (w *wanted) excerpt(text string) []Piece {
	marks := w.found(text, excerptMarks)
	from, to := window(text, marks)
	out := cutPieces(text, from, to, marks)
	if from > 0 {
		out = append([]Piece{{Text: "… "}}, out...)
	}
	if to < len(text) {
		out = append(out, Piece{Text: " …"})
	}
	return out
}

// window chooses the part: the one that begins a little before a marked word and holds most of them.
func window(text string, marks []span) (from, to int) {
	best, most := 0, 0
	for i := range marks {
		n := 0
		for _, m := range marks[i:] {
			if m.end-marks[i].start > excerptRunes-lead {
				break
			}
			n++
		}
		if n > most {
			best, most = i, n
		}
	}
	if len(marks) > 0 && marks[best].start > lead*2 {
		from = back(text, marks[best].start, lead)
	}
	to = forward(text, from, excerptRunes)
	return from, to
}

// back goes so many characters back and then on to the beginning of a word, where one is near.
func back(text string, at, runes int) int {
	for ; runes > 0 && at > 0; runes-- {
		_, size := utf8.DecodeLastRuneInString(text[:at])
		at -= size
	}
	if i := strings.IndexByte(text[at:], ' '); i >= 0 && i < 30 {
		return at + i + 1
	}
	return at
}

// forward goes so many characters on and then back to the end of a word, where one is near.
func forward(text string, at, runes int) int {
	for ; runes > 0 && at < len(text); runes-- {
		_, size := utf8.DecodeRuneInString(text[at:])
		at += size
	}
	if at < len(text) {
		if i := strings.LastIndexByte(text[:at], ' '); i > at-30 && i > 0 {
			return i
		}
	}
	return at
}

func cutPieces(text string, from, to int, marks []span) (out []Piece) {
	at := from
	for _, m := range marks {
		if m.end <= from || m.start >= to {
			continue
		}
		start, end := max(m.start, at), min(m.end, to) // pairs of a script without spaces may overlap
		if end <= start {
			continue
		}
		if start > at {
			out = append(out, Piece{Text: text[at:start]})
		}
		out = append(out, Piece{Text: text[start:end], Mark: true})
		at = end
	}
	if at < to {
		out = append(out, Piece{Text: text[at:to]})
	}
	return out
}

// plain takes the words out of HTML that markup has made: no comment, no script, each < begins a tag.
func plain(safe string) string {
	var b strings.Builder
	b.Grow(len(safe))
	space := true // one space at most, none at the beginning
	write := func(text string) {
		for at := 0; at < len(text); { // word by word
			end := at
			for end < len(text) && text[end] != ' ' && text[end] != '\n' && text[end] != '\t' {
				end++
			}
			if end > at {
				b.WriteString(text[at:end])
				space = false
			}
			if end < len(text) && !space {
				b.WriteByte(' ')
				space = true
			}
			at = end + 1
		}
	}
	for safe != "" {
		i := strings.IndexByte(safe, '<')
		if i < 0 {
			i = len(safe)
		}
		text := safe[:i]
		if strings.IndexByte(text, '&') >= 0 {
			text = html.UnescapeString(text)
		}
		write(text)
		safe = safe[i:]
		end := strings.IndexByte(safe, '>')
		if end < 0 {
			break
		}
		if !inline[tagName(safe[:end])] {
			write(" ")
		}
		safe = safe[end+1:]
	}
	return strings.TrimRight(b.String(), " ")
}

// inline are the elements that do not part words.
var inline = map[string]bool{"a": true, "em": true, "strong": true, "del": true, "code": true}

func tagName(tag string) string {
	name := strings.TrimPrefix(tag[1:], "/")
	if i := strings.IndexAny(name, " /"); i >= 0 {
		name = name[:i]
	}
	return name
}

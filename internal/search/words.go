package search

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxToken is how many characters of a word are looked at: what is longer is an address or a key on which somebody slept.
const maxToken = 40

// Word is a piece of a text as the index knows it, and where in the text it stands.
type Word struct {
	Token      string
	Start, End int    // bytes of the text
	Glued      bool   // belongs to the piece before: "ray" of "x-ray", "12" of "B12", each pair of a run without spaces
	Also       string // another form under which it is found: "xray" at the "ray" of "x-ray", "parkinsons" at "Parkinson's"
}

// class is what a character is to a text.
type class byte

const (
	between class = iota // parts words
	letter
	figure
	pair       // of a script that writes no spaces
	mark       // belongs to the character before
	apostrophe // inside of a word only
	joiner     // between parts of a compound
)

func classOf(r rune) class {
	if r >= 0 && r < utf8.RuneSelf {
		return plainClass[r]
	}
	switch {
	case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar) && !unicode.Is(unicode.Nd, r),
		r == 'ー', r == '々':
		if unicode.IsLetter(r) || unicode.IsMark(r) {
			return pair
		}
		return between
	case unicode.IsMark(r), r == 0x200C, r == 0x200D, r == 0x0640, r == 0x00AD:
		return mark
	case unicode.IsLetter(r):
		return letter
	case unicode.Is(unicode.Nd, r):
		return figure
	case r == '’', r == 'ʼ', r == '‘', r == '´':
		return apostrophe
	case r == '‐', r == '‑':
		return joiner
	}
	return between
}

// plainClass are the classes of ASCII, which most texts are made of.
var plainClass = func() (out [utf8.RuneSelf]class) {
	for r := range out {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z':
			out[r] = letter
		case r >= '0' && r <= '9':
			out[r] = figure
		case r == '\'':
			out[r] = apostrophe
		case r == '-', r == '.', r == '/', r == '_', r == '@':
			out[r] = joiner
		}
	}
	return out
}()

// Words takes a text apart and gives each piece to emit, until that says no. The same text gives the same pieces always: index and
// query rest on it.
func Words(text string, emit func(Word) bool) { wordsFrom(text, nil, emit) }

// wordsFrom is Words for somebody who looks for tokens that begin with certain bytes: the token of any other word may come as it stands in
// the text, which is less work.
func wordsFrom(text string, first *[256]bool, emit func(Word) bool) {
	w := walker{text: text, first: first, emit: emit}
	for w.at < len(text) && !w.done {
		c, after := w.peek(w.at)
		switch c {
		case letter, figure:
			w.word()
		case pair:
			w.run()
		default:
			w.at = after
			w.glue = false
		}
	}
}

type walker struct {
	text string
	at   int
	glue bool   // the next piece belongs to the one before
	last string // the letters that a joiner ties to what follows
	done bool

	first *[256]bool
	emit  func(Word) bool
}

func (w *walker) put(word Word) {
	if word.Token == "" || w.done {
		return
	}
	word.Glued = w.glue
	w.done = !w.emit(word)
	w.glue = true
}

// peek gives the class of the character at a place, and what follows it.
func (w *walker) peek(at int) (class, int) {
	if at >= len(w.text) {
		return between, at
	}
	if c := w.text[at]; c < utf8.RuneSelf {
		return plainClass[c], at + 1
	}
	r, size := utf8.DecodeRuneInString(w.text[at:])
	return classOf(r), at + size
}

// word takes letters, or figures, with the marks and apostrophes among them.
func (w *walker) word() {
	start := w.at
	kind, end := w.peek(start)
	for end < len(w.text) && w.text[end] < utf8.RuneSelf && plainClass[w.text[end]] == kind {
		end++
	}
	bare := -1 // where the last apostrophe stands that is taken out
	for {
		c, after := w.peek(end)
		if c == apostrophe && kind == letter {
			if following, _ := w.peek(after); following == letter && !elided(w.text[start:end]) {
				bare, end = end, after
				continue
			}
		}
		if c != mark && c != kind {
			break
		}
		end = after
	}
	w.at = end
	word := Word{Token: w.text[start:end], Start: start, End: end}
	if bare >= 0 {
		word = possessive(word, bare-start)
	}
	if c := word.Token[0] | 0x20; w.first == nil || kind != letter || c >= utf8.RuneSelf || w.first[c] || word.Also != "" {
		word.Token = short(word.Token)
	}
	if word.Also != "" {
		word.Also = short(word.Also)
	}
	if kind == letter && w.last != "" && w.glue {
		word.Also = w.last + word.Token
	}
	w.put(word)
	w.tie()
	w.last = ""
	if kind == letter && w.glue {
		w.last = word.Token
	}
}

// elided tells that what stands before an apostrophe is a word of its own: l'hôpital, d'água, qu'on.
func elided(before string) bool {
	return before != "i" && before != "I" && len(before) == 1 || strings.EqualFold(before, "qu")
}

// possessive takes the apostrophe out of can't, and the 's off Parkinson's, which is found with and without it.
func possessive(w Word, at int) Word {
	text := w.Token
	w.Token = without(text)
	if tail := text[at:]; strings.HasSuffix(tail, "s") && utf8.RuneCountInString(tail) == 2 && at >= 4 {
		w.Token, w.Also = without(text[:at]), w.Token
	}
	return w
}

func short(word string) string {
	if len(word) > maxToken {
		word = cutRunes(word, maxToken)
	}
	return fold(word)
}

// tie looks whether what follows belongs to the same compound.
func (w *walker) tie() {
	c, after := w.peek(w.at)
	switch c {
	case letter, figure, pair:
		w.glue = true
	case joiner, apostrophe:
		following, _ := w.peek(after)
		w.glue = following == letter || following == figure || following == pair
		w.at = after
	default:
		w.glue = false
	}
}

func without(s string) string {
	out := make([]rune, 0, len(s))
	for _, r := range s {
		if classOf(r) != apostrophe {
			out = append(out, r)
		}
	}
	return string(out)
}

func cutRunes(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}

// run takes a run of a script without spaces and gives its overlapping pairs, or its only character.
func (w *walker) run() {
	var at []int // where each character begins
	end := w.at
	for c, after := w.peek(end); c == pair || c == mark && len(at) > 0; c, after = w.peek(end) {
		at = append(at, end)
		end = after
	}
	at = append(at, end)
	if len(at) == 2 {
		w.put(Word{Token: fold(w.text[at[0]:at[1]]), Start: at[0], End: at[1]})
	}
	for i := 0; i+2 < len(at) && !w.done; i++ {
		w.put(Word{Token: fold(w.text[at[i]:at[i+2]]), Start: at[i], End: at[i+2]})
	}
	w.at, w.last = end, ""
	w.tie()
}

// tokensOf gives the tokens of a text, at most so many.
func tokensOf(text string, most int) (out []string) {
	Words(text, func(w Word) bool {
		out = append(out, w.Token)
		return len(out) < most
	})
	return out
}

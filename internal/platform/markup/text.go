package markup

import (
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/text/unicode/norm"
)

// SummaryRunes is about how many characters Rendered.Text holds: three lines of a list on a phone.
const SummaryRunes = 280

// Normalize makes a text fit to be stored: Unicode form NFC, so that equal words are equal bytes; lines end in LF; control
// characters other than LF and TAB are gone, and so are the characters that turn the direction of writing for what follows
// (U+202A to U+202E, U+2066 to U+2069), which serve to show one thing and say another. Bytes that are no UTF-8 become
// U+FFFD. Normalising twice changes nothing.
func Normalize(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	s = strings.ReplaceAll(s, "\r\n", "\n")
	s = strings.ReplaceAll(s, "\r", "\n")
	return norm.NFC.String(strip(s))
}

// Line makes a text of one line: as Normalize, with every run of white space folded to one space and none at the ends.
func Line(s string) string { return strings.Join(strings.Fields(Normalize(s)), " ") }

// strip removes characters that are never shown and may deceive.
func strip(s string) string {
	if !strings.ContainsFunc(s, deceives) {
		return s
	}
	return strings.Map(func(r rune) rune {
		if deceives(r) {
			return -1
		}
		return r
	}, s)
}

func deceives(r rune) bool {
	switch {
	case r == '\n' || r == '\t':
		return false
	case unicode.IsControl(r), r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069, r == 0xFEFF:
		return true
	}
	return false
}

// visible tells whether there is anything to see: a letter, a figure, a sign, an emoji.
func visible(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.IsGraphic(r) && !unicode.IsSpace(r) })
}

// Summary takes the words that a reader of the HTML sees first, in one line, cut between words where there are any.
func Summary(safe string) string {
	var b strings.Builder
	tokens := html.NewTokenizer(strings.NewReader(safe))
	for b.Len() < SummaryRunes*8 { // 4 bytes a character at most, and white space that folds
		switch tokens.Next() {
		case html.ErrorToken:
			return cut(b.String())
		case html.TextToken:
			b.Write(tokens.Text())
		case html.StartTagToken, html.SelfClosingTagToken, html.EndTagToken:
			token := tokens.Token()
			if token.Data == "img" {
				b.WriteString(" " + attribute(token, "alt") + " ")
			} else if !inline[token.Data] {
				b.WriteByte(' ')
			}
		}
	}
	return cut(b.String())
}

// inline are the elements that do not part words.
var inline = map[string]bool{"a": true, "em": true, "strong": true, "del": true, "code": true}

func attribute(token html.Token, name string) string {
	for _, a := range token.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// cut folds white space and shortens to SummaryRunes characters, with an ellipsis for the rest.
func cut(s string) string {
	runes := []rune(strings.Join(strings.Fields(s), " "))
	if len(runes) <= SummaryRunes {
		return string(runes)
	}
	end := SummaryRunes - 1
	// Looking back 30 characters finds a space in languages that write them and does not empty a long word.
	for back := 0; back < 30; back++ {
		if runes[end-back] == ' ' {
			end -= back
			break
		}
	}
	return strings.TrimRight(string(runes[:end]), " ") + "…"
}

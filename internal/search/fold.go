package search

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// fold brings a word into the form in which words are compared: small letters without accents, one form for letters that are
// written in several ways, digits of every script as ours. Only letters, the marks that belong to them, and digits stay.
func fold(word string) string {
	if isPlain(word) {
		return strings.ToLower(word)
	}
	var b strings.Builder
	b.Grow(len(word))
	for _, r := range norm.NFKD.String(word) {
		if accent(r) {
			continue
		}
		r = unicode.ToLower(r)
		if s, ok := alike[r]; ok {
			b.WriteString(s)
			continue
		}
		switch {
		case unicode.Is(unicode.Nd, r):
			b.WriteByte('0' + digit(r))
		case unicode.IsLetter(r), unicode.IsMark(r):
			b.WriteRune(r)
		}
	}
	return norm.NFC.String(b.String()) // syllables that were taken apart (Hangul, kana) are whole again
}

func isPlain(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// accent tells which marks are left out: those that many people do not type. Signs of vowels in the scripts of South and
// South-East Asia are letters to their readers and stay; so do the marks that make another kana.
func accent(r rune) bool {
	switch {
	case r >= 0x0300 && r <= 0x036F, // Latin, Greek, Cyrillic
		r >= 0x0483 && r <= 0x0487,
		r >= 0x0591 && r <= 0x05C7,                                          // Hebrew points
		r >= 0x0610 && r <= 0x061A, r >= 0x064B && r <= 0x065F, r == 0x0670, // Arabic vowel signs
		r >= 0x06D6 && r <= 0x06ED, r == 0x0640, // and the stroke that only makes a word longer
		r >= 0x1AB0 && r <= 0x1AFF, r >= 0x1DC0 && r <= 0x1DFF, r >= 0x20D0 && r <= 0x20FF, r >= 0xFE00 && r <= 0xFE0F,
		r == 0x200C, r == 0x200D: // joiners that change only the shape
		return unicode.IsMark(r) || r == 0x0640 || r == 0x200C || r == 0x200D
	}
	return false
}

// alike are letters that people write for one another, and that have no common form in Unicode.
var alike = map[rune]string{
	'ß': "ss", 'æ': "ae", 'œ': "oe", 'ø': "o", 'đ': "d", 'ð': "d", 'þ': "th", 'ł': "l", 'ħ': "h", 'ı': "i", 'ŋ': "n", 'ſ': "s",
	'ς': "σ", 'ё': "е",
	'أ': "ا", 'إ': "ا", 'آ': "ا", 'ٱ': "ا", 'ى': "ي", 'ئ': "ي", 'ؤ': "و", 'ة': "ه", 'ک': "ك", 'ی': "ي", 'ھ': "ه",
	'ך': "כ", 'ם': "מ", 'ן': "נ", 'ף': "פ", 'ץ': "צ",
}

// digit gives the value of a decimal digit of any script.
func digit(r rune) byte {
	for _, t := range unicode.Nd.R16 {
		if r >= rune(t.Lo) && r <= rune(t.Hi) {
			return byte((r - rune(t.Lo)) % 10) // Unicode keeps digits in rows from 0 to 9
		}
	}
	for _, t := range unicode.Nd.R32 {
		if r >= rune(t.Lo) && r <= rune(t.Hi) {
			return byte((r - rune(t.Lo)) % 10)
		}
	}
	return 0
}

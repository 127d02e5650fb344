package search

import (
	"unicode"
	"unicode/utf8"
)

// alphabets are the letters, in folded form, that a finger may hit instead of another.
var alphabets = []struct {
	script  *unicode.RangeTable
	letters []rune
}{
	{unicode.Latin, []rune("abcdefghijklmnopqrstuvwxyz")},
	{unicode.Cyrillic, []rune("абвгдежзиклмнопрстуфхцчшщъыьэюяіїєґў")},
	{unicode.Greek, []rune("αβγδεζηθικλμνξοπρστυφχψω")},
	{unicode.Arabic, []rune("ءابتثجحخدذرزسشصضطظعغفقكلمنهويپچژگٹڈڑں")},
	{unicode.Hebrew, []rune("אבגדהוזחטיכלמנסעפצקרשת")},
	{unicode.Devanagari, []rune("अआइईउऊएऐओऔकखगघङचछजझञटठडढणतथदधनपफबभमयरलवशषसहािीुूेैोौं्")},
	{unicode.Armenian, []rune("աբգդեզէըթժիլխծկհձղճմյնշոչպջռսվտրցւփքօֆ")},
	{unicode.Georgian, []rune("აბგდევზთიკლმნოპჟრსტუფქღყშჩცძწჭხჯჰ")},
}

// maxSlipped is how many letters a word has for which neighbours are tried: a longer one has thousands.
const maxSlipped = 24

// slips gives every word at a Damerau-Levenshtein distance of one: a letter left out, doubled by another, put in place of another, or
// two that changed places (F. J. Damerau, "A technique for computer detection and correction of spelling errors", Communications of
// the ACM 7(3), 1964: four of five misspellings are one of these). They are looked up by their key, which needs no table of its own.
func slips(word string) []string {
	r := []rune(word)
	if len(r) > maxSlipped || len(r) == 0 {
		return []string{}
	}
	letters := alphabetOf(r)
	out := make([]string, 0, len(r)*(2*len(letters)+2))
	seen := map[string]bool{word: true}
	put := func(s []rune) {
		if w := string(s); !seen[w] && utf8.RuneCountInString(w) > 1 {
			seen[w] = true
			out = append(out, w)
		}
	}
	for i := range r {
		put(spliced(r, i, i+1))
		if i+1 < len(r) {
			put(spliced(r, i, i+2, r[i+1], r[i]))
		}
		for _, l := range letters {
			put(spliced(r, i, i+1, l))
			put(spliced(r, i, i, l))
		}
	}
	for _, l := range letters {
		put(spliced(r, len(r), len(r), l))
	}
	return out
}

// spliced is a word with some letters in place of those from one place to another.
func spliced(r []rune, from, to int, with ...rune) []rune {
	out := make([]rune, 0, len(r)+1)
	return append(append(append(out, r[:from]...), with...), r[to:]...)
}

func alphabetOf(word []rune) []rune {
	for _, a := range alphabets {
		if unicode.Is(a.script, word[0]) {
			return a.letters
		}
	}
	return nil
}

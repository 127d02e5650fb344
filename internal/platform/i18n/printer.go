package i18n

import (
	"strconv"
	"strings"

	"golang.org/x/text/feature/plural"
)

// Printer speaks one language. It is a small value: copy it. The zero Printer speaks English.
type Printer struct{ tongue *tongue }

// For gives the Printer of a language code, English when the code is not known.
func For(code string) Printer { return Printer{load()[code]} }

// Languages lists what can be offered, in a fixed order.
func Languages() []Language {
	list := make([]Language, len(known))
	for i, t := range known {
		list[i] = t.Language
	}
	return list
}

func (p Printer) speaks() *tongue {
	if p.tongue == nil {
		return load()[Fallback]
	}
	return p.tongue
}

// Lang is the code for the lang attribute of a page.
func (p Printer) Lang() string { return p.speaks().Code }

// Dir is "ltr" or "rtl", for the dir attribute of a page.
func (p Printer) Dir() string { return p.speaks().Dir }

// T gives the sentence of a key with the arguments put in; the package comment tells how. A key that the language lacks is
// spoken in English, one that English lacks is given back as it is.
func (p Printer) T(key string, args ...any) string {
	found, speaker := p.find(key)
	if found == nil {
		return key
	}
	if found.forms == nil {
		return found.one.fill(speaker, args)
	}
	return found.forms[speaker.form(found.forms, args)].fill(speaker, args)
}

// Has says whether a key exists in this language or in English.
func (p Printer) Has(key string) bool {
	found, _ := p.find(key)
	return found != nil
}

// find gives the sentence and who says it: an English sentence follows the English plural rules.
func (p Printer) find(key string) (*sentence, Printer) {
	own := p.speaks()
	if s, ok := own.sentences[key]; ok {
		return s, Printer{own}
	}
	english := load()[Fallback]
	if s, ok := english.sentences[key]; ok {
		return s, Printer{english}
	}
	return nil, p
}

// form chooses the plural form by the first argument; without a number it is the form for "other".
func (p Printer) form(forms *[pluralForms]phrase, args []any) plural.Form {
	n, ok := amount(args)
	if !ok {
		return plural.Other
	}
	if n == 0 && forms[plural.Zero].text != "" {
		return plural.Zero
	}
	form := plural.Cardinal.MatchPlural(p.speaks().rules, n, 0, 0, 0, 0)
	if forms[form].text == "" {
		return plural.Other
	}
	return form
}

func amount(args []any) (int, bool) {
	if len(args) == 0 {
		return 0, false
	}
	switch n := args[0].(type) {
	case int:
		return max(n, -n), true
	case int64:
		return int(max(n, -n)), true
	}
	return 0, false
}

// Number writes a whole number with the separators of the language.
func (p Printer) Number(n int) string {
	digits := strconv.Itoa(n)
	t := p.speaks()
	if size := max(n, -n); size < max(t.groupFrom, 1000) {
		return digits
	}
	sign := ""
	if n < 0 {
		sign, digits = "-", digits[1:]
	}
	var b strings.Builder
	b.WriteString(sign)
	for i, digit := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteString(t.group)
		}
		b.WriteRune(digit)
	}
	return b.String()
}

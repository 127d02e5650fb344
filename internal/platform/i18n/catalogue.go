package i18n

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"sync"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

//go:embed catalogue
var files embed.FS

// Fallback is the language that has every key.
const Fallback = "en"

// Language is what a page needs to know to offer a language.
type Language struct {
	Code string // as in the lang attribute: "pt"
	Name string // in the language itself: "Português"
	Dir  string // "ltr" or "rtl"
}

// known lists the languages in the order in which they are offered.
//
// Portuguese is that of Portugal. Arabic writes its numbers with Western digits: they are read everywhere, and a dose that
// stands in one form in the text and in another in the form field would be a trap.
var known = []*tongue{
	{Language: Language{"en", "English", "ltr"}, rules: language.English, group: ","},
	{Language: Language{"pt", "Português", "ltr"}, rules: language.EuropeanPortuguese, group: "\u00a0", groupFrom: 10_000},
	{Language: Language{"ar", "العربية", "rtl"}, rules: language.Arabic, group: ","},
}

// tongue is a language with its sentences.
type tongue struct {
	Language
	rules     language.Tag // whose plural rules hold
	group     string       // between thousands
	groupFrom int          // the least number that is grouped; 0 means 1000
	sentences map[string]*sentence
}

// sentence is one value of the catalogue, made ready when the program starts.
type sentence struct {
	one   phrase               // when there are no plural forms
	forms *[pluralForms]phrase // by plural.Form, whose values run from Other to Many
}

const pluralForms = int(plural.Many) + 1

// load reads the catalogue once. A broken catalogue is a defect of the build, not of a request, so it panics.
var load = sync.OnceValue(func() map[string]*tongue {
	tongues := map[string]*tongue{}
	for _, t := range known {
		sentences, err := readLanguage(files, t.Code)
		if err != nil {
			panic(fmt.Sprintf("i18n: %v", err))
		}
		t.sentences = sentences
		tongues[t.Code] = t
	}
	return tongues
})

// readLanguage merges the files of one language.
func readLanguage(from fs.FS, code string) (map[string]*sentence, error) {
	names, err := fs.Glob(from, path.Join("catalogue", code, "*.json"))
	if err != nil {
		return nil, err
	}
	all := map[string]*sentence{}
	for _, name := range names {
		raw, err := fs.ReadFile(from, name)
		if err != nil {
			return nil, err
		}
		if err := readFile(raw, all); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return all, nil
}

// readFile adds the sentences of one file. It reads token by token, because json.Unmarshal lets the second of two equal keys
// win in silence.
func readFile(raw []byte, into map[string]*sentence) error {
	decoder := json.NewDecoder(strings.NewReader(string(raw)))
	if opening, err := decoder.Token(); err != nil || opening != json.Delim('{') {
		return fmt.Errorf("not a JSON object: %w", err)
	}
	for decoder.More() {
		key, err := decoder.Token()
		if err != nil {
			return err
		}
		var value any
		if err := decoder.Decode(&value); err != nil {
			return err
		}
		name := key.(string)
		if _, twice := into[name]; twice {
			return fmt.Errorf("%q is given twice", name)
		}
		if into[name], err = readSentence(value); err != nil {
			return fmt.Errorf("%q: %w", name, err)
		}
	}
	_, err := decoder.Token()
	return err
}

var formNames = map[string]plural.Form{
	"zero": plural.Zero, "one": plural.One, "two": plural.Two, "few": plural.Few, "many": plural.Many, "other": plural.Other,
}

func readSentence(value any) (*sentence, error) {
	switch value := value.(type) {
	case string:
		return &sentence{one: readPhrase(value)}, nil
	case map[string]any:
		forms := &[pluralForms]phrase{}
		for name, text := range value {
			form, known := formNames[name]
			words, isText := text.(string)
			if !known || !isText {
				return nil, fmt.Errorf("%q is no plural form with a text", name)
			}
			forms[form] = readPhrase(words)
		}
		if forms[plural.Other].text == "" {
			return nil, fmt.Errorf(`the plural form "other" is missing`)
		}
		return &sentence{forms: forms}, nil
	}
	return nil, fmt.Errorf("neither a text nor plural forms")
}

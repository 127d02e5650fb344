package i18n

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"golang.org/x/text/feature/plural"
)

func TestEachLanguageSaysOnlyWhatEnglishSays(t *testing.T) {
	english := load()[Fallback].sentences
	for _, other := range known[1:] {
		for key, said := range other.sentences {
			original, ok := english[key]
			if !ok {
				t.Errorf("%s has %q, English has not", other.Code, key)
				continue
			}
			comparePlaceholders(t, other.Code, key, original, said)
		}
	}
}

// comparePlaceholders allows a plural form to leave {0} out, because "one minute ago" needs no number.
func comparePlaceholders(t *testing.T, code, key string, original, said *sentence) {
	t.Helper()
	if (original.forms == nil) != (said.forms == nil) {
		t.Errorf("%s: %q has plural forms in one language only", code, key)
		return
	}
	want := slotsOf(original)
	for _, form := range phrasesOf(said) {
		have := slotSet(form)
		if said.forms != nil {
			have[0] = true
		}
		if !maps.Equal(want, have) {
			t.Errorf("%s: %q has the placeholders %v, English has %v", code, key, have, want)
		}
	}
}

func phrasesOf(s *sentence) []phrase {
	if s.forms == nil {
		return []phrase{s.one}
	}
	var all []phrase
	for _, p := range s.forms {
		if p.text != "" {
			all = append(all, p)
		}
	}
	return all
}

func slotsOf(s *sentence) map[int]bool {
	if s.forms == nil {
		return slotSet(s.one)
	}
	set := slotSet(s.forms[plural.Other])
	set[0] = true
	return set
}

func slotSet(p phrase) map[int]bool {
	set := map[int]bool{}
	for _, slot := range p.slots {
		set[slot] = true
	}
	return set
}

func TestEachPluralHasAllFormsOfItsLanguage(t *testing.T) {
	load()
	for _, language := range known {
		needed := map[plural.Form]bool{}
		for n := range 1000 {
			needed[plural.Cardinal.MatchPlural(language.rules, n, 0, 0, 0, 0)] = true
		}
		for key, said := range language.sentences {
			if said.forms == nil {
				continue
			}
			for form := range needed {
				if said.forms[form].text == "" {
					t.Errorf("%s: %q lacks the plural form %d", language.Code, key, form)
				}
			}
		}
	}
}

func TestKeysAreDottedAndLowercase(t *testing.T) {
	for key := range load()[Fallback].sentences {
		if key != strings.ToLower(key) || !strings.Contains(key, ".") || strings.ContainsAny(key, " {}") {
			t.Errorf("%q is no key", key)
		}
	}
}

func TestTheFrameSpeaksEveryLanguageInFull(t *testing.T) {
	load()
	for _, area := range []string{"frame", "parts", "error", "time"} {
		raw, err := files.ReadFile("catalogue/en/" + area + ".json")
		if err != nil {
			t.Fatal(err)
		}
		english := map[string]*sentence{}
		if err := readFile(raw, english); err != nil {
			t.Fatal(err)
		}
		for key := range english {
			for _, language := range known {
				if language.sentences[key] == nil {
					t.Errorf("%s cannot say %q", language.Code, key)
				}
			}
		}
	}
}

func TestAKeyGivenTwiceIsFound(t *testing.T) {
	for name, files := range map[string]fstest.MapFS{
		"in one file":  {"catalogue/xx/a.json": {Data: []byte(`{"a.b": "one", "a.b": "two"}`)}},
		"in two files": {"catalogue/xx/a.json": {Data: []byte(`{"a.b": "one"}`)}, "catalogue/xx/b.json": {Data: []byte(`{"a.b": "two"}`)}},
	} {
		if _, err := readLanguage(files, "xx"); err == nil || !strings.Contains(err.Error(), `"a.b" is given twice`) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestABrokenSentenceIsFound(t *testing.T) {
	for _, text := range []string{`{"a.b": 3}`, `{"a.b": {"one": "x"}}`, `{"a.b": {"lots": "x", "other": "y"}}`, `["a"]`, `{"a.b": "x"`} {
		if _, err := readLanguage(fstest.MapFS{"catalogue/xx/a.json": {Data: []byte(text)}}, "xx"); err == nil {
			t.Errorf("%s was accepted", text)
		}
	}
}

func TestArgumentsTakeTheirPlaces(t *testing.T) {
	p := For("en")
	for _, c := range []struct{ text, want string }{
		{"{1} after {0}", "tea after 1,200"},
		{"{0} and {0}", "1,200 and 1,200"},
		{"braces {stay} and {2} shows", "braces {stay} and {2} shows"},
		{"an open { stays, 1,200", "an open { stays, 1,200"},
	} {
		if got := readPhrase(c.text).fill(p, []any{1200, "tea"}); got != c.want {
			t.Errorf("%q became %q", c.text, got)
		}
	}
}

func TestPluralsFollowTheLanguage(t *testing.T) {
	for _, c := range []struct {
		lang string
		n    int
		want string
	}{
		{"en", 0, "no replies yet"}, {"en", 1, "1 reply"}, {"en", 2, "2 replies"}, {"en", 1500, "1,500 replies"},
		{"pt", 0, "ainda sem respostas"}, {"pt", 1, "1 resposta"}, {"pt", 1500, "1500 respostas"}, {"pt", 15000, "15\u00a0000 respostas"},
		{"ar", 1, "رد واحد"}, {"ar", 2, "ردّان"}, {"ar", 3, "3 ردود"}, {"ar", 11, "11 ردًّا"}, {"ar", 100, "100 رد"},
	} {
		if got := For(c.lang).T("thread.replies", c.n); got != c.want {
			t.Errorf("%d in %s is %q, want %q", c.n, c.lang, got, c.want)
		}
	}
}

func TestAMissingSentenceIsSpokenInEnglishAndThenAsItsKey(t *testing.T) {
	load()
	lost := known[1].sentences["strip.good"]
	delete(known[1].sentences, "strip.good")
	defer func() { known[1].sentences["strip.good"] = lost }()
	if got := For("pt").T("strip.good"); got != "Good" {
		t.Errorf("got %q", got)
	}
	if got := For("pt").T("no.such.key", 3); got != "no.such.key" || For("pt").Has("no.such.key") {
		t.Errorf("got %q", got)
	}
}

func TestTheReadersOwnChoiceWinsOverTheBrowsers(t *testing.T) {
	for _, c := range []struct {
		accept, preferred string
		enabled           []string
		want              string
	}{
		{"pt-BR,pt;q=0.9,en;q=0.8", "", nil, "pt"},
		{"pt-BR,pt;q=0.9,en;q=0.8", "ar", nil, "ar"},
		{"de,ar;q=0.5", "", nil, "ar"},
		{"pt", "pt", []string{"en", "ar"}, "en"},
		{"", "", []string{"pt", "en"}, "pt"},
		{"*;;;broken", "", []string{"pt", "en"}, "pt"},
		{"fr", "klingon", []string{"klingon"}, "en"},
	} {
		if got := Match(c.accept, c.preferred, c.enabled).Lang(); got != c.want {
			t.Errorf("%q with %q among %v gave %s, want %s", c.accept, c.preferred, c.enabled, got, c.want)
		}
	}
}

func TestTheZeroPrinterSpeaksEnglishFromLeftToRight(t *testing.T) {
	var p Printer
	if p.Lang() != "en" || p.Dir() != "ltr" || p.T("frame.home") != "Home" || For("ar").Dir() != "rtl" {
		t.Error("the zero Printer is lost")
	}
}

func TestMomentsAreToldAsAPersonWould(t *testing.T) {
	lisbon := time.FixedZone("here", 3600)
	now := time.Date(2026, time.November, 22, 14, 30, 0, 0, lisbon)
	for _, c := range []struct {
		ago  time.Duration
		want string
	}{
		{20 * time.Second, "just now"}, {-30 * time.Second, "just now"}, {time.Minute, "1 minute ago"},
		{59 * time.Minute, "59 minutes ago"}, {3 * time.Hour, "3 hours ago"}, {15 * time.Hour, "yesterday at 23:30"},
		{-2 * time.Hour, "today at 16:30"}, {-12 * time.Hour, "tomorrow at 02:30"},
		{19 * 24 * time.Hour, "3 November at 14:30"}, {400 * 24 * time.Hour, "18 October 2025 at 14:30"},
	} {
		if got := For("en").Ago(now.Add(-c.ago), now, lisbon); got != c.want {
			t.Errorf("%v ago is %q, want %q", c.ago, got, c.want)
		}
	}
	if got := For("en").Full(now, lisbon); got != "Sunday 22 November 2026 at 14:30" {
		t.Error(got)
	}
	if got := For("pt").Ago(now.Add(-19*24*time.Hour), now, nil); got != "3 de novembro às 13:30" {
		t.Error(got)
	}
}

func TestWaitingTimesAreRoundedUp(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0 seconds", 300 * time.Millisecond: "1 second", 61 * time.Second: "61 seconds", 4*time.Minute + time.Second: "5 minutes",
		3 * time.Hour: "3 hours", 49 * time.Hour: "3 days",
	} {
		if got := For("en").Span(d); got != want {
			t.Errorf("%v is %q, want %q", d, got, want)
		}
	}
}

func TestNumbersAreGrouped(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", -1234567: "-1,234,567"} {
		if got := For("en").Number(n); got != want {
			t.Errorf("%d is %q", n, got)
		}
	}
}

func BenchmarkSentenceWithoutArguments(b *testing.B) {
	p := For("pt")
	b.ReportAllocs()
	for b.Loop() {
		_ = p.T("frame.home")
	}
}

func BenchmarkPluralSentence(b *testing.B) {
	p := For("pt")
	b.ReportAllocs()
	for b.Loop() {
		_ = p.T("thread.replies", 12)
	}
}

func ExamplePrinter_T() {
	p := For("en")
	fmt.Println(p.T("frame.notices.count", 3))
	// Output: Notices: 3 new
}

package search

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestAQueryIsReadAsItIsMeant(t *testing.T) {
	for text, want := range map[string]string{
		"cant sleep":                      "[cant] [sleep]",
		`"lie awake" -flu predn*`:         "[lie awake] [predn*] not [flu]",
		`„Seite an“ «lado a lado»`:        "[seite an] [lado a lado]",
		`"no end of it`:                   "[no end of it]",
		`-"dry cough"`:                    "not [dry cough]",
		"fever,cough":                     "[fever] [cough]",
		"x-ray B12 20mg":                  "[x ray] [b 12] [20 mg]",
		"a*":                              "[a] ! search.note.prefix a*",
		"in:asthma word":                  `[word] in:asthma`,
		`in:"Asthma and me"`:              `in:"Asthma and me"`,
		"kind:Question":                   "kind:question",
		"kind:cat":                        "[kind] [cat] ! search.note.value kind:cat",
		"colour:red":                      "[colour] [red] ! search.note.filter colour:red",
		"before:2026-05 after:2026-01-02": "before:2026-05-01 after:2026-01-02",
		"before:soon":                     "[before] [soon] ! search.note.date before:soon",
		"is:Unanswered from:@Ada":         "from:Ada is:unanswered",
		"-in:x":                           "not [in] not [x] ! search.note.value -in:x",
		"a - b":                           "[a] [b]",
		"10:30":                           "[10] [30]",
		"same same SAME":                  "[same]",
		"眠れない":                            "[眠れ れな ない]",
		"":                                "",
		"?!":                              "",
	} {
		q := Parse(text)
		var out []string
		write := func(sign string, terms []Term) {
			for _, t := range terms {
				star := ""
				if t.Prefix {
					star = "*"
				}
				out = append(out, sign+"["+strings.Join(t.Tokens, " ")+star+"]")
			}
		}
		write("", q.Terms)
		write("not ", q.Not)
		if f := q.Filters(); f != "" {
			out = append(out, f)
		}
		for _, n := range q.Notes {
			out = append(out, fmt.Sprintf("! %s %s", n.Key, n.Arg))
		}
		if got := strings.Join(out, " "); got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{`"a b" -c d* in:"x y" before:2026 kind:question`, "眠れない ' \" \\ _t", "نص عربي", "a:b:c", "-", "l'eau x-ray 20mg can't"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		q := Parse(text)
		if len(q.Terms)+len(q.Not) > maxTerms {
			t.Fatalf("%d terms", len(q.Terms)+len(q.Not))
		}
		for _, term := range append(slices.Clone(q.Terms), q.Not...) {
			if len(term.Tokens) == 0 {
				t.Fatal("a term without a token")
			}
			for _, token := range term.Tokens {
				checkToken(t, token)
			}
		}
		Parse(q.Filters() + " " + q.Words())
	})
}

func FuzzWords(f *testing.F) {
	for _, s := range []string{"Parkinson's B-12 l'hôpital", "眠れない夜", "ﷺ ½ ² Ⅷ", "a\xffb\u200d\u0640\u0301", "นอนไม่หลับ", "١٢٣ ۱۲۳ १२", "น\u0b48บ"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		end := 0
		Words(text, func(w Word) bool {
			if w.Start < 0 || w.End > len(text) || w.Start >= w.End || w.End < end {
				t.Fatalf("a word from %d to %d after %d in %d bytes", w.Start, w.End, end, len(text))
			}
			end = w.End
			checkToken(t, w.Token)
			if w.Also != "" {
				checkToken(t, w.Also)
			}
			return true
		})
		var marks wanted
		marks.words = map[string]bool{}
		for _, token := range tokensOf(text, 3) {
			marks.word(token)
		}
		slow := marks
		for i := range slow.first {
			slow.first[i] = true
		}
		if quick, all := marks.found(text, 50), slow.found(text, 50); !slices.Equal(quick, all) {
			t.Fatalf("looking at first bytes changes what is marked: %v, and all of it is %v", quick, all)
		}
		var all strings.Builder
		for _, p := range marks.all(text) {
			all.WriteString(p.Text)
		}
		if all.String() != text {
			t.Fatal("marking changed the text")
		}
		marks.excerpt(plain(text))
	})
}

// checkToken holds what both engines rely on: a token needs no quoting and is none of our marks.
func checkToken(t *testing.T, token string) {
	t.Helper()
	if token == "" || !utf8.ValidString(token) || strings.ContainsAny(token, "_ '\"\\:()*&|!<>\x00") || strings.ToLower(token) != token && fold(token) != token {
		t.Fatalf("the token %q", token)
	}
	for i := range len(token) {
		if c := token[i]; c < utf8.RuneSelf && (c < '0' || c > '9' && c < 'a' || c > 'z') {
			t.Fatalf("the token %q", token)
		}
	}
}

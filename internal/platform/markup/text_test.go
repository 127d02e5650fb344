package markup

import (
	"testing"
	"unicode/utf8"
)

func TestNormalizeCleansWhatNobodySees(t *testing.T) {
	for in, want := range map[string]string{
		"e\u0301":                     "é",
		"a\r\nb\rc\n":                 "a\nb\nc\n",
		"a\x00\x07\u0085b\tc":         "ab\tc",
		"a\u202Eb\u2066c\u2069\ufeff": "abc",
		"\u200fשלום\u200e":            "\u200fשלום\u200e", // marks of direction are harmless and needed
		"👩\u200d⚕️":                   "👩\u200d⚕️",
		"a\xffb":                      "a\uFFFDb",
	} {
		if got := Normalize(in); got != want {
			t.Errorf("Normalize(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestLineIsOneLine(t *testing.T) {
	if got := Line("  a \n\tb\u00a0c\u2028d\r\n "); got != "a b c d" {
		t.Errorf("%q", got)
	}
}

func FuzzNormalize(f *testing.F) {
	for _, s := range []string{"", "a\r\n", "e\u0301\u202e", "\xff", "\u1100\u1161", "a\u0300\u0300", "\u2126\ufeff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		once := Normalize(s)
		if !utf8.ValidString(once) || Normalize(once) != once {
			t.Errorf("%q: %q, then %q", s, once, Normalize(once))
		}
		if line := Line(s); Line(line) != line {
			t.Errorf("%q: %q", s, line)
		}
	})
}

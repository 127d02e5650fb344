package mail

import (
	netmail "net/mail"
	"strings"
	"testing"

	"dayroom/internal/core"
)

func TestAnAddressIsKeptInOneForm(t *testing.T) {
	for in, want := range map[string]string{
		"anna@example.org":                       "anna@example.org",
		"  Anna.Maria@EXAMPLE.Org ":              "Anna.Maria@example.org",
		"a+b_c-d@mail.example.org":               "a+b_c-d@mail.example.org",
		"o'neill@example.org":                    "o'neill@example.org",
		"anna@bücher.example":                    "anna@xn--bcher-kva.example",
		"anna@例え.jp":                             "anna@xn--r8jz45g.jp",
		"a@1.example2":                           "a@1.example2",
		strings.Repeat("a", 64) + "@example.org": strings.Repeat("a", 64) + "@example.org",
	} {
		if got, err := Address(in); err != nil || got != want {
			t.Errorf("%q: %q %v", in, got, err)
		}
	}
}

func TestWhatIsNoAddressIsRefused(t *testing.T) {
	for _, in := range []string{
		"", "anna", "@example.org", "anna@", "anna@localhost", "anna@example..org", "anna@.org", "anna@example.org.", "anna@-a.org", "anna@a-.org",
		"Anna <anna@example.org>", "<anna@example.org>", `"anna b"@example.org`, "anna@[127.0.0.1]", "anna@127.0.0.1", "anna@a_b.org",
		"anna@b@example.org", "anna b@example.org", ".anna@example.org", "anna.@example.org", "an..na@example.org", "anna(home)@example.org",
		"anna@example.org, bob@example.org", "anna@example.org\r\nBcc: bob@example.org", "anna\n@example.org", "anna@exa\nmple.org", "änna@example.org",
		"anna@example.org\x00", "anna@" + strings.Repeat("a", 64) + ".org", strings.Repeat("a", 65) + "@example.org",
		"anna@" + strings.Repeat("a.", 130) + "org", "\xff@example.org", "anna@\xff.org",
	} {
		if got, err := Address(in); core.CodeOf(err) != core.Invalid || got != "" {
			t.Errorf("%q: %q %v", in, got, err)
		}
	}
}

func FuzzAddress(f *testing.F) {
	for _, s := range []string{"anna@example.org", "A@B.C", "a@bücher.example", "a@xn--a.b", `"a"@b.c`, "a@b.c\r\nTo: d", "a@ｅ.org", "a@b。c"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		once, err := Address(s)
		if err != nil {
			return
		}
		if twice, err := Address(once); err != nil || twice != once {
			t.Errorf("%q becomes %q and then %q, %v", s, once, twice, err)
		}
		parsed, err := netmail.ParseAddress(once)
		if err != nil || parsed.Address != once || parsed.Name != "" {
			t.Errorf("%q is read as %v, %v", once, parsed, err)
		}
		for _, r := range once {
			if r <= ' ' || r >= 0x7f || strings.ContainsRune(`<>",;:()[]\`, r) {
				t.Errorf("%q holds %q", once, r)
			}
		}
		if len(once) > 254 || strings.Count(once, "@") != 1 {
			t.Errorf("%q", once)
		}
	})
}

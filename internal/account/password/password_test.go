package password_test

import (
	"context"
	"strings"
	"testing"
	"unicode/utf8"

	"dayroom/internal/account/password"
	"dayroom/internal/core"
)

var around = password.Around{Handle: "tomasz_k", Site: "Harbour Lights"}

func TestWhatIsRefusedAndWhy(t *testing.T) {
	for text, want := range map[string]string{
		"":                            "account.password.short",
		"short":                       "account.password.short",
		strings.Repeat("ab c", 51):    "account.password.long",
		"with a nul \x00 inside":      "account.password.text",
		"broken \xff text here":       "account.password.text",
		"aaaaaaaaaaaa":                "account.password.pattern",
		"abcabcabcabc":                "account.password.pattern",
		"hallohallohallo":             "account.password.pattern",
		"1234567890":                  "account.password.pattern",
		"0987654321":                  "account.password.pattern",
		"abcdefghij":                  "account.password.pattern",
		"qwertyuiop":                  "account.password.pattern",
		"qwertzuiop":                  "account.password.pattern",
		"asdfghjkl123456":             "account.password.pattern",
		"2468101214":                  "",
		"1q2w3e4r5t6y":                "account.password.pattern",
		"password123":                 "account.password.common",
		"Password1!":                  "account.password.common",
		"P@ssw0rd2024":                "account.password.common",
		"dragon2024!!":                "account.password.common",
		"basketball":                  "account.password.common",
		"Basketball1":                 "account.password.common",
		"letmein12345":                "account.password.common",
		"  sunshine  99":              "account.password.common",
		"tomasz_k2024":                "account.password.handle",
		"T0masz_K!!!!":                "account.password.handle",
		"harbourlights":               "account.password.site",
		"HarbourLights1":              "account.password.site",
		"quiet river stone lamp":      "",
		"michael-8471-059273-x":       "",
		"tea with tomasz_k and a dog": "",
		"ñandú über straße":           "",
		"五月雨を集めて早し最上川":                "",
		"xK9$mQ2!vLp7":                "",
	} {
		if got := password.Check(text, around); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestAPasswordIsVerifiedAsItWasTyped(t *testing.T) {
	h := password.NewHasher(password.Cost{Memory: 64, Time: 1, Threads: 1})
	ctx := context.Background()
	stored, err := h.Hash(ctx, "Quiet River")
	if err != nil {
		t.Fatal(err)
	}
	for typed, want := range map[string]bool{"Quiet River": true, "quiet river": false, "Quiet River ": false, "": false} {
		if got, err := h.Verify(ctx, stored, typed); err != nil || got != want {
			t.Errorf("%q: %v, %v", typed, got, err)
		}
	}
	again, _ := h.Hash(ctx, "Quiet River")
	if stored == again {
		t.Error("two hashes of one password are equal")
	}
	if h.Outdated(stored) || !password.NewHasher(password.Standard).Outdated(stored) {
		t.Error("the cost of a hash is not recognised")
	}
}

func TestNobodysHashIsNeverRight(t *testing.T) {
	h := password.NewHasher(password.Cost{Memory: 64, Time: 1, Threads: 1})
	for _, typed := range []string{"", "anything", "\x00"} {
		if got, err := h.Verify(context.Background(), "", typed); got || err != nil {
			t.Errorf("%q: %v, %v", typed, got, err)
		}
	}
}

func TestADamagedHashIsAnErrorAndTakesNoMemory(t *testing.T) {
	h := password.NewHasher(password.Standard)
	for _, stored := range []string{"x", "$argon2id$v=19$m=4294967295,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
		"$argon2id$v=19$m=64,t=0,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "$argon2i$v=19$m=64,t=1,p=1$AAAA$AAAA", "$argon2id$v=19$m=64,t=1,p=1$$"} {
		if got, err := h.Verify(context.Background(), stored, "x"); got || err == nil {
			t.Errorf("%q: %v, %v", stored, got, err)
		}
	}
}

func TestWhoeverGivesUpWaitingIsToldSo(t *testing.T) {
	h := password.NewHasher(password.Cost{Memory: 64, Time: 1, Threads: 1})
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for range 50 { // a free slot may be taken even so; a full house may not hang
		if _, err := h.Hash(ctx, "x"); err != nil && core.CodeOf(err) != core.Unavailable {
			t.Fatal(err)
		}
	}
}

// FuzzCheck holds that no text breaks the checks, and that what is accepted has the length that is promised.
func FuzzCheck(f *testing.F) {
	for _, s := range []string{"", "password123", "aaaa", "\xff", "五月雨を集めて早し最上川", "İstanbul ığdır", strings.Repeat("a", 300)} {
		f.Add(s, "ada", "Dayroom")
	}
	f.Fuzz(func(t *testing.T, text, handle, site string) {
		got := password.Check(text, password.Around{Handle: handle, Site: site})
		n := utf8.RuneCountInString(text)
		if got == "" && (n < password.MinLength || n > password.MaxLength || !utf8.ValidString(text)) {
			t.Errorf("%q was accepted", text)
		}
		if got != "" && !strings.HasPrefix(got, "account.password.") {
			t.Errorf("%q: %q is no key", text, got)
		}
	})
}

func BenchmarkHash(b *testing.B) {
	h := password.NewHasher(password.Standard)
	for b.Loop() {
		h.Hash(context.Background(), "quiet river stone lamp")
	}
}

func BenchmarkCheck(b *testing.B) {
	for b.Loop() {
		password.Check("quiet river stone lamp", around)
	}
}

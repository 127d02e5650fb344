// Package password hashes passwords and tells which ones are too easy to guess.
//
// Hashes are argon2id (RFC 9106) in PHC form, made a few at a time. What is refused follows NIST SP 800-63B: length counts, and
// a list of common passwords; no rule asks for a digit or a capital. A password is also refused when it is one that everybody
// tries with a year or a "!" behind it, the member's handle, the site's name, or one pattern over and over.
package password

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bounds of a password, in characters. The upper one keeps a sign-in from being a way to make the server work.
const (
	MinLength = 10
	MaxLength = 200
)

// Around is what a password must not be made of.
type Around struct {
	Handle string
	Site   string // the site's name
}

// Check gives the key of the sentence that tells why a password is refused, or an empty string.
func Check(password string, around Around) string {
	n := utf8.RuneCountInString(password)
	switch {
	case !utf8.ValidString(password) || strings.ContainsRune(password, 0):
		return "account.password.text"
	case n < MinLength:
		return "account.password.short"
	case n > MaxLength:
		return "account.password.long"
	}
	folded := Fold(password)
	switch {
	case isPattern(folded):
		return "account.password.pattern"
	case isNearly(folded, around.Handle):
		return "account.password.handle"
	case isNearly(folded, around.Site):
		return "account.password.site"
	case isCommon(password) || isCommon(folded) || isLengthened(folded):
		return "account.password.common"
	}
	return ""
}

// look maps characters that people write for a letter to that letter.
var look = strings.NewReplacer("@", "a", "4", "a", "3", "e", "€", "e", "1", "i", "!", "i", "0", "o", "5", "s", "$", "s", "7", "t")

// Fold is the form in which passwords are compared with lists: lower case, without spaces.
func Fold(s string) string {
	return strings.ToLower(strings.Join(strings.Fields(s), ""))
}

// Stem is what stays of a folded password without the digits and signs around it, which is what people add when a short one is
// refused.
func Stem(folded string) string {
	return strings.TrimFunc(folded, func(r rune) bool { return !unicode.IsLetter(r) })
}

// minStem is the shortest stem that is worth comparing, maxAdded how many characters around a common stem are no help: attackers
// try all years and the usual endings first.
const minStem, maxAdded = 4, 6

// isLengthened tells that a password is a common one with little around it, also when letters are written as digits.
func isLengthened(folded string) bool {
	for _, form := range []string{folded, look.Replace(folded)} {
		stem := Stem(form)
		added := utf8.RuneCountInString(form) - utf8.RuneCountInString(stem)
		if len(stem) >= minStem && added <= maxAdded && isCommon(stem) {
			return true
		}
	}
	// "pa55word2024": the ending as it is, the rest read as letters.
	body := strings.TrimRightFunc(folded, func(r rune) bool { return !unicode.IsLetter(r) })
	read := look.Replace(body)
	return len(read) >= minStem && utf8.RuneCountInString(folded)-utf8.RuneCountInString(body) <= maxAdded && isCommon(read)
}

// isNearly tells that a password is a name with little around it.
func isNearly(folded, name string) bool {
	name = Fold(name)
	if utf8.RuneCountInString(name) < 3 {
		return false
	}
	for _, form := range []string{folded, look.Replace(folded)} {
		for _, n := range []string{name, look.Replace(name)} {
			rest := utf8.RuneCountInString(strings.ReplaceAll(form, n, ""))
			if strings.Contains(form, n) && rest <= maxAdded {
				return true
			}
		}
	}
	return false
}

// rows are what a finger runs along.
var rows = []string{
	"abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop", "yxcvbnm", "azertyuiop", "qsdfghjklm", "wxcvbn",
	"qazwsxedcrfvtgbyhnujmikolp", "1q2w3e4r5t6y7u8i9o0p", "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
}

// isPattern tells that a password is one unit repeated, or runs along an alphabet or a keyboard.
func isPattern(folded string) bool {
	r := []rune(folded)
	if len(r) == 0 {
		return true
	}
	return repeats(r) || runs(folded) || steps(r)
}

// maxUnit is the longest unit whose repetition counts as a pattern: "horse battery" twice is two guesses' worth, "abcab" more
// than once is one.
const maxUnit = 8

func repeats(r []rune) bool {
	for unit := 1; unit <= min(maxUnit, len(r)/2); unit++ {
		same := true
		for i := unit; i < len(r) && same; i++ {
			same = r[i] == r[i-unit]
		}
		if same {
			return true
		}
	}
	return false
}

// runs tells that a password consists of at most three pieces that each run along a row, forwards or back.
func runs(folded string) bool {
	for pieces := 0; pieces < 3; pieces++ {
		n := longestRun(folded)
		if n < 3 {
			return false
		}
		if folded = folded[n:]; folded == "" {
			return true
		}
	}
	return false
}

func longestRun(s string) int {
	for n := len(s); n >= 3; n-- {
		for _, row := range rows {
			if strings.Contains(row, s[:n]) || strings.Contains(reverse(row), s[:n]) {
				return n
			}
		}
	}
	return 0
}

func reverse(s string) string {
	b := []byte(s)
	for i, j := 0, len(b)-1; i < j; i, j = i+1, j-1 {
		b[i], b[j] = b[j], b[i]
	}
	return string(b)
}

// steps tells that each character follows the one before at one and the same distance: 1357924680 does not, 2468024680 nearly.
func steps(r []rune) bool {
	for i := 2; i < len(r); i++ {
		if r[i]-r[i-1] != r[1]-r[0] {
			return false
		}
	}
	return true
}

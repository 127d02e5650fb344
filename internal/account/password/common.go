package password

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // the list of common passwords
	"slices"
	"sort"
)

// The list comes from the frequency list of @zxcvbn-ts/language-common 4.1.3 (MIT; see NOTICE), which itself goes back to
// published breaches. It is kept as the sorted first five bytes of SHA-256: binary search needs no memory and no start-up, and
// the source tree does not hold thousands of curses. About one password in five million is refused by mistake.
//
//go:generate sh -c "cd ../../.. && go run ./internal/account/password/commongen $ZXCVBN_PASSWORDS"
//go:embed common.bin
var common []byte

const markSize = 5

func mark(s string) []byte {
	sum := sha256.Sum256([]byte(s))
	return sum[:markSize]
}

func isCommon(s string) bool {
	want, n := mark(s), len(common)/markSize
	at := func(i int) []byte { return common[i*markSize : (i+1)*markSize] }
	i := sort.Search(n, func(i int) bool { return bytes.Compare(at(i), want) >= 0 })
	return i < n && bytes.Equal(at(i), want)
}

// Compile makes the list's file from passwords, most common first: those that are long enough to be chosen, and of the
// shorter ones the stems that people lengthen.
func Compile(passwords []string) []byte {
	var marks [][]byte
	for _, p := range passwords {
		folded := Fold(p)
		if len([]rune(folded)) >= MinLength {
			marks = append(marks, mark(folded))
		}
		for _, stem := range []string{Stem(folded), Stem(look.Replace(folded))} {
			if len(stem) >= minStem {
				marks = append(marks, mark(stem))
			}
		}
	}
	slices.SortFunc(marks, bytes.Compare)
	return bytes.Join(slices.CompactFunc(marks, bytes.Equal), nil)
}

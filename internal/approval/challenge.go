package approval

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"dayroom/internal/core"
	"dayroom/internal/platform/i18n"
	"dayroom/internal/site"
)

// How the form for visitors tells people from robots, without sending anybody to a third party: it cannot be sent faster than a
// person fills it in, nor kept for later, nor sent twice; it asks an easy question in words; and it has a field that only a robot
// fills in.
const (
	minFill = 3 * time.Second
	maxFill = 2 * time.Hour
)

// Names of the form's fields.
const (
	TokenField  = "form_token"
	AnswerField = "answer"
	TrapField   = "website" // hidden from people, also from those who listen to the page
)

// Questions is how many questions the catalogue has: approval.question.1 and on, each with its answers in approval.answer.1 and
// on, separated by |.
const Questions = 12

var (
	limitTries = site.Limit{Name: "visitor.tries", Count: 30, Window: time.Hour}
	limitPosts = site.Limit{Name: "visitor.posts", Count: 10, Window: time.Hour}
	limitOnce  = site.Limit{Name: "visitor.once", Count: 1, Window: maxFill + time.Minute}
)

// Challenge is what a form for visitors carries: the token in a hidden field, and a question.
type Challenge struct {
	Token    string
	Question string // the key of the sentence to ask
}

// Challenge makes a new one. scope names what the form is for ("thread:17"): a token serves nothing else.
func (s *Service) Challenge(scope string) Challenge {
	var noise [9]byte
	rand.Read(noise[:])
	payload := binary.BigEndian.AppendUint64(nil, uint64(s.clock.Now().UnixMilli()))
	payload = append(payload, noise[:]...)
	token := base64.RawURLEncoding.EncodeToString(append(payload, s.seal(scope, payload)...))
	return Challenge{Token: token, Question: question(payload)}
}

// Again gives the challenge of a token once more, for a form that comes back with something to mend; a token that is not good any
// more is replaced by a new one.
func (s *Service) Again(scope, token string) Challenge {
	payload, at, ok := s.open(scope, token)
	if !ok || s.clock.Now().Sub(at) > maxFill-maxFill/4 {
		return s.Challenge(scope)
	}
	return Challenge{Token: token, Question: question(payload)}
}

const sealSize = 16

func (s *Service) seal(scope string, payload []byte) []byte {
	return s.keys.Index("visitor form", scope+"\x00"+string(payload))[:sealSize]
}

func (s *Service) open(scope, token string) (payload []byte, at time.Time, ok bool) {
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(raw) != 8+9+sealSize {
		return nil, at, false
	}
	payload = raw[:8+9]
	at = time.UnixMilli(int64(binary.BigEndian.Uint64(payload)))
	return payload, at, hmac.Equal(raw[8+9:], s.seal(scope, payload))
}

// question chooses by the token's noise, so that the question need not be kept.
func question(payload []byte) string {
	return "approval.question." + strconv.Itoa(number(payload))
}

func number(payload []byte) int { return int(payload[len(payload)-1])%Questions + 1 }

// Sent is what came back with the form.
type Sent struct {
	Scope   string
	Token   string
	Answer  string
	Trap    string
	Address string // the client's, for the limit only
}

// Check tells whether a person sent the form, and uses its token up. Where the post is then refused for another reason, give the
// token back with Release, so that the person need not begin anew.
func (s *Service) Check(ctx context.Context, in Sent) error {
	address := hex.EncodeToString(s.keys.Index("throttle", in.Address)[:16])
	if err := s.site.Throttle(ctx, limitTries, address); err != nil {
		return err
	}
	payload, at, ok := s.open(in.Scope, in.Token)
	if !ok || in.Trap != "" {
		return core.E(core.Invalid, "approval.form.unknown")
	}
	switch age := s.clock.Now().Sub(at); {
	case age < minFill:
		return core.Wait(minFill-age, "approval.form.fast")
	case age > maxFill:
		return core.E(core.Invalid, "approval.form.old")
	}
	if !right(number(payload), in.Answer) {
		return core.Field(AnswerField, "approval.answer.wrong")
	}
	if err := s.site.Throttle(ctx, limitPosts, address); err != nil {
		return err
	}
	if err := s.site.Throttle(ctx, limitOnce, once(payload)); err != nil {
		return core.E(core.Conflict, "approval.form.used").Because(err)
	}
	return nil
}

// Release lets a token be used again: what it was used for did not happen.
func (s *Service) Release(ctx context.Context, in Sent) error {
	payload, _, ok := s.open(in.Scope, in.Token)
	if !ok {
		return nil
	}
	return s.site.Unthrottle(ctx, limitOnce, once(payload))
}

func once(payload []byte) string { return hex.EncodeToString(payload) }

// right accepts the answer in any language that we speak: somebody may read in one and write in another.
func right(number int, answer string) bool {
	given := plain(answer)
	if given == "" {
		return false
	}
	for _, l := range i18n.Languages() {
		for _, want := range strings.Split(i18n.For(l.Code).T(fmt.Sprintf("approval.answer.%d", number)), "|") {
			if given == plain(want) {
				return true
			}
		}
	}
	return false
}

// plain makes answers comparable: letters and digits in small letters, without accents, digits of other scripts as ours.
func plain(s string) string {
	if len(s) > 200 {
		return ""
	}
	var b strings.Builder
	for _, r := range norm.NFKD.String(strings.ToLower(s)) {
		switch {
		case r >= '٠' && r <= '٩':
			b.WriteRune('0' + r - '٠')
		case r >= '۰' && r <= '۹':
			b.WriteRune('0' + r - '۰')
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			b.WriteRune(r)
		}
	}
	return b.String()
}

package account

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base32"
	"image/png"
	"strings"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"
)

const totpPeriod = 30 // seconds, as every app expects (RFC 6238)

// Enrolment is what a two-step app needs to begin.
type Enrolment struct {
	Secret string // to be typed in, base32
	Link   string // otpauth://…
	Image  []byte // the link as a square of dots, PNG
}

// BeginTOTP gives the actor the secret of a two-step device. It holds from the moment that ConfirmTOTP saw a code of it. Asking
// again within half an hour gives the same one, so that a page can be loaded twice.
func (s *Service) BeginTOTP(ctx context.Context, actor core.Actor) (Enrolment, error) {
	sealed, err := s.totpPending(ctx, actor)
	if err != nil {
		return Enrolment{}, err
	}
	if sealed != nil {
		secret, err := s.keys.Open(ctx, actor.Member, fieldTOTP, sealed)
		if err != nil {
			return Enrolment{}, err
		}
		return s.enrolment(ctx, actor, string(secret))
	}
	raw := make([]byte, 20) // RFC 4226 asks for 160 bits
	rand.Read(raw)
	secret := base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(raw)
	if sealed, err = s.keys.Seal(ctx, actor.Member, fieldTOTP, []byte(secret)); err != nil {
		return Enrolment{}, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if err := s.proved(tx, actor); err != nil {
			return err
		}
		_, err := s.replace(tx, forTOTP, actor.Member, sealed, enrolAge)
		return err
	})
	if err != nil {
		return Enrolment{}, err
	}
	return s.enrolment(ctx, actor, secret)
}

// totpPending reads the sealed secret that waits for its first code; nil when there is none.
func (s *Service) totpPending(ctx context.Context, actor core.Actor) (sealed []byte, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		if err := s.proved(tx, actor); err != nil {
			return err
		}
		m, err := load(tx, "id = $1", actor.Member)
		if err != nil {
			return err
		}
		if m.totp != nil {
			return core.E(core.Conflict, "account.totp.already")
		}
		c, err := s.pending(tx, forTOTP, actor.Member)
		if core.IsNotFound(err) {
			return nil
		}
		sealed = c.data
		return err
	})
	return sealed, err
}

func (s *Service) enrolment(ctx context.Context, actor core.Actor, secret string) (Enrolment, error) {
	settings, err := s.site.Settings(ctx)
	if err != nil {
		return Enrolment{}, err
	}
	raw, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(secret)
	if err != nil {
		return Enrolment{}, err
	}
	issuer := strings.ReplaceAll(settings.Name, ":", " ") // a colon parts the label
	key, err := totp.Generate(totp.GenerateOpts{Issuer: issuer, AccountName: actor.Handle, Period: totpPeriod, Secret: raw, Digits: otp.DigitsSix})
	if err != nil {
		return Enrolment{}, err
	}
	picture, err := key.Image(240, 240)
	if err != nil {
		return Enrolment{}, err
	}
	var b bytes.Buffer
	if err := png.Encode(&b, picture); err != nil {
		return Enrolment{}, err
	}
	return Enrolment{Secret: secret, Link: key.URL(), Image: b.Bytes()}, nil
}

// ConfirmTOTP switches the two-step sign-in on with a first code, and ends the other sign-ins.
func (s *Service) ConfirmTOTP(ctx context.Context, actor core.Actor, code string) error {
	if err := s.slow(ctx, limitSecond, "enrol", actor.Member.String()); err != nil {
		return err
	}
	sealed, err := s.totpPending(ctx, actor)
	if err != nil {
		return err
	}
	if sealed == nil {
		return errExpired
	}
	secret, err := s.keys.Open(ctx, actor.Member, fieldTOTP, sealed)
	if err != nil {
		return err
	}
	step, right := matchStep(string(secret), code, s.now())
	if !right {
		return errSecond
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		if err := s.proved(tx, actor); err != nil {
			return err
		}
		if err := drop(tx, forTOTP, actor.Member); err != nil {
			return err
		}
		// The step is spent as well: the code just shown opens nothing.
		if err := tx.Must("UPDATE member SET totp_sealed = $1, totp_step = $2 WHERE id = $3 AND totp_sealed IS NULL", sealed, step, actor.Member); err != nil {
			return err
		}
		s.tell(tx, EventSecurity, actor, actor.Member, what{"totp"})
		return endSignIns(tx, actor.Member, actor.SignIn)
	})
}

// DropTOTP switches the two-step sign-in off.
func (s *Service) DropTOTP(ctx context.Context, actor core.Actor) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		if err := s.proved(tx, actor); err != nil {
			return err
		}
		n, err := tx.Exec("UPDATE member SET totp_sealed = NULL WHERE id = $1 AND totp_sealed IS NOT NULL", actor.Member)
		if err != nil || n == 0 {
			return err
		}
		s.tell(tx, EventSecurity, actor, actor.Member, what{"totp"})
		return endSignIns(tx, actor.Member, actor.SignIn)
	})
}

// matchStep finds the step whose code this is, one before and one after included, for clocks that are off.
func matchStep(secret, code string, now time.Time) (step int64, ok bool) {
	code = strings.ReplaceAll(strings.TrimSpace(code), " ", "")
	current := now.Unix() / totpPeriod
	for _, candidate := range []int64{current - 1, current, current + 1} {
		want, err := totp.GenerateCode(secret, time.Unix(candidate*totpPeriod, 0))
		if err == nil && subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 {
			step, ok = candidate, true
		}
	}
	return step, ok
}

// spendStep uses a code up: the same one, or an older one, does not open twice, whoever comes first.
func spendStep(tx *db.Tx, id core.ID, step int64) error {
	n, err := tx.Exec("UPDATE member SET totp_step = $1 WHERE id = $2 AND totp_step < $1", step, id)
	if err == nil && n == 0 {
		err = errSecond
	}
	return err
}

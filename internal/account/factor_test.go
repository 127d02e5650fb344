package account_test

import (
	"bytes"
	"image/png"
	"strings"
	"sync"
	"testing"
	"time"

	"dayroom/internal/account"
	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/job"

	"github.com/pquerna/otp/totp"
)

// enrol gives a member a two-step device and its secret.
func (w *world) enrol(a core.Actor) (secret string) {
	w.t.Helper()
	e, err := w.BeginTOTP(ctx, a)
	w.must(err)
	w.must(w.ConfirmTOTP(ctx, a, w.code(e.Secret, 0)))
	w.clock.Advance(time.Minute)
	return e.Secret
}

// code is what the device shows at a distance from now.
func (w *world) code(secret string, d time.Duration) string {
	w.t.Helper()
	c, err := totp.GenerateCode(secret, w.clock.Now().Add(d))
	w.must(err)
	return c
}

func TestATwoStepSignInNeedsBoth(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		before := w.join("ada")
		mine, err := w.SignIn(ctx, "ada", right, home)
		w.must(err)
		secret := w.enrol(w.as(mine))
		w.ended(before, "after the two-step device was switched on")
		e, err := w.SignIn(ctx, "ada", right, home)
		w.must(err)
		if e.Token != "" || e.Second == "" {
			t.Fatalf("the password alone opened: %+v", e)
		}
		_, err = w.Authenticate(ctx, e.Second)
		w.fails(err, core.Unauthenticated, "")
		_, err = w.SecondStep(ctx, e.Second, "000000", home)
		w.fails(err, core.Invalid, "code=account.totp.wrong")
		done, err := w.SecondStep(ctx, e.Second, " "+w.code(secret, 0)[:3]+" "+w.code(secret, 0)[3:], home)
		w.must(err)
		w.as(done)
		_, err = w.SecondStep(ctx, e.Second, w.code(secret, 30*time.Second), home)
		w.fails(err, core.Invalid, "account.sign_in.expired")
	})
}

func TestACodeOpensOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		secret := w.enrol(w.as(w.join("ada")))
		seen := w.code(secret, 0)
		var wg sync.WaitGroup
		won := make(chan account.Entry, 6)
		for range 6 {
			e, err := w.SignIn(ctx, "ada", right, home)
			w.must(err)
			wg.Go(func() {
				if done, err := w.SecondStep(ctx, e.Second, seen, home); err == nil {
					won <- done
				}
			})
		}
		wg.Wait()
		if len(won) != 1 {
			t.Errorf("the code opened %d times", len(won))
		}
		e, err := w.SignIn(ctx, "ada", right, home)
		w.must(err)
		_, err = w.SecondStep(ctx, e.Second, w.code(secret, -30*time.Second), home)
		w.fails(err, core.Invalid, "account.totp.wrong") // older than one that was used
		_, err = w.SecondStep(ctx, e.Second, w.code(secret, 30*time.Second), home)
		w.must(err) // a clock that is ahead
	})
}

func TestCodesCannotBeGuessed(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.enrol(w.as(w.join("ada")))
		var err error
		n := 0
		for ; n < 30 && core.CodeOf(err) != core.TooSoon; n++ {
			e, signErr := w.SignIn(ctx, "ada", right, account.From{Address: "192.0.2." + string(rune('a'+n))})
			w.must(signErr)
			_, err = w.SecondStep(ctx, e.Second, "123456", home)
		}
		if n != 11 {
			t.Errorf("%d guesses were answered", n-1)
		}
	})
}

func TestTheTwoStepSecretIsSealedAndShownAsAPicture(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a := w.as(w.join("ada"))
		one, err := w.BeginTOTP(ctx, a)
		w.must(err)
		two, err := w.BeginTOTP(ctx, a)
		w.must(err)
		if one.Secret != two.Secret || !strings.HasPrefix(one.Link, "otpauth://totp/") {
			t.Errorf("%+v", one.Link)
		}
		if _, err := png.Decode(bytes.NewReader(one.Image)); err != nil {
			t.Error(err)
		}
		w.must(w.ConfirmTOTP(ctx, a, w.code(one.Secret, 0)))
		var stored []byte
		w.must(w.db.View(ctx, func(tx *db.Tx) (err error) {
			stored, err = db.One(tx, func(r db.Row) (b []byte, err error) { err = r.Scan(&b); return }, "SELECT totp_sealed FROM member")
			return err
		}))
		if bytes.Contains(stored, []byte(one.Secret)) {
			t.Error("the secret lies open")
		}
		_, err = w.BeginTOTP(ctx, a)
		w.fails(err, core.Conflict, "account.totp.already")
		w.must(w.DropTOTP(ctx, a))
		if e, err := w.SignIn(ctx, "ada", right, home); err != nil || e.Token == "" {
			t.Errorf("%+v %v", e, err)
		}
	})
}

func TestHalfASignInDoesNotSurviveAPasswordChange(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a := w.as(w.join("ada"))
		secret := w.enrol(a)
		half, err := w.SignIn(ctx, "ada", right, home)
		w.must(err)
		w.must(w.ChangePassword(ctx, a, other))
		_, err = w.SecondStep(ctx, half.Second, w.code(secret, 0), home)
		w.fails(err, core.Invalid, "account.sign_in.expired")
	})
}

func TestARecoveryCodeOpensOnceAndEndsWhatWasOpen(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		old := w.join("ada")
		a := w.as(old)
		w.enrol(a)
		codes, err := w.NewRecoveryCodes(ctx, a)
		w.must(err)
		if len(codes) != 10 || len(codes[0]) != 19 {
			t.Fatalf("codes: %v", codes)
		}
		_, err = w.Recover(ctx, "ada", codes[0], "short", home)
		w.fails(err, core.Invalid, "password=account.password.short") // and the code is not spent
		typed := strings.ToUpper(strings.ReplaceAll(codes[0], "-", " "))
		e, err := w.Recover(ctx, "ada", typed, other, home)
		w.must(err)
		w.as(e)
		w.ended(old, "after recovering")
		_, err = w.Recover(ctx, "ada", codes[0], right, home)
		w.fails(err, core.Invalid, "account.recover.wrong")
		again, err := w.SignIn(ctx, "ada", other, home)
		w.must(err)
		if again.Token == "" {
			t.Error("the lost two-step device is still asked for")
		}
		w.join("grace")
		_, err = w.Recover(ctx, "grace", codes[1], right, home)
		w.fails(err, core.Invalid, "account.recover.wrong")
		fresh, err := w.NewRecoveryCodes(ctx, w.as(again))
		w.must(err)
		_, err = w.Recover(ctx, "ada", codes[2], right, home)
		w.fails(err, core.Invalid, "account.recover.wrong") // replaced
		_, err = w.Recover(ctx, "ada", fresh[0], right, home)
		w.must(err)
	})
}

func TestARecoveryCodeIsSpentByOneOfManyAtOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		codes, err := w.NewRecoveryCodes(ctx, w.as(w.join("ada")))
		w.must(err)
		var wg sync.WaitGroup
		won := make(chan bool, 6)
		for range 6 {
			wg.Go(func() {
				if _, err := w.Recover(ctx, "ada", codes[0], other, home); err == nil {
					won <- true
				}
			})
		}
		wg.Wait()
		if len(won) != 1 {
			t.Errorf("it opened %d times", len(won))
		}
	})
}

// withMail gives a member a confirmed address.
func (w *world) withMail(a core.Actor, address string) {
	w.t.Helper()
	w.must(w.AskMail(ctx, a, address, "en"))
	w.deliver()
	w.must(w.ConfirmMail(ctx, core.Visitor, w.post.token(w.t)))
}

func TestAnAddressIsConfirmedByItsLinkAndSignsIn(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		e := w.join("ada")
		a := w.as(e)
		w.must(w.AskMail(ctx, a, "Ada@Example.org", "en"))
		if m, err := w.Mail(ctx, a); err != nil || m.Address != "" || m.Pending != "Ada@Example.org" {
			t.Errorf("%+v %v", m, err)
		}
		_, err := w.SignIn(ctx, "ada@example.org", right, home)
		w.fails(err, core.Invalid, "account.sign_in.wrong")
		w.deliver()
		token := w.post.token(t)
		w.must(w.ConfirmMail(ctx, a, token))
		w.as(e)
		w.fails(w.ConfirmMail(ctx, a, token), core.Invalid, "account.sign_in.expired")
		_, err = w.SignIn(ctx, "ADA@example.org", right, home)
		w.must(err)
		if got, err := w.MailAddress(ctx, a.Member); err != nil || got != "Ada@Example.org" {
			t.Errorf("%q %v", got, err)
		}
		w.must(w.DropMail(ctx, a))
		_, err = w.MailAddress(ctx, a.Member)
		w.fails(err, core.NotFound, "")
	})
}

func TestAnAddressOfSomebodyElseIsNotTakenNorToldOf(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.withMail(w.member("ada"), "ada@example.org")
		grace := w.member("grace")
		w.must(w.AskMail(ctx, grace, "ada@example.org", "en"))
		w.deliver()
		w.fails(w.ConfirmMail(ctx, grace, w.post.token(t)), core.Invalid, "account.mail.unusable")
		for _, bad := range []string{"", "ada", "a@b\r\nBcc: x@y", "Ada <ada@example.org>", "a@b, c@d", strings.Repeat("a", 250) + "@example.org"} {
			w.fails(w.AskMail(ctx, grace, bad, "en"), core.Invalid, "mail=account.mail.form")
		}
	})
}

func TestAResetGoesByMailAndAnswersAlike(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		e := w.join("ada")
		a := w.as(e)
		w.withMail(a, "ada@example.org")
		w.member("grace")
		sent := len(w.post.sent)
		for _, name := range []string{"nobody_here", "grace", "x@example.org"} {
			w.must(w.Forgot(ctx, name, "en", home))
		}
		if n := w.count("SELECT COUNT(*) FROM job"); n != 1 { // one no-op stands for all of them
			t.Errorf("%d jobs", n)
		}
		w.deliver()
		if len(w.post.sent) != sent {
			t.Error("somebody unknown got a letter")
		}
		w.must(w.Forgot(ctx, "ada", "en", home))
		w.deliver()
		token := w.post.token(t)
		if n := w.count("SELECT COUNT(*) FROM job WHERE payload LIKE $1", "%"+token+"%"); n != 0 {
			t.Error("the link lies in the job")
		}
		if handle, err := w.CheckReset(ctx, token); err != nil || handle != "ada" {
			t.Errorf("%q %v", handle, err)
		}
		_, err := w.Reset(ctx, token, "ada2026ada", home)
		w.fails(err, core.Invalid, "password=account.password.handle")
		in, err := w.Reset(ctx, token, other, home)
		w.must(err)
		w.as(in)
		w.ended(e, "after a reset")
		_, err = w.Reset(ctx, token, right, home)
		w.fails(err, core.Invalid, "account.sign_in.expired")
	})
}

func TestAResetByMailStillAsksForTheSecondStep(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		e := w.join("ada")
		w.withMail(w.as(e), "ada@example.org")
		again, err := w.SignIn(ctx, "ada", right, home)
		w.must(err)
		w.enrol(w.as(again))
		w.must(w.Forgot(ctx, "ada", "en", home))
		w.deliver()
		in, err := w.Reset(ctx, w.post.token(t), other, home)
		w.must(err)
		if in.Token != "" || in.Second == "" {
			t.Error("the mailbox alone opened")
		}
	})
}

func TestTheOperatorsLinkOpensForWhoeverLostEverything(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.enrol(w.as(w.join("ada")))
		_, err := w.ResetLink(ctx, w.member("grace"), "ada")
		w.fails(err, core.Forbidden, "")
		link, err := w.ResetLink(ctx, core.SystemActor, "ada")
		w.must(err)
		token := strings.TrimPrefix(link, base+"/reset/")
		w.clock.Advance(29 * time.Minute)
		in, err := w.Reset(ctx, token, other, home)
		w.must(err)
		w.as(in)
		link, err = w.ResetLink(ctx, core.SystemActor, "ada")
		w.must(err)
		w.clock.Advance(30 * time.Minute)
		_, err = w.Reset(ctx, strings.TrimPrefix(link, base+"/reset/"), right, home)
		w.fails(err, core.Invalid, "account.sign_in.expired")
	})
}

func TestWithoutAMailServerTheAnswerSaysSoForEverybody(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.post.away = true
		w.join("ada")
		w.fails(w.Forgot(ctx, "ada", "en", home), core.Unavailable, "account.mail.none")
		w.fails(w.Forgot(ctx, "nobody", "en", home), core.Unavailable, "account.mail.none")
		w.must(w.DeliverMail(ctx, job.Job{Payload: []byte(`{"member":"1","purpose":"reset"}`)}))
	})
}

package account_test

import (
	"errors"
	"testing"
	"time"

	"dayroom/internal/account"
	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/i18n"
	"dayroom/internal/site"
	"dayroom/internal/web/ui"
)

// said gives what a person reads of an error.
func said(t *testing.T, err error) string {
	t.Helper()
	var e *core.Error
	if !errors.As(err, &e) {
		t.Fatalf("no error with words: %v", err)
	}
	return ui.Voice{Printer: i18n.For("en"), Now: time.Date(2026, 11, 3, 9, 0, 0, 0, time.UTC)}.T(e.Key, e.Args...)
}

func (w *world) ban(e account.Entry, until time.Time) {
	w.t.Helper()
	moderator := w.admin("root_person")
	w.update(func(tx *db.Tx) error { return w.SetStanding(tx, moderator, e.Member, core.Banned, until) })
}

func TestWhoIsStoppedReadsUntilWhenWhyAndWhomToWriteTo(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.change(func(s *site.Settings) { s.Contact = "help@room.example.org" })
		e := w.join("ada")
		w.ban(e, w.clock.Now().Add(72*time.Hour))
		_, err := w.SignIn(ctx, "ada", right, home)
		want := "A moderator has stopped this account. It is stopped until Friday 6 November 2026 at 09:00; then you can sign in again. " +
			"The moderator wrote to you: “You sold pills to people here.” If you want to ask about this, write to: help@room.example.org"
		if got := said(t, err); got != want {
			t.Errorf("they read:\n%s\nand not:\n%s", got, want)
		}
		w.clock.Advance(72 * time.Hour)
		_, err = w.SignIn(ctx, "ada", right, home)
		w.must(err)
	})
}

func TestWhoIsStoppedAndHasADeviceReadsWhyAfterItsCodeOnly(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		e := w.join("ada")
		secret := w.enrol(w.as(e))
		w.ban(e, time.Time{})
		w.clock.Advance(time.Minute)
		first, err := w.SignIn(ctx, "ada", right, home)
		w.must(err)
		if first.Token != "" {
			t.Fatal("one factor opened the door")
		}
		_, err = w.SecondStep(ctx, first.Second, "000000", home)
		w.fails(err, core.Invalid, "")
		_, err = w.SecondStep(ctx, first.Second, w.code(secret, 0), home)
		w.fails(err, core.Forbidden, "account.stopped")
	})
}

func TestABrowserWhoseSignInABanEndedIsToldWhyOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		e, other := w.join("ada"), w.join("grace")
		w.ban(e, time.Time{})
		w.fails(w.Farewell(ctx, e.Token), core.Forbidden, "account.stopped")
		w.must(w.Farewell(ctx, e.Token))
		w.must(w.Farewell(ctx, "a token that nobody had"))
		w.must(w.Farewell(ctx, other.Token))
		if _, err := w.Authenticate(ctx, other.Token); err != nil {
			t.Error("somebody else's sign-in ended")
		}
	})
}

func TestABanThatWasLiftedSaysNoFarewell(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		e := w.join("ada")
		moderator := w.admin("root_person")
		for _, to := range []core.Standing{core.Banned, core.Active} {
			w.update(func(tx *db.Tx) error { return w.SetStanding(tx, moderator, e.Member, to, time.Time{}) })
		}
		w.must(w.Farewell(ctx, e.Token))
		w.ended(e, "after a ban that was lifted")
	})
}

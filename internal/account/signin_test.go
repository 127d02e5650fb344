package account_test

import (
	"bytes"
	"strings"
	"sync"
	"testing"
	"time"

	"dayroom/internal/account"
	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/site"
)

func TestSomebodySignsUpAndIn(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		first := w.join("ada")
		a := w.as(first)
		if a.Handle != "ada" || !a.IsMember() || !a.MayWrite() || a.Verified || a.Role != core.RoleMember {
			t.Errorf("the actor is %+v", a)
		}
		again, err := w.SignIn(ctx, " Ada ", right, home)
		w.must(err)
		if again.Token == first.Token || w.as(again).Member != a.Member {
			t.Error("the second sign-in is not one of its own")
		}
		w.must(w.SignOut(ctx, first.Token))
		w.ended(first, "after signing out")
		w.as(again)
	})
}

func TestATokenIsStoredAsItsHashOnly(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		e := w.join("ada")
		var hash []byte
		w.must(w.db.View(ctx, func(tx *db.Tx) (err error) {
			hash, err = db.One(tx, func(r db.Row) (b []byte, err error) { err = r.Scan(&b); return }, "SELECT token_hash FROM sign_in")
			return err
		}))
		if len(hash) != 32 || bytes.Contains(hash, []byte(e.Token)) || len(e.Token) < 43 {
			t.Errorf("token of %d characters, hash of %d bytes", len(e.Token), len(hash))
		}
		w.fails(func() error { _, err := w.Authenticate(ctx, string(hash)); return err }(), core.Unauthenticated, "")
	})
}

// Session fixation: whatever the browser brings along, a sign-in gets a token of its own.
func TestASignInNeverTakesOnATokenThatWasPlanted(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.join("ada")
		planted := strings.Repeat("A", 43)
		_, err := w.Authenticate(ctx, planted)
		w.fails(err, core.Unauthenticated, "")
		e, err := w.SignIn(ctx, "ada", right, home)
		w.must(err)
		if e.Token == planted {
			t.Error("the token was taken on")
		}
		_, err = w.Authenticate(ctx, planted)
		w.fails(err, core.Unauthenticated, "")
	})
}

func TestAnUnknownHandleAndAWrongPasswordGetOneAnswer(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.join("ada")
		w.update(func(tx *db.Tx) error { _, err := w.Placeholders(tx, "f", []string{"Nobody"}); return err })
		_, known := w.SignIn(ctx, "ada", other, home)
		for _, name := range []string{"grace", "import:f:nobody", "a@example.org", "", "ad\x00a"} {
			_, unknown := w.SignIn(ctx, name, other, home)
			if unknown == nil || known.Error() != unknown.Error() {
				t.Errorf("known: %v; %q: %v", known, name, unknown)
			}
		}
		_, knownCode := w.Recover(ctx, "ada", "wrong", other, home)
		_, unknownCode := w.Recover(ctx, "grace", "wrong", other, home)
		if knownCode == nil || knownCode.Error() != unknownCode.Error() {
			t.Errorf("recovery: %v; %v", knownCode, unknownCode)
		}
	})
}

func TestAMemberWithoutAPasswordCannotSignInWithAnEmptyOne(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		_, err := w.Create(ctx, core.SystemActor, account.NewMember{Handle: "ada"})
		w.must(err)
		for _, guess := range []string{"", " ", "$argon2id$"} {
			_, err := w.SignIn(ctx, "ada", guess, home)
			w.fails(err, core.Invalid, "account.sign_in.wrong")
		}
	})
}

func TestGuessingIsSlowedPerAccountWithoutLockingTheOwnerOut(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.join("ada")
		var err error
		guesses := 0
		for guesses = 0; guesses < 40 && core.CodeOf(err) != core.TooSoon; guesses++ {
			_, err = w.SignIn(ctx, "ada", other, home)
		}
		if guesses != 11 {
			t.Errorf("%d guesses were answered", guesses-1)
		}
		_, err = w.SignIn(ctx, "ADA", right, home)
		w.fails(err, core.TooSoon, "")
		elsewhere := account.From{Address: "203.0.113.9"}
		if _, err := w.SignIn(ctx, "ada", right, elsewhere); err != nil {
			t.Errorf("the owner is locked out: %v", err)
		}
		w.clock.Advance(16 * time.Minute)
		if _, err := w.SignIn(ctx, "ada", right, home); err != nil {
			t.Errorf("still slowed: %v", err)
		}
	})
}

func TestManyNamesFromOneAddressAreSlowed(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		var err error
		n := 0
		for n = 0; n < 200 && core.CodeOf(err) != core.TooSoon; n++ {
			_, err = w.SignIn(ctx, "name"+strings.Repeat("x", n%20)+string(rune('a'+n%26)), other, home)
		}
		if n != 51 {
			t.Errorf("%d guesses were answered", n-1)
		}
	})
}

func TestNoAddressAndNoHandleLiesInTheCounters(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.SignIn(ctx, "adamantina_of_lisbon", other, home) // long enough to be in no hash by chance
		if n := w.count("SELECT COUNT(*) FROM throttle WHERE key LIKE '%adamantina%' OR key LIKE '%192.0.2%'"); n != 0 {
			t.Error("a counter names whom it counts")
		}
	})
}

func TestASignInSlidesAndEnds(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		e := w.join("ada")
		for range 4 {
			w.clock.Advance(20 * 24 * time.Hour)
			w.as(e)
		}
		w.clock.Advance(account.SignInAge + time.Second)
		w.ended(e, "after 30 days")
		w.must(w.Prune(ctx))
		if n := w.count("SELECT COUNT(*) FROM sign_in"); n != 0 {
			t.Error("the ended sign-in is kept")
		}
	})
}

func TestTheLastUseIsWrittenAtMostEveryTenMinutes(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		e := w.join("ada")
		began := w.clock.Now().UnixMilli()
		w.clock.Advance(9 * time.Minute)
		w.as(e)
		if got := w.count("SELECT seen_at FROM sign_in"); got != began {
			t.Error("it was written too soon")
		}
		w.clock.Advance(time.Minute)
		w.as(e)
		if got := w.count("SELECT seen_at FROM sign_in"); got != w.clock.Now().UnixMilli() {
			t.Error("it was not written")
		}
		if got := w.count("SELECT seen_at FROM member"); got%(24*3600*1000) != 0 {
			t.Error("the member's row tells the hour")
		}
	})
}

func TestSignInsAreListedAndEndedOneByOneAndAllOthers(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		one := w.join("ada")
		a := w.as(one)
		phone := account.From{Agent: "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/128.0 Mobile Safari/537.36"}
		two, err := w.SignIn(ctx, "ada", right, phone)
		w.must(err)
		three, err := w.SignIn(ctx, "ada", right, home)
		w.must(err)
		rows, err := w.SignIns(ctx, a)
		w.must(err)
		if len(rows) != 3 || rows[1].Device != (account.Device{Browser: "Chrome", System: "Android"}) || !rows[2].Current || rows[0].Current {
			t.Fatalf("listed: %+v", rows)
		}
		stranger := w.member("grace")
		w.fails(w.EndSignIn(ctx, stranger, rows[1].ID), core.NotFound, "")
		w.must(w.EndSignIn(ctx, a, rows[1].ID))
		w.ended(two, "ended by its member")
		w.must(w.EndOthers(ctx, a))
		w.ended(three, "all others ended")
		w.as(one)
	})
}

func TestAStolenCookieIsWorthNothingAfterAPasswordChange(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		stolen := w.join("ada")
		mine, err := w.SignIn(ctx, "ada", right, home)
		w.must(err)
		w.must(w.ChangePassword(ctx, w.as(mine), other))
		w.ended(stolen, "after a password change")
		w.as(mine)
		_, err = w.SignIn(ctx, "ada", right, home)
		w.fails(err, core.Invalid, "account.sign_in.wrong")
		_, err = w.SignIn(ctx, "ada", other, home)
		w.must(err)
	})
}

func TestAThiefOfACookieCannotChangeWhatSignsIn(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		stolen := w.as(w.join("ada"))
		w.clock.Advance(account.ProofAge)
		for name, act := range map[string]func() error{
			"password": func() error { return w.ChangePassword(ctx, stolen, other) },
			"mail":     func() error { return w.AskMail(ctx, stolen, "thief@example.org", "en") },
			"drop":     func() error { return w.DropMail(ctx, stolen) },
			"codes":    func() error { _, err := w.NewRecoveryCodes(ctx, stolen); return err },
			"totp":     func() error { _, err := w.BeginTOTP(ctx, stolen); return err },
			"no totp":  func() error { return w.DropTOTP(ctx, stolen) },
			"passkey":  func() error { _, _, err := w.BeginPasskey(ctx, stolen, ""); return err },
			"erase":    func() error { return w.Erase(ctx, stolen, stolen.Member) },
		} {
			if err := act(); !account.ProofNeeded(err) {
				t.Errorf("%s: %v", name, err)
			}
		}
		w.fails(w.Confirm(ctx, stolen, other), core.Invalid, "account.confirm.wrong")
		w.must(w.Confirm(ctx, stolen, right))
		w.must(w.ChangePassword(ctx, stolen, other))
	})
}

func TestABanEndsEverythingAtOnceAndARestrictionEndsInTime(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		moderator := w.admin("root_person")
		e := w.join("ada")
		stand := func(s core.Standing, until time.Time) {
			w.update(func(tx *db.Tx) error { return w.SetStanding(tx, moderator, e.Member, s, until) })
		}
		stand(core.Restricted, w.clock.Now().Add(time.Hour))
		if a := w.as(e); a.MayWrite() || !a.IsMember() {
			t.Errorf("restricted: %+v", a)
		}
		w.clock.Advance(time.Hour)
		if a := w.as(e); !a.MayWrite() {
			t.Error("the restriction did not end")
		}
		stand(core.Banned, time.Time{})
		w.ended(e, "after a ban")
		_, err := w.SignIn(ctx, "ada", right, home)
		w.fails(err, core.Forbidden, "account.stopped")
		_, err = w.SignIn(ctx, "ada", other, home)
		w.fails(err, core.Invalid, "account.sign_in.wrong") // a stranger does not learn of the ban
		stand(core.Active, time.Time{})
		_, err = w.SignIn(ctx, "ada", right, home)
		w.must(err)
	})
}

func TestAnUnknownStandingDenies(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		e := w.join("ada")
		for _, s := range []string{"banned", "gone", "placeholder", "", "superb"} {
			w.exec("UPDATE member SET standing = $1", s)
			w.ended(e, "standing "+s)
		}
	})
}

func TestLosingAnOfficeEndsItsSignIns(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		admin := w.admin("root_person")
		e := w.join("ada")
		w.must(w.SetRole(ctx, admin, e.Member, core.RoleModerator))
		if !w.as(e).IsModerator() {
			t.Error("no moderator")
		}
		w.must(w.SetRole(ctx, admin, e.Member, core.RoleMember))
		w.ended(e, "after losing an office")
		w.fails(w.SetRole(ctx, admin, admin.Member, core.RoleMember), core.Invalid, "account.role.last")
		w.fails(w.SetRole(ctx, w.member("grace"), e.Member, core.RoleAdmin), core.Forbidden, "")
	})
}

func TestWhereApprovalIsNeededSomebodyWaits(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		admin := w.admin("root_person")
		w.change(func(s *site.Settings) { s.SignUp = site.SignUpApproval })
		e := w.join("ada")
		if a := w.as(e); a.IsMember() || a.Standing != core.Waiting {
			t.Errorf("%+v", a)
		}
		_, err := w.NewRecoveryCodes(ctx, w.as(e))
		w.must(err) // also who waits must not lose the account
		list, err := w.AdminList(ctx, admin, account.AdminFilter{Standing: core.Waiting}, core.Page{})
		w.must(err)
		if len(list.Items) != 1 || list.Items[0].Handle != "ada" {
			t.Fatalf("waiting: %+v", list.Items)
		}
		w.fails(w.Approve(ctx, w.as(e), e.Member), core.Forbidden, "")
		w.must(w.Approve(ctx, admin, e.Member))
		if !w.as(e).IsMember() {
			t.Error("not let in")
		}
		w.fails(w.Approve(ctx, admin, e.Member), core.Conflict, "")

		declined := w.join("grace")
		w.must(w.Decline(ctx, admin, declined.Member))
		w.ended(declined, "declined")
		w.fails(w.Decline(ctx, admin, e.Member), core.Conflict, "")
		w.as(e)
	})
}

func TestASignUpTellsEverythingThatIsWrongAtOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		_, err := w.SignUp(ctx, account.SignUp{Handle: "A!", Password: "short"}, home)
		for _, want := range []string{"old_enough=account.sign_up.age", "handle=account.handle.length", "password=account.password.short"} {
			w.fails(err, core.Invalid, want)
		}
		w.join("ada")
		_, err = w.SignUp(ctx, account.SignUp{Handle: "ADA", Password: right, OldEnough: true}, home)
		w.fails(err, core.Invalid, "handle=account.handle.taken")
		if n := w.count("SELECT COUNT(*) FROM member"); n != 1 {
			t.Errorf("%d members", n)
		}
	})
}

func TestTwoWhoWantOneHandleAtOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		var wg sync.WaitGroup
		won := make(chan account.Entry, 8)
		for i := range 8 {
			wg.Go(func() {
				from := account.From{Address: "192.0.2." + string(rune('0'+i))}
				if e, err := w.SignUp(ctx, account.SignUp{Handle: "ada", Password: right, OldEnough: true}, from); err == nil {
					won <- e
				} else if c := core.CodeOf(err); c != core.Invalid && c != core.Conflict {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if len(won) != 1 {
			t.Errorf("%d got it", len(won))
		}
	})
}

func TestAnInvitationIsNotUsedMoreOftenThanItSays(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		admin := w.admin("root_person")
		w.change(func(s *site.Settings) { s.SignUp = site.SignUpInvited })
		code, err := w.MakeInvite(ctx, admin, account.InviteInput{Uses: 3, Days: 7, Space: 77})
		w.must(err)
		var wg sync.WaitGroup
		results := make(chan error, 10)
		for i := range 10 {
			wg.Go(func() {
				_, err := w.SignUp(ctx, account.SignUp{Handle: "guest_" + string(rune('a'+i)), Password: right, OldEnough: true, Invite: " " + strings.ToUpper(code)},
					account.From{Address: "192.0.2." + string(rune('0'+i))})
				results <- err
			})
		}
		wg.Wait()
		close(results)
		good := 0
		for err := range results {
			if err == nil {
				good++
			} else {
				w.fails(err, core.Invalid, "account.invite.wrong")
			}
		}
		if good != 3 || w.count("SELECT COUNT(*) FROM member") != 4 {
			t.Errorf("%d came in with an invitation for 3", good)
		}
	})
}

func TestInvitationsEndAndBelongToTheirMaker(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ada, grace := w.member("ada"), w.member("grace")
		code, err := w.MakeInvite(ctx, ada, account.InviteInput{Uses: 500, Days: 90})
		w.must(err)
		mine, err := w.Invites(ctx, ada, false)
		w.must(err)
		if len(mine) != 1 || mine[0].Left != 1 {
			t.Fatalf("a member's invitation is %+v", mine)
		}
		w.fails(w.EndInvite(ctx, grace, mine[0].Ref), core.NotFound, "")
		_, err = w.Invites(ctx, ada, true)
		w.fails(err, core.Forbidden, "")
		w.must(w.CheckInvite(ctx, code, home))
		w.clock.Advance(15 * 24 * time.Hour)
		w.fails(w.CheckInvite(ctx, code, home), core.Invalid, "account.invite.wrong")
		for range account.MemberInvites {
			_, err := w.MakeInvite(ctx, ada, account.InviteInput{})
			w.must(err)
		}
		_, err = w.MakeInvite(ctx, ada, account.InviteInput{})
		w.fails(err, core.Invalid, "account.invite.many")
	})
}

func TestOldHashesAreMadeAnewWhenTheirPasswordIsSeen(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		e := w.join("ada")
		stronger, err := account.New(w.db, w.keys, w.ids, w.clock, w.site, account.Options{BaseURL: base})
		w.must(err)
		if _, err := stronger.SignIn(ctx, "ada", right, home); err != nil {
			t.Fatal(err)
		}
		if n := w.count("SELECT COUNT(*) FROM member WHERE id = $1 AND password LIKE '$argon2id$v=19$m=19456,t=2,p=1$%'", e.Member); n != 1 {
			t.Error("the hash is still the old one")
		}
		if _, err := stronger.SignIn(ctx, "ada", right, home); err != nil {
			t.Fatal(err)
		}
	})
}

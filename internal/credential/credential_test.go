package credential_test

import (
	"bytes"
	"context"
	"path/filepath"
	"testing"
	"time"

	"dayroom/internal/account"
	"dayroom/internal/account/password"
	"dayroom/internal/core"
	"dayroom/internal/credential"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/db/dbtest"
	"dayroom/internal/platform/keys"
	"dayroom/internal/site"
)

var ctx = context.Background()

type world struct {
	*credential.Service
	t        *testing.T
	db       *db.DB
	clock    *core.ManualClock
	accounts *account.Service
}

func each(t *testing.T, test func(t *testing.T, w *world)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		clock := core.NewManualClock(time.Date(2026, 11, 3, 9, 0, 0, 0, time.UTC))
		k, err := keys.Open(ctx, filepath.Join(t.TempDir(), "keys.db"), filepath.Join(t.TempDir(), "root.key"))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { k.Close() })
		ids, err := core.NewIDMaker(clock, 1, 0)
		if err != nil {
			t.Fatal(err)
		}
		accounts, err := account.New(d, k, ids, clock, site.New(d, clock), account.Options{
			BaseURL: "https://room.example.org", Tables: append(credential.Tables, account.Tables...), Cost: password.Cost{Memory: 64, Time: 1, Threads: 1},
		})
		if err != nil {
			t.Fatal(err)
		}
		test(t, &world{credential.New(d, k, ids, clock), t, d, clock, accounts})
	})
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) join(handle string) account.Entry {
	w.t.Helper()
	e, err := w.accounts.SignUp(ctx, account.SignUp{Handle: handle, Password: "quiet river stone lamp", OldEnough: true}, account.From{Address: handle})
	w.must(err)
	return e
}

func (w *world) as(e account.Entry) core.Actor {
	w.t.Helper()
	a, err := w.accounts.Authenticate(ctx, e.Token)
	w.must(err)
	return a
}

func (w *world) cardiologist(member core.ID) credential.Input {
	return credential.Input{Member: member, Profession: " Cardiologist ", Specialty: "heart  failure", Country: "pt", Register: "OM-12345", Expires: w.clock.Now().AddDate(1, 0, 0)}
}

// What Authenticate asks of the table in its own words must be what Holds says, at every moment.
func TestWhoIsVerifiedAgreesWithWhatHolds(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		e := w.join("dr_ines")
		if w.as(e).Verified {
			t.Error("verified without a credential")
		}
		one, err := w.Grant(ctx, core.SystemActor, w.cardiologist(e.Member))
		w.must(err)
		in := w.cardiologist(e.Member)
		in.Expires = w.clock.Now().Add(48 * time.Hour)
		two, err := w.Grant(ctx, core.SystemActor, in)
		w.must(err)
		agree := func(when string, want bool) {
			t.Helper()
			list, err := w.Of(ctx, core.SystemActor, e.Member)
			w.must(err)
			holds := false
			for _, c := range list {
				holds = holds || c.Holds(w.clock.Now())
			}
			var cards map[core.ID]account.Card
			w.must(w.db.View(ctx, func(tx *db.Tx) (err error) {
				cards, err = w.accounts.Cards(tx, core.Visitor, []core.ID{e.Member}, 0)
				return err
			}))
			if a := w.as(e); a.Verified != want || holds != want || (len(cards[e.Member].Credentials) > 0) != want {
				t.Errorf("%s: actor %v, holds %v, card %v, want %v", when, a.Verified, holds, cards[e.Member].Credentials, want)
			}
		}
		agree("granted", true)
		w.must(w.Revoke(ctx, core.SystemActor, one))
		agree("one of two revoked", true)
		w.clock.Advance(48*time.Hour - time.Millisecond)
		agree("just before the end", true)
		w.clock.Advance(time.Millisecond)
		agree("at the end", false)
		if err := w.Revoke(ctx, core.SystemActor, one); !core.IsNotFound(err) {
			t.Errorf("revoked twice: %v", err)
		}
		w.must(w.Revoke(ctx, core.SystemActor, two))
	})
}

func TestOnlyAdminsGrantAndNeverToThemselves(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		admin, ada := w.join("root_person"), w.join("ada")
		w.must(w.accounts.SetRole(ctx, core.SystemActor, admin.Member, core.RoleAdmin))
		for name, err := range map[string]error{
			"a member":      func() error { _, err := w.Grant(ctx, w.as(ada), w.cardiologist(admin.Member)); return err }(),
			"oneself":       func() error { _, err := w.Grant(ctx, w.as(admin), w.cardiologist(admin.Member)); return err }(),
			"of another":    func() error { _, err := w.Of(ctx, w.as(ada), admin.Member); return err }(),
			"ending":        func() error { _, err := w.Ending(ctx, w.as(ada), time.Hour); return err }(),
			"a register no": func() error { _, err := w.Register(ctx, w.as(ada), 1); return err }(),
			"revoking":      w.Revoke(ctx, w.as(ada), 1),
		} {
			if core.CodeOf(err) != core.Forbidden {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := w.Grant(ctx, w.as(admin), w.cardiologist(12345)); !core.IsNotFound(err) {
			t.Errorf("to nobody: %v", err)
		}
		if _, err := w.Grant(ctx, w.as(admin), w.cardiologist(ada.Member)); err != nil {
			t.Error(err)
		}
		if mine, err := w.Of(ctx, w.as(ada), ada.Member); err != nil || len(mine) != 1 || mine[0].Profession != "Cardiologist" || mine[0].Specialty != "heart failure" || mine[0].Country != "PT" {
			t.Errorf("%+v %v", mine, err)
		}
	})
}

func TestARegisterNumberIsSealedAndForgotten(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		e := w.join("dr_ines")
		id, err := w.Grant(ctx, core.SystemActor, w.cardiologist(e.Member))
		w.must(err)
		var sealed []byte
		w.must(w.db.View(ctx, func(tx *db.Tx) (err error) {
			sealed, err = db.One(tx, func(r db.Row) (b []byte, err error) { err = r.Scan(&b); return }, "SELECT register_sealed FROM credential")
			return err
		}))
		if bytes.Contains(sealed, []byte("12345")) {
			t.Error("it lies open")
		}
		if got, err := w.Register(ctx, core.SystemActor, id); err != nil || got != "OM-12345" {
			t.Errorf("%q %v", got, err)
		}
		w.must(w.accounts.Erase(ctx, core.SystemActor, e.Member))
		if _, err := w.Register(ctx, core.SystemActor, id); !core.IsNotFound(err) {
			t.Errorf("after erasing: %v", err)
		}
	})
}

func TestWhatIsWrongWithACredentialIsToldByField(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		e := w.join("dr_ines")
		for field, change := range map[string]func(*credential.Input){
			"profession": func(in *credential.Input) { in.Profession = "x" },
			"specialty":  func(in *credential.Input) { in.Specialty = string(bytes.Repeat([]byte("x"), 61)) },
			"country":    func(in *credential.Input) { in.Country = "ZZ" },
			"register":   func(in *credential.Input) { in.Register = "1\x002" },
			"expires":    func(in *credential.Input) { in.Expires = w.clock.Now() },
		} {
			in := w.cardiologist(e.Member)
			change(&in)
			_, err := w.Grant(ctx, core.SystemActor, in)
			if core.CodeOf(err) != core.Invalid || !bytes.Contains([]byte(err.Error()), []byte(field+"=credential.")) {
				t.Errorf("%s: %v", field, err)
			}
		}
	})
}

func TestCredentialsThatEndSoonAreListed(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		e := w.join("dr_ines")
		for _, days := range []int{5, 40, 400} {
			in := w.cardiologist(e.Member)
			in.Expires = w.clock.Now().AddDate(0, 0, days)
			_, err := w.Grant(ctx, core.SystemActor, in)
			w.must(err)
		}
		if soon, err := w.Ending(ctx, core.SystemActor, 60*24*time.Hour); err != nil || len(soon) != 2 {
			t.Errorf("%v %v", soon, err)
		}
	})
}

func TestCountriesAreNamedInTheReadersLanguage(t *testing.T) {
	for _, c := range []struct{ lang, code, want string }{
		{"en", "PT", "Portugal"}, {"ar", "PT", "البرتغال"}, {"pt", "DE", "Alemanha"}, {"xx", "GB", "United Kingdom"}, {"en", "??", "??"},
	} {
		if got := credential.CountryName(c.lang, c.code); got != c.want {
			t.Errorf("%s %s: %q", c.lang, c.code, got)
		}
	}
	list := credential.Countries("de")
	if len(list) < 240 || len(list) > 260 || list[0].Name != "Afghanistan" || list[2].Name != "Ägypten" && list[1].Name != "Ägypten" {
		t.Errorf("%d countries, from %v", len(list), list[:4])
	}
	for code, want := range map[string]bool{"PT": true, "pt": false, "ZZ": false, "150": false, "": false, "EU": false, "GB": true} {
		if credential.KnownCountry(code) != want {
			t.Errorf("%q", code)
		}
	}
}

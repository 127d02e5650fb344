package account_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"dayroom/internal/account"
	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/keys"
	"dayroom/internal/policy"
)

func (w *world) cards(a core.Actor, space core.ID, ids ...core.ID) (out map[core.ID]account.Card) {
	w.t.Helper()
	w.must(w.db.View(ctx, func(tx *db.Tx) (err error) { out, err = w.Cards(tx, a, ids, space); return err }))
	return out
}

func TestAProfileIsKeptAsItIsMeant(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a := w.member("ada")
		in := account.Profile{Relation: account.Caregiver, ForWhom: " her father ", About: "Hello.\nMe.", Conditions: []string{" Heart  Failure", "heart failure", "asthma", ""},
			Language: "PT-br", TimeZone: "Europe/Lisbon", RelationAudience: policy.Members}
		w.must(w.SaveProfile(ctx, a, in))
		got, err := w.MyProfile(ctx, a)
		w.must(err)
		if got.ForWhom != "her father" || !slices.Equal(got.Conditions, []string{"heart failure", "asthma"}) || got.Language != "pt-BR" ||
			got.AboutAudience != policy.Nobody || got.RelationAudience != policy.Members || got.TimeZone != "Europe/Lisbon" {
			t.Errorf("%+v", got)
		}
		got.Relation = account.Patient
		w.must(w.SaveProfile(ctx, a, got))
		if got, _ = w.MyProfile(ctx, a); got.ForWhom != "" {
			t.Error("whom a caregiver cared for is still said of a patient")
		}
	})
}

func TestWhatIsWrongWithAProfileIsToldByField(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a := w.member("ada")
		many := []string{}
		for i := range 21 {
			many = append(many, fmt.Sprintf("tag %d", i))
		}
		for want, in := range map[string]account.Profile{
			"relation=account.profile.relation.choice": {Relation: "owner"},
			"about=account.profile.about.length":       {About: strings.Repeat("ä", 601)},
			"for_whom=":                                {Relation: account.Caregiver, ForWhom: "a\nb"},
			"conditions=account.profile.tags.many":     {Conditions: many},
			"treatments=account.profile.tags.length":   {Treatments: []string{"x"}},
			"conditions=account.profile.tags.form":     {Conditions: []string{"<b>x"}},
			"time_zone=":                               {TimeZone: "../../etc/passwd"},
			"language=":                                {Language: "not a language"},
			"about=account.profile.audience":           {AboutAudience: "everybody"},
		} {
			w.fails(w.SaveProfile(ctx, a, in), core.Invalid, want)
		}
		w.fails(w.SaveProfile(ctx, core.Visitor, account.Profile{}), core.Unauthenticated, "")
	})
}

// What a card or a page shows is what policy.SeeField allows, for every audience, standing, block and shared space; and a string
// that stands in a field nowhere else never comes out by another way.
func TestNoFieldLeaksToWhomItIsNotFor(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		owner := w.member("owner_one")
		readers := map[string]core.Actor{"visitor": core.Visitor, "stranger": w.member("stranger"), "companion": w.member("companion"), "blocked": w.member("blocked_one"),
			"blocker": w.member("blocker_one"), "admin": w.admin("root_person"), "owner": owner}
		waiting := readers["companion"]
		waiting.Standing = core.Waiting
		readers["waiting"] = waiting
		w.exec("INSERT INTO space (id, slug, kind, name, description, rules, rules_html, visibility, joining, created_at) VALUES (5, 'room', 'community', 'Room', '', '', '', 'members', 'open', 0)")
		for name, state := range map[string]string{"owner": "joined", "companion": "joined", "blocked": "joined", "blocker": "joined", "stranger": "asked"} {
			w.exec("INSERT INTO membership (space, member, state, role, since) VALUES (5, $1, $2, '', 0)", readers[name].Member, state)
		}
		w.must(w.Block(ctx, owner, readers["blocked"].Member))
		w.must(w.Block(ctx, readers["blocker"], owner.Member))
		random := rand.New(rand.NewPCG(1, 2))
		pick := func() policy.Audience { return account.Audiences[random.IntN(3)] }
		for range 25 {
			p := account.Profile{Relation: account.Caregiver, ForWhom: "canary whom", RelationAudience: pick(), About: "canary about", AboutAudience: pick(),
				Conditions: []string{"canary condition"}, ConditionsAudience: pick(), Treatments: []string{"canary treatment"}, TreatmentsAudience: pick(),
				Language: "cy", LanguageAudience: pick(), TimeZone: "Europe/Vaduz", TimeZoneAudience: pick()}
			w.must(w.SaveProfile(ctx, owner, p))
			for name, r := range readers {
				together := slices.Contains([]string{"owner", "companion", "blocked", "blocker", "waiting"}, name)
				block := name == "blocked" || name == "blocker"
				see := func(a policy.Audience) bool {
					return policy.SeeField(r, owner.Member, a, together, block).OK()
				}
				card := w.cards(r, 5, owner.Member)[owner.Member]
				if card.Handle != "owner_one" || card.Blocked != (name == "blocker") {
					t.Errorf("%s: %+v", name, card)
				}
				if got := card.Relation != "" || card.ForWhom != ""; got != see(p.RelationAudience) {
					t.Errorf("%s, relation for %s: %v", name, p.RelationAudience, got)
				}
				if got := card.Conditions != nil; got != see(p.ConditionsAudience) {
					t.Errorf("%s, conditions for %s: %v", name, p.ConditionsAudience, got)
				}
				page, err := w.Show(ctx, r, "owner_one")
				if want := name != "visitor" && name != "waiting" && name != "blocked"; (err == nil) != want {
					t.Errorf("%s: the page %v", name, err)
				}
				if err != nil {
					page = account.Shown{}
				} else if (page.About != "") != see(p.AboutAudience) || (page.Treatments != nil) != see(p.TreatmentsAudience) ||
					(page.Language != "") != see(p.LanguageAudience) || (page.TimeZone != "") != see(p.TimeZoneAudience) {
					t.Errorf("%s: %+v of %+v", name, page, p)
				}
				if all := fmt.Sprintf("%+v %+v", card, page); block && strings.Contains(all, "canary") {
					t.Errorf("%s reads %s", name, all)
				}
			}
		}
	})
}

func TestCardsOfManyOfTheGoneAndOfPlaceholders(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a, gone := w.member("ada"), w.member("leaver")
		var made map[string]core.ID
		w.update(func(tx *db.Tx) (err error) {
			made, err = w.Placeholders(tx, "medquad", []string{"NIH  Senior\x00Health", "ada", "", strings.Repeat("ö", 100)})
			return err
		})
		w.must(w.Erase(ctx, core.SystemActor, gone.Member))
		ids := []core.ID{0, a.Member, a.Member, gone.Member, made["ada"], 4242}
		for range 300 {
			ids = append(ids, w.ids.Next())
		}
		cards := w.cards(a, 0, ids...)
		if len(cards) != 3 || !cards[gone.Member].Gone || cards[gone.Member].Handle != "" || !cards[made["ada"]].Placeholder || cards[a.Member].Placeholder {
			t.Errorf("%+v", cards)
		}
		if len(made) != 3 {
			t.Errorf("%v", made)
		}
		var again map[string]core.ID
		w.update(func(tx *db.Tx) (err error) { again, err = w.Placeholders(tx, "medquad", []string{"ada"}); return err })
		if again["ada"] != made["ada"] || made["ada"] == a.Member {
			t.Error("a second import made another author, or a member one")
		}
		w.fails(w.SetRole(ctx, core.SystemActor, made["ada"], core.RoleAdmin), core.NotFound, "")
		if list, err := w.AdminList(ctx, w.admin("root_person"), account.AdminFilter{}, core.Page{}); err != nil || len(list.Items) != 2 {
			t.Errorf("%+v %v", list, err)
		}
	})
}

func TestAnOldHandleLeadsMembersOnAndIsNobodyElses(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a := w.member("first_name")
		grace := w.member("grace")
		w.must(w.ChangeHandle(ctx, a, "Second_Name"))
		page, err := w.Show(ctx, grace, "first_name")
		w.must(err)
		if page.MovedTo != "second_name" || page.Handle != "" {
			t.Errorf("%+v", page)
		}
		_, err = w.Show(ctx, core.Visitor, "first_name")
		w.fails(err, core.Unauthenticated, "")
		w.must(w.db.View(ctx, func(tx *db.Tx) error {
			_, _, _, err := w.ByHandle(tx, core.Visitor, "first_name")
			w.fails(err, core.NotFound, "")
			return nil
		}))
		w.fails(w.ChangeHandle(ctx, a, "third_name"), core.TooSoon, "account.handle.too_soon")
		_, err = w.SignUp(ctx, account.SignUp{Handle: "first_name", Password: right, OldEnough: true}, home)
		w.fails(err, core.Invalid, "handle=account.handle.taken")
		w.fails(w.ChangeHandle(ctx, grace, "first_name"), core.Invalid, "handle=account.handle.taken")
		w.clock.Advance(30 * 24 * time.Hour)
		w.must(w.ChangeHandle(ctx, a, "first_name")) // one's own may be taken back
		w.clock.Advance(90 * 24 * time.Hour)
		if _, err = w.SignUp(ctx, account.SignUp{Handle: "second_name", Password: right, OldEnough: true}, home); err != nil {
			t.Errorf("after 90 days: %v", err)
		}
		if page, err := w.Show(ctx, grace, "second_name"); core.CodeOf(err) == core.NotFound || page.MovedTo != "" {
			t.Errorf("it still leads on: %+v %v", page, err)
		}
	})
}

func TestBlocksAreMutualInEffectAndOnesOwnToLift(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a, b := w.member("ada"), w.member("grace")
		w.fails(w.Block(ctx, a, a.Member), core.Invalid, "")
		w.fails(w.Block(ctx, a, 4242), core.NotFound, "")
		w.must(w.Block(ctx, a, b.Member))
		w.must(w.Block(ctx, a, b.Member))
		blocked := func() (yes bool) {
			w.must(w.db.View(ctx, func(tx *db.Tx) (err error) { yes, err = account.Blocked(tx, b.Member, a.Member); return err }))
			return yes
		}
		list, err := w.Blocks(ctx, a)
		w.must(err)
		if !blocked() || len(list) != 1 || list[0].Handle != "grace" {
			t.Errorf("%v", list)
		}
		w.must(w.Unblock(ctx, b, a.Member))
		if !blocked() {
			t.Error("the blocked one lifted it")
		}
		w.must(w.Unblock(ctx, a, b.Member))
		if blocked() {
			t.Error("it stays")
		}
	})
}

func TestErasingLeavesATombstoneAndNothingOfThePerson(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a, grace := w.member("leaver"), w.member("grace")
		w.must(w.ChangeHandle(ctx, a, "leaver_two"))
		w.withMail(a, "leaver@example.org")
		e, err := w.SignIn(ctx, "leaver_two", right, home)
		w.must(err)
		a = w.as(e)
		w.enrol(a)
		_, err = w.NewRecoveryCodes(ctx, a)
		w.must(err)
		w.must(w.SaveProfile(ctx, a, account.Profile{About: "canary"}))
		w.must(w.Block(ctx, grace, a.Member))
		w.fails(w.Erase(ctx, grace, a.Member), core.Forbidden, "")
		w.must(w.Erase(ctx, a, a.Member))
		w.ended(e, "after erasing")
		if _, err := w.keys.Seal(ctx, a.Member, "mail", nil); err == nil {
			t.Error("the key is there")
		}
		ledger, err := w.keys.Ledger(ctx)
		w.must(err)
		if len(ledger) != 1 || ledger[0].Kind != keys.ErasedMember || ledger[0].ID != a.Member {
			t.Errorf("%v", ledger)
		}
		for _, table := range []string{"profile", "sign_in", "passkey", "recovery_code", "challenge"} {
			if n := w.count("SELECT COUNT(*) FROM "+table+" WHERE member = $1", a.Member); n != 0 {
				t.Errorf("%d rows in %s", n, table)
			}
		}
		if n := w.count("SELECT COUNT(*) FROM member WHERE id = $1 AND standing = 'gone' AND handle = 'gone_' || $1 AND mail_sealed IS NULL AND password = ''", a.Member); n != 1 {
			t.Error("the tombstone is not bare")
		}
		if n := w.count("SELECT COUNT(*) FROM handle_past WHERE handle_key LIKE '%leaver%'"); n != 0 {
			t.Error("the handle lies open")
		}
		for _, h := range []string{"leaver", "leaver_two"} {
			_, err = w.SignUp(ctx, account.SignUp{Handle: h, Password: right, OldEnough: true}, home)
			w.fails(err, core.Invalid, "handle=account.handle.taken")
			_, err = w.Show(ctx, grace, h)
			w.fails(err, core.NotFound, "")
		}
		if list, err := w.Blocks(ctx, grace); err != nil || len(list) != 0 {
			t.Errorf("%v %v", list, err)
		}
		if got := w.kinds(a.Member); got[len(got)-1] != account.EventGone {
			t.Errorf("%v", got)
		}
		w.clock.Advance(91 * 24 * time.Hour)
		w.must(w.Prune(ctx))
		_, err = w.SignUp(ctx, account.SignUp{Handle: "leaver_two", Password: right, OldEnough: true}, home)
		w.must(err)
		admin := w.admin("root_person")
		w.fails(w.Erase(ctx, admin, admin.Member), core.Invalid, "account.erase.admin")
	})
}

func TestTheMembersListPagesAndFilters(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		admin := w.admin("root_person")
		for _, h := range []string{"ada", "adam", "eve"} {
			w.member(h)
		}
		_, err := w.AdminList(ctx, w.member("plain_one"), account.AdminFilter{}, core.Page{})
		w.fails(err, core.Forbidden, "")
		var seen []string
		page := core.Page{Limit: 2}
		for range 5 {
			list, err := w.AdminList(ctx, admin, account.AdminFilter{}, page)
			w.must(err)
			for _, m := range list.Items {
				seen = append(seen, m.Handle)
			}
			if page.After = list.Next; page.After.IsZero() {
				break
			}
		}
		if !slices.Equal(seen, []string{"plain_one", "eve", "adam", "ada", "root_person"}) {
			t.Errorf("%v", seen)
		}
		for want, f := range map[int]account.AdminFilter{2: {Handle: " ADA"}, 1: {Role: core.RoleAdmin}, 0: {Standing: core.Banned}, 5: {Standing: core.Active}} {
			list, err := w.AdminList(ctx, admin, f, core.Page{})
			if err != nil || len(list.Items) != want {
				t.Errorf("%+v: %v %v", f, list.Items, err)
			}
		}
	})
}

func TestHandles(t *testing.T) {
	for handle, want := range map[string]string{
		"ada": "", "Ada_Lovelace": "", "a1_": "", " ada ": "", "tomasz_k": "",
		"ab": "account.handle.length", strings.Repeat("a", 25): "account.handle.length", "": "account.handle.length",
		"1ada": "account.handle.form", "_ada": "account.handle.form", "a-da": "account.handle.form", "аda": "account.handle.form", "a\x00da": "account.handle.form", "ada!": "account.handle.form",
		"admin": "account.handle.reserved", "Dayroom": "account.handle.reserved", "ad_min": "account.handle.reserved", "moderator1": "account.handle.reserved",
		"support_": "account.handle.reserved", "gone_12": "account.handle.reserved", "system": "account.handle.reserved", "administer": "",
	} {
		if got := account.CheckHandle(handle); got != want {
			t.Errorf("%q: %q, want %q", handle, got, want)
		}
	}
}

// FuzzHandle holds that an accepted handle is what it is promised to be, and that folding it twice changes nothing.
func FuzzHandle(f *testing.F) {
	for _, s := range []string{"ada", "ADA", "gone_1", "a\x00", "İan", "ſam", "K\u212aa"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, handle string) {
		key := account.HandleKey(handle)
		if key != account.HandleKey(key) && utf8.ValidString(handle) {
			t.Errorf("%q folds to %q and on", handle, key)
		}
		if account.CheckHandle(handle) != "" {
			return
		}
		if len(key) < 3 || len(key) > 24 || strings.Trim(key, "abcdefghijklmnopqrstuvwxyz0123456789_") != "" || key[0] < 'a' {
			t.Errorf("%q was accepted", handle)
		}
		if account.CheckHandle(key) != "" {
			t.Errorf("%q is accepted, its key %q is not", handle, key)
		}
	})
}

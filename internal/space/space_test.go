package space_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/db/dbtest"
	"dayroom/internal/platform/event"
	"dayroom/internal/policy"
	"dayroom/internal/space"
)

// house is a site with members, for the tests of this package.
type house struct {
	*testing.T
	db     *db.DB
	clock  *core.ManualClock
	ids    *core.IDMaker
	spaces *space.Service
	admin  core.Actor
}

func ctx() context.Context { return context.Background() }

func each(t *testing.T, test func(h *house)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		clock := core.NewManualClock(time.Date(2026, 5, 1, 9, 0, 0, 0, time.UTC))
		ids, err := core.NewIDMaker(clock, 1, 0)
		if err != nil {
			t.Fatal(err)
		}
		h := &house{T: t, db: d, clock: clock, ids: ids, spaces: space.New(d, clock, ids)}
		h.admin = h.member("keeper")
		h.admin.Role = core.RoleAdmin
		test(h)
	})
}

func (h *house) must(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

func (h *house) exec(query string, args ...any) {
	h.Helper()
	h.must(h.db.Update(ctx(), func(tx *db.Tx) error {
		_, err := tx.Exec(query, args...)
		return err
	}))
}

func (h *house) member(handle string) core.Actor {
	h.Helper()
	a := core.Actor{Member: h.ids.Next(), Handle: handle, Standing: core.Active}
	h.exec("INSERT INTO member (id, handle, handle_key, role, standing, created_at) VALUES ($1, $2, $2, '', 'active', 0)", a.Member, handle)
	return a
}

func (h *house) clinician(handle string) core.Actor {
	a := h.member(handle)
	a.Verified = true
	h.exec(`INSERT INTO credential (id, member, profession, specialty, country, expires_at, granted_by, granted_at)
		VALUES ($1, $2, 'physician', '', 'PT', $3, 0, 0)`, h.ids.Next(), a.Member, db.Millis(h.clock.Now().AddDate(1, 0, 0)))
	return a
}

// open makes a community with rules, changed by edit.
func (h *house) open(slug string, edit func(*space.Input)) space.Space {
	h.Helper()
	in := space.DefaultsFor(policy.Community)
	in.Slug, in.Name, in.Rules = slug, "Breathing space", "- Be kind.\n- No doses."
	if edit != nil {
		edit(&in)
	}
	s, err := h.spaces.Create(ctx(), h.admin, in)
	h.must(err)
	return s
}

func (h *house) join(s space.Space, a core.Actor) space.Joined {
	h.Helper()
	out, err := h.spaces.Join(ctx(), a, s.Slug, space.JoinInput{Rules: s.RulesMark()})
	h.must(err)
	return out
}

func (h *house) about(a core.Actor, slug string) space.About {
	h.Helper()
	out, err := h.spaces.About(ctx(), a, slug)
	h.must(err)
	return out
}

func (h *house) refused(err error, code core.Code, key string) {
	h.Helper()
	var e *core.Error
	if !errors.As(err, &e) || e.Code != code {
		h.Fatalf("got %v, want %s %s", err, code, key)
	}
	if key == "" || e.Key == key {
		return
	}
	for _, k := range e.Fields {
		if k == key {
			return
		}
	}
	h.Fatalf("got %v, want %s %s", err, code, key)
}

func (h *house) events() (kinds []string) {
	h.Helper()
	h.must(h.db.View(ctx(), func(tx *db.Tx) error {
		events, err := event.After(tx, 0, 1000)
		for _, e := range events {
			kinds = append(kinds, e.Kind)
			if string(e.Data) != "{}" {
				h.Errorf("event %s carries %s", e.Kind, e.Data)
			}
		}
		return err
	}))
	return kinds
}

func TestOnlyAnAdminOpensASpace(t *testing.T) {
	each(t, func(h *house) {
		in := space.DefaultsFor(policy.Community)
		in.Slug, in.Name = "asthma", "Asthma"
		_, err := h.spaces.Create(ctx(), h.member("ada"), in)
		h.refused(err, core.Forbidden, "policy.admin_only")
		_, err = h.spaces.Create(ctx(), core.Visitor, in)
		h.refused(err, core.Unauthenticated, "")
		s, err := h.spaces.Create(ctx(), h.admin, in)
		h.must(err)
		if s.Visibility != policy.MembersOnly || len(s.Tags) != 0 {
			t.Errorf("a new community is %+v", s)
		}
		_, err = h.spaces.Create(ctx(), h.admin, in)
		h.refused(err, core.Invalid, "space.slug.taken")
	})
}

func TestASpaceSaysFieldByFieldWhatIsWrong(t *testing.T) {
	each(t, func(h *house) {
		for field, edit := range map[string]func(*space.Input){
			"space.slug.form":                 func(in *space.Input) { in.Slug = "Not a slug" },
			"space.name.length":               func(in *space.Input) { in.Name = strings.Repeat("x", 61) },
			"space.kind.choice":               func(in *space.Input) { in.Kind = "club" },
			"space.visibility.rounds":         func(in *space.Input) { in.Kind, in.Visibility = policy.Rounds, policy.Public },
			"space.organisation.needed":       func(in *space.Input) { in.Kind, in.Organisation = policy.Channel, 12345 },
			"space.organisation.channel_only": func(in *space.Input) { in.Organisation = 5 },
			"space.tags.many":                 func(in *space.Input) { in.Tags = manyTags(31) },
			"markup.too_complex":              func(in *space.Input) { in.Rules = strings.Repeat("[", 2000) },
			"markup.too_many_links":           func(in *space.Input) { in.Rules = strings.Repeat("https://a.example/x ", 11) },
			"space.joining.choice":            func(in *space.Input) { in.Joining = "by bribe" },
			"space.rules.length":              func(in *space.Input) { in.Rules = strings.Repeat("x", 4001) },
			"space.description.length":        func(in *space.Input) { in.Description = strings.Repeat("é", 401) },
		} {
			in := space.DefaultsFor(policy.Community)
			in.Slug, in.Name = "asthma", "Asthma"
			edit(&in)
			_, err := h.spaces.Create(ctx(), h.admin, in)
			h.refused(err, core.Invalid, field)
		}
	})
}

func manyTags(n int) (tags []string) {
	for i := range n {
		tags = append(tags, fmt.Sprint("tag ", i))
	}
	return tags
}

func TestRulesAreMadeSafeWhenWritten(t *testing.T) {
	each(t, func(h *house) {
		s := h.open("asthma", func(in *space.Input) {
			in.Rules = "**Be kind** <script>alert(1)</script>"
			in.Tags = []string{" Night ", "night", "Inhalers", ""}
		})
		if !strings.Contains(s.RulesHTML, "<strong>Be kind</strong>") || strings.Contains(s.RulesHTML, "<script") {
			t.Errorf("rules became %q", s.RulesHTML)
		}
		if strings.Join(s.Tags, ",") != "night,inhalers" {
			t.Errorf("tags became %v", s.Tags)
		}
	})
}

func TestJoiningAnOpenSpaceNeedsItsRules(t *testing.T) {
	each(t, func(h *house) {
		s, ada := h.open("asthma", nil), h.member("ada")
		_, err := h.spaces.Join(ctx(), ada, s.Slug, space.JoinInput{})
		h.refused(err, core.Invalid, "space.rules.accept")
		_, err = h.spaces.Join(ctx(), ada, s.Slug, space.JoinInput{Rules: "stale"})
		h.refused(err, core.Invalid, "space.rules.changed")
		for range 2 { // joining twice is joining once
			if how := h.join(s, ada); how != space.JoinedNow {
				t.Errorf("joining is %q", how)
			}
		}
		about := h.about(ada, s.Slug)
		if !about.Ties.Joined || !about.Ties.Rules || !about.Ties.Newcomer || about.MayJoin || !about.MayLeave || about.MayManage {
			t.Errorf("after joining: %+v", about)
		}
		h.must(h.spaces.Leave(ctx(), ada, s.Slug))
		h.refused(h.spaces.Leave(ctx(), ada, s.Slug), core.NotFound, "")
		want := "space.created space.joined space.left"
		if got := strings.Join(h.events(), " "); got != want {
			t.Errorf("events %q, want %q", got, want)
		}
	})
}

func TestARequestIsDecidedOnce(t *testing.T) {
	each(t, func(h *house) {
		s := h.open("carers", func(in *space.Input) { in.Joining = policy.JoinRequest })
		sten, ada, ben := h.member("sten"), h.member("ada"), h.member("ben")
		h.must(h.spaces.AppointSteward(ctx(), h.admin, s.Slug, "sten"))
		for _, a := range []core.Actor{ada, ben} {
			got, err := h.spaces.Join(ctx(), a, s.Slug, space.JoinInput{Message: "I look after my father.", Rules: s.RulesMark()})
			h.must(err)
			if got != space.JoinAsked {
				t.Fatalf("got %s", got)
			}
		}
		h.refused(h.spaces.Decide(ctx(), ben, s.Slug, ada.Member, true), core.Forbidden, "policy.steward_only")
		waiting, err := h.spaces.Members(ctx(), sten, s.Slug, space.GroupAsked, core.Page{Limit: 1})
		h.must(err)
		if len(waiting.Items) != 1 || waiting.Items[0].Message == "" || waiting.Next.IsZero() {
			t.Fatalf("waiting: %+v", waiting)
		}
		h.clock.Advance(time.Hour)
		h.must(h.spaces.Decide(ctx(), sten, s.Slug, ada.Member, true))
		h.refused(h.spaces.Decide(ctx(), sten, s.Slug, ada.Member, false), core.Conflict, "space.request.decided")
		h.must(h.spaces.Decide(ctx(), sten, s.Slug, ben.Member, false))
		if !h.about(ada, s.Slug).Ties.Joined || h.about(ben, s.Slug).Ties.Asked {
			t.Error("the decisions did not hold")
		}
		in, err := h.spaces.Members(ctx(), sten, s.Slug, space.GroupJoined, core.Page{})
		h.must(err)
		if len(in.Items) != 2 || in.Items[0].Handle != "ada" || in.Items[0].Message != "" {
			t.Errorf("the members are %+v", in.Items)
		}
	})
}

func TestNobodyWalksInWithoutAnInvitation(t *testing.T) {
	each(t, func(h *house) {
		s := h.open("quiet", func(in *space.Input) { in.Visibility, in.Joining = policy.Invited, policy.JoinInvitation })
		sten, ada, eve := h.member("sten"), h.member("ada"), h.member("eve")
		h.must(h.spaces.AppointSteward(ctx(), h.admin, s.Slug, "sten"))
		_, err := h.spaces.Join(ctx(), eve, s.Slug, space.JoinInput{Rules: s.RulesMark()})
		h.refused(err, core.NotFound, "")
		h.must(h.spaces.Invite(ctx(), sten, s.Slug, " @Ada "))
		h.refused(h.spaces.Invite(ctx(), sten, s.Slug, "nobody_here"), core.Invalid, "space.handle.unknown")
		if !h.about(ada, s.Slug).Ties.Invited {
			t.Error("the invitation did not reach Ada")
		}
		if h.join(s, ada) != space.JoinedNow {
			t.Error("the invitation did not open the door")
		}
		h.refused(h.spaces.Invite(ctx(), sten, s.Slug, "ada"), core.Invalid, "space.handle.joined")
		h.refused(h.spaces.Invite(ctx(), ada, s.Slug, "eve"), core.Forbidden, "policy.steward_only")
		h.refused(h.spaces.Invite(ctx(), eve, s.Slug, "eve"), core.NotFound, "")
	})
}

func TestWhoBlockedTheInviterIsNotReached(t *testing.T) {
	each(t, func(h *house) {
		s, sten, ada := h.open("asthma", nil), h.member("sten"), h.member("ada")
		h.must(h.spaces.AppointSteward(ctx(), h.admin, s.Slug, "sten"))
		h.exec("INSERT INTO block (member, blocked, at) VALUES ($1, $2, 0)", ada.Member, sten.Member)
		h.must(h.spaces.Invite(ctx(), sten, s.Slug, "ada"))
		if h.about(ada, s.Slug).Ties.Invited {
			t.Error("a blocked member's invitation arrived")
		}
	})
}

func TestRemovedMembersComeBackByInvitationOnly(t *testing.T) {
	each(t, func(h *house) {
		s, sten, ada := h.open("asthma", nil), h.member("sten"), h.member("ada")
		h.must(h.spaces.AppointSteward(ctx(), h.admin, s.Slug, "sten"))
		h.join(s, ada)
		h.refused(h.spaces.Remove(ctx(), sten, s.Slug, sten.Member), core.Forbidden, "policy.not_yourself")
		h.refused(h.spaces.Remove(ctx(), h.admin, s.Slug, sten.Member), core.Forbidden, "space.remove.steward")
		h.must(h.spaces.Remove(ctx(), sten, s.Slug, ada.Member))
		_, err := h.spaces.Join(ctx(), ada, s.Slug, space.JoinInput{Rules: s.RulesMark()})
		h.refused(err, core.Forbidden, "space.join.removed")
		h.refused(h.spaces.Leave(ctx(), ada, s.Slug), core.NotFound, "")
		if about := h.about(ada, s.Slug); about.MayJoin || !about.Removed {
			t.Error("the page offers to join what cannot be joined")
		}
		h.must(h.spaces.Invite(ctx(), sten, s.Slug, "ada"))
		h.join(s, ada)
	})
}

func TestNewRulesAreAcceptedAgain(t *testing.T) {
	each(t, func(h *house) {
		s, sten, ada := h.open("asthma", nil), h.member("sten"), h.member("ada")
		h.must(h.spaces.AppointSteward(ctx(), h.admin, s.Slug, "sten"))
		h.join(s, ada)
		in := space.Input{Name: "Breathing", Rules: "- Be kinder.", Visibility: policy.MembersOnly, Joining: policy.JoinOpen}
		_, err := h.spaces.Change(ctx(), ada, s.Slug, in)
		h.refused(err, core.Forbidden, "policy.steward_only")
		now, err := h.spaces.Change(ctx(), sten, s.Slug, in)
		h.must(err)
		if h.about(ada, s.Slug).Ties.Rules || !h.about(sten, s.Slug).Ties.Rules {
			t.Error("the new rules count as accepted by those who have not seen them, or not by who wrote them")
		}
		h.refused(h.spaces.AcceptRules(ctx(), ada, s.Slug, s.RulesMark()), core.Invalid, "space.rules.changed")
		h.must(h.spaces.AcceptRules(ctx(), ada, s.Slug, now.RulesMark()))
		if !h.about(ada, s.Slug).Ties.Rules {
			t.Error("the new rules were not accepted")
		}
		h.refused(h.spaces.AcceptRules(ctx(), h.member("eve"), s.Slug, now.RulesMark()), core.Forbidden, "policy.join_first")
		in.Rules = ""
		_, err = h.spaces.Change(ctx(), sten, s.Slug, in)
		h.must(err)
		if !h.about(ada, s.Slug).Ties.Rules {
			t.Error("there is nothing to accept, and it is asked for")
		}
	})
}

func TestWhatWasSaidAmongMembersStaysAmongMembers(t *testing.T) {
	each(t, func(h *house) {
		s := h.open("asthma", nil)
		in := space.Input{Name: s.Name, Rules: s.Rules, Visibility: policy.Public, Joining: policy.JoinOpen}
		_, err := h.spaces.Change(ctx(), h.admin, s.Slug, in)
		h.must(err) // nobody has spoken
		in.Visibility = policy.MembersOnly
		_, err = h.spaces.Change(ctx(), h.admin, s.Slug, in)
		h.must(err)
		h.thread(s.ID, "open")
		in.Visibility = policy.Public
		_, err = h.spaces.Change(ctx(), h.admin, s.Slug, in)
		h.refused(err, core.Invalid, "space.visibility.widen")
		in.Visibility = policy.Invited
		_, err = h.spaces.Change(ctx(), h.admin, s.Slug, in)
		h.must(err)
	})
}

func (h *house) thread(space core.ID, state string) {
	h.Helper()
	id := h.ids.Next()
	h.exec(`INSERT INTO thread (id, no, space, kind, author, title, body, html, excerpt, state, created_at, active_at)
		VALUES ($1, $1, $2, 'discussion', 0, 't', 'b', 'b', 'b', $3, $4, $4)`, id, space, state, db.Millis(h.clock.Now()))
}

func TestASpaceKeepsAtLeastOneSteward(t *testing.T) {
	each(t, func(h *house) {
		s, sten, ada := h.open("asthma", nil), h.member("sten"), h.member("ada")
		h.refused(h.spaces.AppointSteward(ctx(), sten, s.Slug, "sten"), core.Forbidden, "policy.admin_only")
		h.must(h.spaces.AppointSteward(ctx(), h.admin, s.Slug, "sten"))
		h.refused(h.spaces.DismissSteward(ctx(), h.admin, s.Slug, sten.Member, ""), core.Conflict, "space.steward.last")
		h.refused(h.spaces.Leave(ctx(), sten, s.Slug), core.Conflict, "space.steward.last.own")
		h.refused(h.spaces.DismissSteward(ctx(), h.admin, s.Slug, sten.Member, "sten"), core.Conflict, "space.steward.last")
		h.refused(h.spaces.DismissSteward(ctx(), ada, s.Slug, sten.Member, "ada"), core.Forbidden, "policy.admin_only")
		h.must(h.spaces.DismissSteward(ctx(), h.admin, s.Slug, sten.Member, "ada"))
		about := h.about(sten, s.Slug)
		if about.Ties.Steward || !about.Ties.Joined || len(about.Stewards) != 1 || about.Stewards[0].Handle != "ada" {
			t.Errorf("after the change: %+v", about)
		}
	})
}

func TestTwoStewardsWhoLeaveAtOnceDoNotLeaveTheSpaceAlone(t *testing.T) {
	each(t, func(h *house) {
		s := h.open("asthma", nil)
		stewards := []core.Actor{h.member("sten"), h.member("stina")}
		for _, a := range stewards {
			h.must(h.spaces.AppointSteward(ctx(), h.admin, s.Slug, a.Handle))
		}
		var wait sync.WaitGroup
		for _, a := range stewards {
			wait.Go(func() { h.spaces.Leave(ctx(), a, s.Slug) })
		}
		wait.Wait()
		if left := len(h.about(h.admin, s.Slug).Stewards); left != 1 {
			t.Errorf("%d stewards are left, want 1", left)
		}
	})
}

func TestRoundsAreForHoldersOfACredential(t *testing.T) {
	each(t, func(h *house) {
		s := h.open("night-rounds", func(in *space.Input) { in.Kind, in.Joining = policy.Rounds, policy.JoinOpen })
		ada, ines := h.member("ada"), h.clinician("ines")
		_, err := h.spaces.Join(ctx(), ada, s.Slug, space.JoinInput{Rules: s.RulesMark()})
		h.refused(err, core.NotFound, "")
		h.refused(h.spaces.AppointSteward(ctx(), h.admin, s.Slug, "ada"), core.Invalid, "space.handle.unverified")
		h.must(h.spaces.AppointSteward(ctx(), h.admin, s.Slug, "ines")) // without seeing what is in it
		_, err = h.spaces.About(ctx(), h.admin, s.Slug)
		h.refused(err, core.NotFound, "")
		if !h.about(ines, s.Slug).MayManage {
			t.Error("the steward of the rounds cannot manage them")
		}
		ines.Verified = false // the credential ended
		_, err = h.spaces.About(ctx(), ines, s.Slug)
		h.refused(err, core.NotFound, "")
		mine, err := h.spaces.Mine(ctx(), ines)
		h.must(err)
		if len(mine) != 0 {
			t.Error("rounds are listed for somebody whose credential ended")
		}
	})
}

func TestAListNeverTellsASmallNumber(t *testing.T) {
	each(t, func(h *house) {
		s := h.open("asthma", nil)
		for i := range 10 {
			h.join(s, h.member(fmt.Sprint("m", i)))
		}
		ghost := h.member("imported")
		h.join(s, ghost)
		h.exec("UPDATE member SET standing = 'placeholder' WHERE id = $1", ghost.Member)
		card := func() space.Card {
			list, err := h.spaces.List(ctx(), h.admin, space.Filter{Kind: policy.Community}, core.Page{})
			h.must(err)
			if len(list.Items) != 1 {
				t.Fatalf("listed %d spaces", len(list.Items))
			}
			return list.Items[0]
		}
		if card().MoreThanTen {
			t.Error("ten people are told as more than ten")
		}
		h.join(s, h.member("eleventh"))
		if !card().MoreThanTen {
			t.Error("eleven people are not told")
		}
	})
}

func TestListsShowWhatTheActorMaySeeInTheOrderOfOpening(t *testing.T) {
	each(t, func(h *house) {
		first := h.open("first", func(in *space.Input) { in.Visibility = policy.Public })
		h.open("second", nil)
		h.open("hidden", func(in *space.Input) { in.Visibility = policy.Invited })
		old := h.open("old", nil)
		h.thread(first.ID, "open")
		newest := h.clock.Now()
		h.clock.Advance(time.Hour)
		h.thread(first.ID, "held") // not everybody may know of it
		h.must(h.spaces.Archive(ctx(), h.admin, old.Slug))
		h.must(h.spaces.Archive(ctx(), h.admin, old.Slug))
		ada := h.member("ada")
		names := func(a core.Actor, f space.Filter, page core.Page) (out string, next core.Cursor) {
			list, err := h.spaces.List(ctx(), a, f, page)
			h.must(err)
			for _, c := range list.Items {
				out += c.Slug + " "
			}
			return out, list.Next
		}
		if got, _ := names(core.Visitor, space.Filter{}, core.Page{}); got != "first " {
			t.Errorf("a visitor sees %q", got)
		}
		got, next := names(ada, space.Filter{}, core.Page{Limit: 1})
		if got != "first " || next.IsZero() {
			t.Errorf("the first page is %q", got)
		}
		if got, _ = names(ada, space.Filter{}, core.Page{Limit: 1, After: next}); got != "second " {
			t.Errorf("the second page is %q", got)
		}
		if got, _ = names(ada, space.Filter{Archived: true}, core.Page{}); got != "old " {
			t.Errorf("archived are %q", got)
		}
		if about := h.about(core.Visitor, "first"); !about.NewestAt.Equal(newest) || about.MayLeave || about.Ties != (policy.Ties{}) {
			t.Errorf("a visitor reads %+v", about)
		}
	})
}

func TestARegularMayOfferToReadFirstPosts(t *testing.T) {
	each(t, func(h *house) {
		s, ada := h.open("asthma", nil), h.member("ada")
		h.join(s, ada)
		h.refused(h.spaces.SetGreeter(ctx(), ada, s.Slug, true), core.Forbidden, "space.greeter.regulars")
		h.clock.Advance(8 * 24 * time.Hour)
		for range space.NewcomerPosts {
			h.must(h.db.Update(ctx(), func(tx *db.Tx) error { return space.CountApproved(tx, s.ID, ada.Member) }))
		}
		h.must(h.spaces.SetGreeter(ctx(), ada, s.Slug, true))
		about := h.about(ada, s.Slug)
		if !about.Ties.Greeter || about.Ties.Newcomer || !policy.Greet(ada, about.Facts(), about.Ties).OK() {
			t.Errorf("Ada is %+v", about.Ties)
		}
		h.must(h.spaces.SetGreeter(ctx(), ada, s.Slug, false))
		if h.about(ada, s.Slug).Ties.Greeter {
			t.Error("Ada did not stop being a greeter")
		}
	})
}

func TestAnArchivedSpaceTakesNobodyIn(t *testing.T) {
	each(t, func(h *house) {
		s, ada := h.open("asthma", nil), h.member("ada")
		h.refused(h.spaces.Archive(ctx(), ada, s.Slug), core.Forbidden, "policy.admin_only")
		h.must(h.spaces.Archive(ctx(), h.admin, s.Slug))
		_, err := h.spaces.Join(ctx(), ada, s.Slug, space.JoinInput{Rules: s.RulesMark()})
		h.refused(err, core.Forbidden, "policy.space_archived")
		h.refused(h.spaces.Invite(ctx(), h.admin, s.Slug, "ada"), core.Forbidden, "policy.space_archived")
		h.must(h.spaces.Reopen(ctx(), h.admin, s.Slug))
		h.join(s, ada)
	})
}

func TestARestrictedMemberMayLeaveAndNotJoin(t *testing.T) {
	each(t, func(h *house) {
		s, other, ada := h.open("asthma", nil), h.open("heart", nil), h.member("ada")
		h.join(s, ada)
		ada.Standing = core.Restricted
		_, err := h.spaces.Join(ctx(), ada, other.Slug, space.JoinInput{Rules: other.RulesMark()})
		h.refused(err, core.Forbidden, "policy.restricted")
		h.must(h.spaces.Leave(ctx(), ada, s.Slug))
	})
}

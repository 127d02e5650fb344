package policy_test

import (
	"testing"

	"dayroom/internal/core"
	"dayroom/internal/policy"

	"pgregory.net/rapid"
)

var (
	community = policy.Space{Kind: policy.Community, Visibility: policy.MembersOnly, Joining: policy.JoinOpen}
	rounds    = policy.Space{Kind: policy.Rounds, Visibility: policy.MembersOnly, Joining: policy.JoinRequest}
	channel   = policy.Space{Kind: policy.Channel, Visibility: policy.Public, Joining: policy.JoinOpen}

	member    = core.Actor{Member: 1, Standing: core.Active}
	doctor    = core.Actor{Member: 2, Standing: core.Active, Verified: true}
	moderator = core.Actor{Member: 3, Standing: core.Active, Role: core.RoleModerator}
	admin     = core.Actor{Member: 4, Standing: core.Active, Role: core.RoleAdmin}

	regular = policy.Ties{Joined: true, Rules: true}
	open    = policy.Post{Author: 9, State: policy.Open}
)

// anyActor, anySpace, anyTies and anyPost draw facts, unknown values among them.
func anyActor(t *rapid.T) core.Actor {
	return core.Actor{
		Member:   core.ID(rapid.Int64Range(0, 3).Draw(t, "member")),
		Role:     rapid.SampledFrom([]core.Role{core.RoleMember, core.RoleModerator, core.RoleAdmin, "king"}).Draw(t, "role"),
		Standing: rapid.SampledFrom([]core.Standing{core.Active, core.Waiting, core.Restricted, core.Banned, core.Gone, core.Placeholder, "odd", ""}).Draw(t, "standing"),
		Verified: rapid.Bool().Draw(t, "verified"),
	}
}

func anySpace(t *rapid.T) policy.Space {
	return policy.Space{
		Kind:       rapid.SampledFrom([]policy.SpaceKind{policy.Community, policy.Rounds, policy.Channel, "odd", ""}).Draw(t, "kind"),
		Visibility: rapid.SampledFrom([]policy.Visibility{policy.Public, policy.MembersOnly, policy.Invited, "odd", ""}).Draw(t, "visibility"),
		Joining:    rapid.SampledFrom([]policy.Joining{policy.JoinOpen, policy.JoinRequest, policy.JoinInvitation, "odd"}).Draw(t, "joining"),
		Archived:   rapid.Bool().Draw(t, "archived"),
	}
}

func anyTies(t *rapid.T) policy.Ties {
	b := func(name string) bool { return rapid.Bool().Draw(t, name) }
	return policy.Ties{Joined: b("joined"), Invited: b("invited"), Steward: b("steward"), Greeter: b("greeter"), Newcomer: b("newcomer"), Rules: b("rules"), Staff: b("staff")}
}

func anyPost(t *rapid.T) policy.Post {
	return policy.Post{
		Author: core.ID(rapid.Int64Range(0, 3).Draw(t, "author")),
		State:  rapid.SampledFrom([]policy.PostState{policy.Open, policy.Held, policy.HiddenP, policy.Deleted, "odd", ""}).Draw(t, "state"),
		Closed: rapid.Bool().Draw(t, "closed"),
	}
}

func TestRoundsAreForVerifiedMembersOnly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, s, ties := anyActor(t), anySpace(t), anyTies(t)
		s.Kind = policy.Rounds
		if policy.SeeSpace(a, s, ties).OK() && !(a.IsMember() && a.Verified) {
			t.Fatalf("%+v sees rounds %+v", a, s)
		}
	})
}

func TestWhoeverCannotSeeASpaceCanDoNothingInIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, s, ties, p := anyActor(t), anySpace(t), anyTies(t), anyPost(t)
		if policy.SeeSpace(a, s, ties).OK() {
			return
		}
		for name, d := range map[string]policy.Decision{
			"join": policy.JoinSpace(a, s, ties), "manage": policy.ManageSpace(a, s, ties), "moderate": policy.Moderate(a, s, ties),
			"greet": policy.Greet(a, s, ties), "speak": policy.SpeakForOrganisation(a, s, ties), "read": policy.ReadPost(a, s, ties, p),
			"start": policy.StartThread(a, s, ties, policy.Question), "reply": policy.Reply(a, s, ties, p), "edit": policy.EditPost(a, s, ties, p, true),
			"delete": policy.DeletePost(a, s, ties, p), "react": policy.React(a, s, ties, p), "report": policy.ReportPost(a, s, ties, p),
			"helped": policy.MarkHelped(a, s, ties, p, p), "history": policy.SeeHistory(a, s, ties, p),
		} {
			if d.OK() {
				t.Fatalf("%+v may %s in %+v", a, name, s)
			}
		}
	})
}

func TestWhoIsNotActiveWritesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, s, ties, p := anyActor(t), anySpace(t), anyTies(t), anyPost(t)
		if a.MayWrite() {
			return
		}
		for name, d := range map[string]policy.Decision{
			"join": policy.JoinSpace(a, s, ties), "moderate": policy.Moderate(a, s, ties), "start": policy.StartThread(a, s, ties, policy.Question),
			"reply": policy.Reply(a, s, ties, p), "edit": policy.EditPost(a, s, ties, p, false), "react": policy.React(a, s, ties, p),
			"site": policy.ManageSite(a), "space": policy.MakeSpace(a), "discipline": policy.Discipline(a, 8, core.RoleMember),
		} {
			if d.OK() {
				t.Fatalf("%+v may %s", a, name)
			}
		}
	})
}

func TestHeldAndHiddenWordsAreForTheirAuthorAndTheirReaders(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, s, ties, p := anyActor(t), anySpace(t), anyTies(t), anyPost(t)
		if p.State == policy.Open || !policy.ReadPost(a, s, ties, p).OK() {
			return
		}
		mine := a.Member != 0 && a.Member == p.Author
		if !mine && !policy.Greet(a, s, ties).OK() {
			t.Fatalf("%+v reads %+v in %+v with %+v", a, p, s, ties)
		}
		if p.State != policy.Held && p.State != policy.HiddenP {
			t.Fatalf("somebody reads a post in state %q", p.State)
		}
	})
}

func TestDecisions(t *testing.T) {
	for _, c := range []struct {
		what string
		got  policy.Decision
		want bool
	}{
		{"a visitor reads a public channel", policy.SeeSpace(core.Visitor, channel, policy.Ties{}), true},
		{"a visitor reads a community", policy.SeeSpace(core.Visitor, community, policy.Ties{}), false},
		{"a member reads a community before joining", policy.SeeSpace(member, community, policy.Ties{}), true},
		{"a member writes before joining", policy.StartThread(member, community, policy.Ties{}, policy.Question), false},
		{"a member writes before accepting the rules", policy.StartThread(member, community, policy.Ties{Joined: true}, policy.Question), false},
		{"a member of the space writes", policy.StartThread(member, community, regular, policy.Question), true},
		{"a member announces", policy.StartThread(member, channel, regular, policy.Announcement), false},
		{"staff announce", policy.StartThread(member, channel, policy.Ties{Staff: true}, policy.Announcement), true},
		{"a member asks in a channel", policy.StartThread(member, channel, policy.Ties{}, policy.Question), true},
		{"a member discusses in a channel", policy.StartThread(member, channel, policy.Ties{}, policy.Discussion), false},
		{"a kind that nobody knows", policy.StartThread(member, community, regular, "odd"), false},
		{"a visitor asks in a public channel", policy.AskAsVisitor(core.Visitor, channel), true},
		{"a visitor asks in a community", policy.AskAsVisitor(core.Visitor, community), false},
		{"a moderator without credential reads rounds", policy.SeeSpace(moderator, rounds, policy.Ties{}), false},
		{"a moderator decides a reported item of rounds", policy.ModerateItem(moderator, rounds, policy.Ties{}), true},
		{"a member decides an item", policy.ModerateItem(member, community, regular), false},
		{"a doctor reads rounds", policy.SeeSpace(doctor, rounds, policy.Ties{}), true},
		{"a reply in a closed thread", policy.Reply(member, community, regular, policy.Post{Author: 9, State: policy.Open, Closed: true}), false},
		{"a steward's reply in a closed thread", policy.Reply(member, community, policy.Ties{Joined: true, Rules: true, Steward: true}, policy.Post{Author: 9, State: policy.Open, Closed: true}), true},
		{"a moderator bans an admin", policy.Discipline(moderator, 4, core.RoleAdmin), false},
		{"a moderator bans a moderator", policy.Discipline(moderator, 5, core.RoleModerator), false},
		{"an admin bans a moderator", policy.Discipline(admin, 3, core.RoleModerator), true},
		{"an admin bans themselves", policy.Discipline(admin, 4, core.RoleMember), false},
		{"a member edits another's post", policy.EditPost(member, community, regular, open, false), false},
		{"staff mend what the organisation said", policy.EditPost(member, channel, policy.Ties{Staff: true}, open, true), true},
		{"staff mend what a member said", policy.EditPost(member, channel, policy.Ties{Staff: true}, open, false), false},
		{"a moderator deletes another's post", policy.DeletePost(moderator, community, regular, open), false},
		{"an unknown door", policy.Enter(admin, "odd"), false},
		{"a waiting member at the members' door", policy.Enter(core.Actor{Member: 1, Standing: core.Waiting}, policy.ForMember), false},
	} {
		if c.got.OK() != c.want {
			t.Errorf("%s: allowed %v, want %v (%s)", c.what, c.got.OK(), c.want, c.got.Key)
		}
	}
}

func TestAFieldIsForItsAudience(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, owner := anyActor(t), core.ID(rapid.Int64Range(1, 3).Draw(t, "owner"))
		audience := rapid.SampledFrom([]policy.Audience{policy.Nobody, policy.MySpaces, policy.Members, "odd", ""}).Draw(t, "audience")
		shares, blocked := rapid.Bool().Draw(t, "shares"), rapid.Bool().Draw(t, "blocked")
		if !policy.SeeField(a, owner, audience, shares, blocked).OK() || a.Member == owner {
			return
		}
		if blocked || !a.IsMember() || audience != policy.Members && !(audience == policy.MySpaces && shares) {
			t.Fatalf("%+v reads a field for %q (shares %v, blocked %v)", a, audience, shares, blocked)
		}
	})
}

package spacepages_test

import (
	"context"
	"net/url"
	"strings"
	"testing"

	"dayroom/internal/core"
	"dayroom/internal/policy"
	"dayroom/internal/space"
	"dayroom/internal/web/shell"
	"dayroom/internal/web/spacepages"
	"dayroom/internal/web/ui"
	"dayroom/internal/web/webtest"
)

type house struct {
	*webtest.Site
	spaces *space.Service
	admin  core.Actor
	keeper *webtest.Browser
}

func each(t *testing.T, test func(h *house)) {
	webtest.Each(t, func(s *webtest.Site) {
		h := &house{Site: s, spaces: space.New(s.DB, s.Clock, s.IDs)}
		owner := h.Organisation("harbour", "Harbour Lights")
		h.Serve(spacepages.Routes(h.spaces, func(context.Context, core.Actor) ([]spacepages.Owner, error) {
			return []spacepages.Owner{{ID: owner, Name: "Harbour Lights"}}, nil
		}), []shell.Route{{Method: "GET", Path: "/s/{slug}", Access: policy.ForPublic, Handle: func(c *shell.Call) error {
			a, err := h.spaces.About(c.Ctx(), c.Actor, c.Path("slug"))
			if err != nil {
				return err
			}
			return c.Show(embedding(c.Frame(a.Name), a))
		}}})
		h.admin = h.Member("keeper", webtest.Admin)
		h.keeper = h.As(h.admin)
		test(h)
	})
}

// embedding stands for the thread list, which shows Header and About around its threads.
func embedding(f ui.Frame, a space.About) page { return page{f, a} }

func (h *house) open(kind policy.SpaceKind, slug string, edit func(*space.Input)) space.Space {
	h.Helper()
	in := space.DefaultsFor(kind)
	in.Slug, in.Name, in.Rules, in.Description = slug, "Breathing space", "- Be **kind**.", "For people living with asthma."
	if edit != nil {
		edit(&in)
	}
	s, err := h.spaces.Create(context.Background(), h.admin, in)
	h.Must(err)
	return s
}

func form(pairs ...string) url.Values {
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return v
}

func TestAnAdminOpensASpaceAndNamesAStewardThroughThePages(t *testing.T) {
	each(t, func(h *house) {
		h.Member("sten")
		h.keeper.Get("/spaces/new").Want(200, "three kinds of space").Sound()
		page := h.keeper.Get("/spaces/new?kind=community").Want(200, "under names they choose").Sound()
		wrong := page.Submit("/spaces/new", form("name", "Heart to heart", "slug", "No Slug", "description", "Typed with care"))
		wrong.Want(422, "small letters").Sound()
		if got := wrong.Form("/spaces/new"); got.Get("name") != "Heart to heart" || got.Get("description") != "Typed with care" || got.Get("slug") != "no slug" {
			t.Errorf("what was typed is lost: %v", got)
		}
		stewards := page.Submit("/spaces/new", form("name", "Heart to heart", "slug", "heart", "rules", "- Be kind.")).WantWay("/s/heart/settings/stewards")
		stewards.Want(200, "Heart to heart is open", "no steward yet").Sound()
		stewards.Submit("/s/heart/settings/stewards", form("handle", "nobody")).Want(422, "Nobody here has this name").Sound()
		list := stewards.Submit("/s/heart/settings/stewards", form("handle", "@sten")).WantWay("/s/heart/settings/stewards").Want(200, "sten", "steward of this space")
		id := list.All("form", "class", "form")
		action := webtest.Attr(id[0], "action")
		list.Submit(action, form()).Want(409, "needs at least one steward").Sound()
		h.Member("stina")
		list.Submit(action, form("successor", "stina")).WantWay("/s/heart/settings/stewards").Want(200, "stina").WantNot("sten,")
		h.keeper.Get("/admin/spaces").Want(200, "Heart to heart").Sound()
	})
}

func TestAChannelIsOpenedForAnOrganisation(t *testing.T) {
	each(t, func(h *house) {
		page := h.keeper.Get("/spaces/new?kind=channel").Want(200, "Harbour Lights").Sound()
		page.Submit("/spaces/new", form("name", "News", "slug", "news", "organisation", "")).Want(422, "belongs to an organisation")
		var owner string
		for _, o := range page.All("option", "", "") {
			owner = webtest.Attr(o, "value")
		}
		page.Submit("/spaces/new", form("name", "News", "slug", "news", "organisation", owner)).WantWay("/s/news/settings/stewards")
		h.Visitor().Get("/spaces").Want(200, "News", "By Harbour Lights", "Everybody can read here", "Follow").Sound()
	})
}

func TestAMemberReadsTheRulesAndJoins(t *testing.T) {
	each(t, func(h *house) {
		h.open(policy.Community, "asthma", nil)
		ada := h.As(h.Member("ada"))
		ada.Get("/spaces").Want(200, "For people living with asthma.", "Members of this site can read here.").Sound()
		page := ada.Get("/s/asthma/join?next=/s/asthma/about").Want(200, "Be kind", "Your first two posts").Sound()
		page.Submit("/s/asthma/join", nil).Want(422, "Please read the rules and tick the box").Sound()
		mark := webtest.Attr(page.All("input", "type", "checkbox")[0], "value")
		in := page.Submit("/s/asthma/join", form("rules", mark)).WantWay("/s/asthma/about")
		in.Want(200, "Welcome to Breathing space", "Leave this space").WantNot("/s/asthma/join").Sound()
		ada.Get("/s/asthma/join").WantWay("/s/asthma").Want(200)
		out := ada.Get("/s/asthma/leave").Want(200, "begin as a newcomer again").Sound()
		out.Submit("/s/asthma/leave", nil).WantWay("/spaces").Want(200, "You have left")
		ada.Get("/s/asthma/leave").Want(200, "You are not in this space")
	})
}

func TestAVisitorIsLedToSignInAndSeesNoMembersSpace(t *testing.T) {
	each(t, func(h *house) {
		h.open(policy.Community, "secret-asthma", nil)
		h.open(policy.Community, "open-heart", func(in *space.Input) { in.Visibility, in.Name = policy.Public, "Open heart" })
		v := h.Visitor()
		v.Get("/spaces").Want(200, "Open heart", "members only").WantNot("secret-asthma").Sound()
		v.Get("/s/open-heart/about").Want(200, "Join", "Be kind").Sound()
		for _, path := range []string{"about", "rules"} {
			v.Get("/s/secret-asthma/" + path).Want(404).WantNot("Breathing space")
		}
		for _, path := range []string{"join", "leave", "members", "invite", "settings", "settings/stewards"} {
			if p := v.Get("/s/secret-asthma/" + path); p.Status != 303 || !strings.HasPrefix(p.Header.Get("Location"), "/signin?next=") {
				t.Errorf("%s answers a visitor %d", path, p.Status)
			}
		}
		v.Post("/s/secret-asthma/join", nil).Want(401)
	})
}

func TestARequestIsSeenAndDecidedByAStewardOnly(t *testing.T) {
	each(t, func(h *house) {
		h.open(policy.Community, "carers", func(in *space.Input) { in.Joining, in.Rules = policy.JoinRequest, "" })
		sten, ada, eve := h.Member("sten"), h.Member("ada"), h.As(h.Member("eve"))
		h.Must(h.spaces.AppointSteward(context.Background(), h.admin, "carers", "sten"))
		asking := h.As(ada)
		page := asking.Get("/s/carers/join").Want(200, "A few words").Sound()
		page.Submit("/s/carers/join", form("message", strings.Repeat("x", 501))).Want(422, "under 500 characters")
		page.Submit("/s/carers/join", form("message", "My father <b>sleeps</b> badly")).WantWay("/s/carers").Want(200, "have not decided yet", "Take the request back")
		eve.Get("/s/carers/members").Want(403).WantNot("sleeps")
		eve.Post("/s/carers/members", form("member", ada.Member.String(), "act", "accept")).Want(403)
		steward := h.As(sten)
		steward.Get("/s/carers/about").Want(200, "1 person asks to join").Sound()
		list := steward.Get("/s/carers/members?group=asked").Want(200, "ada", "My father <b>sleeps</b> badly").Sound()
		accept := form("member", ada.Member.String(), "act", "accept", "group", "asked")
		list.Browser.Post("/s/carers/members", accept).WantWay("/s/carers/members?group=asked").Want(200, "They are in now", "Nobody is waiting")
		list.Browser.Post("/s/carers/members", accept).Want(409, "decided about this already")
		list.Browser.Post("/s/carers/members", form("member", ada.Member.String(), "act", "crown")).Want(422)
		steward.Get("/s/carers/members").Want(200, "ada", "newcomer", "steward of this space").Sound()
		steward.Get("/s/carers/members?after=broken").Want(422, "broken page number")
	})
}

func TestASettingsPageKeepsWhatWasTypedAndAsksForTheRulesAgain(t *testing.T) {
	each(t, func(h *house) {
		s := h.open(policy.Community, "asthma", nil)
		ada := h.As(h.Member("ada"))
		join := ada.Get("/s/asthma/join")
		join.Submit("/s/asthma/join", form("rules", s.RulesMark())).WantWay("/s/asthma")
		ada.Get("/s/asthma/settings").Want(403)
		page := h.keeper.Get("/s/asthma/settings").Want(200, "asked to accept them again").Sound()
		page.Submit("/s/asthma/settings", form("name", strings.Repeat("n", 61), "rules", "New words")).Want(422, "up to 60 characters", "New words").Sound()
		page.Submit("/s/asthma/settings", form("rules", "- Be kinder.")).WantWay("/s/asthma/about").Want(200, "The settings are saved", "Be kinder")
		ada.Get("/s/asthma").Want(200, "The rules of this space are waiting for you")
		rules := ada.Get("/s/asthma/rules").Want(200, "Be kinder").Sound()
		rules.Submit("/s/asthma/rules", form("rules", s.RulesMark())).Want(422, "have changed")
		rules.Submit("/s/asthma/rules", nil).Want(422, "tick the box").Sound()
		mark := webtest.Attr(rules.All("input", "type", "checkbox")[0], "value")
		rules.Submit("/s/asthma/rules", form("rules", mark, "next", "https://evil.example/")).WantWay("/")
	})
}

func TestAnAdminWithoutACredentialNamesStewardsOfRoundsAndReadsNothing(t *testing.T) {
	each(t, func(h *house) {
		h.open(policy.Rounds, "night-rounds", func(in *space.Input) { in.Description = "Second opinions, canary" })
		h.Member("ada")
		h.Member("ines", webtest.Verified)
		h.keeper.Get("/s/night-rounds/about").Want(404)
		h.keeper.Get("/spaces").WantNot("canary")
		page := h.keeper.Get("/s/night-rounds/settings/stewards").Want(200).WantNot("canary").Sound()
		page.Submit("/s/night-rounds/settings/stewards", form("handle", "ada")).Want(422, "not verified at present")
		page.Submit("/s/night-rounds/settings/stewards", form("handle", "ines")).WantWay("/s/night-rounds/settings/stewards").Want(200, "ines")
		page.Browser.Get("/s/night-rounds/settings/stewards").WantNot("They ask to join")
		page.Submit("/s/night-rounds/settings/archive", nil).WantWay("/s/night-rounds/settings/stewards").Want(200, "nobody can write")
	})
}

func TestWhereNoStewardCanAnswerAnAdminSeesWhoAsksAndChoosesAmongThem(t *testing.T) {
	each(t, func(h *house) {
		h.open(policy.Rounds, "night-rounds", func(in *space.Input) { in.Joining, in.Rules = policy.JoinRequest, "" })
		ines, jon := h.As(h.Member("ines", webtest.Verified)), h.As(h.Member("jon", webtest.Verified))
		for _, b := range []*webtest.Browser{ines, jon} {
			b.Get("/s/night-rounds/join").Submit("/s/night-rounds/join", form("message", "I work nights, canary")).WantWay("/s/night-rounds")
		}
		page := h.keeper.Get("/s/night-rounds/settings/stewards").Want(200, "They ask to join", "ines", "jon").WantNot("canary").Sound()
		page.Browser.Post("/s/night-rounds/settings/stewards", form("handle", "ines"))
		h.keeper.Get("/s/night-rounds/settings/stewards").Want(200, "ines").WantNot("They ask to join", "jon")
		ines.Get("/s/night-rounds/members?group=asked").Want(200, "jon", "canary").WantNot("ines asked")
	})
}

func TestAnInvitationIsSentAcceptedAndDeclined(t *testing.T) {
	each(t, func(h *house) {
		h.open(policy.Community, "quiet", func(in *space.Input) {
			in.Visibility, in.Joining, in.Rules = policy.Invited, policy.JoinInvitation, ""
		})
		ada, ben := h.As(h.Member("ada")), h.As(h.Member("ben"))
		ada.Get("/s/quiet/join").Want(404)
		invite := h.keeper.Get("/s/quiet/invite").Want(200).Sound()
		invite.Submit("/s/quiet/invite", form("handle", "<script>")).Want(422, "Nobody here has this name")
		invite.Submit("/s/quiet/invite", form("handle", "ada")).WantWay("/s/quiet/members?group=invited").Want(200, "ada", "Take the invitation back").Sound()
		invite.Submit("/s/quiet/invite", form("handle", "ben"))
		ada.Get("/s/quiet").Want(200, "You are invited", "Accept the invitation")
		ada.Get("/s/quiet/join").Submit("/s/quiet/join", nil).WantWay("/s/quiet").Want(200, "Welcome")
		ben.Get("/s/quiet").Submit("/s/quiet/leave", nil).WantWay("/spaces")
		ben.Get("/s/quiet").Want(404)
	})
}

func TestSpacesGoOnWhereThePageEnds(t *testing.T) {
	each(t, func(h *house) {
		for i := range core.DefaultLimit + 1 {
			h.open(policy.Community, "space-"+string(rune('a'+i/10))+string(rune('a'+i%10)), nil)
		}
		page := h.keeper.Get("/spaces").Want(200, "Show more").Sound()
		for _, a := range page.All("a", "class", "button") {
			if strings.Contains(webtest.Attr(a, "href"), "after=") {
				h.keeper.Get(webtest.Attr(a, "href")).Want(200, "See all spaces").WantNot("Show more")
				return
			}
		}
		t.Error("no way on")
	})
}

func TestEverySiteWithoutSpacesSaysSo(t *testing.T) {
	each(t, func(h *house) {
		h.Visitor().Get("/spaces").Want(200, "a made-up name is enough").Sound()
		h.As(h.Member("ada")).Get("/spaces").Want(200, "look in again soon").Sound()
		h.keeper.Get("/admin/spaces").Want(200, "Open the first one").Sound()
	})
}

package spacepages

import (
	"net/http"
	"net/url"

	"dayroom/internal/core"
	"dayroom/internal/space"
	"dayroom/internal/web/shell"
	"dayroom/internal/web/ui"
)

type membersPage struct {
	ui.Frame
	Space  space.About
	Group  space.Group
	People []space.Person
	Older  string
	Me     core.ID
}

var groups = []space.Group{space.GroupJoined, space.GroupAsked, space.GroupInvited, space.GroupRemoved}

func groupOf(name string) space.Group {
	for _, g := range groups {
		if name == string(g) {
			return g
		}
	}
	return space.GroupJoined
}

func membersPath(s space.Space, g space.Group, after core.Cursor) string {
	q := url.Values{}
	if g != space.GroupJoined {
		q.Set("group", string(g))
	}
	if !after.IsZero() {
		q.Set("after", after.String())
	}
	if len(q) == 0 {
		return s.Path() + "/members"
	}
	return s.Path() + "/members?" + q.Encode()
}

func (p *pages) members(c *shell.Call) error {
	after, err := c.Cursor()
	if err != nil {
		return err
	}
	g := groupOf(c.Query("group"))
	list, err := p.spaces.Members(c.Ctx(), c.Actor, c.Path("slug"), g, core.Page{After: after})
	if err != nil {
		return err
	}
	a, err := p.spaces.About(c.Ctx(), c.Actor, c.Path("slug"))
	if err != nil {
		return err
	}
	page := membersPage{Frame: frame(c, c.T("spaces.members.title", a.Name), a.Space), Space: a, Group: g, People: list.Items, Me: c.Actor.Member}
	if !list.Next.IsZero() {
		page.Older = membersPath(a.Space, g, list.Next)
	}
	return c.Show(showMembers(page))
}

// decide carries out what a steward chose for one person.
func (p *pages) decide(c *shell.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	slug, member, act := c.Path("slug"), form.ID("member"), form.Line("act")
	said := ""
	switch act {
	case "accept", "decline":
		said, err = "spaces.members."+act+".done", p.spaces.Decide(c.Ctx(), c.Actor, slug, member, act == "accept")
	case "remove":
		said, err = "spaces.members.remove.done", p.spaces.Remove(c.Ctx(), c.Actor, slug, member)
	default:
		return core.E(core.Invalid, "error.bad_form")
	}
	if err != nil {
		return err
	}
	c.Say(ui.Calm, said)
	return c.Go(membersPath(space.Space{Slug: slug}, groupOf(form.Line("group")), core.Cursor{}))
}

type handlePage struct {
	ui.Frame
	Space space.Space
	ui.Problems
	Handle   string
	Stewards []space.Steward
	Asking   []space.Person // to join a space without stewards
}

func (p *pages) inviteForm(c *shell.Call) error {
	return p.showInvite(c, "", ui.Problems{}, http.StatusOK)
}

func (p *pages) showInvite(c *shell.Call, handle string, wrong ui.Problems, status int) error {
	a, err := p.spaces.About(c.Ctx(), c.Actor, c.Path("slug"))
	if err != nil {
		return err
	}
	if !a.MayManage {
		return core.E(core.Forbidden, "policy.steward_only")
	}
	f := frame(c, c.T("spaces.invite.title", a.Name), a.Space)
	return c.ShowStatus(status, showInvite(handlePage{Frame: f, Space: a.Space, Problems: wrong, Handle: handle}))
}

func (p *pages) invite(c *shell.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	slug, handle := c.Path("slug"), form.Line("handle")
	if err := p.spaces.Invite(c.Ctx(), c.Actor, slug, handle); err != nil {
		wrong, status, err := c.Problems(err)
		if err != nil {
			return err
		}
		return p.showInvite(c, handle, wrong, status)
	}
	c.Say(ui.Good, "spaces.invite.done", handle)
	return c.Go("/s/" + slug + "/members?group=invited")
}

func (p *pages) stewards(c *shell.Call) error {
	return p.showStewards(c, "", ui.Problems{}, http.StatusOK)
}

func (p *pages) showStewards(c *shell.Call, handle string, wrong ui.Problems, status int) error {
	s, list, err := p.spaces.Stewards(c.Ctx(), c.Actor, c.Path("slug"))
	if err != nil {
		return err
	}
	asking, err := p.spaces.Asking(c.Ctx(), c.Actor, c.Path("slug"))
	if err != nil {
		return err
	}
	f := frame(c, c.T("spaces.stewards.title", s.Name), s)
	return c.ShowStatus(status, showStewards(handlePage{Frame: f, Space: s, Problems: wrong, Handle: handle, Stewards: list, Asking: asking}))
}

func (p *pages) appoint(c *shell.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	handle := form.Line("handle")
	if err := p.spaces.AppointSteward(c.Ctx(), c.Actor, c.Path("slug"), handle); err != nil {
		wrong, status, err := c.Problems(err)
		if err != nil {
			return err
		}
		return p.showStewards(c, handle, wrong, status)
	}
	c.Say(ui.Good, "spaces.stewards.appointed", handle)
	return c.Go("/s/" + c.Path("slug") + "/settings/stewards")
}

// dismiss ends a stewardship: an admin's act, or one's own.
func (p *pages) dismiss(c *shell.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	member, err := c.ID("member")
	if err != nil {
		return err
	}
	err = p.spaces.DismissSteward(c.Ctx(), c.Actor, c.Path("slug"), member, form.Line("successor"))
	if err != nil && c.Actor.IsAdmin() {
		wrong, status, err := c.Problems(err)
		if err != nil {
			return err
		}
		return p.showStewards(c, "", wrong, status)
	}
	if err != nil {
		return err
	}
	c.Say(ui.Calm, "spaces.stewards.dismissed")
	if c.Actor.IsAdmin() {
		return c.Go("/s/" + c.Path("slug") + "/settings/stewards")
	}
	return c.Go("/s/" + c.Path("slug"))
}

package spacepages

import (
	"net/http"
	"strings"

	"dayroom/internal/core"
	"dayroom/internal/policy"
	"dayroom/internal/space"
	"dayroom/internal/web/shell"
	"dayroom/internal/web/ui"
)

type editPage struct {
	ui.Frame
	ui.Problems
	In      space.Input
	Owners  []Owner
	IsNew   bool
	Space   space.Space // of an existing one
	IsAdmin bool
}

func read(f shell.Form) space.Input {
	return space.Input{
		Slug: strings.ToLower(f.Line("slug")), Kind: policy.SpaceKind(f.Line("kind")), Name: f.Line("name"), Description: f.Line("description"),
		Rules: f.Text("rules"), Visibility: policy.Visibility(f.Line("visibility")), Joining: policy.Joining(f.Line("joining")),
		Tags: f.Tags("tags"), Organisation: f.ID("organisation"),
	}
}

func (p *pages) newForm(c *shell.Call) error {
	kind := policy.SpaceKind(c.Query("kind"))
	if kind != policy.Community && kind != policy.Rounds && kind != policy.Channel {
		f := c.Frame(c.T("spaces.new.title"))
		f.Active = ui.NavSpaces
		return c.Show(showKinds(f))
	}
	return p.showNew(c, space.DefaultsFor(kind), ui.Problems{}, http.StatusOK)
}

func (p *pages) showNew(c *shell.Call, in space.Input, wrong ui.Problems, status int) error {
	page := editPage{Frame: c.Frame(c.T("spaces.new.title")), Problems: wrong, In: in, IsNew: true, IsAdmin: true}
	page.Active = ui.NavSpaces
	if in.Kind == policy.Channel && p.owners != nil {
		owners, err := p.owners(c.Ctx(), c.Actor)
		if err != nil {
			return err
		}
		page.Owners = owners
	}
	return c.ShowStatus(status, showEdit(page))
}

func (p *pages) create(c *shell.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	in := read(form)
	s, err := p.spaces.Create(c.Ctx(), c.Actor, in)
	if err != nil {
		wrong, status, err := c.Problems(err)
		if err != nil {
			return err
		}
		return p.showNew(c, in, wrong, status)
	}
	c.Say(ui.Good, "spaces.new.done", s.Name)
	return c.Go(s.Path() + "/settings/stewards")
}

func (p *pages) settingsForm(c *shell.Call) error {
	s, err := p.manageable(c)
	if err != nil {
		return err
	}
	in := space.Input{Slug: s.Slug, Kind: s.Kind, Name: s.Name, Description: s.Description, Rules: s.Rules,
		Visibility: s.Visibility, Joining: s.Joining, Tags: s.Tags}
	return p.showSettings(c, s, in, ui.Problems{}, http.StatusOK)
}

func (p *pages) manageable(c *shell.Call) (space.Space, error) {
	a, err := p.spaces.About(c.Ctx(), c.Actor, c.Path("slug"))
	if err == nil && !a.MayManage {
		err = core.E(core.Forbidden, "policy.steward_only")
	}
	return a.Space, err
}

func (p *pages) showSettings(c *shell.Call, s space.Space, in space.Input, wrong ui.Problems, status int) error {
	f := frame(c, c.T("spaces.settings.title", s.Name), s)
	return c.ShowStatus(status, showEdit(editPage{Frame: f, Problems: wrong, In: in, Space: s, IsAdmin: c.Actor.IsAdmin()}))
}

func (p *pages) change(c *shell.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	in := read(form)
	s, err := p.spaces.Change(c.Ctx(), c.Actor, c.Path("slug"), in)
	if err != nil {
		wrong, status, err := c.Problems(err)
		if err != nil {
			return err
		}
		was, err := p.manageable(c)
		if err != nil {
			return err
		}
		in.Kind = was.Kind
		return p.showSettings(c, was, in, wrong, status)
	}
	c.Say(ui.Good, "spaces.settings.done")
	return c.Go(s.Path() + "/about")
}

func (p *pages) archive(c *shell.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	act, said := p.spaces.Archive, "spaces.archive.done"
	if form.Has("reopen") {
		act, said = p.spaces.Reopen, "spaces.reopen.done"
	}
	if err := act(c.Ctx(), c.Actor, c.Path("slug")); err != nil {
		return err
	}
	c.Say(ui.Calm, said)
	return c.Go("/s/" + c.Path("slug") + "/settings/stewards")
}

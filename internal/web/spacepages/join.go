package spacepages

import (
	"net/http"

	"dayroom/internal/policy"
	"dayroom/internal/space"
	"dayroom/internal/web/shell"
	"dayroom/internal/web/ui"
)

type joinPage struct {
	ui.Frame
	Space space.About
	ui.Problems
	Message string
	Next    string
}

// asks tells whether the stewards decide about this joining.
func (p joinPage) asks() bool { return p.Space.Joining == policy.JoinRequest && !p.Space.Ties.Invited }

func (p *pages) joinForm(c *shell.Call) error {
	a, err := p.spaces.About(c.Ctx(), c.Actor, c.Path("slug"))
	if err != nil {
		return err
	}
	if a.Ties.Joined {
		return c.Go(next(c.Query("next"), a.Space))
	}
	return c.Show(showJoin(joinPage{Frame: frame(c, c.T("spaces.join.title", a.Name), a.Space), Space: a, Next: c.Query("next")}))
}

func (p *pages) join(c *shell.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	slug := c.Path("slug")
	in := space.JoinInput{Message: form.Text("message"), Rules: form.Line("rules")}
	out, err := p.spaces.Join(c.Ctx(), c.Actor, slug, in)
	if err != nil {
		return p.joinAgain(c, err, in, form.Line("next"))
	}
	s, _, err := p.spaces.Read(c.Ctx(), c.Actor, slug)
	if err != nil {
		return err
	}
	if out == space.JoinAsked {
		c.Say(ui.Good, "spaces.join.asked", s.Name)
		return c.Go(s.Path())
	}
	c.Say(ui.Good, "spaces.join.done."+string(s.Kind), s.Name)
	return c.Go(next(form.Line("next"), s))
}

func (p *pages) joinAgain(c *shell.Call, err error, in space.JoinInput, next string) error {
	wrong, status, err := c.Problems(err)
	if err != nil {
		return err
	}
	a, err := p.spaces.About(c.Ctx(), c.Actor, c.Path("slug"))
	if err != nil {
		return err
	}
	page := joinPage{Frame: frame(c, c.T("spaces.join.title", a.Name), a.Space), Space: a, Problems: wrong, Message: in.Message, Next: next}
	return c.ShowStatus(status, showJoin(page))
}

func (p *pages) leaveForm(c *shell.Call) error {
	a, err := p.spaces.About(c.Ctx(), c.Actor, c.Path("slug"))
	if err != nil {
		return err
	}
	return c.Show(showLeave(frame(c, c.T("spaces.leave.title", a.Name), a.Space), a, ui.Problems{}))
}

func (p *pages) leave(c *shell.Call) error {
	slug := c.Path("slug")
	err := p.spaces.Leave(c.Ctx(), c.Actor, slug)
	if err == nil {
		c.Say(ui.Calm, "spaces.leave.done")
		return c.Go(ui.PathSpaces)
	}
	wrong, status, err := c.Problems(err)
	if err != nil {
		return err
	}
	a, err := p.spaces.About(c.Ctx(), c.Actor, slug)
	if err != nil {
		return err
	}
	return c.ShowStatus(status, showLeave(frame(c, c.T("spaces.leave.title", a.Name), a.Space), a, wrong))
}

type rulesPage struct {
	ui.Frame
	Space space.About
	ui.Problems
	Next string
}

// mustAccept tells whether the viewer still has to accept what is shown.
func (p rulesPage) mustAccept() bool {
	return p.Space.Ties.Joined && !p.Space.Ties.Rules && p.Space.Kind != policy.Channel
}

func (p *pages) rules(c *shell.Call) error {
	return p.showRules(c, ui.Problems{}, http.StatusOK, c.Query("next"))
}

func (p *pages) showRules(c *shell.Call, wrong ui.Problems, status int, next string) error {
	a, err := p.spaces.About(c.Ctx(), c.Actor, c.Path("slug"))
	if err != nil {
		return err
	}
	f := frame(c, c.T("spaces.rules.of", a.Name), a.Space)
	return c.ShowStatus(status, showRules(rulesPage{Frame: f, Space: a, Problems: wrong, Next: next}))
}

func (p *pages) acceptRules(c *shell.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	if err := p.spaces.AcceptRules(c.Ctx(), c.Actor, c.Path("slug"), form.Line("rules")); err != nil {
		wrong, status, err := c.Problems(err)
		if err != nil {
			return err
		}
		return p.showRules(c, wrong, status, form.Line("next"))
	}
	s, _, err := p.spaces.Read(c.Ctx(), c.Actor, c.Path("slug"))
	if err != nil {
		return err
	}
	c.Say(ui.Good, "spaces.rules.thanks")
	return c.Go(next(form.Line("next"), s))
}

func (p *pages) greeter(c *shell.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	willing := form.Has("willing")
	if err := p.spaces.SetGreeter(c.Ctx(), c.Actor, c.Path("slug"), willing); err != nil {
		return err
	}
	if willing {
		c.Say(ui.Good, "spaces.greeter.thanks")
	} else {
		c.Say(ui.Calm, "spaces.greeter.stopped")
	}
	return c.Go("/s/" + c.Path("slug") + "/about")
}

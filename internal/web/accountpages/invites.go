package accountpages

import (
	"strconv"

	"dayroom/internal/account"
	"dayroom/internal/web/shell"
	"dayroom/internal/web/ui"
)

// invitesPage is a member's invitations, or everybody's.
type invitesPage struct {
	ui.Frame
	ui.Problems
	Path    string
	Lead    string
	List    []account.Invite
	Makers  map[string]string // handles, by invitation, where they are everybody's
	Fields  []control
	NewCode string // just made: shown this once
	NewLink string
}

func (p *pages) invites(c *shell.Call) error { return p.showInvites(c, "", nil) }

func (p *pages) showInvites(c *shell.Call, code string, wrong error) error {
	list, err := p.accounts.Invites(c.Ctx(), c.Actor, false)
	if err != nil {
		return err
	}
	page := invitesPage{Frame: frame(c, "accounts.invites.title"), Path: "/me/invites", Lead: c.T("accounts.invites.lead"), List: list}
	return p.answerInvites(c, page, code, wrong)
}

func (p *pages) answerInvites(c *shell.Call, page invitesPage, code string, wrong error) (err error) {
	status := 200
	if wrong != nil {
		if page.Problems, status, err = c.Problems(wrong); err != nil {
			return err
		}
	}
	if code != "" {
		page.NewCode, page.NewLink = code, c.BaseURL()+"/join?code="+code
	}
	return c.ShowStatus(status, showInvites(page))
}

// invite shows the new code as the answer to the form: no address shows it again.
func (p *pages) invite(c *shell.Call) error {
	code, err := p.accounts.MakeInvite(c.Ctx(), c.Actor, account.InviteInput{Uses: 1, Days: 14})
	return p.showInvites(c, code, err)
}

func (p *pages) endInvite(c *shell.Call) error { return p.end(c, "/me/invites") }

func (p *pages) endAnyInvite(c *shell.Call) error { return p.end(c, "/admin/invites") }

func (p *pages) end(c *shell.Call, way string) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	if err := p.accounts.EndInvite(c.Ctx(), c.Actor, form.Line("invite")); err != nil {
		return err
	}
	c.Say(ui.Calm, "accounts.invites.ended")
	return c.Go(way)
}

func (p *pages) allInvites(c *shell.Call) error {
	return p.showAllInvites(c, account.InviteInput{Uses: 1, Days: 14}, "", nil)
}

func (p *pages) showAllInvites(c *shell.Call, in account.InviteInput, code string, wrong error) error {
	list, err := p.accounts.Invites(c.Ctx(), c.Actor, true)
	if err != nil {
		return err
	}
	uses := text("uses", c.T("accounts.invites.uses"), c.T("account.invite.uses"), strconv.FormatInt(in.Uses, 10))
	days := text("days", c.T("accounts.invites.days"), c.T("account.invite.days"), strconv.Itoa(in.Days))
	for _, f := range []*control{&uses, &days} {
		f.Short, f.InputMode = true, "numeric"
	}
	page := invitesPage{Frame: c.OfficeFrame(c.T("accounts.invites.title")), Path: "/admin/invites", Lead: c.T("accounts.invites.all.lead"), List: list,
		Makers: map[string]string{}, Fields: []control{uses, days}}
	handles, err := p.handles(c, list)
	if err != nil {
		return err
	}
	for _, i := range list {
		page.Makers[i.Ref] = handles[i.Maker]
	}
	return p.answerInvites(c, page, code, wrong)
}

func (p *pages) makeInvite(c *shell.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	uses, _ := strconv.ParseInt(form.Line("uses"), 10, 32) // zero is refused with the bounds
	days, _ := strconv.Atoi(form.Line("days"))
	in := account.InviteInput{Uses: uses, Days: days}
	code, err := p.accounts.MakeInvite(c.Ctx(), c.Actor, in)
	return p.showAllInvites(c, in, code, err)
}

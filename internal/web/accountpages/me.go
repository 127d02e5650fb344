package accountpages

import (
	"github.com/a-h/templ"

	"dayroom/internal/account"
	"dayroom/internal/core"
	"dayroom/internal/organisation"
	"dayroom/internal/web/shell"
	"dayroom/internal/web/ui"
)

// mePage is the member's own corner: what there is to set, with what is set now.
type mePage struct {
	ui.Frame
	Lines    []meLine
	Kept     []meLine // what the member reads, keeps and is told: pages of other packages
	Security []meLine
	Staff    []organisation.Membership
}

type meLine struct {
	ui.Link
	Now string // what is set; empty says nothing
}

func (p *pages) me(c *shell.Call) error {
	state, err := p.accounts.Security(c.Ctx(), c.Actor)
	if err != nil {
		return err
	}
	staff, err := p.organisations.Of(c.Ctx(), c.Actor.Member)
	if err != nil {
		return err
	}
	page := mePage{Frame: frame(c, "accounts.me.title"), Staff: staff, Security: p.securityLines(c, state)}
	for _, way := range []struct{ path, key string }{
		{ui.MemberPath(c.Actor.Handle), "accounts.me.page"}, {"/me/profile", "accounts.profile.title"}, {"/me/handle", "accounts.handle.title"},
		{"/me/blocked", "accounts.blocked.title"}, {"/me/invites", "accounts.invites.title"}, {ui.PathReading, "frame.reading"},
	} {
		page.Lines = append(page.Lines, meLine{Link: ui.Link{Href: way.path, Label: c.T(way.key)}})
	}
	page.Kept = keptLines(c, page.Frame)
	return c.Show(showMe(page))
}

// keptLines lead to what belongs to the member on other pages. On a phone this is the way to the queue too.
func keptLines(c *shell.Call, f ui.Frame) (lines []meLine) {
	for _, way := range []struct{ path, key string }{
		{"/following", "threads.following.title"}, {"/bookmarks", "threads.bookmarks.title"}, {"/drafts", "threads.drafts.title"},
		{ui.PathNotices, "frame.notices"}, {"/notices/settings", "notice.settings.title"}, {"/me/reading-places", "threads.places.title"},
		{"/me/decisions", "queue.mine.title"},
	} {
		lines = append(lines, meLine{Link: ui.Link{Href: way.path, Label: c.T(way.key)}})
	}
	if f.Viewer.QueueCount > 0 || f.Viewer.IsModerator {
		lines = append(lines, meLine{Link: ui.Link{Href: ui.PathQueue, Label: c.T("frame.queue")}, Now: c.Number(f.Viewer.QueueCount)})
	}
	if f.Viewer.IsAdmin {
		lines = append(lines, meLine{Link: ui.Link{Href: ui.PathAdmin, Label: c.T("frame.admin")}})
	}
	return lines
}

func (p *pages) securityLines(c *shell.Call, s account.Security) []meLine {
	say := func(yes bool, on, off string) string {
		if yes {
			return c.T(on)
		}
		return c.T(off)
	}
	lines := []meLine{
		{ui.Link{Href: "/me/password", Label: c.T("accounts.password")}, say(s.Password, "accounts.me.set", "accounts.me.unset")},
		{ui.Link{Href: "/me/passkeys", Label: c.T("accounts.passkeys.title")}, c.T("accounts.me.passkeys", s.Passkeys)},
		{ui.Link{Href: "/me/two-step", Label: c.T("accounts.totp.title")}, say(s.TwoStep, "accounts.me.on", "accounts.me.off")},
		{ui.Link{Href: "/me/codes", Label: c.T("accounts.codes.title")}, c.T("accounts.codes.left", s.CodesLeft)},
		{ui.Link{Href: "/me/mail", Label: c.T("accounts.mail.title")}, say(s.Mail, "accounts.me.mail", "accounts.me.no_mail")},
		{ui.Link{Href: tokensPath, Label: c.T("accounts.tokens.title")}, c.T("accounts.tokens.now", s.Tokens)},
		{ui.Link{Href: "/me/sign-ins", Label: c.T("accounts.signins.title")}, c.T("accounts.me.signins", s.SignIns)},
	}
	if !p.accounts.PasskeysReady() && s.Passkeys == 0 {
		lines = append(lines[:1], lines[2:]...)
	}
	return lines
}

func (p *pages) handleForm(c *shell.Call) error {
	return c.Show(showForm(p.handlePage(c, c.Actor.Handle)))
}

func (p *pages) handlePage(c *shell.Call, value string) formPage {
	return formPage{
		Frame: frame(c, "accounts.handle.title"), Lead: c.T("accounts.handle.lead"), Back: meLink(c), Action: "/me/handle", Submit: c.T("accounts.handle.save"),
		Controls: []control{handleControl(c, "accounts.handle.new", c.T("accounts.handle.hint"), value)},
	}
}

func (p *pages) changeHandle(c *shell.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	handle := form.Line("handle")
	if err := p.accounts.ChangeHandle(c.Ctx(), c.Actor, handle); err != nil {
		return again(c, err, func() formPage { return p.handlePage(c, handle) })
	}
	c.Say(ui.Good, "accounts.handle.done", account.HandleKey(handle))
	return c.Go("/me")
}

type blockedPage struct {
	ui.Frame
	People []account.BlockRow
}

func (p *pages) blocked(c *shell.Call) error {
	list, err := p.accounts.Blocks(c.Ctx(), c.Actor)
	if err != nil {
		return err
	}
	return c.Show(showBlocked(blockedPage{frame(c, "accounts.blocked.title"), list}))
}

// target finds the member whom a page of theirs is about.
func (p *pages) target(c *shell.Call) (account.Shown, error) {
	m, err := p.accounts.Show(c.Ctx(), c.Actor, c.Path("handle"))
	if err == nil && m.MovedTo != "" {
		err = core.Missing("member")
	}
	return m, err
}

func (p *pages) block(c *shell.Call) error {
	m, err := p.target(c)
	if err != nil {
		return err
	}
	if err := p.accounts.Block(c.Ctx(), c.Actor, m.Member); err != nil {
		return err
	}
	c.Say(ui.Calm, "accounts.block.done", m.Handle)
	return c.Go(ui.MemberPath(m.Handle))
}

func (p *pages) unblock(c *shell.Call) error {
	m, err := p.target(c)
	if err != nil {
		return err
	}
	if err := p.accounts.Unblock(c.Ctx(), c.Actor, m.Member); err != nil {
		return err
	}
	c.Say(ui.Calm, "accounts.unblock.done", m.Handle)
	return c.Go(ui.MemberPath(m.Handle))
}

func (p *pages) leaveForm(c *shell.Call) error {
	if err := p.accounts.CheckProof(c.Ctx(), c.Actor); err != nil {
		return p.proof(c, err, "/me/leave")
	}
	return c.Show(showForm(p.leavePage(c)))
}

func (p *pages) leavePage(c *shell.Call) formPage {
	sure := handleControl(c, "accounts.leave.sure", c.T("accounts.leave.sure.hint", c.Actor.Handle), "")
	sure.Autocomplete = "off"
	return formPage{
		Frame: frame(c, "accounts.leave.title"), Lead: c.T("accounts.leave.lead"), Back: meLink(c), Action: "/me/leave", Submit: c.T("accounts.leave.send"), Look: ui.Danger,
		Before: templ.Component(lost(c.Voice)), Controls: []control{sure},
	}
}

// leave erases the account, when its handle was typed: a press of a button alone is too easily done.
func (p *pages) leave(c *shell.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	err = core.Field("handle", "accounts.leave.wrong")
	if account.HandleKey(form.Line("handle")) == account.HandleKey(c.Actor.Handle) {
		err = p.accounts.Erase(c.Ctx(), c.Actor, c.Actor.Member)
	}
	if account.ProofNeeded(err) {
		return p.proof(c, err, "/me/leave")
	}
	if err != nil {
		return again(c, err, func() formPage { return p.leavePage(c) })
	}
	c.SignOut()
	c.Say(ui.Calm, "accounts.leave.done")
	return c.Go("/")
}

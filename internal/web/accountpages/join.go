package accountpages

import (
	"crypto/rand"
	"io"
	"time"

	"github.com/a-h/templ"

	"dayroom/internal/account"
	"dayroom/internal/core"
	"dayroom/internal/site"
	"dayroom/internal/web/shell"
	"dayroom/internal/web/ui"
)

// cookieAge is how long the browser keeps a sign-in's token: as long as browsers do. When it ends is decided by its row.
const cookieAge = 400 * 24 * time.Hour

// enter gives the browser what a door gave: the sign-in, or the way to the second step.
func (p *pages) enter(c *shell.Call, e account.Entry, next string) error {
	if e.Second != "" {
		c.SetCookie(secondCookie, e.Second, account.SecondStepAge)
		return c.Go(withNext("/signin/code", next))
	}
	if err := p.settle(c, e); err != nil {
		return err
	}
	if e.Standing == core.Waiting {
		next = "/welcome"
	}
	return c.Go(next)
}

// settle hands over the token and ends what the browser was signed in with before.
func (p *pages) settle(c *shell.Call, e account.Entry) error {
	if before := c.Token(); before != "" {
		if err := p.accounts.SignOut(c.Ctx(), before); err != nil {
			return err
		}
	}
	c.SignIn(e.Token, cookieAge)
	c.DropCookie(secondCookie)
	return nil
}

func readSignUp(c *shell.Call, f shell.Form) account.SignUp {
	return account.SignUp{
		Handle: f.Line("handle"), Password: f.Raw("password"), OldEnough: f.Has("old_enough"), Invite: f.Line("invite"),
		Language: c.Lang(), TimeZone: cookie(c, shell.ZoneCookie), Form: f.Raw("form"),
	}
}

func (p *pages) joinForm(c *shell.Call) error {
	if c.Actor.IsMember() {
		return c.Go("/")
	}
	in := account.SignUp{Invite: c.Query("code")}
	if c.Query("with") == "passkey" && p.accounts.PasskeysReady() {
		return c.Show(showForm(p.joinByPasskey(c, in)))
	}
	return c.Show(showForm(p.joinByPassword(c, in)))
}

// joinPage is what both ways of signing up have in common.
func (p *pages) joinPage(c *shell.Call, in account.SignUp) formPage {
	f := c.Frame(c.T("accounts.join.title", c.Settings.Name))
	f.Active = ui.NavJoin
	page := formPage{Frame: f, Lead: c.T("accounts.join.lead"), Submit: c.T("accounts.join.send")}
	if c.Settings.SignUp == site.SignUpApproval {
		page.Before = note(c.Voice, ui.Calm, c.T("accounts.join.approval"))
	}
	if c.Settings.SignUp == site.SignUpInvited || in.Invite != "" {
		page.Controls = append(page.Controls, code("invite", c.T("accounts.join.invite"), "", in.Invite))
	}
	page.Controls = append(page.Controls, handleControl(c, "accounts.join.handle", c.T("accounts.handle.hint"), in.Handle))
	return page
}

func oldEnough(c *shell.Call, in account.SignUp) control {
	return control{ui.Field{Name: "old_enough", Label: c.T("accounts.join.age", c.Settings.AgeLimit), Checked: in.OldEnough}, asCheckbox}
}

func (p *pages) joinByPassword(c *shell.Call, in account.SignUp) formPage {
	page := p.joinPage(c, in)
	page.Action = "/join"
	if len(in.Form) != len(rand.Text()) {
		in.Form = rand.Text()
	}
	page.Hidden = append(page.Hidden, ui.Hidden{Name: "form", Value: in.Form})
	page.Controls = append(page.Controls, secret("password", c.T("accounts.password"), c.T("accounts.password.hint"), "new-password"), oldEnough(c, in))
	links := []ui.Link{{Href: "/signin", Label: c.T("accounts.join.have")}}
	if p.accounts.PasskeysReady() {
		links = append([]ui.Link{{Href: "/join?with=passkey", Label: c.T("accounts.join.by_passkey")}}, links...)
	}
	page.After = parts(agreed(c.Voice), ways(links...))
	return page
}

func (p *pages) joinByPasskey(c *shell.Call, in account.SignUp) formPage {
	page := p.joinPage(c, in)
	page.Action, page.Attrs, page.Submit = "/join/passkey/begin", passkeyAttrs(c, "create", "/join/passkey"), c.T("accounts.join.send.passkey")
	page.Controls, page.Scripts = append(page.Controls, oldEnough(c, in)), []string{"passkey.js"}
	page.Lead = c.T("accounts.passkey.what")
	page.After = parts(agreed(c.Voice), needsScript(c.Voice), ways(ui.Link{Href: "/join", Label: c.T("accounts.join.by_password")}))
	return page
}

func (p *pages) join(c *shell.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	in := readSignUp(c, form)
	e, err := p.accounts.SignUp(c.Ctx(), in, from(c))
	if err != nil {
		return again(c, err, func() formPage { return p.joinByPassword(c, in) })
	}
	return p.enter(c, e, "/welcome")
}

func (p *pages) joinPasskeyBegin(c *shell.Call) error {
	if !byScript(c) {
		return c.Go("/join?with=passkey")
	}
	form, err := c.Form()
	if err != nil {
		return err
	}
	options, token, err := p.accounts.BeginPasskeySignUp(c.Ctx(), readSignUp(c, form), from(c))
	return p.begun(c, options, token, err)
}

func (p *pages) joinPasskeyFinish(c *shell.Call) error {
	body, err := io.ReadAll(io.LimitReader(c.R.Body, maxCeremony))
	if err != nil {
		return err
	}
	e, err := p.accounts.FinishPasskeySignUp(c.Ctx(), cookie(c, ceremonyCookie), body, from(c))
	if err == nil {
		err = p.settle(c, e)
	}
	return p.finished(c, "/welcome", err)
}

// welcome leads a new member to recovery codes before anything else: without them, a lost password is a lost account.
func (p *pages) welcome(c *shell.Call) error {
	if err := signedIn(c); err != nil {
		return err
	}
	left, err := p.accounts.RecoveryLeft(c.Ctx(), c.Actor)
	if err != nil {
		return err
	}
	page := formPage{Frame: frame(c, "accounts.welcome.title"), Lead: c.T("accounts.welcome.lead"), Action: "/welcome/codes", Submit: c.T("accounts.codes.make")}
	page.Title = c.T("accounts.welcome.title", c.Actor.Handle)
	if left > 0 {
		page.Lead, page.Action = c.T("accounts.welcome.ready"), ""
	}
	var parted []templ.Component
	if c.Actor.Standing == core.Waiting {
		parted = append(parted, note(c.Voice, ui.Calm, c.T("policy.waiting")))
	}
	page.Before = parts(parted...)
	page.After = ways(ui.Link{Href: "/spaces", Label: c.T("accounts.welcome.spaces")}, ui.Link{Href: "/me/profile", Label: c.T("accounts.welcome.profile")})
	return c.Show(showForm(page))
}

func (p *pages) welcomeCodes(c *shell.Call) error {
	if err := signedIn(c); err != nil {
		return err
	}
	return p.showNewCodes(c, ui.Link{Href: "/welcome", Label: c.T("accounts.codes.kept")})
}

type codesPage struct {
	ui.Frame
	Codes []string
	On    ui.Link
}

// showNewCodes makes codes and shows them, this once, as the answer to a form: no address shows them again.
func (p *pages) showNewCodes(c *shell.Call, on ui.Link) error {
	codes, err := p.accounts.NewRecoveryCodes(c.Ctx(), c.Actor)
	if err != nil {
		return p.proof(c, err, "/me/codes")
	}
	return c.Show(showCodes(codesPage{Frame: frame(c, "accounts.codes.title"), Codes: codes, On: on}))
}

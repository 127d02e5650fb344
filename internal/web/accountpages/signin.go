package accountpages

import (
	"io"
	"net/http"

	"dayroom/internal/account"
	"dayroom/internal/core"
	"dayroom/internal/web/shell"
	"dayroom/internal/web/ui"
)

func doorFrame(c *shell.Call, title string) ui.Frame {
	f := c.Frame(title)
	f.Active = ui.NavSignIn
	return f
}

func (p *pages) signInForm(c *shell.Call) error {
	if c.Actor.IsMember() {
		return c.Go(c.Query("next"))
	}
	return c.Show(showForm(p.signInPage(c, "", c.Query("next"))))
}

func (p *pages) signInPage(c *shell.Call, name, next string) formPage {
	next = shell.Local(next)
	label := c.T("accounts.handle")
	if p.accounts.MailReady() {
		label = c.T("accounts.sign_in.name")
	}
	who := handleControl(c, "accounts.handle", "", name)
	who.Name, who.Label = "name", label
	page := formPage{
		Frame: doorFrame(c, c.T("accounts.sign_in.title")), Action: "/signin", Submit: c.T("accounts.sign_in.send"),
		Hidden:   []ui.Hidden{{Name: "next", Value: next}},
		Controls: []control{who, secret("password", c.T("accounts.password"), "", "current-password")},
	}
	links := []ui.Link{{Href: "/signin/recover", Label: c.T("accounts.sign_in.recover")}}
	if p.accounts.MailReady() {
		links = append(links, ui.Link{Href: "/signin/forgot", Label: c.T("accounts.sign_in.forgot")})
	}
	links = append(links, ui.Link{Href: "/join", Label: c.T("accounts.sign_in.join")})
	page.After = ways(links...)
	if p.accounts.PasskeysReady() {
		page.Scripts = []string{"passkey.js"}
		attrs := passkeyAttrs(c, "get", "/signin/passkey")
		page.After = parts(passkeyForm(c.Voice, attrs, "/signin/passkey", c.T("accounts.passkey"), c.T("accounts.sign_in.passkey"), ui.Hidden{Name: "next", Value: next}), page.After)
	}
	return page
}

func (p *pages) signIn(c *shell.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	name, next := form.Line("name"), form.Line("next")
	e, err := p.accounts.SignIn(c.Ctx(), name, form.Raw("password"), from(c))
	if err != nil {
		return again(c, err, func() formPage { return p.signInPage(c, name, next) })
	}
	return p.enter(c, e, next)
}

func (p *pages) signInPasskeyBegin(c *shell.Call) error {
	if !byScript(c) {
		return c.Go("/signin")
	}
	form, err := c.Form()
	if err != nil {
		return err
	}
	options, token, err := p.accounts.BeginPasskeySignIn(c.Ctx(), from(c))
	if err == nil {
		c.SetCookie(nextCookie, shell.Local(form.Line("next")), account.SecondStepAge)
	}
	return p.begun(c, options, token, err)
}

func (p *pages) signInPasskeyFinish(c *shell.Call) error {
	body, err := io.ReadAll(io.LimitReader(c.R.Body, maxCeremony))
	if err != nil {
		return err
	}
	way := shell.Local(cookie(c, nextCookie))
	e, err := p.accounts.FinishPasskeySignIn(c.Ctx(), cookie(c, ceremonyCookie), body, from(c))
	switch {
	case err == nil && e.Second != "":
		c.SetCookie(secondCookie, e.Second, account.SecondStepAge)
		way = withNext("/signin/code", way)
	case err == nil:
		err = p.settle(c, e)
		if e.Standing == core.Waiting {
			way = "/welcome"
		}
	}
	c.DropCookie(nextCookie)
	return p.finished(c, way, err)
}

func (p *pages) secondForm(c *shell.Call) error {
	if cookie(c, secondCookie) == "" {
		return c.Go("/signin")
	}
	return c.Show(showForm(p.secondPage(c, c.Query("next"))))
}

func (p *pages) secondPage(c *shell.Call, next string) formPage {
	f := code("code", c.T("accounts.second.code"), c.T("accounts.second.hint"), "")
	f.Autocomplete, f.InputMode, f.Required = "one-time-code", "numeric", true
	return formPage{
		Frame: doorFrame(c, c.T("accounts.second.title")), Lead: c.T("accounts.second.lead"), Action: "/signin/code", Submit: c.T("accounts.sign_in.send"),
		Hidden: []ui.Hidden{{Name: "next", Value: shell.Local(next)}}, Controls: []control{f},
		After: ways(ui.Link{Href: "/signin/recover", Label: c.T("accounts.second.lost")}, ui.Link{Href: "/signin", Label: c.T("accounts.second.back")}),
	}
}

func (p *pages) second(c *shell.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	next := form.Line("next")
	e, err := p.accounts.SecondStep(c.Ctx(), cookie(c, secondCookie), form.Line("code"), from(c))
	if err != nil {
		return again(c, err, func() formPage { return p.secondPage(c, next) })
	}
	return p.enter(c, e, next)
}

func (p *pages) signOut(c *shell.Call) error {
	if token := c.Token(); token != "" {
		if err := p.accounts.SignOut(c.Ctx(), token); err != nil {
			return err
		}
	}
	c.SignOut()
	c.DropCookie(secondCookie)
	// What the browser kept of the pages goes too, so that "back" shows nobody anything.
	c.W.Header().Set("Clear-Site-Data", `"cache"`)
	c.Say(ui.Calm, "accounts.sign_out.done")
	return c.Go("/")
}

func (p *pages) recoverForm(c *shell.Call) error {
	return c.Show(showForm(p.recoverPage(c, "", "")))
}

func (p *pages) recoverPage(c *shell.Call, handle, typed string) formPage {
	return formPage{
		Frame: doorFrame(c, c.T("accounts.recover.title")), Lead: c.T("accounts.recover.lead"), Back: ui.Link{Href: "/signin", Label: c.T("accounts.sign_in.title")},
		Action: "/signin/recover", Submit: c.T("accounts.recover.send"),
		Controls: []control{
			handleControl(c, "accounts.handle", "", handle), code("code", c.T("accounts.recover.code"), c.T("accounts.recover.code.hint"), typed),
			secret("password", c.T("accounts.password.new"), c.T("accounts.password.hint"), "new-password"),
		},
	}
}

func (p *pages) recover(c *shell.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	handle, typed := form.Line("handle"), form.Line("code")
	e, err := p.accounts.Recover(c.Ctx(), handle, typed, form.Raw("password"), from(c))
	if err != nil {
		return again(c, err, func() formPage { return p.recoverPage(c, handle, typed) })
	}
	c.Say(ui.Good, "accounts.recover.done")
	return p.enter(c, e, "/me")
}

func (p *pages) forgotForm(c *shell.Call) error {
	return c.Show(showForm(p.forgotPage(c, "")))
}

func (p *pages) forgotPage(c *shell.Call, name string) formPage {
	who := handleControl(c, "accounts.sign_in.name", "", name)
	who.Name = "name"
	page := formPage{
		Frame: doorFrame(c, c.T("accounts.forgot.title")), Lead: c.T("accounts.forgot.lead"), Back: ui.Link{Href: "/signin", Label: c.T("accounts.sign_in.title")},
		Action: "/signin/forgot", Submit: c.T("accounts.forgot.send"), Controls: []control{who},
	}
	if !p.accounts.MailReady() {
		page.Action, page.Lead = "", c.T("account.mail.none")
		page.After = ways(ui.Link{Href: "/signin/recover", Label: c.T("accounts.sign_in.recover")})
	}
	return page
}

// forgot answers with the same page whoever is asked for.
func (p *pages) forgot(c *shell.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	name := form.Line("name")
	if err := p.accounts.Forgot(c.Ctx(), name, c.Lang(), from(c)); err != nil {
		return again(c, err, func() formPage { return p.forgotPage(c, name) })
	}
	return c.Show(showForm(formPage{
		Frame: doorFrame(c, c.T("accounts.forgot.sent")), Lead: c.T("accounts.forgot.sent.lead"), Back: ui.Link{Href: "/signin", Label: c.T("accounts.sign_in.title")},
	}))
}

func (p *pages) resetForm(c *shell.Call) error {
	return p.showReset(c, c.Path("token"), nil)
}

// showReset is the page behind a link; one that does not work any more says so, with the ways that do.
func (p *pages) showReset(c *shell.Call, token string, wrong error) error {
	handle, err := p.accounts.CheckReset(c.Ctx(), token)
	if err != nil {
		return p.linkGone(c, err)
	}
	who := handleControl(c, "accounts.handle", "", handle)
	who.Attrs["readonly"] = true
	page := formPage{
		Frame: doorFrame(c, c.T("accounts.reset.title")), Lead: c.T("accounts.reset.lead", handle), Action: "/reset/" + token, Submit: c.T("accounts.reset.send"),
		Controls: []control{who, secret("password", c.T("accounts.password.new"), c.T("accounts.password.hint"), "new-password")},
	}
	if wrong != nil {
		return again(c, wrong, func() formPage { return page })
	}
	return c.Show(showForm(page))
}

// linkGone says that a link is used or too old.
func (p *pages) linkGone(c *shell.Call, err error) error {
	if core.CodeOf(err) != core.Invalid {
		return err
	}
	m, rest := c.Mistakes(err)
	if rest != nil {
		return rest
	}
	return c.ShowStatus(http.StatusGone, showForm(formPage{
		Frame: doorFrame(c, c.T("accounts.link.gone")), Lead: m.Summary,
		After: ways(ui.Link{Href: "/signin", Label: c.T("accounts.sign_in.title")}, ui.Link{Href: "/signin/forgot", Label: c.T("accounts.sign_in.forgot")}),
	}))
}

func (p *pages) reset(c *shell.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	e, err := p.accounts.Reset(c.Ctx(), c.Path("token"), form.Raw("password"), from(c))
	if err != nil {
		return p.showReset(c, c.Path("token"), err)
	}
	c.Say(ui.Good, "accounts.password.done")
	return p.enter(c, e, "/")
}

// confirmMailForm asks for a press of a button: programs that read mails follow links by themselves.
func (p *pages) confirmMailForm(c *shell.Call) error {
	return c.Show(showForm(formPage{
		Frame: doorFrame(c, c.T("accounts.mail.confirm.title")), Lead: c.T("accounts.mail.confirm.lead"), Action: "/confirm-mail/" + c.Path("token"), Submit: c.T("accounts.mail.confirm.send"),
	}))
}

func (p *pages) confirmMail(c *shell.Call) error {
	err := p.accounts.ConfirmMail(c.Ctx(), c.Actor, c.Path("token"))
	if err != nil {
		return p.linkGone(c, err)
	}
	c.Say(ui.Good, "accounts.mail.confirmed")
	if c.Actor.IsMember() {
		return c.Go("/me/mail")
	}
	return c.Go("/signin")
}

package accountpages

import (
	"encoding/base64"
	"io"
	"net/http"

	"dayroom/internal/account"
	"dayroom/internal/web/shell"
	"dayroom/internal/web/ui"
)

func (p *pages) confirmForm(c *shell.Call) error {
	page, err := p.confirmPage(c, c.Query("next"))
	if err != nil {
		return err
	}
	return c.Show(showForm(page))
}

// confirmPage offers what the member has: the password, a passkey, or both.
func (p *pages) confirmPage(c *shell.Call, next string) (formPage, error) {
	state, err := p.accounts.Security(c.Ctx(), c.Actor)
	if err != nil {
		return formPage{}, err
	}
	next = shell.Local(next)
	page := formPage{
		Frame: frame(c, "accounts.confirm.title"), Lead: c.T("accounts.confirm.lead"), Back: meLink(c), Submit: c.T("accounts.confirm.send"),
		Hidden: []ui.Hidden{{Name: "next", Value: next}},
	}
	if state.Password {
		page.Action, page.Controls = "/me/confirm", []control{secret("password", c.T("accounts.password"), "", "current-password")}
	}
	if state.Passkeys > 0 && p.accounts.PasskeysReady() {
		page.Scripts = []string{"passkey.js"}
		page.After = passkeyForm(c.Voice, passkeyAttrs(c, "get", "/me/confirm/passkey"), "/me/confirm/passkey", c.T("accounts.passkey"), c.T("accounts.confirm.passkey"), page.Hidden...)
	}
	return page, nil
}

func (p *pages) confirm(c *shell.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	next := form.Line("next")
	if wrong := p.accounts.Confirm(c.Ctx(), c.Actor, form.Raw("password")); wrong != nil {
		page, err := p.confirmPage(c, next)
		if err != nil {
			return err
		}
		return again(c, wrong, func() formPage { return page })
	}
	return c.Go(next)
}

func (p *pages) confirmPasskeyBegin(c *shell.Call) error {
	if !byScript(c) {
		return c.Go("/me/confirm")
	}
	form, err := c.Form()
	if err != nil {
		return err
	}
	options, token, err := p.accounts.BeginPasskeyConfirm(c.Ctx(), c.Actor, from(c))
	if err == nil {
		c.SetCookie(nextCookie, shell.Local(form.Line("next")), account.SecondStepAge)
	}
	return p.begun(c, options, token, err)
}

func (p *pages) confirmPasskeyFinish(c *shell.Call) error {
	body, err := io.ReadAll(io.LimitReader(c.R.Body, maxCeremony))
	if err != nil {
		return err
	}
	way := shell.Local(cookie(c, nextCookie))
	c.DropCookie(nextCookie)
	return p.finished(c, way, p.accounts.FinishPasskeyConfirm(c.Ctx(), c.Actor, cookie(c, ceremonyCookie), body))
}

func (p *pages) passwordForm(c *shell.Call) error {
	if err := p.accounts.CheckProof(c.Ctx(), c.Actor); err != nil {
		return p.proof(c, err, "/me/password")
	}
	return c.Show(showForm(p.passwordPage(c)))
}

func (p *pages) passwordPage(c *shell.Call) formPage {
	return formPage{
		Frame: frame(c, "accounts.password.title"), Lead: c.T("accounts.password.lead"), Back: meLink(c), Action: "/me/password", Submit: c.T("accounts.password.save"),
		Controls: []control{secret("password", c.T("accounts.password.new"), c.T("accounts.password.hint"), "new-password")},
	}
}

func (p *pages) changePassword(c *shell.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	err = p.accounts.ChangePassword(c.Ctx(), c.Actor, form.Raw("password"))
	if account.ProofNeeded(err) {
		return p.proof(c, err, "/me/password")
	}
	if err != nil {
		return again(c, err, func() formPage { return p.passwordPage(c) })
	}
	c.Say(ui.Good, "accounts.password.done")
	return c.Go("/me")
}

type passkeysPage struct {
	ui.Frame
	List  []account.Passkey
	Add   formPage
	Ready bool
}

func (p *pages) passkeys(c *shell.Call) error {
	if err := p.accounts.CheckProof(c.Ctx(), c.Actor); err != nil {
		return p.proof(c, err, "/me/passkeys")
	}
	list, err := p.accounts.Passkeys(c.Ctx(), c.Actor)
	if err != nil {
		return err
	}
	f := frame(c, "accounts.passkeys.title")
	f.Scripts = []string{"passkey.js"}
	name := text("name", c.T("accounts.passkeys.name"), c.T("accounts.passkeys.name.hint"), "")
	name.Optional = true
	add := formPage{Attrs: passkeyAttrs(c, "create", "/me/passkeys"), Action: "/me/passkeys/begin", Controls: []control{name}, Submit: c.T("accounts.passkeys.add")}
	return c.Show(showPasskeys(passkeysPage{f, list, add, p.accounts.PasskeysReady()}))
}

func (p *pages) passkeyBegin(c *shell.Call) error {
	if !byScript(c) {
		return c.Go("/me/passkeys")
	}
	form, err := c.Form()
	if err != nil {
		return err
	}
	options, token, err := p.accounts.BeginPasskey(c.Ctx(), c.Actor, form.Line("name"))
	return p.begun(c, options, token, err)
}

func (p *pages) passkeyFinish(c *shell.Call) error {
	body, err := io.ReadAll(io.LimitReader(c.R.Body, maxCeremony))
	if err != nil {
		return err
	}
	err = p.accounts.FinishPasskey(c.Ctx(), c.Actor, cookie(c, ceremonyCookie), body, from(c))
	if err == nil {
		c.Say(ui.Good, "accounts.passkeys.added")
	}
	return p.finished(c, "/me/passkeys", err)
}

func (p *pages) passkeyRemove(c *shell.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	if err := p.accounts.RemovePasskey(c.Ctx(), c.Actor, form.ID("passkey")); err != nil {
		return p.proof(c, err, "/me/passkeys")
	}
	c.Say(ui.Calm, "accounts.passkeys.removed")
	return c.Go("/me/passkeys")
}

type twoStepPage struct {
	formPage
	On     bool
	Secret string
	Image  string // data: URL
}

func (p *pages) twoStep(c *shell.Call) error { return p.showTwoStep(c, nil) }

// showTwoStep shows either that the device is on, or what an app needs to begin, with the field for its first code.
func (p *pages) showTwoStep(c *shell.Call, wrong error) error {
	page := twoStepPage{formPage: formPage{Frame: frame(c, "accounts.totp.title"), Lead: c.T("accounts.totp.lead"), Back: meLink(c)}}
	state, err := p.accounts.Security(c.Ctx(), c.Actor)
	if err != nil {
		return err
	}
	status := http.StatusOK
	if page.On = state.TwoStep; !page.On {
		e, err := p.accounts.BeginTOTP(c.Ctx(), c.Actor)
		if err != nil {
			return p.proof(c, err, "/me/two-step")
		}
		page.Secret, page.Image = grouped(e.Secret), "data:image/png;base64,"+base64.StdEncoding.EncodeToString(e.Image)
		f := code("code", c.T("accounts.second.code"), c.T("accounts.second.hint"), "")
		f.Autocomplete, f.InputMode = "one-time-code", "numeric"
		page.Action, page.Submit, page.Controls = "/me/two-step", c.T("accounts.totp.on"), []control{f}
	}
	if wrong != nil {
		if page.Problems, status, err = c.Problems(wrong); err != nil {
			return err
		}
	}
	return c.ShowStatus(status, showTwoStep(page))
}

// grouped writes a secret in fours, as apps ask for it.
func grouped(s string) string {
	out := ""
	for i, r := range s {
		if i > 0 && i%4 == 0 {
			out += " "
		}
		out += string(r)
	}
	return out
}

func (p *pages) twoStepOn(c *shell.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	err = p.accounts.ConfirmTOTP(c.Ctx(), c.Actor, form.Line("code"))
	if account.ProofNeeded(err) {
		return p.proof(c, err, "/me/two-step")
	}
	if err != nil {
		return p.showTwoStep(c, err)
	}
	c.SayWithLink(ui.Good, "/me/codes", "accounts.codes.title", "accounts.totp.done")
	return c.Go("/me")
}

func (p *pages) twoStepOff(c *shell.Call) error {
	if err := p.accounts.DropTOTP(c.Ctx(), c.Actor); err != nil {
		return p.proof(c, err, "/me/two-step")
	}
	c.Say(ui.Calm, "accounts.totp.dropped")
	return c.Go("/me")
}

func (p *pages) codesForm(c *shell.Call) error {
	if err := p.accounts.CheckProof(c.Ctx(), c.Actor); err != nil {
		return p.proof(c, err, "/me/codes")
	}
	left, err := p.accounts.RecoveryLeft(c.Ctx(), c.Actor)
	if err != nil {
		return err
	}
	page := formPage{
		Frame: frame(c, "accounts.codes.title"), Lead: c.T("accounts.codes.lead"), Back: meLink(c), Action: "/me/codes", Submit: c.T("accounts.codes.make"),
		Before: note(c.Voice, ui.Calm, c.T("accounts.codes.left", int(left))),
	}
	if left > 0 {
		page.Before = note(c.Voice, ui.Caution, c.T("accounts.codes.left", int(left))+" "+c.T("accounts.codes.replace"))
	}
	return c.Show(showForm(page))
}

func (p *pages) codes(c *shell.Call) error {
	return p.showNewCodes(c, ui.Link{Href: "/me", Label: c.T("accounts.codes.kept")})
}

func (p *pages) mailForm(c *shell.Call) error {
	if err := p.accounts.CheckProof(c.Ctx(), c.Actor); err != nil {
		return p.proof(c, err, "/me/mail")
	}
	page, err := p.mailPage(c, "")
	if err != nil {
		return err
	}
	return c.Show(showForm(page))
}

func (p *pages) mailPage(c *shell.Call, typed string) (formPage, error) {
	now, err := p.accounts.Mail(c.Ctx(), c.Actor)
	if err != nil {
		return formPage{}, err
	}
	f := text("mail", c.T("accounts.mail.address"), "", typed)
	f.Type, f.Autocomplete, f.Attrs = "email", "email", map[string]any{"dir": "ltr"}
	page := formPage{
		Frame: frame(c, "accounts.mail.title"), Lead: c.T("accounts.mail.lead"), Back: meLink(c), Action: "/me/mail", Submit: c.T("accounts.mail.save"),
		Controls: []control{f}, Before: mailNow(c.Voice, now),
	}
	if !p.accounts.MailReady() {
		page.Action, page.Lead = "", c.T("account.mail.none")
	}
	return page, nil
}

func (p *pages) setMail(c *shell.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	wrong := p.accounts.AskMail(c.Ctx(), c.Actor, form.Line("mail"), c.Lang())
	if account.ProofNeeded(wrong) {
		return p.proof(c, wrong, "/me/mail")
	}
	if wrong != nil {
		page, err := p.mailPage(c, form.Line("mail"))
		if err != nil {
			return err
		}
		return again(c, wrong, func() formPage { return page })
	}
	c.Say(ui.Good, "accounts.mail.sent")
	return c.Go("/me/mail")
}

func (p *pages) dropMail(c *shell.Call) error {
	if err := p.accounts.DropMail(c.Ctx(), c.Actor); err != nil {
		return p.proof(c, err, "/me/mail")
	}
	c.Say(ui.Calm, "accounts.mail.dropped")
	return c.Go("/me/mail")
}

type signInsPage struct {
	ui.Frame
	List []account.SignInRow
}

func (p *pages) signIns(c *shell.Call) error {
	list, err := p.accounts.SignIns(c.Ctx(), c.Actor)
	if err != nil {
		return err
	}
	return c.Show(showSignIns(signInsPage{frame(c, "accounts.signins.title"), list}))
}

func (p *pages) endSignIn(c *shell.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	if err := p.accounts.EndSignIn(c.Ctx(), c.Actor, form.ID("sign_in")); err != nil {
		return err
	}
	c.Say(ui.Calm, "accounts.signins.ended")
	return c.Go("/me/sign-ins")
}

func (p *pages) endOthers(c *shell.Call) error {
	if err := p.accounts.EndOthers(c.Ctx(), c.Actor); err != nil {
		return err
	}
	c.Say(ui.Calm, "accounts.signins.others.done")
	return c.Go("/me/sign-ins")
}

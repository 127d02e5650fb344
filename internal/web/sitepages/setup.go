package sitepages

import (
	"errors"
	"net/http"

	"dayroom/internal/account"
	"dayroom/internal/account/password"
	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/site"
	"dayroom/internal/web/shell"
	"dayroom/internal/web/ui"
)

// setUpPage is the form of the first visit: the code from the terminal, the site, and its first admin.
type setUpPage struct {
	settingsPage
	Code   string
	Handle string
}

func (p *pages) setUpForm(c *shell.Call) error {
	if c.Settings.Ready {
		return c.Go(ui.PathHome)
	}
	in := c.Settings
	in.Name = "" // so that nobody is called Dayroom by accident
	return p.showSetUp(c, setUpPage{settingsPage: settingsPage{In: in}, Code: c.Query("code")}, http.StatusOK)
}

func (p *pages) showSetUp(c *shell.Call, page setUpPage, status int) error {
	page.Frame = c.Frame(c.T("setup.title"))
	c.W.Header().Set("Cache-Control", "no-store")
	return c.ShowStatus(status, showSetUp(page))
}

func (p *pages) setUp(c *shell.Call) error {
	if c.Settings.Ready {
		return c.Go(ui.PathHome)
	}
	form, err := c.Form()
	if err != nil {
		return err
	}
	in := readSettings(form, c.Settings)
	in.QuickExit = c.Settings.QuickExit
	page := setUpPage{settingsPage: settingsPage{In: in}, Code: form.Line("code"), Handle: form.Line("handle")}
	entry, err := p.makeSite(c, page, form.Raw("password"))
	if err != nil {
		wrong, status, err := c.Problems(err)
		if err != nil {
			return err
		}
		page.Problems = wrong
		return p.showSetUp(c, page, status)
	}
	p.Site.Forget()
	c.SignIn(entry.Token, account.SignInAge)
	c.Say(ui.Good, "setup.done")
	return c.Go(ui.PathAdmin)
}

// makeSite checks everything first: the code before all, so that a stranger learns nothing and costs nothing. Then it makes the
// first admin and ends the set-up in one transaction.
func (p *pages) makeSite(c *shell.Call, page setUpPage, secret string) (entry account.Entry, err error) {
	if err := p.Site.CheckSetUpCode(c.Ctx(), page.Code); err != nil {
		return entry, err
	}
	if err := checkSetUp(page, secret); err != nil {
		return entry, err
	}
	admin := account.NewMember{Handle: page.Handle, Password: secret, Role: core.RoleAdmin, Adult: true, Language: c.Lang(), TimeZone: c.Zone.String()}
	prepared, err := p.Accounts.Prepare(c.Ctx(), admin)
	if err != nil {
		return entry, err
	}
	err = p.DB.Update(c.Ctx(), func(tx *db.Tx) error {
		if err := site.SetUp(tx, page.Code, page.In); err != nil {
			return err
		}
		if err := p.Accounts.Insert(tx, core.SystemActor, prepared); err != nil {
			return err
		}
		entry, err = p.Accounts.Admit(tx, prepared.ID, account.From{Address: c.Address(), Agent: c.R.UserAgent()})
		return err
	})
	return entry, err
}

// checkSetUp tells all that is wrong with the form at once.
func checkSetUp(page setUpPage, secret string) error {
	f := core.Fields{}
	var e *core.Error
	if err := page.In.Validate(); errors.As(err, &e) {
		for name, key := range e.Fields {
			f.Add(name, key)
		}
	}
	problem := account.CheckHandle(page.Handle)
	f.Check(problem == "", "handle", problem)
	problem = password.Check(secret, password.Around{Handle: account.HandleKey(page.Handle), Site: page.In.Name})
	f.Check(problem == "", "password", problem)
	return f.Err()
}

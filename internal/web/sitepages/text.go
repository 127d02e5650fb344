package sitepages

import (
	"net/http"

	"dayroom/internal/core"
	"dayroom/internal/platform/i18n"
	"dayroom/internal/site"
	"dayroom/internal/web/shell"
	"dayroom/internal/web/ui"
)

// text shows privacy or terms.
func (p *pages) text(name string) func(*shell.Call) error {
	return func(c *shell.Call) error {
		page, err := p.Site.PageFor(c.Ctx(), name, c.Lang())
		if err != nil {
			return err
		}
		f := c.Frame(c.T("frame." + name))
		f.NoIndex = false
		return c.Show(showText(f, page))
	}
}

func (p *pages) about(c *shell.Call) error {
	f := c.Frame(c.T("site.about.title", c.Settings.Name))
	f.NoIndex, f.Description = false, c.T("site.about.lead")
	return c.Show(showAbout(f, c.Settings))
}

type textPage struct {
	ui.Frame
	ui.Problems
	Text    site.Page
	Offered []i18n.Language
}

// language is the language whose text is edited: of the query, or the site's first.
func language(c *shell.Call, asked string) (string, error) {
	offered := i18n.Enabled(c.Settings.Languages)
	if asked == "" {
		return offered[0].Code, nil
	}
	for _, l := range offered {
		if l.Code == asked {
			return asked, nil
		}
	}
	return "", core.Missing("language")
}

func (p *pages) editText(c *shell.Call) error {
	code, err := language(c, c.Query("language"))
	if err != nil {
		return err
	}
	text, err := p.Site.PageToEdit(c.Ctx(), c.Actor, c.Path("name"), code)
	if err != nil {
		return err
	}
	text.Language = code
	return p.showEdit(c, text, ui.Problems{}, http.StatusOK)
}

func (p *pages) showEdit(c *shell.Call, text site.Page, wrong ui.Problems, status int) error {
	f := c.Frame(c.T("site.text.title." + text.Name))
	f.Active = ui.NavAdmin
	return c.ShowStatus(status, showEdit(textPage{Frame: f, Problems: wrong, Text: text, Offered: i18n.Enabled(c.Settings.Languages)}))
}

func (p *pages) changeText(c *shell.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	code, err := language(c, form.Line("language"))
	if err != nil {
		return err
	}
	name, body := c.Path("name"), form.Text("body")
	if form.Has("reset") {
		err = p.Site.ResetPage(c.Ctx(), c.Actor, name, code)
	} else {
		err = p.Site.ChangePage(c.Ctx(), c.Actor, name, code, body)
	}
	if err != nil {
		wrong, status, err := c.Problems(err)
		if err != nil {
			return err
		}
		return p.showEdit(c, site.Page{Name: name, Language: code, Body: body}, wrong, status)
	}
	c.Say(ui.Good, "site.text.saved")
	return c.Go("/" + name)
}

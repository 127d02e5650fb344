package sitepages

import (
	"net/http"
	"strconv"

	"dayroom/internal/platform/i18n"
	"dayroom/internal/site"
	"dayroom/internal/web/shell"
	"dayroom/internal/web/ui"
)

// finding is a line of the overview: what works, or what does not and what that means.
type finding struct {
	Tone ui.Tone
	Text string
	Link ui.Link
}

type overviewPage struct {
	ui.Frame
	Status   Status
	Findings []finding
	Tools    []Tool
}

func (p *pages) overview(c *shell.Call) error {
	page := overviewPage{Frame: c.Frame(c.T("site.admin.title")), Tools: p.Tools}
	page.Active = ui.NavAdmin
	if p.Options.Status != nil {
		page.Status = p.Options.Status(c.Ctx())
	}
	machine, err := p.measured(c, page.Frame)
	if err != nil {
		return err
	}
	page.Findings = p.findings(c, page.Status, machine)
	unread, err := p.unreviewed(c)
	if err != nil {
		return err
	}
	page.Findings = append(unread, page.Findings...)
	return c.Show(showOverview(page))
}

// findings tells what works and what does not, what asks for an act first.
func (p *pages) findings(c *shell.Call, s Status, machine figuresPage) (out []finding) {
	for _, l := range machine.machine() {
		if l.Wrong != "" {
			out = append(out, finding{Tone: ui.Important, Text: l.Name + ": " + l.Value + ". " + l.Wrong, Link: ui.Link{Href: "/admin/figures", Label: c.T("site.figures.title")}})
		}
	}
	settings := ui.Link{Href: "/admin/settings", Label: c.T("site.admin.settings")}
	check := func(ok bool, key string, why ui.Link) {
		if !ok {
			out = append(out, finding{Tone: ui.Caution, Text: c.T(key + ".no"), Link: why})
		} else if c.Has(key + ".yes") {
			out = append(out, finding{Tone: ui.Good, Text: c.T(key + ".yes")})
		}
	}
	check(c.Settings.Contact != "", "site.admin.contact", settings)
	check(p.Accounts.MailReady(), "site.admin.mail", ui.Link{})
	check(s.Secure, "site.admin.secure", ui.Link{})
	check(p.Accounts.PasskeysReady(), "site.admin.passkeys", ui.Link{})
	return out
}

// unreviewed names the texts that nobody here has read yet.
func (p *pages) unreviewed(c *shell.Call) (out []finding, err error) {
	for _, name := range site.PageNames {
		page, err := p.Site.PageFor(c.Ctx(), name, c.Settings.Languages[0])
		if err != nil {
			return nil, err
		}
		if !page.Reviewed() {
			link := ui.Link{Href: "/admin/pages/" + name, Label: c.T("site.admin.review")}
			out = append(out, finding{Tone: ui.Caution, Text: c.T("site.admin.unreviewed." + name), Link: link})
		}
	}
	return out, nil
}

type settingsPage struct {
	ui.Frame
	ui.Problems
	In site.Settings
}

func (p *pages) settingsForm(c *shell.Call) error {
	return p.showSettings(c, c.Settings, ui.Problems{}, http.StatusOK)
}

func (p *pages) showSettings(c *shell.Call, in site.Settings, wrong ui.Problems, status int) error {
	f := c.Frame(c.T("site.settings.title"))
	f.Active = ui.NavAdmin
	return c.ShowStatus(status, showSettings(settingsPage{Frame: f, Problems: wrong, In: in}))
}

func (p *pages) change(c *shell.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	in := readSettings(form, c.Settings)
	if err := p.Site.Change(c.Ctx(), c.Actor, in); err != nil {
		wrong, status, err := c.Problems(err)
		if err != nil {
			return err
		}
		return p.showSettings(c, in, wrong, status)
	}
	c.Say(ui.Good, "site.settings.saved")
	return c.Go("/admin")
}

// readSettings takes settings from a form, on top of what is not in it.
func readSettings(f shell.Form, in site.Settings) site.Settings {
	in.Name, in.Contact, in.QuickExit = f.Line("name"), f.Line("contact"), f.Line("quick_exit")
	in.SignUp = site.SignUpMode(f.Line("sign_up"))
	in.AgeLimit, _ = strconv.Atoi(f.Line("age_limit")) // no number is zero, which is out of range and said so
	in.Languages = nil
	chosen := map[string]bool{}
	for _, code := range f.All("languages") {
		chosen[code] = true
	}
	main := f.Line("main_language")
	if main != "" {
		in.Languages = append(in.Languages, main)
	}
	for _, l := range i18n.Languages() {
		if chosen[l.Code] && l.Code != main {
			in.Languages = append(in.Languages, l.Code)
		}
	}
	return in
}

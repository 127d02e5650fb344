package accountpages

import (
	"net/http"

	"dayroom/internal/core"
	"dayroom/internal/organisation"
	"dayroom/internal/web/shell"
	"dayroom/internal/web/ui"
)

// organisationPage is an organisation for everybody: who it is, and who speaks for it.
type organisationPage struct {
	ui.Frame
	organisation.Organisation
	People []organisation.Staff
	Links  bool // the reader may open members' pages
}

func (p *pages) organisation(c *shell.Call) error {
	o, err := p.organisations.BySlug(c.Ctx(), c.Path("slug"))
	if err != nil {
		return err
	}
	people, err := p.organisations.Staff(c.Ctx(), o.ID)
	if err != nil {
		return err
	}
	f := c.Frame(o.Name)
	f.NoIndex = false
	return c.Show(showOrganisation(organisationPage{f, o, people, c.Actor.IsMember()}))
}

// organisationsPage is the list for admins, with a form for a new one.
type organisationsPage struct {
	ui.Frame
	ui.Problems
	List   []organisation.Organisation
	Fields []control
}

func organisationFields(c *shell.Call, in organisation.Input, isNew bool) (list []control) {
	name := text("name", c.T("accounts.organisation.name"), "", in.Name)
	name.Required = true
	list = append(list, name)
	if isNew {
		slug := code("slug", c.T("accounts.organisation.slug"), c.T("accounts.organisation.slug.hint"), in.Slug)
		slug.Required, slug.Short = true, false
		list = append(list, slug)
	}
	about := text("about", c.T("accounts.organisation.about"), "", in.About)
	about.as, about.Max, about.Rows = asArea, organisation.MaxAbout, 3
	return append(list, text("kind", c.T("accounts.organisation.kind"), c.T("accounts.organisation.kind.hint"), in.Kind), about)
}

func readOrganisation(f shell.Form) organisation.Input {
	return organisation.Input{Slug: f.Line("slug"), Name: f.Line("name"), Kind: f.Line("kind"), About: f.Text("about")}
}

func (p *pages) organisationList(c *shell.Call) error {
	return p.showOrganisations(c, organisation.Input{}, nil)
}

func (p *pages) showOrganisations(c *shell.Call, in organisation.Input, wrong error) error {
	list, err := p.organisations.List(c.Ctx())
	if err != nil {
		return err
	}
	page := organisationsPage{Frame: c.OfficeFrame(c.T("accounts.organisations.title")), List: list, Fields: organisationFields(c, in, true)}
	status := http.StatusOK
	if wrong != nil {
		if page.Problems, status, err = c.Problems(wrong); err != nil {
			return err
		}
	}
	return c.ShowStatus(status, showOrganisations(page))
}

func (p *pages) createOrganisation(c *shell.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	in := readOrganisation(form)
	o, err := p.organisations.Create(c.Ctx(), c.Actor, in)
	if err != nil {
		return p.showOrganisations(c, in, err)
	}
	c.Say(ui.Good, "accounts.organisation.made", o.Name)
	return c.Go("/admin/organisations/" + o.Slug)
}

// housePage is one organisation for admins.
type housePage struct {
	ui.Frame
	ui.Problems
	organisation.Organisation
	Fields []control
	People []organisation.Staff
	Staff  []control // the form for somebody new
}

func (p *pages) organisationForm(c *shell.Call) error { return p.showHouse(c, nil, "", "", nil) }

func (p *pages) showHouse(c *shell.Call, in *organisation.Input, handle, role string, wrong error) error {
	o, err := p.organisations.BySlug(c.Ctx(), c.Path("slug"))
	if err != nil {
		return err
	}
	people, err := p.organisations.Staff(c.Ctx(), o.ID)
	if err != nil {
		return err
	}
	if in == nil {
		in = &organisation.Input{Name: o.Name, Kind: o.Kind, About: o.About}
	}
	who := handleControl(c, "accounts.staff.handle", "", handle)
	who.Autocomplete = "off"
	page := housePage{Frame: c.OfficeFrame(o.Name), Organisation: o, Fields: organisationFields(c, *in, false), People: people,
		Staff: []control{who, text("role", c.T("accounts.staff.role"), c.T("accounts.staff.role.hint"), role)}}
	status := http.StatusOK
	if wrong != nil {
		if page.Problems, status, err = c.Problems(wrong); err != nil {
			return err
		}
	}
	return c.ShowStatus(status, showHouse(page))
}

func (p *pages) changeOrganisation(c *shell.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	o, err := p.organisations.BySlug(c.Ctx(), c.Path("slug"))
	if err != nil {
		return err
	}
	in := readOrganisation(form)
	if err := p.organisations.Change(c.Ctx(), c.Actor, o.ID, in); err != nil {
		return p.showHouse(c, &in, "", "", err)
	}
	c.Say(ui.Good, "accounts.organisation.done")
	return c.Go("/admin/organisations/" + o.Slug)
}

func (p *pages) addStaff(c *shell.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	o, err := p.organisations.BySlug(c.Ctx(), c.Path("slug"))
	if err != nil {
		return err
	}
	handle, role := form.Line("handle"), form.Line("role")
	member, err := p.accounts.Find(c.Ctx(), c.Actor, handle)
	if core.IsNotFound(err) {
		err = core.Field("handle", "organisation.staff.unknown")
	}
	if err == nil {
		err = p.organisations.AddStaff(c.Ctx(), c.Actor, o.ID, member, role)
	}
	if err != nil {
		return p.showHouse(c, nil, handle, role, err)
	}
	c.Say(ui.Good, "accounts.staff.added", handle)
	return c.Go("/admin/organisations/" + o.Slug)
}

func (p *pages) removeStaff(c *shell.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	o, err := p.organisations.BySlug(c.Ctx(), c.Path("slug"))
	if err != nil {
		return err
	}
	if err := p.organisations.RemoveStaff(c.Ctx(), c.Actor, o.ID, form.ID("member")); err != nil {
		return err
	}
	c.Say(ui.Calm, "accounts.staff.removed")
	return c.Go("/admin/organisations/" + o.Slug)
}

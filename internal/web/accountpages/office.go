package accountpages

import (
	"net/http"
	"net/url"
	"time"

	"dayroom/internal/account"
	"dayroom/internal/core"
	"dayroom/internal/credential"
	"dayroom/internal/web/shell"
	"dayroom/internal/web/ui"
)

type waitingPage struct {
	ui.Frame
	List  []account.AdminRow
	Older string
}

func (p *pages) waiting(c *shell.Call) error {
	after, err := c.Cursor()
	if err != nil {
		return err
	}
	list, err := p.accounts.AdminList(c.Ctx(), c.Actor, account.AdminFilter{Standing: core.Waiting}, core.Page{After: after})
	if err != nil {
		return err
	}
	page := waitingPage{Frame: c.OfficeFrame(c.T("accounts.waiting.title")), List: list.Items}
	if !list.Next.IsZero() {
		page.Older = "/admin/waiting?after=" + list.Next.String()
	}
	return c.Show(showWaiting(page))
}

func (p *pages) decideWaiting(c *shell.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	act, said := p.accounts.Approve, "accounts.waiting.approved"
	switch {
	case form.Line("act") == "approve":
	case form.Line("act") == "decline" && form.Has("sure"): // erasing somebody takes two presses, with a script and without
		act, said = p.accounts.Decline, "accounts.waiting.declined"
	default:
		return core.E(core.Invalid, "error.bad_form")
	}
	if err := act(c.Ctx(), c.Actor, form.ID("member")); err != nil {
		return err
	}
	c.Say(ui.Calm, said)
	return c.Go("/admin/waiting")
}

// membersPage is the list of members for those who run the site.
type membersPage struct {
	ui.Frame
	Filter account.AdminFilter
	Group  string
	List   []account.AdminRow
	Older  string
}

// memberGroups are the views of the list.
var memberGroups = []struct {
	name   string
	filter account.AdminFilter
}{
	{"all", account.AdminFilter{}}, {"office", account.AdminFilter{Staff: true}},
	{"restricted", account.AdminFilter{Standing: core.Restricted}}, {"banned", account.AdminFilter{Standing: core.Banned}},
}

func memberListPath(group, handle string, after core.Cursor) string {
	q := url.Values{}
	for name, value := range map[string]string{"group": group, "handle": handle, "after": after.String()} {
		if value != "" && value != "all" {
			q.Set(name, value)
		}
	}
	if len(q) == 0 {
		return "/admin/members"
	}
	return "/admin/members?" + q.Encode()
}

func (p *pages) members(c *shell.Call) error {
	after, err := c.Cursor()
	if err != nil {
		return err
	}
	page := membersPage{Frame: c.OfficeFrame(c.T("accounts.members.title")), Group: "all"}
	for _, g := range memberGroups {
		if g.name == c.Query("group") {
			page.Group, page.Filter = g.name, g.filter
		}
	}
	if account.CheckHandle(c.Query("handle")) != "account.handle.form" { // a beginning is shorter than a handle; what can be none finds nobody
		page.Filter.Handle = c.Query("handle")
	}
	list, err := p.accounts.AdminList(c.Ctx(), c.Actor, page.Filter, core.Page{After: after})
	if err != nil {
		return err
	}
	page.List = list.Items
	if !list.Next.IsZero() {
		page.Older = memberListPath(page.Group, page.Filter.Handle, list.Next)
	}
	return c.Show(showMembers(page))
}

// adminPage is one member for an admin.
type adminPage struct {
	ui.Frame
	ui.Problems
	account.AdminRow
	Credentials []credential.Credential
	Registers   map[core.ID]string
	Grant       []control
	Roles       control
	ResetLink   string // just made: shown this once
	Me          bool
}

func (p *pages) adminMember(c *shell.Call) error {
	return p.showAdminMember(c, credential.Input{Expires: c.Now.AddDate(1, 0, 0)}, "", nil)
}

func (p *pages) showAdminMember(c *shell.Call, in credential.Input, link string, wrong error) error {
	id, err := c.ID("member")
	if err != nil {
		return err
	}
	row, err := p.accounts.AdminGet(c.Ctx(), c.Actor, id)
	if err != nil {
		return err
	}
	page := adminPage{Frame: c.OfficeFrame(row.Handle), AdminRow: row, Registers: map[core.ID]string{}, ResetLink: link, Me: id == c.Actor.Member}
	if page.Credentials, err = p.credentials.Of(c.Ctx(), c.Actor, id); err != nil {
		return err
	}
	for _, k := range page.Credentials {
		if page.Registers[k.ID], err = p.credentials.Register(c.Ctx(), c.Actor, k.ID); err != nil {
			return err
		}
	}
	page.Grant, page.Roles = grantFields(c, in), roleField(c, row.Role)
	status := http.StatusOK
	if wrong != nil {
		if page.Problems, status, err = c.Problems(wrong); err != nil {
			return err
		}
	}
	return c.ShowStatus(status, showAdminMember(page))
}

func roleField(c *shell.Call, now core.Role) control {
	f := ui.Field{Name: "role", Label: c.T("accounts.admin.role.label"), Value: string(now)}
	for _, r := range []core.Role{core.RoleMember, core.RoleModerator, core.RoleAdmin} {
		f.Options = append(f.Options, ui.Option{Value: string(r), Label: c.T("accounts.role." + orNone(string(r))), Hint: c.T("accounts.role." + orNone(string(r)) + ".what")})
	}
	return control{f, asRadios}
}

func grantFields(c *shell.Call, in credential.Input) []control {
	profession := text("profession", c.T("accounts.credential.profession"), c.T("accounts.credential.profession.hint"), in.Profession)
	specialty := text("specialty", c.T("accounts.credential.specialty"), "", in.Specialty)
	specialty.Optional = true
	country := control{ui.Field{Name: "country", Label: c.T("accounts.credential.country"), Value: in.Country, Options: []ui.Option{{Label: c.T("field.choose")}}}, asSelect}
	for _, k := range credential.Countries(c.Lang()) {
		country.Options = append(country.Options, ui.Option{Value: k.Code, Label: k.Name})
	}
	register := text("register", c.T("accounts.credential.register"), c.T("accounts.credential.register.hint"), in.Register)
	register.Optional, register.Autocomplete = true, "off"
	expires := text("expires", c.T("accounts.credential.expires"), "", "")
	if !in.Expires.IsZero() {
		expires.Value = in.Expires.Format(time.DateOnly)
	}
	expires.Type, expires.Short = "date", true
	return []control{profession, specialty, country, register, expires}
}

func (p *pages) setRole(c *shell.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	id, err := c.ID("member")
	if err != nil {
		return err
	}
	if err := p.accounts.SetRole(c.Ctx(), c.Actor, id, core.Role(form.Line("role"))); err != nil {
		return p.showAdminMember(c, credential.Input{Expires: c.Now.AddDate(1, 0, 0)}, "", err)
	}
	c.Say(ui.Good, "accounts.admin.role.done")
	return c.Go("/admin/members/" + id.String())
}

func (p *pages) grant(c *shell.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	id, err := c.ID("member")
	if err != nil {
		return err
	}
	in := credential.Input{Member: id, Profession: form.Line("profession"), Specialty: form.Line("specialty"), Country: form.Line("country"), Register: form.Line("register"), Expires: form.Date("expires")}
	if _, err := p.credentials.Grant(c.Ctx(), c.Actor, in); err != nil {
		return p.showAdminMember(c, in, "", err)
	}
	c.Say(ui.Good, "accounts.credential.granted")
	return c.Go("/admin/members/" + id.String())
}

func (p *pages) revoke(c *shell.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	if err := p.credentials.Revoke(c.Ctx(), c.Actor, form.ID("credential")); err != nil {
		return err
	}
	c.Say(ui.Calm, "accounts.credential.revoked")
	return c.Go("/admin/members/" + c.Path("member"))
}

// resetMember makes a link that lets a member in again, and shows it once, to be handed over.
func (p *pages) resetMember(c *shell.Call) error {
	if err := p.accounts.CheckProof(c.Ctx(), c.Actor); err != nil {
		return p.proof(c, err, "/admin/members/"+c.Path("member"))
	}
	id, err := c.ID("member")
	if err != nil {
		return err
	}
	row, err := p.accounts.AdminGet(c.Ctx(), c.Actor, id)
	if err != nil {
		return err
	}
	link, err := p.accounts.ResetLink(c.Ctx(), c.Actor, row.Handle)
	return p.showAdminMember(c, credential.Input{Expires: c.Now.AddDate(1, 0, 0)}, link, err)
}

type endingPage struct {
	ui.Frame
	List    []credential.Credential
	Handles map[core.ID]string
}

// soon is how far ahead credentials that end are listed: time enough to write to somebody and to look at a register.
const soon = 60 * 24 * time.Hour

func (p *pages) ending(c *shell.Call) error {
	list, err := p.credentials.Ending(c.Ctx(), c.Actor, soon)
	if err != nil {
		return err
	}
	page := endingPage{Frame: c.OfficeFrame(c.T("accounts.ending.title")), List: list}
	ids := make([]core.ID, len(list))
	for i, k := range list {
		ids[i] = k.Member
	}
	if page.Handles, err = p.accounts.Handles(c.Ctx(), ids); err != nil {
		return err
	}
	return c.Show(showEnding(page))
}

// handles names the makers of invitations.
func (p *pages) handles(c *shell.Call, list []account.Invite) (map[core.ID]string, error) {
	ids := make([]core.ID, len(list))
	for i, v := range list {
		ids[i] = v.Maker
	}
	return p.accounts.Handles(c.Ctx(), ids)
}

package accountpages

import (
	"time"

	"dayroom/internal/account"
	"dayroom/internal/organisation"
	"dayroom/internal/web/shell"
	"dayroom/internal/web/ui"
)

// memberPage is a member as one reader may see them.
type memberPage struct {
	ui.Frame
	account.Shown
	Staff   []organisation.Membership
	Admin   bool // the reader runs the site
	Clock   time.Time
	HasTime bool
}

func (p *pages) member(c *shell.Call) error {
	m, err := p.accounts.Show(c.Ctx(), c.Actor, c.Path("handle"))
	if err != nil {
		return err
	}
	if m.MovedTo != "" {
		return c.Go(ui.MemberPath(m.MovedTo))
	}
	staff, err := p.organisations.Of(c.Ctx(), m.Member)
	if err != nil {
		return err
	}
	f := c.Frame(m.Handle)
	if m.Mine {
		f.Active = ui.NavMe
	}
	page := memberPage{Frame: f, Shown: m, Staff: staff, Admin: c.Actor.IsAdmin() && !m.Placeholder}
	if zone, err := time.LoadLocation(m.TimeZone); err == nil && m.TimeZone != "" {
		page.Clock, page.HasTime = c.Now.In(zone), true
	}
	return c.Show(showMember(page))
}

// relationWords says what brings somebody here; empty when that is not said.
func relationWords(v ui.Voice, r account.Relation, forWhom string) string {
	switch {
	case r == account.Unsaid:
		return ""
	case r == account.Caregiver && forWhom != "":
		return v.T("accounts.relation.caregiver.for", forWhom)
	}
	return v.T("accounts.relation.said." + string(r))
}

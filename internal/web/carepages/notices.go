package carepages

import (
	"dayroom/internal/core"
	"dayroom/internal/notify"
	"dayroom/internal/web/shell"
	"dayroom/internal/web/ui"
)

// noticePage is the list of the reader's notices.
type noticePage struct {
	ui.Frame
	List  []notify.View
	Older string
}

func (p *pages) noticeList(c *shell.Call) error {
	after, err := c.Cursor()
	if err != nil {
		return err
	}
	list, err := p.notices.List(c.Ctx(), c.Actor, core.Page{After: after})
	if err != nil {
		return err
	}
	page := noticePage{Frame: c.Frame(c.T("notice.title")), List: list.Items}
	page.Active, page.ShowQuickExit = ui.NavNotices, true
	if !list.Next.IsZero() {
		page.Older = "/notices?after=" + list.Next.String()
	}
	return c.Show(showNotices(page))
}

// bell is the part of the frame that counts what is unread, for pages that are open.
func (p *pages) bell(c *shell.Call) error { return c.Show(ui.Bell(c.Frame(""))) }

func (p *pages) openNotice(c *shell.Call) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	path, err := p.notices.Open(c.Ctx(), c.Actor, id)
	if err != nil {
		return err
	}
	return c.Go(path)
}

func (p *pages) readAll(c *shell.Call) error {
	if err := p.notices.ReadAll(c.Ctx(), c.Actor); err != nil {
		return err
	}
	c.Say(ui.Good, "notice.read_all.done")
	return c.Go(ui.PathNotices)
}

// words is what a notice says.
func (p noticePage) words(v notify.View) string {
	if v.Gone {
		return p.T("notice.gone")
	}
	somebody := v.Who
	if somebody == "" {
		somebody = p.T("notice.somebody")
	}
	key := "notice." + string(v.Kind)
	switch v.Kind {
	case notify.Reply, notify.Followed:
		if v.Count > 1 {
			return p.T(key+".many", v.Count, v.Title)
		}
		return p.T(key, somebody, v.Title)
	case notify.Mention:
		return p.T(key, somebody, v.Title)
	case notify.Approved:
		return p.T(key, v.Title)
	case notify.Decided, notify.ReportUpdate:
		return p.T(key + "." + v.Detail)
	case notify.JoinRequest, notify.Held, notify.Reported:
		return p.T(key, v.Count, v.SpaceName)
	case notify.Invited:
		return p.T(key, v.SpaceName)
	}
	if v.Detail != "" {
		return p.T(key+"."+v.Detail, v.SpaceName)
	}
	return p.T(key)
}

// anyNew tells whether there is something to mark as read.
func (p noticePage) anyNew() bool {
	for _, v := range p.List {
		if !v.Read {
			return true
		}
	}
	return p.Viewer.NoticeCount > 0
}

// settingsPage says how the reader is told.
type settingsPage struct {
	ui.Frame
	Settings []notify.Setting
	Mail     bool // the site can send some
}

func (p *pages) settings(c *shell.Call) error {
	list, err := p.notices.Settings(c.Ctx(), c.Actor)
	if err != nil {
		return err
	}
	page := settingsPage{Frame: c.Frame(c.T("notice.settings.title")), Settings: list, Mail: p.notices.MailReady()}
	page.Active = ui.NavNotices
	return c.Show(showSettings(page))
}

func (p *pages) saveSettings(c *shell.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	var list []notify.Setting
	for _, k := range notify.Kinds {
		list = append(list, notify.Setting{Kind: k, Page: form.Has("page-" + string(k)), Mail: form.Has("mail-" + string(k))})
	}
	if err := p.notices.Set(c.Ctx(), c.Actor, list); err != nil {
		return err
	}
	c.Say(ui.Good, "notice.settings.saved")
	return c.Go("/notices/settings")
}

// leavePage ends letters without signing in.
type leavePage struct {
	ui.Frame
	Token string
	Done  bool
}

func (p *pages) unsubscribeForm(c *shell.Call) error {
	token := c.Query("token")
	if _, err := p.notices.CheckUnsubscribe(token); err != nil {
		return err
	}
	return c.Show(showLeave(leavePage{Frame: c.Frame(c.T("notice.unsubscribe.title")), Token: token}))
}

// unsubscribe is what the button of the page sends, and what mail programs send by themselves (RFC 8058): a POST without a
// cookie, with the token in the address.
func (p *pages) unsubscribe(c *shell.Call) error {
	if err := p.notices.Unsubscribe(c.Ctx(), c.Query("token")); err != nil {
		return err
	}
	return c.Show(showLeave(leavePage{Frame: c.Frame(c.T("notice.unsubscribe.title")), Done: true}))
}

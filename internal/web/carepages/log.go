package carepages

import (
	"net/http"
	"strings"

	"dayroom/internal/core"
	"dayroom/internal/policy"
	"dayroom/internal/queue"
	"dayroom/internal/space"
	"dayroom/internal/thread"
	"dayroom/internal/web/shell"
	"dayroom/internal/web/ui"
)

// logPage is what was decided in a space, or about the reader.
type logPage struct {
	ui.Frame
	Space space.Space // zero on the reader's own page
	Log   []queue.Decision
	Older string
}

func (p *pages) log(c *shell.Call) error {
	after, err := c.Cursor()
	if err != nil {
		return err
	}
	sp, list, err := p.queue.Log(c.Ctx(), c.Actor, c.Path("slug"), core.Page{After: after})
	if err != nil {
		return err
	}
	page := logPage{Frame: frame(c, c.T("queue.log.title", sp.Name)), Space: sp, Log: list.Items}
	page.ShowQuickExit = page.ShowQuickExit || sp.Kind == policy.Community
	if !list.Next.IsZero() {
		page.Older = "/log/" + sp.Slug + "?after=" + list.Next.String()
	}
	return c.Show(showLog(page))
}

func (p *pages) siteLog(c *shell.Call) error {
	after, err := c.Cursor()
	if err != nil {
		return err
	}
	list, err := p.queue.LogOfSite(c.Ctx(), c.Actor, core.Page{After: after})
	if err != nil {
		return err
	}
	page := logPage{Frame: frame(c, c.T("queue.log.site.title")), Log: list.Items}
	page.ShowQuickExit = true
	if !list.Next.IsZero() {
		page.Older = "/log?after=" + list.Next.String()
	}
	return c.Show(showLog(page))
}

func (p *pages) mine(c *shell.Call) error {
	after, err := c.Cursor()
	if err != nil {
		return err
	}
	list, err := p.queue.LogOfMember(c.Ctx(), c.Actor, core.Page{After: after})
	if err != nil {
		return err
	}
	page := logPage{Frame: c.Frame(c.T("queue.mine.title")), Log: list.Items}
	page.Active = ui.NavMe
	if !list.Next.IsZero() {
		page.Older = "/me/decisions?after=" + list.Next.String()
	}
	return c.Show(showMine(page))
}

// where is the address of the post that a decision was about, empty where it was about the member.
func where(d queue.Decision) string {
	switch {
	case d.Post == 0:
		return ""
	case d.Post == d.Thread:
		return thread.Thread{ID: d.Thread}.Path()
	}
	return thread.CommentPath(d.Post)
}

// done says what was done: "hid a post", for those who moderate.
func done(v ui.Voice, d queue.Decision) string {
	if d.Until.IsZero() {
		return v.T("queue.log." + string(d.Act))
	}
	return v.T("queue.log."+string(d.Act)+".until", v.Day(d.Until))
}

// toMe says what was done to the reader.
func toMe(v ui.Voice, d queue.Decision) string {
	text := v.T("queue.mine." + string(d.Act))
	if !d.Until.IsZero() {
		text = v.T("queue.mine."+string(d.Act)+".until", v.Day(d.Until))
	}
	return text
}

// standingPage is a moderator's page about a member's standing.
type standingPage struct {
	ui.Frame
	File     queue.File
	Panels   []panel
	Mistakes shell.Mistakes
}

func (p *pages) standing(c *shell.Call) error {
	return p.showStanding(c, http.StatusOK, typed{}, shell.Mistakes{})
}

func (p *pages) showStanding(c *shell.Call, status int, t typed, m shell.Mistakes) error {
	f, err := p.queue.File(c.Ctx(), c.Actor, c.Path("handle"))
	if err != nil {
		return err
	}
	page := standingPage{Frame: frame(c, c.T("queue.standing.title", f.Handle)), File: f, Panels: panels(c.Voice, f.Acts, t, m), Mistakes: m}
	for i := range page.Panels {
		page.Panels[i].Label = c.T("queue.act." + string(page.Panels[i].Act) + ".member")
	}
	return c.ShowStatus(status, showStanding(page))
}

func (p *pages) discipline(c *shell.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	f, err := p.queue.File(c.Ctx(), c.Actor, c.Path("handle"))
	if err != nil {
		return err
	}
	ruling, t := readRuling(c, form)
	if _, err = p.queue.Discipline(c.Ctx(), c.Actor, f.ID, ruling); err != nil {
		m, rest := c.Mistakes(err)
		if rest != nil {
			return rest
		}
		return p.showStanding(c, m.Status, t, m)
	}
	c.Say(ui.Good, "queue.done."+string(ruling.Act))
	return c.Go(ui.MemberPath(strings.ToLower(f.Handle)) + "/standing")
}

package threadpages

import (
	"net/url"

	"dayroom/internal/policy"
	"dayroom/internal/space"
	"dayroom/internal/thread"
	"dayroom/internal/web/shell"
	"dayroom/internal/web/ui"
)

// roomPage is the list of a space's threads.
type roomPage struct {
	ui.Frame
	About        space.About
	Start        thread.Start
	Tabs         []ui.Tab
	Tag          string
	Tags         []string
	Order        string // the order of the list in words
	Rows         []ui.ThreadItem
	Empty        nothing
	Newer, Older string
}

// tagsShown is how many tags stand above a list: two lines on a phone.
const tagsShown = 12

func (p *Pages) room(c *shell.Call) error {
	after, err := c.Cursor()
	if err != nil {
		return err
	}
	about, err := p.Spaces.About(c.Ctx(), c.Actor, c.Path("slug"))
	if err != nil {
		return err
	}
	f := roomFilter(c, about)
	f.Page.After = after
	list, err := p.Threads.List(c.Ctx(), c.Actor, f)
	if err != nil {
		return err
	}
	page, err := p.roomPage(c, about, f)
	if err != nil {
		return err
	}
	page.Newer, page.Older = turn(about.Path(), roomQuery(f), after, list.Next)
	if page.Rows, err = p.rows(c, about.Space, list.Items); err != nil {
		return err
	}
	return c.Show(showRoom(page))
}

// roomFilter reads from the address which threads are asked for.
func roomFilter(c *shell.Call, about space.About) thread.Filter {
	f := thread.Filter{Space: about.ID, Order: thread.NewestActivity, Tag: c.Query("tag")}
	switch order := thread.Order(c.Query("show")); {
	case order == thread.Unanswered, order == thread.Followed && c.Actor.IsMember():
		f.Order = order
	}
	return f
}

func roomQuery(f thread.Filter) url.Values {
	q := url.Values{}
	if f.Order != thread.NewestActivity {
		q.Set("show", string(f.Order))
	}
	if f.Tag != "" {
		q.Set("tag", f.Tag)
	}
	return q
}

func (p *Pages) roomPage(c *shell.Call, about space.About, f thread.Filter) (roomPage, error) {
	page := roomPage{Frame: frameIn(c, about.Space, about.Name), About: about, Tag: f.Tag, Start: thread.MayStart(c.Actor, about.Space, about.Ties)}
	page.Order, page.Live = c.T("threads.order."+string(f.Order)), []string{spaceTopic(about.ID)}
	page.Empty = emptyRoom(c, about, f, page.Start)
	publish(c, &page.Frame, about.Space, about.Path(), about.Description)
	if f.Order != thread.NewestActivity || f.Tag != "" || !f.Page.After.IsZero() {
		page.NoIndex = true // the same threads in another order
	}
	for _, order := range []thread.Order{thread.NewestActivity, thread.Unanswered, thread.Followed} {
		if order == thread.Followed && !c.Actor.IsMember() {
			continue
		}
		href := about.Path()
		if q := roomQuery(thread.Filter{Order: order}); len(q) > 0 {
			href += "?" + q.Encode()
		}
		page.Tabs = append(page.Tabs, ui.Tab{Label: c.T("threads.tab." + string(order)), Href: href, Current: order == f.Order && f.Tag == ""})
	}
	used, err := p.Threads.Tags(c.Ctx(), c.Actor, about.ID, tagsShown)
	page.Tags = suggestions(about.Tags, used)
	return page, err
}

// emptyRoom says why there is nothing in a list, and what could be done.
func emptyRoom(c *shell.Call, about space.About, f thread.Filter, may thread.Start) nothing {
	all := ui.Link{Href: about.Path(), Label: c.T("threads.to_all")}
	switch {
	case f.Tag != "":
		return nothing{c.T("threads.empty.tag.title"), c.T("threads.empty.tag", f.Tag), all}
	case f.Order != thread.NewestActivity:
		key := "threads.empty." + string(f.Order)
		return nothing{c.T(key + ".title"), c.T(key), all}
	}
	out := nothing{Title: c.T("threads.empty.title"), Sentence: c.T("threads.empty." + string(about.Kind))}
	if len(may.Kinds) > 0 || may.Visitor {
		out.Way = ui.Link{Href: about.Path() + "/write", Label: c.T("threads.begin")}
	}
	return out
}

// admission is where one gets what is missing to write: membership, or having accepted the rules.
func admission(sp space.Space, why, next string) string {
	page := "/join"
	if why == "policy.rules_first" {
		page = "/rules"
	}
	return sp.Path() + page + "?next=" + url.QueryEscape(next)
}

// startLinks are the ways to begin a thread, by kind. Where the reader could begin one after joining, the ways lead there.
func (r roomPage) startLinks() (out []ui.Link) {
	write := r.About.Path() + "/write"
	switch {
	case r.Start.Visitor:
		return []ui.Link{{Href: write + "?kind=question", Label: r.T("threads.start.visitor")}}
	case len(r.Start.Kinds) == 0 && r.About.Ties.Joined:
		return []ui.Link{{Href: admission(r.About.Space, r.Start.Why, write), Label: r.T("threads.start")}}
	}
	for _, kind := range startOrder(r.About.Kind) {
		if r.Start.May(kind) {
			out = append(out, ui.Link{Href: write + "?kind=" + string(kind), Label: r.T("threads.start." + string(kind))})
		}
	}
	return out
}

// startOrder is the order in which kinds are offered: what people come for first.
func startOrder(kind policy.SpaceKind) []policy.ThreadKind {
	if kind == policy.Channel {
		return []policy.ThreadKind{policy.Announcement, policy.Question, policy.Discussion, policy.Experience}
	}
	return []policy.ThreadKind{policy.Question, policy.Experience, policy.Discussion}
}

package carepages

import (
	"net/url"
	"strings"

	"dayroom/internal/core"
	"dayroom/internal/queue"
	"dayroom/internal/web/shell"
	"dayroom/internal/web/ui"
)

// queuePage is the list of what waits; with an item, it stands beside it.
type queuePage struct {
	ui.Frame
	Filter filter
	Rows   []queue.Row
	Places []queue.Place
	Older  string
	Undo   *queue.Decision // can be taken back
	Item   *itemView
}

// filter is what the list is narrowed to, and where in it the reader is.
type filter struct {
	queue.Filter
	After core.Cursor
}

// readFilter reads a filter; what is not known narrows nothing. value gives a field of the query or of a form.
func readFilter(value func(string) string) filter {
	var f filter
	if k := queue.Kind(value("kind")); k == queue.Held || k == queue.Reported {
		f.Kind = k
	}
	f.Space, _ = core.ParseID(value("space"))
	f.After, _ = core.ParseCursor(value("after"))
	return f
}

// path gives an address of the queue with the filter in it. item and undo may be zero.
func (f filter) path(item, undo core.ID) string {
	q := url.Values{}
	if f.Kind != "" {
		q.Set("kind", string(f.Kind))
	}
	if f.Space != 0 {
		q.Set("space", f.Space.String())
	}
	if !f.After.IsZero() {
		q.Set("after", f.After.String())
	}
	if undo != 0 {
		q.Set("undo", undo.String())
	}
	path := ui.PathQueue
	if item != 0 {
		path += "/" + item.String()
	}
	if len(q) > 0 {
		path += "?" + q.Encode()
	}
	return path
}

func (f filter) hidden() []ui.Hidden {
	out := []ui.Hidden{{Name: "kind", Value: string(f.Kind)}, {Name: "after", Value: f.After.String()}}
	if f.Space != 0 {
		out = append(out, ui.Hidden{Name: "space", Value: f.Space.String()})
	}
	return out
}

// with narrows to a kind, from the beginning.
func (f filter) with(k queue.Kind) filter {
	f.Kind, f.After = k, core.Cursor{}
	return f
}

func (p *pages) list(c *shell.Call) error {
	page, err := p.queuePage(c, readFilter(c.Query))
	if err != nil {
		return err
	}
	return c.Show(showQueue(page))
}

// queuePage reads the list, for the list's own page and beside an item.
func (p *pages) queuePage(c *shell.Call, f filter) (page queuePage, err error) {
	page = queuePage{Frame: frame(c, c.T("queue.title")), Filter: f}
	list, err := p.queue.List(c.Ctx(), c.Actor, f.Filter, core.Page{After: f.After})
	if err != nil {
		return page, err
	}
	page.Rows = list.Items
	if !list.Next.IsZero() {
		next := f
		next.After = list.Next
		page.Older = next.path(0, 0)
	}
	if page.Places, err = p.queue.Places(c.Ctx(), c.Actor); err != nil {
		return page, err
	}
	if id, err := core.ParseID(c.Query("undo")); err == nil {
		if d, err := p.queue.Undoable(c.Ctx(), c.Actor, id); err == nil {
			page.Undo = &d
		}
	}
	return page, nil
}

// next is the item to go on with after a decision: the first that can be opened without a look being logged.
func (p *pages) next(c *shell.Call, f filter) (core.ID, error) {
	f.After = core.Cursor{}
	list, err := p.queue.List(c.Ctx(), c.Actor, f.Filter, core.Page{})
	for _, row := range list.Items {
		if !row.Concealed {
			return row.ID, err
		}
	}
	return 0, err
}

func (p *pages) undo(c *shell.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	d, err := p.queue.Undo(c.Ctx(), c.Actor, form.ID("decision"))
	if err != nil {
		return err
	}
	c.Say(ui.Good, "queue.undo.done")
	if d.Item == 0 { // done from the post's own page
		post, err := p.posts.Find(c.Ctx(), c.Actor, d.Post)
		if err != nil {
			return err
		}
		return c.Go(post.Path())
	}
	return c.Go(readFilter(form.Raw).path(d.Item, 0))
}

// Words of a row.

func (p queuePage) title(row queue.Row) string {
	switch {
	case row.Concealed:
		return p.T("queue.row.concealed")
	case row.Title == "":
		return p.T("queue.row.gone")
	case row.IsReply:
		return p.T("queue.row.reply", row.Title)
	}
	return row.Title
}

// why says in words why something waits.
func (p queuePage) why(row queue.Row) string {
	if row.Kind == queue.Held {
		if row.Item.Author == 0 {
			return p.T("queue.why.visitor")
		}
		return p.T("queue.why.newcomer")
	}
	var words []string
	for _, r := range row.Reasons {
		words = append(words, p.T("report.reason."+string(r)))
	}
	return strings.Join(words, " · ")
}

func who(v ui.Voice, handle, visitor string) ui.Person {
	switch {
	case handle != "":
		return ui.Person{Handle: handle, Href: ui.MemberPath(handle)}
	case visitor != "":
		return ui.Person{Handle: visitor, Relation: v.T("queue.visitor")}
	}
	return ui.Person{Gone: true}
}

func (p queuePage) tabs() []ui.Tab {
	var tabs []ui.Tab
	for _, k := range []queue.Kind{"", queue.Reported, queue.Held} {
		key := "queue.tab.all"
		if k != "" {
			key = "queue.tab." + string(k)
		}
		tabs = append(tabs, ui.Tab{Label: p.T(key), Href: p.Filter.with(k).path(0, 0), Current: p.Filter.Kind == k})
	}
	return tabs
}

// places is the choice of a space.
func (p queuePage) places() ui.Field {
	f := ui.Field{Name: "space", Label: p.T("queue.space"), Options: []ui.Option{{Label: p.T("queue.space.all")}}}
	for _, place := range p.Places {
		f.Options = append(f.Options, ui.Option{Value: place.ID.String(), Label: p.T("queue.space.count", place.Name, place.Count)})
	}
	if p.Filter.Space != 0 {
		f.Value = p.Filter.Space.String()
	}
	return f
}

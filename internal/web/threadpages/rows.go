package threadpages

import (
	"net/url"
	"slices"

	"dayroom/internal/core"
	"dayroom/internal/policy"
	"dayroom/internal/space"
	"dayroom/internal/thread"
	"dayroom/internal/web/shell"
	"dayroom/internal/web/ui"
)

// rows makes threads ready for a list. In a list over several spaces, sp is the zero Space and each row names its own.
func (p *Pages) rows(c *shell.Call, sp space.Space, items []thread.Item) ([]ui.ThreadItem, error) {
	writers := make([]writer, 0, len(items))
	for _, i := range items {
		writers = append(writers, writerOf(i.Thread))
	}
	people, err := p.castOf(c, sp, writers)
	if err != nil {
		return nil, err
	}
	onlyAnnounced := !slices.ContainsFunc(items, func(i thread.Item) bool { return i.Kind != policy.Announcement })
	out := make([]ui.ThreadItem, 0, len(items))
	for _, i := range items {
		row := people.row(i)
		if sp.ID == 0 {
			row.Pinned = false // pinned there, not here
			if onlyAnnounced {
				row.Kind = ""
			}
			row.Space = ui.Link{Href: i.Space.Path(), Label: i.Space.Name}
		}
		out = append(out, row)
	}
	return out, nil
}

func (c cast) row(i thread.Item) ui.ThreadItem {
	w := writerOf(i.Thread)
	row := ui.ThreadItem{
		Href: i.Path(), Title: i.Title, First: i.Excerpt, Who: c.person(w), When: i.ActiveAt, Kind: string(i.Kind),
		Replies: i.Replies, New: i.New, Unanswered: i.Replies == 0 && i.Kind != policy.Announcement, Helped: i.Thread.Helped > 0 && i.Kind != policy.Announcement,
		Pinned: !i.PinnedAt.IsZero(), Held: i.State == policy.Held, Closed: !i.ClosedAt.IsZero(), Warning: i.Warning,
	}
	row.Who.Conditions, row.Who.Newcomer = nil, false // a list is for finding; the thread tells more
	if i.New > 0 {
		row.Href += "/new"
	}
	if c.blocked(w) {
		row.Title, row.First = c.voice.T("threads.blocked.title"), ""
	}
	return row
}

// listPage is a list over several spaces.
type listPage struct {
	ui.Frame
	Heading, Lead string
	Rows          []ui.ThreadItem
	Empty         nothing
	Newer, Older  string
}

// nothing says why a list is empty and what could be done.
type nothing struct {
	Title, Sentence string
	Way             ui.Link
}

// overSpaces answers with a list over the spaces that the reader may see. words is the area of its sentences in the catalogue.
func (p *Pages) overSpaces(c *shell.Call, words, path string, way ui.Link, f thread.Filter) error {
	after, err := c.Cursor()
	if err != nil {
		return err
	}
	f.Page.After = after
	list, err := p.Threads.List(c.Ctx(), c.Actor, f)
	if err != nil {
		return err
	}
	page := listPage{Frame: c.Frame(c.T(words + ".title")), Heading: c.T(words + ".title"), Lead: c.T(words + ".lead")}
	page.Active, page.Live = ui.NavHome, spacesOf(list.Items)
	if f.Order == thread.Announced {
		page.Feed = ui.PathFeed
	}
	page.Empty = nothing{c.T(words + ".empty.title"), c.T(words + ".empty"), way}
	page.Newer, page.Older = turn(path, nil, after, list.Next)
	if page.Rows, err = p.rows(c, space.Space{}, list.Items); err != nil {
		return err
	}
	return c.Show(showList(page))
}

func spaceTopic(id core.ID) string { return "s" + id.String() }

// maxLive is how many spaces an open list hears of: a browser's tabs share one stream.
const maxLive = 12

// spacesOf are the topics of a list over several spaces: those that are in it.
func spacesOf(items []thread.Item) (topics []string) {
	for _, i := range items {
		if t := spaceTopic(i.Space.ID); len(topics) < maxLive && !slices.Contains(topics, t) {
			topics = append(topics, t)
		}
	}
	return topics
}

// turn gives the addresses before and after a page of a list: back leads to its beginning.
func turn(path string, query url.Values, after, next core.Cursor) (newer, older string) {
	at := func(cursor core.Cursor) string {
		q := url.Values{}
		for name, v := range query {
			q[name] = v
		}
		if !cursor.IsZero() {
			q.Set("after", cursor.String())
		}
		if len(q) == 0 {
			return path
		}
		return path + "?" + q.Encode()
	}
	if !after.IsZero() {
		newer = at(core.Cursor{})
	}
	if !next.IsZero() {
		older = at(next)
	}
	return newer, older
}

func (p *Pages) following(c *shell.Call) error {
	way := ui.Link{Href: ui.PathSpaces, Label: c.T("threads.to_spaces")}
	return p.overSpaces(c, "threads.following", "/following", way, thread.Filter{Order: thread.Followed})
}

func (p *Pages) unanswered(c *shell.Call) error {
	mine, err := p.Spaces.Mine(c.Ctx(), c.Actor)
	if err != nil {
		return err
	}
	way := ui.Link{Href: ui.PathSpaces, Label: c.T("threads.to_spaces")}
	return p.overSpaces(c, "threads.waiting", "/unanswered", way, thread.Filter{Order: thread.Unanswered, Spaces: idsOf(mine, "")})
}

func (p *Pages) announcements(c *shell.Call) error {
	f := thread.Filter{Order: thread.Announced}
	if c.Actor.IsMember() {
		mine, err := p.Spaces.Mine(c.Ctx(), c.Actor)
		if err != nil {
			return err
		}
		f.Spaces = idsOf(mine, policy.Channel)
	}
	return p.overSpaces(c, "threads.announced", "/announcements", ui.Link{Href: ui.PathSpaces, Label: c.T("threads.to_spaces")}, f)
}

// idsOf gives the ids of spaces of a kind, or of all of them. It is never nil: nil would mean every space.
func idsOf(cards []space.Card, kind policy.SpaceKind) []core.ID {
	ids := []core.ID{}
	for _, c := range cards {
		if kind == "" || c.Kind == kind {
			ids = append(ids, c.ID)
		}
	}
	return ids
}

// mark is a bookmarked post in a list.
type mark struct {
	Href, Title, First string
	Who                ui.Person
	Post               thread.Post
}

type bookmarksPage struct {
	ui.Frame
	Marks []mark
}

func (p *Pages) bookmarks(c *shell.Call) error {
	posts, err := p.Threads.Bookmarks(c.Ctx(), c.Actor)
	if err != nil {
		return err
	}
	writers := make([]writer, 0, len(posts))
	for _, post := range posts {
		writers = append(writers, postWriter(post))
	}
	people, err := p.castOf(c, space.Space{}, writers)
	if err != nil {
		return err
	}
	page := bookmarksPage{Frame: c.Frame(c.T("threads.bookmarks.title"))}
	page.Active = ui.NavMe
	for _, post := range posts {
		page.Marks = append(page.Marks, people.mark(post))
	}
	return c.Show(showBookmarks(page))
}

package feedpages

import (
	"encoding/xml"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/space"
	"dayroom/internal/thread"
	"dayroom/internal/web/shell"
	"dayroom/internal/web/ui"
)

const atomType = "application/atom+xml"

// entries is how many threads a feed has: whoever asks once a day misses nothing in a busy space.
const entries = 50

// feed is an Atom feed (RFC 4287).
type feed struct {
	XMLName xml.Name `xml:"http://www.w3.org/2005/Atom feed"`
	ID      string   `xml:"id"`
	Title   string   `xml:"title"`
	Sub     string   `xml:"subtitle,omitempty"`
	Updated string   `xml:"updated"`
	Author  author   `xml:"author"`
	Links   []link   `xml:"link"`
	Entries []entry  `xml:"entry"`
}

type author struct {
	Name string `xml:"name"`
}

type link struct {
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr"`
	Href string `xml:"href,attr"`
}

type entry struct {
	ID        string     `xml:"id"`
	Title     string     `xml:"title"`
	Published string     `xml:"published"`
	Updated   string     `xml:"updated"`
	Link      link       `xml:"link"`
	Tags      []category `xml:"category"`
	Summary   string     `xml:"summary,omitempty"`
}

type category struct {
	Term string `xml:"term,attr"`
}

// space is the feed of a space that everybody may read: what was begun last. For everybody else it is not there.
func (p *pages) space(c *shell.Call) error {
	s, err := p.open(c)
	if err != nil {
		return err
	}
	list, err := p.threads.List(c.Ctx(), core.Visitor, thread.Filter{Order: thread.Begun, Space: s.ID, Page: core.Page{Limit: entries}})
	if err != nil {
		return err
	}
	return p.show(c, s.Name, s.Description, s.Path(), ui.SpaceFeed(s.Slug), list.Items)
}

// open gives the space of the address where everybody may read it.
func (p *pages) open(c *shell.Call) (space.Space, error) {
	s, _, err := p.spaces.Read(c.Ctx(), core.Visitor, c.Path("slug"))
	if code := core.CodeOf(err); code == core.Forbidden || code == core.Unauthenticated {
		return s, core.Missing("space")
	}
	return s, err
}

// announcements is the feed of what organisations announce.
func (p *pages) announcements(c *shell.Call) error {
	list, err := p.threads.List(c.Ctx(), core.Visitor, thread.Filter{Order: thread.Announced, Page: core.Page{Limit: entries}})
	if err != nil {
		return err
	}
	return p.show(c, c.Settings.Name, c.T("feed.announcements"), "/announcements", ui.PathFeed, list.Items)
}

func (p *pages) show(c *shell.Call, title, about, path, self string, items []thread.Item) error {
	base := c.BaseURL()
	f := feed{ID: base + path, Title: title, Sub: about, Author: author{c.Settings.Name}, Updated: stamp(time.UnixMilli(0)), Links: []link{
		{Rel: "self", Type: atomType, Href: base + self}, {Rel: "alternate", Type: "text/html", Href: base + path},
	}}
	var newest time.Time
	for _, i := range items {
		f.Entries = append(f.Entries, entryOf(base, i))
		if at := changed(i); at.After(newest) {
			newest = at
			f.Updated = stamp(at)
		}
	}
	text, err := xml.MarshalIndent(f, "", " ")
	if err != nil {
		return err
	}
	return send(c, atomType+"; charset=utf-8", append([]byte(xml.Header), text...))
}

func entryOf(base string, i thread.Item) entry {
	e := entry{ID: base + i.Path(), Title: i.Title, Published: stamp(i.CreatedAt), Updated: stamp(changed(i)),
		Link: link{Rel: "alternate", Type: "text/html", Href: base + i.Path()}}
	if i.Warning == "" {
		e.Summary = i.Excerpt
	}
	for _, t := range i.Tags {
		e.Tags = append(e.Tags, category{t})
	}
	return e
}

// changed is when the words of a thread's beginning were changed last: new replies do not make it new.
func changed(i thread.Item) time.Time {
	if i.EditedAt.After(i.CreatedAt) {
		return i.EditedAt
	}
	return i.CreatedAt
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

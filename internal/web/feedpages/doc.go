// Package feedpages is what a site tells the outside by itself: an Atom feed of each space that everybody may read and one of all
// announcements, and the map of the site for search engines.
//
// All of it is made as for a visitor, whoever asks: a feed travels on, into readers and to servers that nobody here knows. So it has titles
// and the first words, never who wrote them, and no first words where a content warning stands. Search engines are told of channels only;
// what patients say to each other in a community stays out of the map, as its pages ask to stay out of their index.
package feedpages

import (
	"context"
	"net/http"

	"dayroom/internal/core"
	"dayroom/internal/platform/httpx"
	"dayroom/internal/policy"
	"dayroom/internal/space"
	"dayroom/internal/thread"
	"dayroom/internal/web/shell"
)

// Threads is what the package needs of thread.Service.
type Threads interface {
	List(ctx context.Context, a core.Actor, f thread.Filter) (core.List[thread.Item], error)
	Published(ctx context.Context, space core.ID) ([]thread.Listed, error)
}

// Spaces is what it needs of space.Service.
type Spaces interface {
	Read(ctx context.Context, a core.Actor, slug string) (space.Space, policy.Ties, error)
	List(ctx context.Context, a core.Actor, f space.Filter, page core.Page) (core.List[space.Card], error)
}

type pages struct {
	threads Threads
	spaces  Spaces
}

// Routes lists the addresses.
func Routes(threads Threads, spaces Spaces) []shell.Route {
	p := &pages{threads, spaces}
	return []shell.Route{
		{Method: "GET", Path: "/feed.atom", Access: policy.ForPublic, Moment: true, Handle: p.announcements},
		{Method: "GET", Path: "/s/{slug}/feed.atom", Access: policy.ForPublic, Moment: true, Handle: p.space},
		{Method: "GET", Path: "/sitemap.xml", Access: policy.ForPublic, Moment: true, Handle: p.siteMap},
		{Method: "GET", Path: "/s/{slug}/sitemap.xml", Access: policy.ForPublic, Moment: true, Handle: p.channelMap},
	}
}

// SpaceFeed is the address of a space's feed.
func SpaceFeed(s space.Space) string { return s.Path() + "/feed.atom" }

// send answers with XML, or with nothing where the reader has just that already. Nobody between keeps it: what is taken down is gone the
// next time somebody asks.
func send(c *shell.Call, contentType string, body []byte) error {
	tag := `"` + httpx.Tag(body) + `"`
	h := c.W.Header()
	h.Set("ETag", tag)
	h.Set("Cache-Control", "no-cache")
	h.Set("X-Robots-Tag", "noindex")
	if httpx.Matches(c.R.Header.Get("If-None-Match"), tag) {
		c.W.WriteHeader(http.StatusNotModified)
		return nil
	}
	return c.Send(http.StatusOK, contentType, body)
}

// Package threadpages is the pages of conversations: home, the lists of threads, a thread, and everything that people do in them.
// All of it works without script; a script only saves drafts, shows previews and sends pictures.
//
// A post is reached by the same few addresses whether it opens a thread or answers in one: /t/ID/edit, /c/ID/edit. After an act a
// person is led back to where they were: to the page of the thread that has the post, and there to the post.
package threadpages

import (
	"context"
	"io"

	"dayroom/internal/account"
	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/httpx"
	"dayroom/internal/platform/media"
	"dayroom/internal/policy"
	"dayroom/internal/search"
	"dayroom/internal/space"
	"dayroom/internal/thread"
	"dayroom/internal/web/shell"
	"dayroom/internal/web/ui"
)

// Deps are what the pages need.
type Deps struct {
	DB            *db.DB
	Threads       *thread.Service
	Spaces        *space.Service
	People        People
	Organisations Organisations
	Guard         VisitorGuard
	Personas      []string // as whom a visitor of the demo may sign in with one click; they are offered nowhere else
	Pictures      Pictures
	Shelf         Shelf
	Notices       Notices
	Finder        Finder
	Redactor      Redactor
	Searches      int // a second that one reader may ask for in the long run; zero is without a bound
}

// Redactor takes words out of an earlier version and writes down why; queue.Service is one.
type Redactor interface {
	Redact(ctx context.Context, a core.Actor, post core.ID, version int64, reason string) error
}

// Finder finds what was said; search.Service is one.
type Finder interface {
	Search(ctx context.Context, a core.Actor, in search.Request) (search.Found, error)
	Names(ctx context.Context, a core.Actor, text string) (search.Names, error)
	Suggest(ctx context.Context, a core.Actor, text string) ([]search.Suggestion, error)
	Similar(ctx context.Context, a core.Actor, title string) ([]search.Hit, error)
}

// Notices is told what a member has seen, so that the bell does not ring for it any more; notify.Service is one.
type Notices interface {
	Seen(ctx context.Context, a core.Actor, thread core.ID) error
}

// People gives members' cards as one reader may see them; account.Service is one.
type People interface {
	Cards(tx *db.Tx, reader core.Actor, members []core.ID, space core.ID) (map[core.ID]account.Card, error)
}

// Organisations gives the names of organisations by id, without those that are not there; organisation.Service is one.
type Organisations interface {
	Names(tx *db.Tx, ids []core.ID) (map[core.ID]string, error)
}

// Pictures makes what members send fit to be shown; media.Processor is one.
type Pictures interface {
	Process(ctx context.Context, r io.Reader) (media.Image, error)
}

// Shelf gives the bytes of a picture; media.Store is one.
type Shelf interface {
	Open(ctx context.Context, name string) (io.ReadSeekCloser, error)
}

// Pages answers. Safe for concurrent use.
type Pages struct {
	Deps
	asked *httpx.Flood // searches and suggestions of each member, or address
}

// SearchesASecond is what one reader may usually ask for in the long run, with ten times as many at once: somebody who types is shown
// suggestions with every few letters, and nobody types faster.
const SearchesASecond = 5

// New makes the pages.
func New(d Deps) *Pages {
	p := &Pages{Deps: d}
	if d.Searches > 0 {
		p.asked = httpx.NewFlood(d.Searches)
	}
	return p
}

// uploadBody is what may be sent to /upload: a picture of media.MaxBytes with its fields.
const uploadBody = 9 << 20

// Routes lists the pages.
func (p *Pages) Routes() []shell.Route {
	return []shell.Route{
		{Method: "GET", Path: "/{$}", Access: policy.ForPublic, Shared: true, Moment: true, Handle: p.home},
		{Method: "GET", Path: "/unanswered", Access: policy.ForMember, Moment: true, Handle: p.unanswered},
		{Method: "GET", Path: "/following", Access: policy.ForMember, Moment: true, Handle: p.following},
		{Method: "GET", Path: "/announcements", Access: policy.ForPublic, Shared: true, Moment: true, Handle: p.announcements},
		{Method: "GET", Path: "/me/reading-places", Access: policy.ForMember, Handle: p.places},
		{Method: "POST", Path: "/me/reading-places", Access: policy.ForMember, Handle: p.keepPlaces},
		{Method: "GET", Path: "/bookmarks", Access: policy.ForMember, Moment: true, Handle: p.bookmarks},

		{Method: "GET", Path: ui.PathSearch, Access: policy.ForPublic, Moment: true, Handle: p.search},
		{Method: "GET", Path: "/search/suggest", Access: policy.ForPublic, Moment: true, Handle: p.suggest},
		{Method: "GET", Path: "/search/similar", Access: policy.ForMember, Moment: true, Handle: p.similar},

		{Method: "GET", Path: "/s/{slug}", Access: policy.ForPublic, Shared: true, Moment: true, Handle: p.room},
		{Method: "GET", Path: "/write", Access: policy.ForMember, Handle: p.chooseSpace},
		{Method: "GET", Path: "/s/{slug}/write", Access: policy.ForPublic, Handle: p.writeForm},
		{Method: "POST", Path: "/s/{slug}/write", Access: policy.ForPublic, Handle: p.create},

		{Method: "GET", Path: "/t/{id}", Access: policy.ForPublic, Shared: true, Moment: true, Handle: p.read},
		{Method: "GET", Path: "/t/{id}/new", Access: policy.ForPublic, Handle: p.firstNew},
		{Method: "GET", Path: "/c/{id}", Access: policy.ForPublic, Handle: p.findComment},
		{Method: "POST", Path: "/t/{id}/reply", Access: policy.ForPublic, Handle: p.reply},

		{Method: "GET", Path: "/t/{id}/edit", Access: policy.ForMember, Handle: p.editForm},
		{Method: "GET", Path: "/c/{id}/edit", Access: policy.ForMember, Handle: p.editForm},
		{Method: "POST", Path: "/t/{id}/edit", Access: policy.ForMember, Handle: p.edit},
		{Method: "POST", Path: "/c/{id}/edit", Access: policy.ForMember, Handle: p.edit},
		{Method: "GET", Path: "/t/{id}/history", Access: policy.ForPublic, Handle: p.history},
		{Method: "GET", Path: "/c/{id}/history", Access: policy.ForPublic, Handle: p.history},
		{Method: "POST", Path: "/t/{id}/redact", Access: policy.ForSteward, Handle: p.redact},
		{Method: "POST", Path: "/c/{id}/redact", Access: policy.ForSteward, Handle: p.redact},
		{Method: "GET", Path: "/t/{id}/delete", Access: policy.ForMember, Handle: p.deleteForm},
		{Method: "GET", Path: "/c/{id}/delete", Access: policy.ForMember, Handle: p.deleteForm},
		{Method: "POST", Path: "/t/{id}/delete", Access: policy.ForMember, Handle: p.delete},
		{Method: "POST", Path: "/c/{id}/delete", Access: policy.ForMember, Handle: p.delete},

		{Method: "POST", Path: "/t/{id}/react", Access: policy.ForMember, Handle: p.react},
		{Method: "POST", Path: "/c/{id}/react", Access: policy.ForMember, Handle: p.react},
		{Method: "POST", Path: "/c/{id}/helped", Access: policy.ForMember, Handle: p.helped},
		{Method: "POST", Path: "/t/{id}/bookmark", Access: policy.ForMember, Handle: p.bookmark},
		{Method: "POST", Path: "/c/{id}/bookmark", Access: policy.ForMember, Handle: p.bookmark},
		{Method: "POST", Path: "/t/{id}/follow", Access: policy.ForMember, Handle: p.follow},
		{Method: "POST", Path: "/t/{id}/vote", Access: policy.ForMember, Handle: p.vote},
		{Method: "POST", Path: "/t/{id}/close", Access: policy.ForMember, Handle: p.close},
		{Method: "POST", Path: "/t/{id}/pin", Access: policy.ForSteward, Handle: p.pin},
		{Method: "GET", Path: "/t/{id}/move", Access: policy.ForSteward, Handle: p.moveForm},
		{Method: "POST", Path: "/t/{id}/move", Access: policy.ForSteward, Handle: p.move},

		{Method: "POST", Path: "/preview", Access: policy.ForMember, Handle: p.preview},
		{Method: "GET", Path: "/drafts", Access: policy.ForMember, Handle: p.drafts},
		{Method: "POST", Path: "/drafts", Access: policy.ForMember, Handle: p.saveDraft},
		{Method: "POST", Path: "/drafts/drop", Access: policy.ForMember, Handle: p.dropDraft},
		{Method: "GET", Path: "/upload", Access: policy.ForMember, Handle: p.uploadForm},
		{Method: "POST", Path: "/upload", Access: policy.ForMember, Handle: p.upload, Body: uploadBody},
		{Method: "GET", Path: "/media/{id}/{name}", Access: policy.ForPublic, Handle: p.picture},
	}
}

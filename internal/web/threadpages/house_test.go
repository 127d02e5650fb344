package threadpages_test

import (
	"context"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dayroom/internal/account"
	"dayroom/internal/account/password"
	"dayroom/internal/approval"
	"dayroom/internal/core"
	"dayroom/internal/notify"
	"dayroom/internal/organisation"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/keys"
	"dayroom/internal/platform/media"
	"dayroom/internal/policy"
	"dayroom/internal/queue"
	"dayroom/internal/search"
	"dayroom/internal/space"
	"dayroom/internal/thread"
	"dayroom/internal/web/spacepages"
	"dayroom/internal/web/threadpages"
	"dayroom/internal/web/webtest"
)

// The test binary is its own worker for pictures.
func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == media.WorkerArg {
		os.Exit(media.WorkerMain(os.Stdin, os.Stdout))
	}
	os.Exit(m.Run())
}

func ctx() context.Context { return context.Background() }

// house is a site with a community, a channel and people in them, behind the real services.
type house struct {
	*webtest.Site
	threads   *thread.Service
	spaces    *space.Service
	shelf     *media.Folder
	community space.Space
	channel   space.Space
	admin     core.Actor
	sten      core.Actor // steward of both
	ada, bo   core.Actor // regulars of the community
	nora      core.Actor // a newcomer there
	ines      core.Actor // staff of the channel's organisation
}

func each(t *testing.T, test func(h *house)) {
	t.Helper()
	webtest.Each(t, func(s *webtest.Site) { test(build(s)) })
}

func build(s *webtest.Site) *house {
	s.Helper()
	dir := s.TempDir()
	store, err := keys.Open(ctx(), filepath.Join(dir, "keys.db"), filepath.Join(dir, "root.key"))
	s.Must(err)
	s.Cleanup(func() { store.Close() })
	shelf, err := media.OpenFolder(filepath.Join(dir, "media"))
	s.Must(err)
	s.Cleanup(func() { shelf.Close() })
	h := &house{Site: s, shelf: shelf, spaces: space.New(s.DB, s.Clock, s.IDs)}
	gate := approval.New(s.IDs, s.Clock, store, s.Site)
	h.threads = thread.New(s.DB, s.IDs, s.Clock, store, gate, shelf)
	people, err := account.New(s.DB, store, s.IDs, s.Clock, s.Site, account.Options{BaseURL: "http://localhost", Cost: password.Cost{}})
	s.Must(err)
	pages := threadpages.New(threadpages.Deps{
		DB: s.DB, Threads: h.threads, Spaces: h.spaces, People: people, Organisations: organisation.New(s.DB, s.IDs, s.Clock),
		Guard: gate, Pictures: media.NewProcessor(media.Options{}), Shelf: shelf, Notices: notify.New(s.DB, s.IDs, s.Clock, h.threads, notify.Options{}),
		Finder: search.New(s.DB, s.Clock, s.IDs), Searches: threadpages.SearchesASecond, Redactor: queue.New(s.DB, s.IDs, s.Clock, h.threads, nil),
	})
	h.fill(store)
	s.Serve(pages.Routes(), spacepages.Routes(h.spaces, nil))
	return h
}

// fill makes the people and the places. Everybody but Nora has been there for a month.
func (h *house) fill(store *keys.Store) {
	now := h.Clock.Now()
	h.Clock.Set(now.AddDate(0, 0, -31))
	member := func(handle string, edits ...func(*core.Actor)) core.Actor {
		a := h.Member(handle, edits...)
		h.Must(store.Create(ctx(), a.Member))
		return a
	}
	h.admin, h.sten, h.ada, h.bo, h.ines = member("keeper", webtest.Admin), member("sten"), member("ada"), member("bo"), member("ines")
	in := space.DefaultsFor(policy.Community)
	in.Slug, in.Name, in.Rules, in.Tags = "breathing", "Breathing space", "- Be kind.", []string{"nights", "inhalers"}
	h.community = h.open(in)
	in = space.DefaultsFor(policy.Channel)
	in.Slug, in.Name, in.Description = "harbour", "Harbour nurses", "What the nurses of Harbour Lights say."
	in.Organisation = h.Organisation("harbour-lights", "Harbour Lights", h.ines)
	h.channel = h.open(in)
	for _, a := range []core.Actor{h.sten, h.ada, h.bo} {
		h.join(h.community, a)
		h.Exec("UPDATE membership SET approved = 9 WHERE member = $1", a.Member)
	}
	for _, sp := range []space.Space{h.community, h.channel} {
		h.Must(h.spaces.AppointSteward(ctx(), h.admin, sp.Slug, "sten"))
	}
	h.Clock.Set(now)
	h.nora = member("nora")
	h.join(h.community, h.nora)
}

func (h *house) open(in space.Input) space.Space {
	sp, err := h.spaces.Create(ctx(), h.admin, in)
	h.Must(err)
	return sp
}

func (h *house) join(sp space.Space, a core.Actor) {
	_, err := h.spaces.Join(ctx(), a, sp.Slug, space.JoinInput{Rules: sp.RulesMark()})
	h.Must(err)
}

// ask begins a question in the community through the service.
func (h *house) ask(a core.Actor, title string) thread.Thread {
	h.Helper()
	t, err := h.threads.Create(ctx(), a, thread.Opening{Space: h.community.ID, Kind: policy.Question, Title: title, Body: "He coughs at night."})
	h.Must(err)
	return t
}

func (h *house) answer(a core.Actor, t thread.Thread, parent core.ID, body string) thread.Comment {
	h.Helper()
	h.Clock.Advance(time.Minute)
	c, err := h.threads.Reply(ctx(), a, thread.ReplyInput{Thread: t.ID, Parent: parent, Body: body})
	h.Must(err)
	return c
}

// announce begins an announcement in the channel.
func (h *house) announce(title, body string) thread.Thread {
	h.Helper()
	t, err := h.threads.Create(ctx(), h.ines, thread.Opening{Space: h.channel.ID, Kind: policy.Announcement, Title: title, Body: body})
	h.Must(err)
	return t
}

func (h *house) count(query string, args ...any) (n int64) {
	h.Helper()
	h.Must(h.DB.View(ctx(), func(tx *db.Tx) (err error) {
		n, err = db.One(tx, db.Int64, query, args...)
		return err
	}))
	return n
}

func form(pairs ...string) url.Values {
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return v
}

// follow goes to where an answer leads.
func follow(p *webtest.Page) *webtest.Page {
	p.Browser.Site.Helper()
	to := p.Header.Get("Location")
	if p.Status != 303 || to == "" {
		p.Browser.Site.Fatalf("%s answers %d and leads nowhere: %.600s", p.Path, p.Status, p.Text())
	}
	path, _, _ := strings.Cut(to, "#")
	return p.Browser.Get(path)
}

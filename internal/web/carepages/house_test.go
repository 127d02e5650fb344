package carepages_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"testing"

	"dayroom/internal/core"
	"dayroom/internal/notify"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/db/dbtest"
	"dayroom/internal/platform/event"
	"dayroom/internal/policy"
	"dayroom/internal/queue/queuetest"
	"dayroom/internal/space"
	"dayroom/internal/thread"
	"dayroom/internal/web/carepages"
	"dayroom/internal/web/shell"
	"dayroom/internal/web/webtest"
)

// house is a site with its pages of care, a community, a steward, and two regulars of whom one has written something.
type house struct {
	*queuetest.House
	site          *webtest.Site
	events        *event.Dispatcher
	notices       *notify.Service
	space         space.Space
	sam, ada, bob core.Actor
	post          thread.Thread
}

func ctx() context.Context { return context.Background() }

// mute sends nothing: that letters say the right things is tested elsewhere.
type mute struct{}

func (mute) Ready() bool                                          { return true }
func (mute) Send(context.Context, notify.Letter) error            { return nil }
func (mute) MailAddress(context.Context, core.ID) (string, error) { return "", core.Missing("address") }

func each(t *testing.T, test func(h *house)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { test(build(t, d)) })
}

func build(t *testing.T, d *db.DB) *house {
	s := webtest.New(t, d)
	h := &house{House: queuetest.Around(t, d, s.Clock, s.IDs, s.Site), site: s}
	h.notices = notify.New(d, s.IDs, s.Clock, h.Threads, notify.Options{Keys: h.Keys, Site: s.Site, Mail: mute{}, Addresses: mute{}, BaseURL: "https://room.example"})
	h.events = event.NewDispatcher(d, slog.New(slog.DiscardHandler))
	h.notices.Subscribe(h.events)
	h.Must(h.events.Start(ctx()))
	landing := func(c *shell.Call) error { return c.JSON(http.StatusOK, c.R.URL.Path) } // a page of another package
	s.Serve(carepages.Routes(h.Queue, h.notices, h.Threads), []shell.Route{
		{Method: "GET", Path: "/t/{id}", Access: policy.ForPublic, Handle: landing},
		{Method: "GET", Path: "/c/{id}", Access: policy.ForPublic, Handle: landing},
	})
	h.space = h.Community("asthma")
	h.sam, h.ada, h.bob = h.Steward(h.space, "sam"), h.Member("ada"), h.Member("bob")
	h.Regulars(h.space, h.ada, h.bob)
	h.post = h.Ask(h.ada, h.space, "A miracle cure", "Take **ten times** the dose.")
	return h
}

// as gives a browser that is signed in.
func (h *house) as(a core.Actor) *webtest.Browser { return h.site.As(a) }

// drain lets the notices catch up.
func (h *house) drain() {
	h.Helper()
	h.Must(h.events.Drain(ctx()))
}

func form(pairs ...string) url.Values {
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return v
}

// Package shell is what stands between a request and a page: who asks, in which language, at what hour; forms and what is wrong
// with them; the frame around the answer; and the one adapter that turns an error into a page.
//
// A page package has a list of Routes. A handler gets a *Call, decodes, calls a service, renders:
//
//	func (p *pages) show(c *shell.Call) error {
//		id, err := c.ID("thread")
//		if err != nil {
//			return err
//		}
//		t, err := p.threads.Read(c.Ctx(), c.Actor, id)
//		if err != nil {
//			return err
//		}
//		return c.Show(threadPage(c.Frame(t.Title), t))
//	}
package shell

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"

	"dayroom/internal/core"
	"dayroom/internal/platform/httpx"
	"dayroom/internal/policy"
	"dayroom/internal/site"
	"dayroom/internal/web/ui"
)

// Authenticator tells who a sign-in's token belongs to; an unknown or ended one is core.Unauthenticated.
type Authenticator interface {
	Authenticate(ctx context.Context, token string) (core.Actor, error)
	// Farewell tells, once, why a token's sign-in was ended by somebody else; nil where there is nothing to tell.
	Farewell(ctx context.Context, token string) error
}

// Surroundings is what the frame shows beside the page: the viewer's spaces and how much is new.
type Surroundings interface {
	Surround(ctx context.Context, a core.Actor) (Around, error)
}

// Around is what Surroundings found.
type Around struct {
	Spaces  []ui.RailSpace
	Notices int // unread
	Queue   int // waiting, for stewards and moderators
}

// Options are what an operator decides.
type Options struct {
	Secure  bool           // reached by HTTPS: cookies and headers say so
	Trusted []netip.Prefix // proxies whose X-Forwarded-For is believed
	BaseURL string         // "https://dayroom.example.org", without a slash at the end
	Demo    bool           // the demo offers one-click sign-in
}

// Shell makes Calls. Safe for concurrent use.
type Shell struct {
	Site   *site.Service
	Auth   Authenticator
	Around Surroundings
	Clock  core.Clock
	Log    *slog.Logger
	// Changes counts what this process has written to the database. Nil: no page is shown twice.
	Changes func() uint64
	// Snapshot begins what Route.Moment promises (see db.WithSnapshot). Nil: each service reads for itself.
	Snapshot func(context.Context) (context.Context, func())
	// Position is the event up to which pages are at least; their stream goes on from there. Nil: pages are not live.
	Position func() int64
	// Observe counts answers. It may be nil.
	Observe httpx.Observe
	Options

	kept *keeper
}

// Route is a page's address, who may pass its door, and what answers. Body is the most that may be sent, in bytes; zero means
// DefaultBody.
type Route struct {
	Method string
	Path   string
	Access policy.Access
	Handle func(*Call) error
	Body   int64
	// Shared marks pages that every visitor sees alike: they may be shown again for a moment (see keeper).
	Shared bool
	// Moment marks what reads from one moment of the database, who asks included, until it is answered: pages and operations that ask
	// several services. Not for what answers piece by piece, which would hold a connection as long as the client is slow.
	Moment bool
	// BeforeSetUp marks the few routes that answer while the site is not set up.
	BeforeSetUp bool
	// Manner is how routes that are no pages find out who asks and tell what went wrong. Nil: by the sign-in's cookie, with a page.
	Manner Manner
}

// Manner is the way of an edge that is not made of pages, such as the API.
type Manner interface {
	// Identify tells who asks. Cookies do not count: whatever it reads has to be sent on purpose.
	Identify(c *Call) (core.Actor, error)
	// Fail answers with what went wrong, which a person may read, and its status.
	Fail(c *Call, status int, e *core.Error, reference string)
}

// DefaultBody is what a form may send: a post of 16 KB in the widest encoding, percent-escaped three times over, and its fields.
const DefaultBody = 160 << 10

// Mux answers at all routes. What is not among them is the not-found page.
func (s *Shell) Mux(routes []Route) http.Handler {
	if s.Changes != nil {
		s.kept = newKeeper(s.Changes)
	}
	mux := http.NewServeMux()
	for _, r := range routes {
		mux.Handle(r.Method+" "+r.Path, s.handler(r))
	}
	mux.Handle("/", s.handler(Route{Access: policy.ForPublic, BeforeSetUp: true, Handle: func(*Call) error { return core.Missing("page") }}))
	guard := http.NewCrossOriginProtection()
	guard.SetDenyHandler(s.handler(Route{Access: policy.ForPublic, BeforeSetUp: true, Handle: func(*Call) error {
		return core.E(core.Forbidden, "error.cross_origin")
	}}))
	return httpx.Guard(guard.Handler(mux), s.Log, s.Secure, s.Observe)
}

func (s *Shell) handler(r Route) http.Handler {
	limit := r.Body
	if limit == 0 {
		limit = DefaultBody
	}
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		req.Body = http.MaxBytesReader(w, req.Body, limit)
		c := s.call(w, req)
		c.manner = r.Manner
		if r.Manner == nil { // whatever is answered, a way elsewhere too: a proxy that keeps too much keeps it for this person
			w.Header().Set("Vary", "Cookie")
		}
		defer c.rest()
		if r.Moment {
			c.oneMoment()
		}
		err := c.arrive(r)
		if err == nil && req.ContentLength > limit { // it says that it is too large: nobody waits for it
			err = core.E(core.Invalid, httpx.StatusTooLarge)
		}
		if err == nil {
			err = c.answer(r)
		}
		if err != nil {
			c.fail(err)
		}
	})
}

// arrive finds out who asks and whether the door is open to them.
func (c *Call) arrive(r Route) error {
	settings, err := c.shell.Site.Settings(c.Ctx())
	if err != nil {
		return err
	}
	c.Settings = settings
	c.speak()
	if r.Manner != nil {
		return c.arriveBy(r)
	}
	if !settings.Ready && !r.BeforeSetUp {
		return c.redirectError("/setup")
	}
	if token := c.token(); token != "" {
		actor, err := c.shell.Auth.Authenticate(c.Ctx(), token)
		switch {
		case core.CodeOf(err) == core.Unauthenticated, core.IsNotFound(err):
			if err := c.bid(token); err != nil {
				return err
			}
		case err != nil:
			return err
		}
		c.Actor = actor
	}
	return policy.Enter(c.Actor, r.Access).Err()
}

// bid takes away a sign-in that ended. Where a moderator ended it, the first page that the browser opens tells why; later ones are
// a visitor's.
func (c *Call) bid(token string) error {
	if mode := c.R.Header.Get("Sec-Fetch-Mode"); mode != "" && mode != "navigate" {
		return nil // a script's request must not swallow what a person should read
	}
	c.forget()
	return c.shell.Auth.Farewell(c.Ctx(), token)
}

// arriveBy is arrive for what is no page.
func (c *Call) arriveBy(r Route) (err error) {
	if !c.Settings.Ready && !r.BeforeSetUp {
		return core.E(core.Unavailable, "shell.not_ready")
	}
	if c.Actor, err = r.Manner.Identify(c); err != nil {
		return err
	}
	return policy.Enter(c.Actor, r.Access).Err()
}

// redirect is an error that is a way: it leaves arrive and becomes an answer.
type redirect struct{ to string }

func (r redirect) Error() string { return "redirect" }

func (c *Call) redirectError(to string) error { return redirect{to} }

// fail answers with what went wrong.
func (c *Call) fail(err error) {
	var way redirect
	if errors.As(err, &way) {
		c.Go(way.to)
		return
	}
	if errors.Is(err, context.Canceled) && c.R.Context().Err() != nil {
		return // nobody is listening any more
	}
	reference := httpx.RequestID(c.R.Context())
	public := httpx.Public(err, c.shell.Log, reference)
	if c.manner != nil {
		httpx.RetryAfter(c.W.Header(), public)
		c.manner.Fail(c, httpx.Status(public), public, reference)
		return
	}
	if public.Code == core.Unauthenticated && c.R.Method == http.MethodGet && c.wantsPage() {
		c.Go(ui.PathSignIn + "?next=" + url.QueryEscape(c.R.URL.RequestURI()))
		return
	}
	httpx.RetryAfter(c.W.Header(), public)
	c.showError(httpx.Status(public), public, reference)
}

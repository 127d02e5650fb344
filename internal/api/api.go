package api

import (
	"cmp"
	"context"
	"io"
	"time"

	"dayroom/internal/account"
	"dayroom/internal/core"
	"dayroom/internal/credential"
	"dayroom/internal/figures"
	"dayroom/internal/notify"
	"dayroom/internal/organisation"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/job"
	"dayroom/internal/platform/media"
	"dayroom/internal/queue"
	"dayroom/internal/search"
	"dayroom/internal/site"
	"dayroom/internal/space"
	"dayroom/internal/thread"
	"dayroom/internal/web/shell"
	"dayroom/internal/webhook"

	"github.com/danielgtaylor/huma/v2"
)

// Prefix begins every path of the API. A change that breaks programs gets another number; additions do not.
const Prefix = "/api/v1"

// Deps are what the operations need.
type Deps struct {
	DB            *db.DB
	Clock         core.Clock
	Accounts      *account.Service
	Spaces        *space.Service
	Threads       *thread.Service
	Notices       *notify.Service
	Queue         *queue.Service
	Organisations *organisation.Service
	Finder        *search.Service
	Credentials   *credential.Service
	Site          *site.Service
	Numbers       *figures.Service
	Webhooks      *webhook.Service
	Jobs          *job.Runner
	Pictures      Pictures
	Shelf         Shelf
	Live          Listener
	// Rate is how many calls a minute one token may make; zero is without a bound. A tenth of them may change something.
	Rate    int
	Version string // of the program, for the document
	BaseURL string // the site's own address
}

// Pictures makes what members send fit to be shown; media.Processor is one.
type Pictures interface {
	Process(ctx context.Context, r io.Reader) (media.Image, error)
}

// Shelf gives the bytes of a picture; media.Store is one.
type Shelf interface {
	Open(ctx context.Context, name string) (io.ReadSeekCloser, error)
}

// Listener opens streams; livepages.Pages is one.
type Listener interface {
	Open(c *shell.Call) error
}

// API is the operations. Safe for concurrent use once it is made.
type API struct {
	Deps
	huma   huma.API
	ops    []Op
	routes []shell.Route
	quota  *quota
}

// New makes the API.
func New(d Deps) *API {
	d.Clock = cmp.Or[core.Clock](d.Clock, core.SystemClock{})
	a := &API{Deps: d, quota: newQuota(d.Rate, time.Minute)}
	a.huma = newBook(a)
	for _, part := range []func(){
		a.document, a.house, a.figures, a.mine, a.profile, a.entries, a.memberships, a.invitations, a.notices,
		a.spaces, a.spaceKeeping, a.threads, a.comments, a.edits, a.posts, a.arrangements, a.drafts, a.images,
		a.finding, a.listening, a.waiting, a.decisions, a.office, a.credentials, a.houses, a.hooks, a.behind,
	} {
		part()
	}
	a.routes = append(a.routes, a.nothing())
	return a
}

// Routes lists the operations as routes of the site.
func (a *API) Routes() []shell.Route { return a.routes }

// Operations lists what every operation says of itself, for tests that hold the whole together.
func (a *API) Operations() []Op { return a.ops }

// nothing answers for every path under /api that is none, as a program expects it.
func (a *API) nothing() shell.Route {
	op := Op{Method: "", Path: "/"}
	return shell.Route{Path: "/api/", Access: doorOf(op), Manner: &manner{a, op}, BeforeSetUp: true,
		Handle: func(*shell.Call) error { return core.Missing("operation") }}
}

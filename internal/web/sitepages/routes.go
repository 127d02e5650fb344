// Package sitepages is the pages of the site itself: setting it up, what an admin keeps, privacy and terms, how a reader likes to
// read, and what machines ask for.
package sitepages

import (
	"context"
	"net/http"
	"time"

	"dayroom/internal/account"
	"dayroom/internal/core"
	"dayroom/internal/figures"
	"dayroom/internal/platform/db"
	"dayroom/internal/policy"
	"dayroom/internal/site"
	"dayroom/internal/web/shell"
)

// Status is what the composition knows of how the site runs, for the overview of admins. Words go onto the page as they are.
type Status struct {
	Version string
	Engine  string // "SQLite" or "PostgreSQL"
	KeyFile string // where the root key lies
	Secure  bool   // reached by HTTPS
}

// Tool is a page for admins that another package has.
type Tool struct {
	Path string
	Key  string // of its name in the catalogue; "key.hint", where it is there, is a sentence about it
}

// Options are what the pages are made of.
type Options struct {
	DB       *db.DB
	Site     *site.Service
	Accounts *account.Service
	Status   func(ctx context.Context) Status
	Tools    []Tool
	Figures  Figures
	Data     string // the data folder, whose room is told
	// Certificate tells when the certificate ends that the site got by itself; nil where something else speaks HTTPS.
	Certificate func(ctx context.Context) (time.Time, error)
}

// Figures gives what an admin wants to know of the site; figures.Service is one.
type Figures interface {
	Dashboard(ctx context.Context, actor core.Actor) (figures.Dashboard, error)
}

type pages struct{ Options }

// Routes lists the pages.
func Routes(o Options) []shell.Route {
	p := &pages{o}
	return []shell.Route{
		{Method: "GET", Path: "/setup", Access: policy.ForPublic, Handle: p.setUpForm, BeforeSetUp: true},
		{Method: "POST", Path: "/setup", Access: policy.ForPublic, Handle: p.setUp, BeforeSetUp: true},
		{Method: "GET", Path: "/admin", Access: policy.ForAdmin, Handle: p.overview},
		{Method: "GET", Path: "/admin/figures", Access: policy.ForAdmin, Handle: p.figures},
		{Method: "GET", Path: "/admin/settings", Access: policy.ForAdmin, Handle: p.settingsForm},
		{Method: "POST", Path: "/admin/settings", Access: policy.ForAdmin, Handle: p.change},
		{Method: "GET", Path: "/admin/pages/{name}", Access: policy.ForAdmin, Handle: p.editText},
		{Method: "POST", Path: "/admin/pages/{name}", Access: policy.ForAdmin, Handle: p.changeText},
		{Method: "GET", Path: "/privacy", Access: policy.ForPublic, Handle: p.text(site.PagePrivacy), BeforeSetUp: true},
		{Method: "GET", Path: "/terms", Access: policy.ForPublic, Handle: p.text(site.PageTerms), BeforeSetUp: true},
		{Method: "GET", Path: "/about", Access: policy.ForPublic, Handle: p.about},
		{Method: "GET", Path: "/reading", Access: policy.ForPublic, Handle: p.readingForm, BeforeSetUp: true},
		{Method: "POST", Path: "/reading", Access: policy.ForPublic, Handle: p.setReading, BeforeSetUp: true},
		{Method: "POST", Path: "/zone", Access: policy.ForPublic, Handle: p.setZone, BeforeSetUp: true},
		{Method: "GET", Path: "/language", Access: policy.ForPublic, Handle: p.setLanguage, BeforeSetUp: true},
		{Method: "GET", Path: "/healthz", Access: policy.ForPublic, Handle: p.health, BeforeSetUp: true},
		{Method: "GET", Path: "/robots.txt", Access: policy.ForPublic, Handle: p.robots, BeforeSetUp: true},
		{Method: "GET", Path: "/.well-known/security.txt", Access: policy.ForPublic, Handle: p.securityText},
	}
}

// plain answers a machine.
func plain(c *shell.Call, text string) error {
	c.W.Header().Set("Content-Type", "text/plain; charset=utf-8")
	c.W.WriteHeader(http.StatusOK)
	_, err := c.W.Write([]byte(text))
	return err
}

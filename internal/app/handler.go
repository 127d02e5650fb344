package app

import (
	"context"
	"net/http"
	"runtime/debug"

	"dayroom/internal/api"
	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/httpx"
	"dayroom/internal/web/accountpages"
	"dayroom/internal/web/carepages"
	"dayroom/internal/web/feedpages"
	"dayroom/internal/web/officepages"
	"dayroom/internal/web/shell"
	"dayroom/internal/web/sitepages"
	"dayroom/internal/web/spacepages"
	"dayroom/internal/web/static"
	"dayroom/internal/web/threadpages"
)

// Handler answers every request.
func (a *App) Handler(mode Mode) (http.Handler, error) {
	proxies, err := a.Config.TrustedProxies()
	if err != nil {
		return nil, err
	}
	s := &shell.Shell{
		Site: a.Site, Auth: a.Account, Around: a, Clock: a.Clock, Log: a.Log, Changes: a.DB.Changes, Snapshot: a.DB.WithSnapshot, Observe: a.Meter.Observe,
		Position: a.Live.Position,
		Options:  shell.Options{Secure: a.Config.Secure(), Trusted: proxies, BaseURL: a.Config.BaseURL, Demo: mode == Demo},
	}
	pages := s.Mux(a.Routes(mode))
	files := httpx.Guard(static.Handler(), a.Log, a.Config.Secure(), nil)
	all := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if len(r.URL.Path) > len(static.Prefix) && r.URL.Path[:len(static.Prefix)] == static.Prefix {
			files.ServeHTTP(w, r)
			return
		}
		pages.ServeHTTP(w, r)
	})
	return a.withoutFloods(all, proxies)
}

// Routes lists every page of the site. A golden test keeps the list, with who may pass each door.
func (a *App) Routes(mode Mode) (routes []shell.Route) {
	for _, part := range [][]shell.Route{
		a.sitePages(),
		a.threadPages(mode),
		spacepages.Routes(a.Space, a.owners),
		accountpages.Routes(a.Account, a.Credential, a.Organisation),
		carepages.Routes(a.Queue, a.Notify, a.Thread),
		feedpages.Routes(a.Thread, a.Space),
		officepages.Routes(officepages.Deps{DB: a.DB, Webhooks: a.Webhooks, Jobs: a.Jobs, Spaces: a.Space, People: a.Account}),
		a.Live.Routes(),
		a.API().Routes(),
		a.machineRoutes(),
	} {
		routes = append(routes, part...)
	}
	if mode == Demo {
		routes = append(routes, a.demoRoutes()...)
	}
	return routes
}

func (a *App) threadPages(mode Mode) []shell.Route {
	deps := threadpages.Deps{
		DB: a.DB, Threads: a.Thread, Spaces: a.Space, People: a.Account, Organisations: a.Organisation, Guard: a.Approval,
		Pictures: a.Images, Shelf: a.Media, Notices: a.Notify, Finder: a.Search, Redactor: a.Queue,
	}
	if n, _ := a.Config.floodLimit(); n > 0 { // it was checked when the configuration was loaded; whoever wants no bound wants none here
		deps.Searches = threadpages.SearchesASecond
	}
	if mode == Demo {
		for _, p := range DemoPersonas() {
			deps.Personas = append(deps.Personas, p.Name)
		}
	}
	return threadpages.New(deps).Routes()
}

func (a *App) sitePages() []shell.Route {
	return sitepages.Routes(sitepages.Options{DB: a.DB, Site: a.Site, Accounts: a.Account, Status: a.status, Tools: tools, Figures: a.Figures, Data: a.Config.Data, Certificate: a.certificate()})
}

// tools are the admins' pages of other packages, in the order of the overview.
var tools = []sitepages.Tool{
	{Path: "/queue", Key: "app.tool.queue"},
	{Path: "/log", Key: "app.tool.log"},
	{Path: "/admin/waiting", Key: "app.tool.waiting"},
	{Path: "/admin/members", Key: "app.tool.members"},
	{Path: "/admin/credentials", Key: "app.tool.credentials"},
	{Path: "/admin/organisations", Key: "app.tool.organisations"},
	{Path: "/admin/invites", Key: "app.tool.invites"},
	{Path: "/admin/webhooks", Key: "app.tool.webhooks"},
	{Path: "/admin/jobs", Key: "app.tool.jobs"},
	{Path: "/admin/record", Key: "app.tool.record"},
}

// API makes the edge for programs.
func (a *App) API() *api.API {
	rate, _ := a.Config.apiRate() // it was checked when the configuration was loaded
	return api.New(api.Deps{
		DB: a.DB, Clock: a.Clock, Accounts: a.Account, Spaces: a.Space, Threads: a.Thread, Notices: a.Notify, Queue: a.Queue,
		Organisations: a.Organisation, Credentials: a.Credential, Site: a.Site, Pictures: a.Images, Finder: a.Search, Shelf: a.Media, Live: a.Live,
		Numbers: a.Figures, Webhooks: a.Webhooks, Jobs: a.Jobs, Rate: rate, Version: Version(), BaseURL: a.Config.BaseURL,
	})
}

// OpenAPI gives the description of the API, for which no site has to be open.
func OpenAPI() ([]byte, error) { return api.New(api.Deps{Version: Version()}).Document() }

// status tells admins how the site runs, and what does not work.
func (a *App) status(ctx context.Context) sitepages.Status {
	s := sitepages.Status{Version: Version(), Engine: "SQLite", KeyFile: a.Config.KeyFile, Secure: a.Config.Secure()}
	if db.IsPostgres(a.Config.DB) {
		s.Engine = "PostgreSQL"
	}
	return s
}

// Version is the version of the program as the toolchain stamped it.
func Version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "(devel)"
	}
	return info.Main.Version
}

// owners lists the organisations for the form of a channel.
func (a *App) owners(ctx context.Context, _ core.Actor) (out []spacepages.Owner, err error) {
	list, err := a.Organisation.List(ctx)
	for _, o := range list {
		out = append(out, spacepages.Owner{ID: o.ID, Name: o.Name})
	}
	return out, err
}

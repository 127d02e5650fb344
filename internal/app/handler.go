package app

import (
	"context"
	"net/http"

	"dayroom/internal/core"
	"dayroom/internal/platform/httpx"
	"dayroom/internal/web/shell"
	"dayroom/internal/web/spacepages"
	"dayroom/internal/web/static"
)

// Handler answers every request.
func (a *App) Handler(mode Mode) (http.Handler, error) {
	proxies, err := a.Config.TrustedProxies()
	if err != nil {
		return nil, err
	}
	s := &shell.Shell{
		Site: a.Site, Auth: a.Account, Around: a, Clock: a.Clock, Log: a.Log,
		Options: shell.Options{Secure: a.Config.Secure(), Trusted: proxies, BaseURL: a.Config.BaseURL, Demo: mode == Demo},
	}
	pages := s.Mux(a.Routes(mode))
	files := httpx.Guard(static.Handler(), a.Log, a.Config.Secure())
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if len(r.URL.Path) > len(static.Prefix) && r.URL.Path[:len(static.Prefix)] == static.Prefix {
			files.ServeHTTP(w, r)
			return
		}
		pages.ServeHTTP(w, r)
	}), nil
}

// Routes lists every page of the site. A golden test keeps the list, with who may pass each door.
func (a *App) Routes(mode Mode) (routes []shell.Route) {
	for _, part := range [][]shell.Route{
		spacepages.Routes(a.Space, a.owners),
	} {
		routes = append(routes, part...)
	}
	if mode == Demo {
		routes = append(routes, a.demoRoutes()...)
	}
	return routes
}

// owners lists the organisations for the form of a channel.
func (a *App) owners(ctx context.Context, _ core.Actor) (out []spacepages.Owner, err error) {
	list, err := a.Organisation.List(ctx)
	for _, o := range list {
		out = append(out, spacepages.Owner{ID: o.ID, Name: o.Name})
	}
	return out, err
}

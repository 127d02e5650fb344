package app

import (
	"context"
	"net/http"

	"dayroom/internal/account"
	"dayroom/internal/core"
	"dayroom/internal/demo"
	"dayroom/internal/policy"
	"dayroom/internal/web/shell"
	"dayroom/internal/web/ui"
)

// Surround gives what the frame shows beside a member's page.
func (a *App) Surround(ctx context.Context, actor core.Actor) (out shell.Around, err error) {
	mine, err := a.Space.Rail(ctx, actor)
	if err != nil {
		return out, err
	}
	for _, s := range mine {
		out.Spaces = append(out.Spaces, ui.RailSpace{Name: s.Name, Slug: s.Slug, Kind: string(s.Kind)})
	}
	if out.Notices, err = a.Notify.Unread(ctx, actor); err != nil {
		return out, err
	}
	out.Queue, err = a.Queue.Count(ctx, actor)
	return out, err
}

// FillDemo fills an empty site with the demo's people and talk, and marks the data folder as a demo's. A site that is not a demo is
// refused: in a demo everybody can sign in as an admin, and its folder may be thrown away.
func (a *App) FillDemo(ctx context.Context) error {
	empty, err := demo.Empty(ctx, a.DB)
	if err != nil {
		return err
	}
	if !empty {
		return DemoOnly(a.Config)
	}
	if err := markDemo(a.Config); err != nil {
		return err
	}
	_, err = demo.Fill(ctx, demo.Deps{DB: a.DB, Keys: a.Keys, IDs: a.Lease.IDs, Clock: a.Clock, Account: a.Account})
	a.Site.Forget()
	return err
}

// DemoPersonas lists as whom a visitor of the demo can sign in.
func DemoPersonas() []demo.Persona {
	people, err := demo.Personas()
	if err != nil {
		panic(err) // the content is part of the binary
	}
	return people
}

// demoRoutes sign in with one click. They exist in a demo's server only: app.Handler adds them for Mode Demo and no setting can.
func (a *App) demoRoutes() []shell.Route {
	return []shell.Route{
		{Method: http.MethodGet, Path: "/demo/{persona}", Access: policy.ForPublic, Handle: a.enterDemo},
	}
}

func (a *App) enterDemo(c *shell.Call) error {
	for _, p := range DemoPersonas() {
		if p.Name != c.Path("persona") {
			continue
		}
		entry, err := a.Account.EnterUnproved(c.Ctx(), p.Handle, account.From{Address: c.Address(), Agent: c.R.UserAgent()})
		if err != nil {
			return err
		}
		c.SignIn(entry.Token, account.SignInAge)
		return c.Go(ui.PathHome)
	}
	return core.Missing("persona")
}

// Package officepages is what admins look after behind the scenes: webhooks, jobs, and the record of what admins did.
package officepages

import (
	"context"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/job"
	"dayroom/internal/policy"
	"dayroom/internal/space"
	"dayroom/internal/web/shell"
	"dayroom/internal/webhook"
)

// Deps is what the pages are made of.
type Deps struct {
	DB       *db.DB
	Webhooks *webhook.Service
	Jobs     *job.Runner
	Spaces   Spaces
	People   People
}

// Spaces names spaces; space.Service is one.
type Spaces interface {
	List(ctx context.Context, a core.Actor, f space.Filter, page core.Page) (core.List[space.Card], error)
}

// People names members; account.Service is one.
type People interface {
	Handles(ctx context.Context, ids []core.ID) (map[core.ID]string, error)
}

type pages struct{ Deps }

// Paths.
const (
	hooksPath  = "/admin/webhooks"
	jobsPath   = "/admin/jobs"
	recordPath = "/admin/record"
)

// Routes lists the pages.
func Routes(d Deps) []shell.Route {
	p := &pages{d}
	admin := func(method, path string, handle func(*shell.Call) error) shell.Route {
		return shell.Route{Method: method, Path: path, Access: policy.ForAdmin, Handle: handle}
	}
	return []shell.Route{
		admin("GET", hooksPath, p.hooks),
		admin("POST", hooksPath, p.createHook),
		admin("GET", hooksPath+"/{hook}", p.hook),
		admin("POST", hooksPath+"/{hook}", p.changeHook),
		admin("POST", hooksPath+"/{hook}/test", p.testHook),
		admin("POST", hooksPath+"/{hook}/switch", p.switchHook),
		admin("POST", hooksPath+"/{hook}/secret", p.rotateHook),
		admin("POST", hooksPath+"/{hook}/remove", p.removeHook),
		admin("POST", hooksPath+"/{hook}/resend", p.resend),
		admin("GET", jobsPath, p.jobs),
		admin("POST", jobsPath+"/retry", p.retryJob),
		admin("POST", jobsPath+"/cancel", p.cancelJob),
		admin("GET", recordPath, p.record),
	}
}

// areas are what the record can be narrowed to, in the order of its filter.
var areas = []string{"settings", "role", "credential", "organisation", "webhook", "job"}

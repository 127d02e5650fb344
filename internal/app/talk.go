package app

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"dayroom/internal/account"
	"dayroom/internal/api"
	"dayroom/internal/approval"
	"dayroom/internal/backup"
	"dayroom/internal/core"
	"dayroom/internal/figures"
	"dayroom/internal/notify"
	"dayroom/internal/platform/act"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/event"
	"dayroom/internal/platform/job"
	"dayroom/internal/platform/live"
	"dayroom/internal/queue"
	"dayroom/internal/search"
	"dayroom/internal/thread"
	"dayroom/internal/web/livepages"
	"dayroom/internal/webhook"
)

// composeTalk makes the services around conversations.
func (a *App) composeTalk(ids *core.IDMaker) error {
	a.Approval = approval.New(ids, a.Clock, a.Keys, a.Site)
	a.Thread = thread.New(a.DB, ids, a.Clock, a.Keys, a.Approval, a.Media)
	a.Queue = queue.New(a.DB, ids, a.Clock, a.Thread, a.Account)
	a.Notify = notify.New(a.DB, ids, a.Clock, a.Thread, notify.Options{
		Keys: a.Keys, Site: a.Site, Mail: noticePost{a.Mail, a.Letters}, Addresses: a.Account, BaseURL: a.Config.BaseURL,
	})
	a.Live = livepages.New(livepages.Deps{
		DB: a.DB, Hub: live.NewHub(a.liveLimits()), Accounts: a.Account, Threads: a.Thread, Spaces: a.Space, Log: a.Log,
	})
	hosts, err := a.Config.webhookHosts()
	if err != nil {
		return err
	}
	a.Webhooks = webhook.New(a.DB, ids, a.Clock, a.Keys, webhook.Client(hosts, a.Config.Demo), a.Config.BaseURL)
	a.Webhooks.Subscribe(a.Events)
	a.Jobs.HandleApart(webhook.DeliverJob, a.Webhooks.Deliver)
	a.Notify.Subscribe(a.Events)
	a.Notify.Jobs(a.Jobs)
	a.Jobs.Handle(account.MailJob, a.Account.DeliverMail)
	a.parkEvents(ids)
	a.schedule()
	return nil
}

// parked is an event that a subscriber could not handle.
type parked struct {
	Subscriber string `json:"subscriber"`
	Position   int64  `json:"position"`
}

// parkEvents makes a job of an event that cannot be handled: it is tried again for some hours, then stands among the failed jobs, where
// an admin sees it.
func (a *App) parkEvents(ids *core.IDMaker) {
	const kind = "event.again"
	a.Events.Park = func(tx *db.Tx, subscriber string, position int64) error {
		return job.Add(tx, ids, a.Clock.Now(), job.New{Kind: kind, Payload: parked{subscriber, position}, Unique: fmt.Sprintf("%s %s %d", kind, subscriber, position)})
	}
	a.Jobs.Handle(kind, func(ctx context.Context, j job.Job) error {
		var p parked
		if err := j.Decode(&p); err != nil {
			return err
		}
		return a.Events.Again(ctx, p.Subscriber, p.Position)
	})
}

// schedule lists what is done again and again.
func (a *App) schedule() {
	tidy := func(name string, act func(context.Context) (int64, error)) {
		a.Jobs.Every(name, time.Hour, func(ctx context.Context, _ job.Job) error {
			n, err := act(ctx)
			if n > 0 {
				a.Log.Info("tidied", "what", name, "rows", n)
			}
			return err
		})
	}
	a.Jobs.HandleApart(search.FillJob, func(ctx context.Context, _ job.Job) error { return a.Search.Fill(ctx) })
	a.Jobs.Every("search.begin", time.Hour, func(ctx context.Context, _ job.Job) error { return a.Search.Begin(ctx) })
	a.Jobs.Every(search.PackJob, 24*time.Hour, func(ctx context.Context, _ job.Job) error { return a.Search.Pack(ctx) })
	a.Jobs.EveryApart(backup.NightJob, time.Hour, func(ctx context.Context, _ job.Job) error { return a.Night().Tonight(ctx) })
	a.Jobs.Every("figures", figures.CountIn, func(ctx context.Context, _ job.Job) error { return a.Figures.Count(ctx) })
	tidy("tidy.webhooks", a.Webhooks.Prune)
	tidy("tidy.events", func(ctx context.Context) (int64, error) { return event.Prune(ctx, a.DB, a.Clock.Now()) })
	tidy("tidy.jobs", func(ctx context.Context) (int64, error) { return job.Prune(ctx, a.DB, a.Clock.Now()) })
	tidy("tidy.acts", func(ctx context.Context) (int64, error) { return act.Prune(ctx, a.DB, a.Clock.Now()) })
	tidy("tidy.counters", func(ctx context.Context) (int64, error) { return 0, a.Site.PruneThrottle(ctx) })
	tidy("tidy.accounts", func(ctx context.Context) (int64, error) { return 0, a.Account.Prune(ctx) })
	tidy("tidy.requests", func(ctx context.Context) (int64, error) { return api.Prune(ctx, a.DB, a.Clock.Now()) })
	tidy("tidy.drafts", a.Thread.SweepDrafts)
	tidy("tidy.positions", a.Thread.SweepPositions)
	tidy("tidy.queue", a.Queue.Prune)
	tidy("tidy.images", func(ctx context.Context) (int64, error) {
		n, err := a.Thread.SweepImages(ctx)
		return int64(n), err
	})
}

// Night is how backups are made by themselves.
func (a *App) Night() backup.Night {
	keep, _ := a.Config.backupKeep() // checked when the configuration was read
	return backup.Night{DB: a.DB, Media: a.Media, Clock: a.Clock, IDs: a.Lease.IDs, Log: a.Log, Tables: Tables(), Folder: a.Config.Backups,
		Since: a.begun, Keep: keep}
}

// markDemo leaves the sign in a data folder that it is a demo's.
func markDemo(c Config) error {
	return os.WriteFile(filepath.Join(c.Data, demoMark), []byte("This folder was made by `dayroom demo`. Everything in it is invented; it may be thrown away.\n"), 0o600)
}

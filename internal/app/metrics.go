package app

import (
	"context"
	"crypto/subtle"
	"errors"
	"net/http"
	"net/http/pprof"
	"strings"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/figures"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/meter"
	"dayroom/internal/policy"
	"dayroom/internal/web/shell"
)

// metricsTime bounds how long a look at the figures may take.
const metricsTime = 5 * time.Second

// machineRoutes are what programs of the operator ask for: readiness, metrics, profiles.
func (a *App) machineRoutes() []shell.Route {
	profile := func(answer http.HandlerFunc) func(*shell.Call) error {
		return func(c *shell.Call) error {
			c.W.Header().Set("Cache-Control", "no-store")
			answer(c.W, c.R)
			return nil
		}
	}
	return []shell.Route{
		{Method: "GET", Path: "/readyz", Access: policy.ForPublic, Handle: a.readiness, BeforeSetUp: true},
		{Method: "GET", Path: "/metrics", Access: policy.ForPublic, Handle: a.metrics, BeforeSetUp: true},
		{Method: "GET", Path: "/admin/profile/cpu", Access: policy.ForAdmin, Handle: profile(pprof.Profile)},
		{Method: "GET", Path: "/admin/profile/trace", Access: policy.ForAdmin, Handle: profile(pprof.Trace)},
		{Method: "GET", Path: "/admin/profile/{name}", Access: policy.ForAdmin, Handle: func(c *shell.Call) error {
			name := c.Path("name")
			if !profiles[name] {
				return core.Missing("profile")
			}
			return profile(pprof.Handler(name).ServeHTTP)(c)
		}},
	}
}

// profiles are the kinds of profile that an admin may fetch (runtime/pprof). The command line is not among what is told: it may hold
// a password.
var profiles = map[string]bool{"heap": true, "allocs": true, "goroutine": true, "block": true, "mutex": true, "threadcreate": true}

// readiness tells a load balancer whether to send people here: not while the database is away, and not once the server is stopping.
func (a *App) readiness(c *shell.Call) error {
	c.W.Header().Set("Cache-Control", "no-store")
	if a.stopping.Load() {
		return core.E(core.Unavailable, "error.unavailable")
	}
	ctx, cancel := context.WithTimeout(c.Ctx(), metricsTime)
	defer cancel()
	if err := a.DB.Ping(ctx); err != nil {
		return err
	}
	c.W.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, err := c.W.Write([]byte("ready\n"))
	return err
}

// metrics answers whoever has the operator's token; without one set, there is nothing here.
func (a *App) metrics(c *shell.Call) error {
	given, ok := strings.CutPrefix(c.R.Header.Get("Authorization"), "Bearer ")
	if want := a.Config.MetricsToken; want == "" || !ok || subtle.ConstantTimeCompare([]byte(given), []byte(want)) != 1 {
		return core.Missing("page")
	}
	c.W.Header().Set("Cache-Control", "no-store")
	a.Meter.Handler(a.readings).ServeHTTP(c.W, c.R)
	return nil
}

// readings are the values that are read when somebody looks. What fails is left out.
func (a *App) readings(ctx context.Context) (out []meter.Reading, err error) {
	ctx, cancel := context.WithTimeout(ctx, metricsTime)
	defer cancel()
	set := func(name, help string, v float64) { out = append(out, meter.Reading{Name: name, Help: help, Value: v}) }
	letters := a.Letters.Since()
	set("dayroom_mail_sent", "Letters that the mail server took since this process began.", float64(letters.Sent))
	set("dayroom_mail_failed", "Letters that it did not take.", float64(letters.Failed))
	set("dayroom_live_streams", "Browsers that are told when something happens.", float64(a.Live.Hub.Open()))
	set("dayroom_live_dropped", "Streams that were ended because their reader did not keep up.", float64(a.Live.Hub.Dropped()))
	s, err := figures.ReadStorage(ctx, a.DB, a.Config.Data)
	if err == nil {
		set("dayroom_database_bytes", "Size of the database.", float64(s.Database))
		if s.LogKnown {
			set("dayroom_database_log_bytes", "Size of SQLite's write-ahead log.", float64(s.Log))
		}
	}
	if s.FreeKnown {
		set("dayroom_disk_free_bytes", "Room left where the data folder lies.", float64(s.Free))
	}
	if a.Certs != nil {
		if end, err := a.Certs.Expiry(ctx); err == nil && !end.IsZero() {
			set("dayroom_certificate_end_timestamp_seconds", "When the certificate ends.", float64(end.Unix()))
		}
	}
	hooks, hooksErr := a.Webhooks.Count(ctx)
	if hooksErr == nil {
		set("dayroom_webhooks_waiting", "Notes to webhooks that wait.", float64(hooks.Waiting))
		set("dayroom_webhooks_failed", "Notes that were given up in 30 days.", float64(hooks.Failed))
		set("dayroom_webhooks_stopped", "Webhooks that were switched off because they did not take their notes.", float64(hooks.Stopped))
	}
	return out, errors.Join(err, hooksErr, a.DB.View(ctx, func(tx *db.Tx) error { return a.workReadings(tx, set) }))
}

// workReadings are about what waits.
func (a *App) workReadings(tx *db.Tx, set func(name, help string, v float64)) error {
	now := a.Clock.Now()
	age := func(since time.Time) float64 {
		if since.IsZero() {
			return 0
		}
		return max(0, now.Sub(since).Seconds())
	}
	jobs, err := figures.ReadJobs(tx, now)
	if err != nil {
		return err
	}
	set("dayroom_jobs_due", "Jobs whose time has come.", float64(jobs.Due))
	set("dayroom_jobs_failed", "Jobs that were given up in the last 7 days.", float64(jobs.Failed))
	set("dayroom_jobs_oldest_seconds", "How long the oldest due job has waited.", age(jobs.Oldest))
	queue, err := figures.ReadQueue(tx)
	if err != nil {
		return err
	}
	set("dayroom_queue_open", "Items that wait for a steward or moderator.", float64(queue.Open))
	set("dayroom_queue_oldest_seconds", "How long the oldest of them has waited.", age(queue.Oldest))
	lag, err := figures.ReadLag(tx)
	if err != nil {
		return err
	}
	if len(lag) > 0 {
		set("dayroom_events_behind", "Events that the slowest subscriber has yet to see.", float64(lag[0].Behind))
	}
	backup, _, err := figures.ReadBackup(tx)
	if err == nil && !backup.At.IsZero() {
		set("dayroom_backup_proven_timestamp_seconds", "When the newest backup was made that was restored to scratch and found good.", float64(backup.At.Unix()))
	}
	return err
}

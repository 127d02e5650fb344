// Package app is the composition: the one place that knows every package, opens what has to be open, and brings together what
// must not know each other.
package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"sync/atomic"
	"time"

	"dayroom/internal/account"
	"dayroom/internal/api"
	"dayroom/internal/approval"
	"dayroom/internal/backup"
	"dayroom/internal/core"
	"dayroom/internal/credential"
	"dayroom/internal/figures"
	"dayroom/internal/importer"
	"dayroom/internal/notify"
	"dayroom/internal/organisation"
	"dayroom/internal/platform/act"
	"dayroom/internal/platform/certs"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/event"
	"dayroom/internal/platform/job"
	"dayroom/internal/platform/keys"
	"dayroom/internal/platform/mail"
	"dayroom/internal/platform/media"
	"dayroom/internal/platform/meter"
	"dayroom/internal/queue"
	"dayroom/internal/search"
	"dayroom/internal/site"
	"dayroom/internal/space"
	"dayroom/internal/thread"
	"dayroom/internal/web/livepages"
	"dayroom/internal/webhook"
)

// App is an open site.
type App struct {
	Config Config
	Clock  core.Clock
	Log    *slog.Logger

	DB     *db.DB
	Keys   *keys.Store
	Lease  *db.Lease
	Events *event.Dispatcher
	Jobs   *job.Runner
	Media  media.Shelf
	Images *media.Processor
	Mail   *mail.Sender
	Certs  *certs.Manager // nil where something else speaks HTTPS

	Site         *site.Service
	Account      *account.Service
	Credential   *credential.Service
	Organisation *organisation.Service
	Space        *space.Service
	Approval     *approval.Service
	Search       *search.Service
	Thread       *thread.Service
	Queue        *queue.Service
	Notify       *notify.Service
	Figures      *figures.Service
	Letters      *figures.Tally
	Meter        *meter.Meter
	Live         *livepages.Pages
	Webhooks     *webhook.Service

	begun    time.Time
	stopping atomic.Bool // no new visitors, please
	cramped  atomic.Bool // the disk is nearly full, and the log has been told
}

// Logger makes the log that the configuration asks for.
func Logger(c Config, w io.Writer) *slog.Logger {
	if c.Log == "json" {
		return slog.New(slog.NewJSONHandler(w, nil))
	}
	return slog.New(slog.NewTextHandler(w, nil))
}

// Open opens the site: makes what is missing in a new data folder, migrates the schema, and puts the services together. Nothing
// runs yet.
func Open(ctx context.Context, c Config, log *slog.Logger) (*App, error) {
	return OpenAt(ctx, c, log, core.SystemClock{})
}

// OpenAt is Open with another clock, for tests.
func OpenAt(ctx context.Context, c Config, log *slog.Logger, clock core.Clock) (_ *App, err error) {
	a := &App{Config: c, Clock: clock, Log: log, Meter: meter.New(), begun: clock.Now()}
	defer func() {
		if err != nil {
			a.Close()
		}
	}()
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return nil, fmt.Errorf("make the data folder: %w", err)
	}
	if a.DB, err = db.Open(ctx, c.DB); err != nil {
		return nil, err
	}
	if _, err := a.DB.Migrate(ctx); err != nil {
		return nil, err
	}
	if err := backup.Unfinished(ctx, a.DB); err != nil {
		return nil, err
	}
	if a.Keys, err = keys.Open(ctx, c.Keys, c.KeyFile); err != nil {
		return nil, err
	}
	if c.Domain != "" {
		a.Certs = certs.New(a.DB, a.Keys, clock, certs.Options{Domain: c.Domain, Mail: c.ACMEMail, Directory: c.ACMEDirectory, Log: log})
	}
	if a.Lease, err = a.DB.TakeLease(ctx, clock, holder()); err != nil {
		return nil, err
	}
	if a.Media, err = media.OpenShelf(ctx, c.Shelf()); err != nil {
		return nil, err
	}
	if a.Mail, err = mail.New(c.Mail()); err != nil {
		return nil, err
	}
	return a, a.compose()
}

// compose makes the services, from the ground up.
func (a *App) compose() (err error) {
	ids := a.Lease.IDs
	a.Images = media.NewProcessor(media.Options{})
	a.Events = event.NewDispatcher(a.DB, a.Log)
	a.Jobs = job.NewRunner(a.DB, ids, a.Clock, a.Log)
	a.Site = site.New(a.DB, a.Clock)
	a.Figures, a.Letters = figures.New(a.DB, a.Clock), figures.NewTally(a.DB, a.Clock)
	a.Account, err = account.New(a.DB, a.Keys, ids, a.Clock, a.Site, account.Options{
		BaseURL: a.Config.BaseURL, Mail: postbox{a.Mail, a.Letters}, Tables: Tables(),
		Leave:      func(tx *db.Tx, member core.ID) error { return a.Thread.Leave(tx, member) },
		WhyStopped: func(tx *db.Tx, member core.ID) (string, error) { return a.Queue.WhyBanned(tx, member) },
	})
	if err != nil {
		return err
	}
	a.Organisation = organisation.New(a.DB, ids, a.Clock)
	a.Credential = credential.New(a.DB, a.Keys, ids, a.Clock)
	a.Space = space.New(a.DB, a.Clock, ids)
	a.Search = search.New(a.DB, a.Clock, ids)
	return a.composeTalk(ids)
}

// holder names this process among those that share a database.
func holder() string {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	return fmt.Sprintf("%s/%d/%s", host, os.Getpid(), rand.Text()[:6])
}

// Close lets go of everything. Running work has to have ended.
func (a *App) Close() error {
	var errs []error
	if a.Thread != nil {
		errs = append(errs, a.Thread.FlushPositions(context.Background()))
	}
	if a.Letters != nil {
		errs = append(errs, a.Letters.Flush(context.Background()))
	}
	if a.Lease != nil {
		errs = append(errs, a.Lease.Release(context.Background()))
	}
	if a.Media != nil {
		errs = append(errs, a.Media.Close())
	}
	if a.Keys != nil {
		errs = append(errs, a.Keys.Close())
	}
	if a.DB != nil {
		errs = append(errs, a.DB.Close())
	}
	return errors.Join(errs...)
}

// postbox lets account and notify send mail without knowing the mail package.
type postbox struct {
	sender *mail.Sender
	tally  *figures.Tally
}

// Ready tells whether there is a mail server.
func (p postbox) Ready() bool { return p.sender.Configured() }

// Send sends a letter.
func (p postbox) Send(ctx context.Context, l account.Letter) error {
	return p.tally.Count(p.sender.Send(ctx, mail.Message{To: l.To, Subject: l.Subject, Text: l.Text}))
}

// noticePost does the same for notices, whose letters can be ended by one click.
type noticePost struct {
	sender *mail.Sender
	tally  *figures.Tally
}

// Ready tells whether there is a mail server.
func (p noticePost) Ready() bool { return p.sender.Configured() }

// Send sends a letter.
func (p noticePost) Send(ctx context.Context, l notify.Letter) error {
	return p.tally.Count(p.sender.Send(ctx, mail.Message{To: l.To, Subject: l.Subject, Text: l.Text, ID: l.ID, ListUnsubscribe: l.Unsubscribe}))
}

// Tables gathers what every package declares. Rows go in this order when a member is erased.
func Tables() []db.Table {
	var out []db.Table
	for _, part := range [][]db.Table{
		api.Tables, importer.Tables, notify.Tables, queue.Tables, thread.Tables, search.Tables, space.Tables, organisation.Tables, credential.Tables,
		account.Tables, site.Tables, job.Tables, event.Tables, figures.Tables, act.Tables, backup.Tables, webhook.Tables, certs.Tables,
	} {
		out = append(out, part...)
	}
	return out
}

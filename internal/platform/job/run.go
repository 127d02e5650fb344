package job

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
)

// Handler does a job's work. An error puts it back in line.
type Handler func(ctx context.Context, j Job) error

// lease is how long a job may run before another server takes it for dead. Handlers get a context that ends sooner.
const (
	lease    = 10 * time.Minute
	deadline = lease - time.Minute
	workers  = 2
	idle     = 5 * time.Second
)

// Runner claims and runs jobs.
type Runner struct {
	db       *db.DB
	ids      *core.IDMaker
	clock    core.Clock
	log      *slog.Logger
	handlers map[string]Handler
	apart    []string // kinds that have workers of their own
	schedule []scheduled
	wake     chan struct{}
}

type scheduled struct {
	kind  string
	every time.Duration
}

// NewRunner makes a runner without handlers.
func NewRunner(d *db.DB, ids *core.IDMaker, clock core.Clock, log *slog.Logger) *Runner {
	return &Runner{db: d, ids: ids, clock: clock, log: log, handlers: map[string]Handler{}, wake: make(chan struct{}, workers)}
}

// Handle registers the handler of a kind of job.
func (r *Runner) Handle(kind string, h Handler) { r.handlers[kind] = h }

// HandleApart is Handle for a kind that waits for other people's machines: it has workers of its own, so that mail and everything
// else go on while somebody out there does not answer.
func (r *Runner) HandleApart(kind string, h Handler) {
	r.Handle(kind, h)
	r.apart = append(r.apart, kind)
}

// EveryApart is Every for a kind that works for minutes: everything else goes on beside it.
func (r *Runner) EveryApart(kind string, every time.Duration, h Handler) {
	r.Every(kind, every, h)
	r.apart = append(r.apart, kind)
}

// Every registers a handler that runs once in each period, on one of all servers.
func (r *Runner) Every(kind string, every time.Duration, h Handler) {
	r.Handle(kind, h)
	r.schedule = append(r.schedule, scheduled{kind, every})
}

// Wake tells the runner that a job may be due. Never blocks.
func (r *Runner) Wake() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// Run works until ctx ends and running jobs have ended.
func (r *Runner) Run(ctx context.Context) {
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() { r.work(ctx, r.rest()) })
		if len(r.apart) > 0 {
			wg.Go(func() { r.work(ctx, r.aside()) })
		}
	}
	wg.Wait()
}

// lane is which jobs a worker takes, as a condition on their kind whose placeholders begin at $2.
type lane struct {
	condition string
	kinds     []any
}

func (r *Runner) aside() lane { return r.lane("IN") }

func (r *Runner) rest() lane {
	if len(r.apart) == 0 {
		return lane{condition: "TRUE"}
	}
	return r.lane("NOT IN")
}

func (r *Runner) lane(operator string) (l lane) {
	var marks []string
	for i, kind := range r.apart {
		marks = append(marks, "$"+strconv.Itoa(i+2))
		l.kinds = append(l.kinds, kind)
	}
	l.condition = "kind " + operator + " (" + strings.Join(marks, ", ") + ")"
	return l
}

func (r *Runner) work(ctx context.Context, l lane) {
	tick := time.NewTicker(idle)
	defer tick.Stop()
	for {
		ran, err := r.runOne(ctx, l)
		if err != nil && ctx.Err() == nil {
			r.log.Error("jobs wait", "error", err)
		}
		if ran {
			continue
		}
		select {
		case <-ctx.Done():
			return
		case <-r.wake:
		case <-tick.C:
			if err := r.plan(ctx); err != nil && ctx.Err() == nil {
				r.log.Error("schedule waits", "error", err)
			}
		}
	}
}

// plan adds the scheduled jobs whose period began. The unique key holds the period's number; since a finished job no longer
// blocks its key, the last planned period of each kind is kept as a setting and moved on by one compare-and-swap.
func (r *Runner) plan(ctx context.Context) error {
	now := r.clock.Now()
	for _, s := range r.schedule {
		period := fmt.Sprint(now.UnixMilli() / s.every.Milliseconds())
		name := "schedule." + s.kind
		due := false
		err := r.db.View(ctx, func(tx *db.Tx) error {
			last, err := db.One(tx, db.String, "SELECT value FROM setting WHERE name = $1", name)
			due = core.IsNotFound(err) || last != period
			if core.IsNotFound(err) {
				return nil
			}
			return err
		})
		if err != nil || !due {
			if err != nil {
				return err
			}
			continue
		}
		err = r.db.Update(ctx, func(tx *db.Tx) error {
			n, err := tx.Exec(`INSERT INTO setting (name, value) VALUES ($1, $2)
				ON CONFLICT (name) DO UPDATE SET value = excluded.value WHERE setting.value <> excluded.value`, name, period)
			if err != nil || n == 0 {
				return err
			}
			return Add(tx, r.ids, now, New{Kind: s.kind, Payload: struct{}{}, Unique: name})
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// RunOne runs a job that is due, if there is one. For tests it is the whole runner.
func (r *Runner) RunOne(ctx context.Context) (bool, error) {
	return r.runOne(ctx, lane{condition: "TRUE"})
}

func (r *Runner) runOne(ctx context.Context, l lane) (bool, error) {
	if ctx.Err() != nil {
		return false, nil
	}
	j, err := r.claim(ctx, l)
	if core.IsNotFound(err) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, r.finish(ctx, j, r.call(ctx, j))
}

// Drain runs all jobs that are due.
func (r *Runner) Drain(ctx context.Context) error {
	for {
		ran, err := r.RunOne(ctx)
		if !ran || err != nil {
			return err
		}
	}
}

func (r *Runner) claim(ctx context.Context, l lane) (j Job, err error) {
	now := r.clock.Now()
	args := append([]any{db.Millis(now)}, l.kinds...)
	// Look first: an idle server must not take the write lock every few seconds.
	due := false
	err = r.db.View(ctx, func(tx *db.Tx) error {
		n, err := db.One(tx, db.Int64, `SELECT COUNT(*) FROM (SELECT 1 FROM job WHERE state IN ('waiting', 'running') AND run_at <= $1
			AND `+l.condition+` LIMIT 1) x`, args...)
		due = n > 0
		return err
	})
	if err != nil {
		return j, err
	}
	if !due {
		return j, core.Missing("job")
	}
	err = r.db.Update(ctx, func(tx *db.Tx) error {
		// A running job's run_at is the end of its lease: past it, the server that ran it is gone.
		j, err = db.One(tx, func(row db.Row) (j Job, err error) {
			var payload string
			err = row.Scan(&j.ID, &j.Kind, &payload, &j.Attempt)
			j.Payload = []byte(payload)
			return j, err
		}, `UPDATE job SET state = 'running', attempt = attempt + 1, run_at = $`+strconv.Itoa(len(args)+1)+`, lease = lease + 1
			WHERE id = (SELECT id FROM job WHERE state IN ('waiting', 'running') AND run_at <= $1 AND `+l.condition+` ORDER BY run_at, id LIMIT 1)
			AND run_at <= $1 RETURNING id, kind, payload, attempt`, append(args, db.Millis(now.Add(lease)))...)
		return err
	})
	return j, err
}

// call runs the handler and turns a panic into an error: one bad job must not stop the server.
func (r *Runner) call(ctx context.Context, j Job) (err error) {
	handle, ok := r.handlers[j.Kind]
	if !ok {
		return fmt.Errorf("nobody handles jobs of kind %q", j.Kind)
	}
	ctx, cancel := context.WithTimeout(ctx, deadline)
	defer cancel()
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return handle(ctx, j)
}

// maxError bounds what of an error is kept with the job.
const maxError = 2000

func (r *Runner) finish(ctx context.Context, j Job, failure error) error {
	if failure != nil {
		r.log.Warn("job failed", "kind", j.Kind, "job", j.ID, "attempt", j.Attempt, "error", clip(failure))
	}
	// The end is noted even when the server is stopping, else the job would run again for nothing.
	ctx = context.WithoutCancel(ctx)
	now := r.clock.Now()
	return r.db.Update(ctx, func(tx *db.Tx) error {
		var err error
		switch {
		case failure == nil:
			_, err = tx.Exec("UPDATE job SET state = 'done', finished_at = $1, last_error = '' WHERE id = $2 AND attempt = $3",
				db.Millis(now), j.ID, j.Attempt)
		case j.Attempt >= maxAttempts:
			_, err = tx.Exec("UPDATE job SET state = 'failed', finished_at = $1, last_error = $2 WHERE id = $3 AND attempt = $4",
				db.Millis(now), clip(failure), j.ID, j.Attempt)
		default:
			_, err = tx.Exec("UPDATE job SET state = 'waiting', run_at = $1, last_error = $2 WHERE id = $3 AND attempt = $4",
				db.Millis(now.Add(backoff(j.Attempt))), clip(failure), j.ID, j.Attempt)
		}
		return err
	})
}

func clip(err error) string {
	s := blank(err.Error())
	return s[:min(len(s), maxError)]
}

// Prune removes jobs that ended more than 7 days ago.
func Prune(ctx context.Context, d *db.DB, now time.Time) (n int64, err error) {
	err = d.Update(ctx, func(tx *db.Tx) error {
		n, err = tx.Exec("DELETE FROM job WHERE state IN ('done', 'failed', 'cancelled') AND finished_at < $1", db.Millis(now.Add(-7*24*time.Hour)))
		return err
	})
	return n, err
}

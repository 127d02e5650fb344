package job

import (
	"context"
	"regexp"
	"strconv"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/act"
	"dayroom/internal/platform/db"
	"dayroom/internal/policy"
)

// Row is a job as admins see it: never its payload.
type Row struct {
	ID       core.ID
	Kind     string
	State    State
	Attempt  int
	Due      time.Time // when it is tried, or until when a running one is believed to run
	Created  time.Time
	Finished time.Time // zero while it has not ended
	Failure  string    // of the last attempt
}

// MayRetry tells whether it can be tried now.
func (r Row) MayRetry() bool { return r.State == Failed || r.State == Cancelled || r.State == Waiting }

// MayCancel tells whether it can be given up.
func (r Row) MayCancel() bool { return r.State == Failed || r.State == Waiting }

// ParseState reads a state; an unknown one is Invalid.
func ParseState(s string) (State, error) {
	for _, known := range []State{Waiting, Running, Done, Failed, Cancelled} {
		if string(known) == s {
			return known, nil
		}
	}
	return "", core.E(core.Invalid, "job.state")
}

func scanRow(r db.Row) (j Row, err error) {
	var due, created, finished int64
	err = r.Scan(&j.ID, &j.Kind, &j.State, &j.Attempt, &due, &created, &finished, &j.Failure)
	j.Due, j.Created, j.Finished = db.Moment(due), db.Moment(created), db.Moment(finished)
	return j, err
}

// List gives jobs in a state (empty: in any), the newest first. Only admins may see them.
func List(ctx context.Context, d *db.DB, actor core.Actor, state State, page core.Page) (out core.List[Row], err error) {
	where, args := "TRUE", []any{}
	arg := func(v any) string { args = append(args, v); return "$" + strconv.Itoa(len(args)) }
	if state != "" {
		where += " AND state = " + arg(state)
	}
	if !page.After.IsZero() {
		where += " AND id < " + arg(page.After.ID)
	}
	size := page.Size()
	err = d.View(ctx, func(tx *db.Tx) error {
		if err := policy.ManageSite(actor).Err(); err != nil {
			return err
		}
		rows, err := db.AtMost(tx, size+1, scanRow, "SELECT id, kind, state, attempt, run_at, created_at, finished_at, last_error FROM job WHERE "+where+
			" ORDER BY id DESC LIMIT "+strconv.Itoa(size+1), args...)
		out = core.CutList(rows, size, func(r Row) core.Cursor { return core.Cursor{ID: int64(r.ID)} })
		return err
	})
	return out, err
}

// Retry has a job tried now, with all its attempts before it again.
func (r *Runner) Retry(ctx context.Context, actor core.Actor, id core.ID) error {
	err := r.decide(ctx, actor, id, "job.retried", `UPDATE job SET state = 'waiting', run_at = $2, attempt = 0, finished_at = 0
		WHERE id = $1 AND state IN ('failed', 'cancelled', 'waiting') AND NOT EXISTS (SELECT 1 FROM job o
			WHERE o.unique_key = job.unique_key AND o.id <> job.id AND o.state IN ('waiting', 'running')) RETURNING kind`, "job.retry.refused")
	if err == nil {
		r.Wake()
	}
	return err
}

// Cancel gives a job up.
func (r *Runner) Cancel(ctx context.Context, actor core.Actor, id core.ID) error {
	return r.decide(ctx, actor, id, "job.cancelled", `UPDATE job SET state = 'cancelled', finished_at = $2
		WHERE id = $1 AND state IN ('failed', 'waiting') RETURNING kind`, "job.cancel.refused")
}

// decide changes one job, if it is still in a state in which that can be done.
func (r *Runner) decide(ctx context.Context, actor core.Actor, id core.ID, kind, statement, refusal string) error {
	now := r.clock.Now()
	return r.db.Update(ctx, func(tx *db.Tx) error {
		if err := policy.ManageSite(actor).Err(); err != nil {
			return err
		}
		there, err := db.One(tx, db.Bool, "SELECT EXISTS (SELECT 1 FROM job WHERE id = $1)", id)
		if err != nil {
			return err
		}
		if !there {
			return core.Missing("job")
		}
		what, err := db.One(tx, db.String, statement, id, db.Millis(now))
		if core.IsNotFound(err) {
			return core.E(core.Conflict, refusal)
		}
		if err != nil {
			return err
		}
		return act.Append(tx, act.Act{At: now, Actor: actor.Member, Kind: kind, Target: what})
	})
}

var address = regexp.MustCompile(`[^\s<>"']+@[^\s<>"']+`)

// blank takes addresses of mail out of what a mail server said: members' addresses are sealed everywhere else.
func blank(s string) string { return address.ReplaceAllString(s, "…@…") }

package webhook

import (
	"context"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
)

const deliveryColumns = "id, webhook, kind, body, state, attempt, next_at, status, why, tried_at, created_at"

func scanDelivery(r db.Row) (d Delivery, err error) {
	var next, tried, created int64
	err = r.Scan(&d.ID, &d.Hook, &d.Kind, &d.Body, &d.State, &d.Attempt, &next, &d.Status, &d.Why, &tried, &created)
	d.Next, d.Tried, d.Created = db.Moment(next), db.Moment(tried), db.Moment(created)
	return d, err
}

// Log gives what a hook was told, newest first. Only admins may see it.
func (s *Service) Log(ctx context.Context, actor core.Actor, hook core.ID, page core.Page) (out core.List[Delivery], err error) {
	before := page.After.ID
	if before == 0 {
		before = 1<<63 - 1
	}
	err = s.look(ctx, actor, func(tx *db.Tx) error {
		if _, err := load(tx, hook); err != nil {
			return err
		}
		rows, err := db.AtMost(tx, page.Size()+1, scanDelivery, "SELECT "+deliveryColumns+" FROM webhook_delivery WHERE webhook = $1 AND id < $2 ORDER BY id DESC LIMIT $3",
			hook, before, page.Size()+1)
		out = core.CutList(rows, page.Size(), func(d Delivery) core.Cursor { return core.Cursor{ID: int64(d.ID)} })
		return err
	})
	return out, err
}

// Test sends a hook a note that tells of nothing.
func (s *Service) Test(ctx context.Context, actor core.Actor, hook core.ID) (id core.ID, err error) {
	err = s.manage(ctx, actor, func(tx *db.Tx) error {
		h, err := load(tx, hook)
		if err != nil {
			return err
		}
		if h.State != On {
			return core.E(core.Conflict, "webhook.off")
		}
		id, err = s.put(tx, h, payload{Type: TestKind, At: s.clock.Now()})
		return err
	})
	return id, err
}

// Resend sends a note once more, under the id that it had: a receiver that has it already can tell.
func (s *Service) Resend(ctx context.Context, actor core.Actor, hook, delivery core.ID) error {
	return s.manage(ctx, actor, func(tx *db.Tx) error {
		h, err := load(tx, hook)
		if err != nil {
			return err
		}
		if h.State != On {
			return core.E(core.Conflict, "webhook.off")
		}
		n, err := tx.Exec("UPDATE webhook_delivery SET state = 'waiting', attempt = 0, next_at = $1 WHERE id = $2 AND webhook = $3", db.Millis(s.clock.Now()), delivery, hook)
		if err != nil {
			return err
		}
		if n == 0 {
			return core.Missing("note")
		}
		return s.send(tx, hook)
	})
}

// Counts are what stands in the figures: notes that wait, notes that failed, hooks that are off by themselves.
type Counts struct{ Waiting, Failed, Stopped int64 }

// Count counts them.
func (s *Service) Count(ctx context.Context) (c Counts, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		for _, q := range []struct {
			to  *int64
			sql string
		}{
			{&c.Waiting, "SELECT COUNT(*) FROM webhook_delivery WHERE state = 'waiting'"},
			{&c.Failed, "SELECT COUNT(*) FROM webhook_delivery WHERE state = 'failed'"},
			{&c.Stopped, "SELECT COUNT(*) FROM webhook WHERE state = 'off' AND why <> ''"},
		} {
			if *q.to, err = db.One(tx, db.Int64, q.sql); err != nil {
				return err
			}
		}
		return nil
	})
	return c, err
}

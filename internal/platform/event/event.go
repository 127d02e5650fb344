// Package event is the outbox: what happened is written in the transaction that made it happen, and readers follow later.
//
// An event has a position. Positions are in commit order on both engines: they come from a counter row which stays locked from
// its UPDATE until the commit, so a transaction that commits later has the greater position and a reader that remembers one
// number skips nothing. To keep that lock short, events are gathered and written as the last thing before the commit.
//
// A subscriber handles each event exactly once: its changes and its reading position are one transaction.
package event

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
)

// Event tells that something happened. Ids that do not apply are zero. Data holds small facts, never a member's words.
type Event struct {
	Position int64
	At       time.Time
	Kind     string // "thread.created": the noun's package and a past participle
	Actor    core.ID
	Space    core.ID
	Thread   core.ID
	Subject  core.ID // the post, member or other thing that it happened to
	Data     json.RawMessage
}

// Decode reads Data into v.
func (e Event) Decode(v any) error {
	if err := json.Unmarshal(e.Data, v); err != nil {
		return fmt.Errorf("event %d %s: %w", e.Position, e.Kind, err)
	}
	return nil
}

// With gives e with its data.
func (e Event) With(data any) Event {
	raw, err := json.Marshal(data)
	if err != nil {
		panic(fmt.Sprintf("event %s: data cannot be written: %v", e.Kind, err)) // a defect of the caller's type
	}
	e.Data = raw
	return e
}

type pendingKey struct{}

// Append adds events to the unit of work. They are written just before its commit, or not at all.
func Append(tx *db.Tx, events ...Event) {
	pending, _ := tx.Value(pendingKey{}).(*[]Event)
	if pending == nil {
		pending = &[]Event{}
		tx.SetValue(pendingKey{}, pending)
		tx.BeforeCommit(func(tx *db.Tx) error { return flush(tx, *pending) })
	}
	*pending = append(*pending, events...)
}

func flush(tx *db.Tx, events []Event) error {
	last, err := db.One(tx, db.Int64, "UPDATE counter SET value = value + $1 WHERE name = 'event' RETURNING value", len(events))
	if err != nil {
		return err
	}
	first := last - int64(len(events)) + 1
	for i, e := range events {
		if e.Data == nil {
			e.Data = json.RawMessage("{}")
		}
		_, err := tx.Exec(`INSERT INTO event (position, at, kind, actor, space, thread, subject, data)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
			first+int64(i), db.Millis(e.At), e.Kind, e.Actor, e.Space, e.Thread, e.Subject, string(e.Data))
		if err != nil {
			return err
		}
	}
	return nil
}

func scan(r db.Row) (e Event, err error) {
	var at int64
	var data string
	err = r.Scan(&e.Position, &at, &e.Kind, &e.Actor, &e.Space, &e.Thread, &e.Subject, &data)
	e.At, e.Data = db.Moment(at), json.RawMessage(data)
	return e, err
}

// After reads up to limit events that follow a position, oldest first.
func After(tx *db.Tx, position int64, limit int) ([]Event, error) {
	return db.All(tx, scan, `SELECT position, at, kind, actor, space, thread, subject, data
		FROM event WHERE position > $1 ORDER BY position LIMIT $2`, position, limit)
}

// Last is the greatest position written so far.
func Last(tx *db.Tx) (int64, error) {
	return db.One(tx, db.Int64, "SELECT value FROM counter WHERE name = 'event'")
}

// Tables declares what this package keeps.
var Tables = []db.Table{
	{Name: "event", Owner: "actor", Export: "none", Erase: db.Retain, Keep: "30 days; ids and kinds only, no words"},
	{Name: "event_reader", Export: "none", Keep: "always"},
	{Name: "counter", Export: "none", Keep: "always"},
}

// retention is how long events stay for readers that were away.
const retention = 30 * 24 * time.Hour

// Prune removes events that are older than 30 days and gives their number.
func Prune(ctx context.Context, d *db.DB, now time.Time) (n int64, err error) {
	err = d.Update(ctx, func(tx *db.Tx) error {
		n, err = tx.Exec("DELETE FROM event WHERE at < $1", db.Millis(now.Add(-retention)))
		return err
	})
	return n, err
}

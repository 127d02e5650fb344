package queue

import (
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/thread"
)

// Hold opens an item for a post that was just written and is held.
func Hold(tx *db.Tx, ids *core.IDMaker, e thread.Entry) error {
	return open(tx, Item{
		ID: ids.Next(), Kind: Held, Thread: e.Thread, Post: e.Post, Author: e.Actor.Member, Urgency: heldUrgency, OpenedAt: e.Now,
	}, e.Space.ID)
}

// open writes an item, unless one of its kind is open for the post.
func open(tx *db.Tx, i Item, space core.ID) error {
	_, err := tx.Exec(`INSERT INTO queue_item (id, kind, space, thread, post, author, urgency, state, opened_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, 'open', $8) ON CONFLICT (post, kind) WHERE state = 'open' DO NOTHING`,
		i.ID, i.Kind, space, i.Thread, i.Post, i.Author, i.Urgency, db.Millis(i.OpenedAt))
	return err
}

// Settle closes what waits for a post that its author deleted.
func Settle(tx *db.Tx, post core.ID, now time.Time) error {
	_, err := tx.Exec("UPDATE queue_item SET state = 'settled', decided_at = $1 WHERE post = $2 AND state = 'open'", db.Millis(now), post)
	return err
}

package account

import (
	"context"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/policy"
)

// maxBlocks bounds a member's list. Whoever needs more needs a moderator.
const maxBlocks = 500

// Block conceals the actor's profile from a member and the member's words from the actor. The member is not told.
func (s *Service) Block(ctx context.Context, actor core.Actor, target core.ID) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		if err := policy.Enter(actor, policy.ForMember).Err(); err != nil {
			return err
		}
		if target == actor.Member {
			return core.E(core.Invalid, "policy.not_yourself")
		}
		if _, err := load(tx, "id = $1 AND standing <> 'gone'", target); err != nil {
			return err
		}
		n, err := db.One(tx, db.Int64, "SELECT COUNT(*) FROM block WHERE member = $1", actor.Member)
		if err == nil && n >= maxBlocks {
			err = core.E(core.Invalid, "account.block.many", maxBlocks)
		}
		if err != nil {
			return err
		}
		_, err = tx.Exec("INSERT INTO block (member, blocked, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", actor.Member, target, db.Millis(s.now()))
		return err
	})
}

// Unblock lifts a block. One that is not there is no error.
func (s *Service) Unblock(ctx context.Context, actor core.Actor, target core.ID) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec("DELETE FROM block WHERE member = $1 AND blocked = $2", actor.Member, target)
		return err
	})
}

// BlockRow is somebody whom the actor has blocked.
type BlockRow struct {
	Member core.ID
	Handle string
	At     time.Time
}

// Blocks lists whom the actor has blocked, the latest first.
func (s *Service) Blocks(ctx context.Context, actor core.Actor) (out []BlockRow, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		out, err = db.All(tx, func(r db.Row) (b BlockRow, err error) {
			var at int64
			err = r.Scan(&b.Member, &b.Handle, &at)
			b.At = db.Moment(at)
			return b, err
		}, `SELECT b.blocked, m.handle, b.at FROM block b JOIN member m ON m.id = b.blocked
			WHERE b.member = $1 AND m.standing <> 'gone' ORDER BY b.at DESC, b.blocked DESC`, actor.Member)
		return err
	})
	return out, err
}

// Blocked tells whether either of two members has blocked the other.
func Blocked(tx *db.Tx, a, b core.ID) (bool, error) {
	return db.One(tx, db.Bool, "SELECT EXISTS (SELECT 1 FROM block WHERE member = $1 AND blocked = $2 OR member = $2 AND blocked = $1)", a, b)
}

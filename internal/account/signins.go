package account

import (
	"context"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
)

// SignInRow is a sign-in as its member sees it.
type SignInRow struct {
	ID      core.ID
	Device  Device
	Began   time.Time
	Seen    time.Time
	Current bool // the one that asks
}

// SignIns lists the actor's sign-ins, the one used last first.
func (s *Service) SignIns(ctx context.Context, actor core.Actor) (rows []SignInRow, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		rows, err = db.All(tx, func(r db.Row) (row SignInRow, err error) {
			var device string
			var began, seen int64
			err = r.Scan(&row.ID, &device, &began, &seen)
			row.Device, row.Began, row.Seen, row.Current = parseDevice(device), db.Moment(began), db.Moment(seen), row.ID == actor.SignIn
			return row, err
		}, "SELECT id, device, created_at, seen_at FROM sign_in WHERE member = $1 AND expires_at > $2 ORDER BY seen_at DESC, id DESC",
			actor.Member, db.Millis(s.now()))
		return err
	})
	return rows, err
}

// EndSignIn ends one of the actor's sign-ins.
func (s *Service) EndSignIn(ctx context.Context, actor core.Actor, id core.ID) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec("DELETE FROM sign_in WHERE id = $1 AND member = $2", id, actor.Member)
		if err == nil && n == 0 {
			err = core.Missing("sign-in")
		}
		return err
	})
}

// EndOthers ends all of the actor's sign-ins and tokens but the one that asks.
func (s *Service) EndOthers(ctx context.Context, actor core.Actor) error {
	return s.db.Update(ctx, func(tx *db.Tx) error { return endSignIns(tx, actor.Member, max(actor.SignIn, actor.Token)) })
}

// SignOut ends the sign-in of a token. One that is gone already is no error.
func (s *Service) SignOut(ctx context.Context, token string) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec("DELETE FROM sign_in WHERE token_hash = $1", hashToken(token))
		return err
	})
}

// endSignIns ends a member's sign-ins and tokens but one (zero: all), and whatever is on the way to becoming one: half a sign-in, a
// link in a mail, a passkey ceremony. An address that waits to be confirmed stays: it opens nothing.
func endSignIns(tx *db.Tx, member, except core.ID) error {
	for _, table := range []string{"sign_in", "api_token"} {
		if _, err := tx.Exec("DELETE FROM "+table+" WHERE member = $1 AND id <> $2", member, except); err != nil {
			return err
		}
	}
	_, err := tx.Exec("DELETE FROM challenge WHERE member = $1 AND purpose IN ($2, $3, $4, $5)", member, forSecond, forReset, forCreate, forConfirm)
	return err
}

// Prune removes what has ended: sign-ins, challenges, invitations, and the rest of handles.
func (s *Service) Prune(ctx context.Context) error {
	now := s.now()
	return s.db.Update(ctx, func(tx *db.Tx) error {
		for _, q := range []struct {
			sql string
			at  time.Time
		}{
			{"DELETE FROM sign_in WHERE expires_at <= $1", now},
			{"DELETE FROM api_token WHERE expires_at <= $1", now},
			{"DELETE FROM challenge WHERE expires_at <= $1", now},
			{"DELETE FROM invite WHERE expires_at <= $1", now.Add(-inviteKept)},
			{"DELETE FROM handle_past WHERE until <= $1 AND handle_key >= 'gone:' AND handle_key < 'gone;'", now},
		} {
			if _, err := tx.Exec(q.sql, db.Millis(q.at)); err != nil {
				return err
			}
		}
		return nil
	})
}

package account

import (
	"context"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
)

// authenticate reads everything about who asks in one query: the sign-in by the hash's unique index, the member by its key, and
// whether a credential holds by an index on credential. That table belongs to a floor above; asking it through an interface would
// be a second query with each request, and a test of package credential holds the two definitions together.
const authenticate = `SELECT s.id, s.seen_at, m.id, m.handle, m.role, m.standing, m.standing_until,
		EXISTS (SELECT 1 FROM credential c WHERE c.member = m.id AND c.revoked_at = 0 AND c.expires_at > $2)
	FROM sign_in s JOIN member m ON m.id = s.member
	WHERE s.token_hash = $1 AND s.expires_at > $2`

type authenticated struct {
	actor core.Actor
	seen  time.Time
}

func scanAuthenticated(now time.Time) func(db.Row) (authenticated, error) {
	return func(r db.Row) (a authenticated, err error) {
		var seen, until int64
		p := &a.actor
		err = r.Scan(&p.SignIn, &seen, &p.Member, &p.Handle, &p.Role, &p.Standing, &until, &p.Verified)
		a.seen, p.Standing = db.Moment(seen), standing(p.Standing, db.Moment(until), now)
		return a, err
	}
}

// Authenticate tells who a sign-in's token belongs to. An unknown or ended one, or one of a member who may not be here, is
// core.Unauthenticated. The sign-in's use is written down at most every 10 minutes, which also puts off its end.
func (s *Service) Authenticate(ctx context.Context, token string) (core.Actor, error) {
	now := s.now()
	var a authenticated
	err := s.db.View(ctx, func(tx *db.Tx) (err error) {
		a, err = db.One(tx, scanAuthenticated(now), authenticate, hashToken(token), db.Millis(now))
		return err
	})
	if core.IsNotFound(err) || err == nil && !maySignIn(a.actor.Standing) {
		return core.Visitor, core.E(core.Unauthenticated, "error.unauthenticated").Because(err)
	}
	if err != nil {
		return core.Visitor, err
	}
	if now.Sub(a.seen) < touchEvery {
		return a.actor, nil
	}
	return a.actor, s.touch(ctx, a, now)
}

func (s *Service) touch(ctx context.Context, a authenticated, now time.Time) error {
	err := s.db.Update(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec("UPDATE sign_in SET seen_at = $1, expires_at = $2 WHERE id = $3 AND seen_at = $4",
			db.Millis(now), db.Millis(now.Add(SignInAge)), a.actor.SignIn, db.Millis(a.seen))
		if err != nil || n == 0 {
			return err
		}
		_, err = tx.Exec("UPDATE member SET seen_at = $1 WHERE id = $2 AND seen_at < $1", day(now), a.actor.Member)
		return err
	})
	if core.CodeOf(err) == core.Unavailable {
		return nil // a full disk must not keep people from reading
	}
	return err
}

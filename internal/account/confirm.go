package account

import (
	"context"
	"errors"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/policy"
)

// proofKey is the key of the error that asks for proof.
const proofKey = "account.confirm.needed"

// ProofNeeded tells that err asks for the password or a passkey once more; a page then leads to where that is given.
func ProofNeeded(err error) bool {
	var e *core.Error
	return errors.As(err, &e) && e.Key == proofKey
}

// proved refuses unless the actor's sign-in has proved who they are lately. A member with neither password nor passkey (the
// demo's) has nothing to prove it with.
func (s *Service) proved(tx *db.Tx, actor core.Actor) error {
	if actor.Member == 0 {
		return core.E(core.Unauthenticated, policy.SignInFirst)
	}
	type facts struct {
		at    int64
		means bool
	}
	f, err := db.One(tx, func(r db.Row) (f facts, err error) { err = r.Scan(&f.at, &f.means); return }, `SELECT s.confirmed_at,
			m.password <> '' OR EXISTS (SELECT 1 FROM passkey p WHERE p.member = m.id)
		FROM sign_in s JOIN member m ON m.id = s.member WHERE s.id = $1 AND s.member = $2`, actor.SignIn, actor.Member)
	if core.IsNotFound(err) {
		return core.E(core.Unauthenticated, policy.SignInFirst)
	}
	if err == nil && f.means && s.now().Sub(db.Moment(f.at)) >= ProofAge {
		return core.E(core.Forbidden, proofKey)
	}
	return err
}

// CheckProof is for a page that would rather ask before a form is filled in.
func (s *Service) CheckProof(ctx context.Context, actor core.Actor) error {
	return s.db.View(ctx, func(tx *db.Tx) error { return s.proved(tx, actor) })
}

// Confirm renews the proof with the password.
func (s *Service) Confirm(ctx context.Context, actor core.Actor, password string) error {
	if err := s.slow(ctx, limitSecond, "confirm", actor.Member.String()); err != nil {
		return err
	}
	var m member
	err := s.db.View(ctx, func(tx *db.Tx) (err error) {
		m, err = load(tx, "id = $1", actor.Member)
		return err
	})
	if err != nil {
		return err
	}
	right, err := s.hash.Verify(ctx, m.password, password)
	if err != nil {
		return err
	}
	if !right {
		return core.Field("password", "account.confirm.wrong")
	}
	return s.db.Update(ctx, func(tx *db.Tx) error { return s.markProved(tx, actor) })
}

func (s *Service) markProved(tx *db.Tx, actor core.Actor) error {
	return tx.Must("UPDATE sign_in SET confirmed_at = $1 WHERE id = $2 AND member = $3", db.Millis(s.now()), actor.SignIn, actor.Member)
}

// Security is what the settings show of how the actor signs in.
type Security struct {
	Password  bool
	TwoStep   bool
	Mail      bool
	Passkeys  int
	CodesLeft int
	SignIns   int
	Tokens    int
}

// Security sums up how the actor signs in.
func (s *Service) Security(ctx context.Context, actor core.Actor) (out Security, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		out, err = db.One(tx, func(r db.Row) (v Security, err error) {
			err = r.Scan(&v.Password, &v.TwoStep, &v.Mail, &v.Passkeys, &v.CodesLeft, &v.SignIns, &v.Tokens)
			return v, err
		}, `SELECT m.password <> '', m.totp_sealed IS NOT NULL, m.mail_verified,
				(SELECT COUNT(*) FROM passkey p WHERE p.member = m.id),
				(SELECT COUNT(*) FROM recovery_code c WHERE c.member = m.id AND c.used_at = 0),
				(SELECT COUNT(*) FROM sign_in s WHERE s.member = m.id AND s.expires_at > $2),
				(SELECT COUNT(*) FROM api_token k WHERE k.member = m.id AND k.expires_at > $2)
			FROM member m WHERE m.id = $1`, actor.Member, db.Millis(s.now()))
		return err
	})
	return out, err
}

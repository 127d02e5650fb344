package account

import (
	"context"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/site"
)

// stopped refuses a member whose account is stopped, and tells them until when, why, and whom to write to. It is asked only after
// the right proof: nobody else learns who was stopped.
func (s *Service) stopped(tx *db.Tx, m member) error {
	if maySignIn(standing(m.Standing, m.Until, s.now())) {
		return nil
	}
	if m.Standing != core.Banned {
		return core.E(core.Forbidden, "account.sign_in.banned")
	}
	until, why, contact := core.Sentence{Key: "account.stopped.always"}, core.Sentence{Key: "account.stopped.unsaid"}, core.Sentence{Key: "account.stopped.nobody"}
	if !m.Until.IsZero() {
		until = core.Sentence{Key: "account.stopped.until", Args: []any{m.Until}}
	}
	if s.opt.WhyStopped != nil {
		reason, err := s.opt.WhyStopped(tx, m.ID)
		if err != nil {
			return err
		}
		if reason != "" {
			why = core.Sentence{Key: "account.stopped.why", Args: []any{reason}}
		}
	}
	settings, err := site.Load(tx)
	if err != nil {
		return err
	}
	if settings.Contact != "" {
		contact = core.Sentence{Key: "account.stopped.contact", Args: []any{settings.Contact}}
	}
	return core.E(core.Forbidden, "account.stopped", until, why, contact)
}

// leaveWord keeps, of the sign-ins that a ban is about to end, what tells their browsers why: a hash of a token that opens nothing.
func (s *Service) leaveWord(tx *db.Tx, member core.ID) error {
	_, err := tx.Exec(`INSERT INTO challenge (token_hash, purpose, member, data, expires_at)
		SELECT token_hash, $1, member, $2, $3 FROM sign_in WHERE member = $4`, forStopped, []byte{}, db.Millis(s.now().Add(SignInAge)), member)
	return err
}

// Farewell tells why a sign-in ended, where a moderator's decision ended it and still holds: an error with the words. It is told
// once; nil means that nothing is to be told.
func (s *Service) Farewell(ctx context.Context, token string) error {
	var told error
	err := s.db.Update(ctx, func(tx *db.Tx) error {
		told = nil
		left, err := s.use(tx, forStopped, token)
		if core.IsNotFound(err) {
			return nil
		}
		if err != nil {
			return err
		}
		m, err := load(tx, "id = $1", left.member)
		if err != nil {
			return err
		}
		told = s.stopped(tx, m)
		return nil
	})
	if err != nil {
		return err
	}
	return told
}

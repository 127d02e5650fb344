package account

import (
	"context"

	"dayroom/internal/account/password"
	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/site"
)

// ChangePassword gives the actor a password and ends the other sign-ins.
func (s *Service) ChangePassword(ctx context.Context, actor core.Actor, fresh string) error {
	if err := s.CheckProof(ctx, actor); err != nil { // before the work of a hash
		return err
	}
	hashed, err := s.newHash(ctx, actor.Handle, fresh)
	if err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		if err := s.proved(tx, actor); err != nil {
			return err
		}
		if err := setPassword(tx, actor.Member, hashed); err != nil {
			return err
		}
		s.tell(tx, EventSecurity, actor, actor.Member, what{"password"})
		return endSignIns(tx, actor.Member, actor.SignIn)
	})
}

// newHash checks and hashes a password to be.
func (s *Service) newHash(ctx context.Context, handle, fresh string) (string, error) {
	settings, err := s.site.Settings(ctx)
	if err != nil {
		return "", err
	}
	if err := checkPassword(settings, handle, fresh); err != nil {
		return "", err
	}
	return s.hash.Hash(ctx, fresh)
}

func checkPassword(settings site.Settings, handle, fresh string) error {
	if problem := password.Check(fresh, password.Around{Handle: HandleKey(handle), Site: settings.Name}); problem != "" {
		return core.Field("password", problem)
	}
	return nil
}

func setPassword(tx *db.Tx, member core.ID, hashed string) error {
	return tx.Must("UPDATE member SET password = $1 WHERE id = $2 AND standing NOT IN ('gone', 'placeholder')", hashed, member)
}

package account

import (
	"context"
	"errors"
	"strings"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
)

// errWrong is the one answer to a wrong name and a wrong password.
var errWrong = core.E(core.Invalid, "account.sign_in.wrong")

func asFields(err error) (*core.Error, bool) {
	var e *core.Error
	ok := errors.As(err, &e) && e.Code == core.Invalid && len(e.Fields) > 0
	return e, ok
}

// find looks a member up by what is typed into a sign-in: a handle, or a confirmed e-mail address. The zero member is nobody.
func (s *Service) find(ctx context.Context, name string) (m member, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		m, err = s.findIn(tx, name)
		return err
	})
	return m, err
}

func (s *Service) findIn(tx *db.Tx, name string) (m member, err error) {
	if !plain(name) {
		return member{}, nil
	}
	if strings.Contains(name, "@") {
		m, err = load(tx, "mail_index = $1 AND mail_verified", s.mailIndex(name))
	} else {
		m, err = load(tx, "handle_key = $1", HandleKey(name))
	}
	if core.IsNotFound(err) {
		return member{}, nil
	}
	return m, err
}

// slowSignIn counts an attempt by address, by account from that address, and by account from anywhere.
func (s *Service) slowSignIn(ctx context.Context, name string, from From) error {
	key := HandleKey(name)
	return errors.Join(
		s.slow(ctx, limitAddress, from.Address),
		s.slow(ctx, limitAccount, key, from.Address),
		s.slow(ctx, limitEverybody, key))
}

// SignIn signs in with a password. Where the member has a two-step device, Entry.Second waits for its code.
func (s *Service) SignIn(ctx context.Context, name, password string, from From) (Entry, error) {
	if err := s.slowSignIn(ctx, name, from); err != nil {
		return Entry{}, err
	}
	m, err := s.find(ctx, name)
	if err != nil {
		return Entry{}, err
	}
	right, err := s.hash.Verify(ctx, m.password, password)
	if err != nil {
		return Entry{}, err
	}
	if !right {
		return Entry{}, errWrong
	}
	var renewed string
	if s.hash.Outdated(m.password) {
		if renewed, err = s.hash.Hash(ctx, password); err != nil {
			return Entry{}, err
		}
	}
	var e Entry
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		now, err := load(tx, "id = $1 AND password = $2", m.ID, m.password)
		if core.IsNotFound(err) {
			return errWrong // it was changed while we computed
		}
		if err != nil {
			return err
		}
		if renewed != "" {
			if _, err := tx.Exec("UPDATE member SET password = $1 WHERE id = $2", renewed, m.ID); err != nil {
				return err
			}
		}
		e, err = s.enter(tx, now, from)
		return err
	})
	if err == nil {
		err = s.site.Unthrottle(ctx, limitAccount, s.bucket(HandleKey(name), from.Address))
	}
	return e, err
}

// enter is behind each door that one factor opens: the next one, or the sign-in.
func (s *Service) enter(tx *db.Tx, m member, from From) (Entry, error) {
	// Whoever is stopped and has a device learns why after its code, like everybody else learns anything.
	if m.totp == nil {
		if err := s.stopped(tx, m); err != nil {
			return Entry{}, err
		}
	}
	if m.totp == nil {
		return s.admit(tx, m, from)
	}
	token, err := s.put(tx, forSecond, m.ID, nil, SecondStepAge)
	return Entry{Second: token, Member: m.ID}, err
}

// errSecond is the answer to a code that is wrong or was used before.
var errSecond = core.Field("code", "account.totp.wrong")

// SecondStep ends a sign-in with the code of the member's device.
func (s *Service) SecondStep(ctx context.Context, token, code string, from From) (Entry, error) {
	m, secret, err := s.secondOf(ctx, token)
	if err != nil {
		return Entry{}, err
	}
	if err := s.slow(ctx, limitSecond, m.ID.String()); err != nil {
		return Entry{}, err
	}
	step, right := matchStep(secret, code, s.now())
	if !right {
		return Entry{}, errSecond
	}
	var e Entry
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if _, err := s.use(tx, forSecond, token); err != nil {
			return expired(err)
		}
		if err := spendStep(tx, m.ID, step); err != nil {
			return err
		}
		now, err := load(tx, "id = $1", m.ID)
		if err != nil {
			return err
		}
		if err := s.stopped(tx, now); err != nil {
			return err
		}
		e, err = s.admit(tx, now, from)
		return err
	})
	if err == nil {
		err = s.site.Unthrottle(ctx, limitSecond, s.bucket(m.ID.String()))
	}
	return e, err
}

// errExpired tells that what the browser held is used or too old, and one has to begin again.
var errExpired = core.E(core.Invalid, "account.sign_in.expired")

// expired turns "no such challenge" into what a person can read.
func expired(err error) error {
	if core.IsNotFound(err) {
		return errExpired.Because(err)
	}
	return err
}

func (s *Service) secondOf(ctx context.Context, token string) (m member, secret string, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		c, err := s.peek(tx, forSecond, token)
		if err != nil {
			return expired(err)
		}
		m, err = load(tx, "id = $1", c.member)
		return err
	})
	if err != nil {
		return m, "", err
	}
	if m.totp == nil {
		return m, "", errExpired
	}
	plain, err := s.keys.Open(ctx, m.ID, fieldTOTP, m.totp)
	return m, string(plain), err
}

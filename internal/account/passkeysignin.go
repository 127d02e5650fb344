package account

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
)

// BeginPasskeySignUp checks what a visitor gave (all but the password) and gives what the browser needs to make a passkey.
func (s *Service) BeginPasskeySignUp(ctx context.Context, in SignUp, from From) (options any, token string, err error) {
	if s.passkeys == nil {
		return nil, "", errNoPasskeys
	}
	if err := s.slow(ctx, limitSignUp, from.Address); err != nil {
		return nil, "", err
	}
	in.Password = ""
	p, err := s.prepareSignUp(ctx, in)
	if err != nil {
		return nil, "", err
	}
	made, session, err := s.creation(ctx, person{handle: s.userHandle(p.ID), name: p.key})
	if err != nil {
		return nil, "", err
	}
	token, err = s.open(ctx, forSignUp, 0, ceremony{Session: *session, SignUp: &signUpWish{
		ID: p.ID, Handle: p.key, Adult: p.adult, Invite: codeHash(in.Invite), Language: p.language, TimeZone: p.zone,
	}})
	return made, token, err
}

// FinishPasskeySignUp makes the account with its passkey and signs in.
func (s *Service) FinishPasskeySignUp(ctx context.Context, token string, body []byte, from From) (Entry, error) {
	if s.passkeys == nil {
		return Entry{}, errNoPasskeys
	}
	c, _, err := s.finish(ctx, forSignUp, token)
	if err != nil {
		return Entry{}, err
	}
	wish := c.SignUp
	if wish == nil {
		return Entry{}, errPasskey
	}
	made, err := s.created(person{handle: s.userHandle(wish.ID)}, c.Session, body)
	if err != nil {
		return Entry{}, err
	}
	p := Prepared{ID: wish.ID, key: wish.Handle, standing: core.Active, adult: wish.Adult, language: wish.Language, zone: wish.TimeZone}
	var e Entry
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if e, err = s.join(tx, p, wish.Invite, from); err != nil {
			return err
		}
		return s.keepPasskey(tx, p.ID, passkeyName("", from), made)
	})
	return e, err
}

// BeginPasskeySignIn gives what the browser needs to use a passkey. Nobody is named: the device knows who it has passkeys of.
func (s *Service) BeginPasskeySignIn(ctx context.Context, from From) (options any, token string, err error) {
	if s.passkeys == nil {
		return nil, "", errNoPasskeys
	}
	if err := s.slow(ctx, limitCeremony, from.Address); err != nil {
		return nil, "", err
	}
	return s.beginGet(ctx, forGet, 0)
}

func (s *Service) beginGet(ctx context.Context, purpose string, member core.ID) (options any, token string, err error) {
	asked, session, err := s.passkeys.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationPreferred))
	if err != nil {
		return nil, "", err
	}
	token, err = s.open(ctx, purpose, member, ceremony{Session: *session})
	return asked, token, err
}

// FinishPasskeySignIn signs in. A passkey whose device asked for a finger or a code is two factors; one that only felt a touch is
// one, and a member with a two-step device is asked for that too.
func (s *Service) FinishPasskeySignIn(ctx context.Context, token string, body []byte, from From) (Entry, error) {
	c, _, err := s.finish(ctx, forGet, token)
	if err != nil {
		return Entry{}, err
	}
	shown, err := s.shown(ctx, c.Session, body)
	if err != nil {
		return Entry{}, err
	}
	var e Entry
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if err := s.used(tx, shown); err != nil {
			return err
		}
		m, err := load(tx, "id = $1", shown.member)
		if err != nil {
			return err
		}
		if shown.verified {
			m.totp = nil
		}
		e, err = s.enter(tx, m, from)
		return err
	})
	return e, err
}

// BeginPasskeyConfirm and FinishPasskeyConfirm renew the proof of who the actor is with a passkey.
func (s *Service) BeginPasskeyConfirm(ctx context.Context, actor core.Actor, from From) (options any, token string, err error) {
	if s.passkeys == nil {
		return nil, "", errNoPasskeys
	}
	if err := s.slow(ctx, limitCeremony, from.Address); err != nil {
		return nil, "", err
	}
	return s.beginGet(ctx, forConfirm, actor.Member)
}

// FinishPasskeyConfirm ends BeginPasskeyConfirm. The passkey has to be the actor's own.
func (s *Service) FinishPasskeyConfirm(ctx context.Context, actor core.Actor, token string, body []byte) error {
	c, owner, err := s.finish(ctx, forConfirm, token)
	if err != nil {
		return err
	}
	shown, err := s.shown(ctx, c.Session, body)
	if err != nil {
		return err
	}
	if owner != actor.Member || shown.member != actor.Member {
		return errPasskey
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		if err := s.used(tx, shown); err != nil {
			return err
		}
		return s.markProved(tx, actor)
	})
}

// shownPasskey is a passkey that proved itself.
type shownPasskey struct {
	member   core.ID
	id       core.ID
	before   []byte // the row's data as it was read
	after    *webauthn.Credential
	verified bool // the device made sure who holds it
}

type passkeyRow struct {
	id, member core.ID
	data       []byte
}

// shown checks what the browser sends back against the passkey that it names.
func (s *Service) shown(ctx context.Context, session webauthn.SessionData, body []byte) (shownPasskey, error) {
	if s.passkeys == nil {
		return shownPasskey{}, errNoPasskeys
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(body)
	if err != nil {
		return shownPasskey{}, errPasskey.Because(err)
	}
	var row passkeyRow
	err = s.db.View(ctx, func(tx *db.Tx) error {
		row, err = db.One(tx, func(r db.Row) (p passkeyRow, err error) { err = r.Scan(&p.id, &p.member, &p.data); return },
			"SELECT id, member, data FROM passkey WHERE credential_id = $1", parsed.RawID)
		return err
	})
	if core.IsNotFound(err) {
		return shownPasskey{}, errPasskey.Because(err)
	}
	if err != nil {
		return shownPasskey{}, err
	}
	var kept webauthn.Credential
	if err := json.Unmarshal(row.data, &kept); err != nil {
		return shownPasskey{}, err
	}
	owner := person{handle: s.userHandle(row.member), credentials: []webauthn.Credential{kept}}
	after, err := s.passkeys.ValidateDiscoverableLogin(func(_, handle []byte) (webauthn.User, error) {
		if subtle.ConstantTimeCompare(handle, owner.handle) != 1 {
			return nil, errors.New("the device names another member")
		}
		return owner, nil
	}, session, parsed)
	if err != nil {
		return shownPasskey{}, errPasskey.Because(err)
	}
	if after.Authenticator.CloneWarning {
		return shownPasskey{}, core.E(core.Forbidden, "account.passkey.copied")
	}
	return shownPasskey{row.member, row.id, row.data, after, parsed.Response.AuthenticatorData.Flags.HasUserVerified()}, nil
}

// used writes down the passkey's counter. A passkey that was used or removed meanwhile does not open.
func (s *Service) used(tx *db.Tx, p shownPasskey) error {
	data, err := json.Marshal(p.after)
	if err != nil {
		return err
	}
	n, err := tx.Exec("UPDATE passkey SET data = $1, used_at = $2 WHERE id = $3 AND data = $4", data, db.Millis(s.now()), p.id, p.before)
	if err == nil && n == 0 {
		err = errPasskey
	}
	return err
}

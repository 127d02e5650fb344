package account

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
)

// Passkey is one of a member's passkeys, for their settings.
type Passkey struct {
	ID      core.ID
	Name    string
	Created time.Time
	Used    time.Time // zero: never since it was made
}

// maxPasskeys and maxPasskeyName bound what a member keeps.
const maxPasskeys, maxPasskeyName = 20, 40

// key is what the ceremony's library wants to know of a member.
type person struct {
	handle      []byte // opaque to the device, see userHandle
	name        string
	credentials []webauthn.Credential
}

func (p person) WebAuthnID() []byte                         { return p.handle }
func (p person) WebAuthnName() string                       { return p.name }
func (p person) WebAuthnDisplayName() string                { return p.name }
func (p person) WebAuthnCredentials() []webauthn.Credential { return p.credentials }

// userHandle is how devices know a member: a blind index of the id, because ids stand in addresses and a device may show it.
func (s *Service) userHandle(id core.ID) []byte { return s.keys.Index("passkey", id.String()) }

func (s *Service) person(tx *db.Tx, id core.ID, handle string) (person, error) {
	list, err := db.All(tx, scanCredential, "SELECT data FROM passkey WHERE member = $1 ORDER BY id", id)
	return person{s.userHandle(id), handle, list}, err
}

func scanCredential(r db.Row) (c webauthn.Credential, err error) {
	var data []byte
	if err = r.Scan(&data); err != nil {
		return c, err
	}
	return c, json.Unmarshal(data, &c)
}

var errNoPasskeys = core.E(core.Unavailable, "account.passkey.address")

// errPasskey is the one answer to a passkey that is unknown, does not fit, or comes twice.
var errPasskey = core.E(core.Invalid, "account.passkey.refused")

// Passkeys lists the actor's passkeys.
func (s *Service) Passkeys(ctx context.Context, actor core.Actor) (out []Passkey, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		out, err = db.All(tx, func(r db.Row) (p Passkey, err error) {
			var created, used int64
			err = r.Scan(&p.ID, &p.Name, &created, &used)
			p.Created, p.Used = db.Moment(created), db.Moment(used)
			return p, err
		}, "SELECT id, name, created_at, used_at FROM passkey WHERE member = $1 ORDER BY id", actor.Member)
		return err
	})
	return out, err
}

// ceremony is what is kept between the two requests that make or use a passkey.
type ceremony struct {
	Session webauthn.SessionData `json:"session"`
	SignUp  *signUpWish          `json:"sign_up,omitempty"`
	Name    string               `json:"name,omitempty"`
}

// signUpWish is a sign-up that waits for its passkey.
type signUpWish struct {
	ID       core.ID `json:"id"`
	Handle   string  `json:"handle"`
	Adult    bool    `json:"adult"`
	Invite   []byte  `json:"invite,omitempty"` // the code's hash
	Language string  `json:"language,omitempty"`
	TimeZone string  `json:"time_zone,omitempty"`
}

func (s *Service) open(ctx context.Context, purpose string, member core.ID, c ceremony) (token string, err error) {
	data, err := json.Marshal(c)
	if err != nil {
		return "", err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		token, err = s.put(tx, purpose, member, data, CeremonyAge)
		return err
	})
	return token, err
}

// finish uses a ceremony up before anything is checked, in a transaction of its own: whatever comes of it, it cannot be used again.
func (s *Service) finish(ctx context.Context, purpose, token string) (c ceremony, member core.ID, err error) {
	var kept challenge
	err = s.db.Update(ctx, func(tx *db.Tx) (err error) {
		kept, err = s.use(tx, purpose, token)
		return err
	})
	if core.IsNotFound(err) {
		return c, 0, errExpired
	}
	if err != nil {
		return c, 0, err
	}
	err = json.Unmarshal(kept.data, &c)
	c.Session.Expires = time.Time{} // our clock decided, when the challenge was used
	return c, kept.member, err
}

// BeginPasskey gives what the actor's browser needs to make a passkey, and the token that the second request brings.
func (s *Service) BeginPasskey(ctx context.Context, actor core.Actor, name string) (options any, token string, err error) {
	if s.passkeys == nil {
		return nil, "", errNoPasskeys
	}
	name = strings.TrimSpace(name)
	if len([]rune(name)) > maxPasskeyName {
		return nil, "", core.Field("name", "account.passkey.name")
	}
	var p person
	err = s.db.View(ctx, func(tx *db.Tx) error {
		if err := s.proved(tx, actor); err != nil {
			return err
		}
		p, err = s.person(tx, actor.Member, actor.Handle)
		if err == nil && len(p.credentials) >= maxPasskeys {
			err = core.E(core.Invalid, "account.passkey.many")
		}
		return err
	})
	if err != nil {
		return nil, "", err
	}
	made, session, err := s.creation(ctx, p)
	if err != nil {
		return nil, "", err
	}
	token, err = s.open(ctx, forCreate, actor.Member, ceremony{Session: *session, Name: name})
	return made, token, err
}

func (s *Service) creation(ctx context.Context, p person) (*protocol.CredentialCreation, *webauthn.SessionData, error) {
	settings, err := s.site.Settings(ctx)
	if err != nil {
		return nil, nil, err
	}
	var known []protocol.CredentialDescriptor
	for _, c := range p.credentials {
		known = append(known, c.Descriptor())
	}
	return s.passkeys.BeginRegistration(p, webauthn.WithExclusions(known), webauthn.WithRegistrationRelyingPartyName(settings.Name))
}

// FinishPasskey adds the passkey that the browser made, and ends the other sign-ins.
func (s *Service) FinishPasskey(ctx context.Context, actor core.Actor, token string, body []byte, from From) error {
	if s.passkeys == nil {
		return errNoPasskeys
	}
	c, owner, err := s.finish(ctx, forCreate, token)
	if err != nil {
		return err
	}
	if owner != actor.Member {
		return errPasskey
	}
	made, err := s.created(person{handle: s.userHandle(owner)}, c.Session, body)
	if err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		if err := s.proved(tx, actor); err != nil {
			return err
		}
		if err := s.keepPasskey(tx, owner, passkeyName(c.Name, from), made); err != nil {
			return err
		}
		s.tell(tx, EventSecurity, actor, owner, what{"passkey"})
		return endSignIns(tx, owner, actor.SignIn)
	})
}

func (s *Service) created(p person, session webauthn.SessionData, body []byte) (*webauthn.Credential, error) {
	parsed, err := protocol.ParseCredentialCreationResponseBytes(body)
	if err != nil {
		return nil, errPasskey.Because(err)
	}
	made, err := s.passkeys.CreateCredential(p, session, parsed)
	if err != nil {
		return nil, errPasskey.Because(err)
	}
	return made, nil
}

// passkeyName falls back on the words for the device, so that a list of passkeys is never nameless.
func passkeyName(name string, from From) string {
	d := DeviceOf(from.Agent)
	switch {
	case name != "":
		return name
	case d.System != "":
		return d.System
	}
	return d.Browser
}

func (s *Service) keepPasskey(tx *db.Tx, owner core.ID, name string, c *webauthn.Credential) error {
	data, err := json.Marshal(c)
	if err != nil {
		return err
	}
	n, err := tx.Exec(`INSERT INTO passkey (id, member, credential_id, data, name, created_at, used_at) VALUES ($1, $2, $3, $4, $5, $6, 0)
		ON CONFLICT (credential_id) DO NOTHING`, s.ids.Next(), owner, c.ID, data, name, db.Millis(s.now()))
	if err == nil && n == 0 {
		err = errPasskey
	}
	return err
}

// RemovePasskey removes one of the actor's passkeys, unless nothing else would let them in, and ends the other sign-ins.
func (s *Service) RemovePasskey(ctx context.Context, actor core.Actor, id core.ID) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		if err := s.proved(tx, actor); err != nil {
			return err
		}
		if err := lock(tx, actor.Member); err != nil {
			return err
		}
		n, err := tx.Exec("DELETE FROM passkey WHERE id = $1 AND member = $2", id, actor.Member)
		if err == nil && n == 0 {
			err = core.Missing("passkey")
		}
		if err != nil {
			return err
		}
		left, err := db.One(tx, db.Bool, "SELECT m.password <> '' OR EXISTS (SELECT 1 FROM passkey p WHERE p.member = m.id) FROM member m WHERE m.id = $1", actor.Member)
		if err != nil {
			return err
		}
		if !left {
			return core.E(core.Invalid, "account.passkey.last")
		}
		s.tell(tx, EventSecurity, actor, actor.Member, what{"passkey"})
		return endSignIns(tx, actor.Member, actor.SignIn)
	})
}

// lock makes two changes of one member wait for each other where the engine would run them side by side.
func lock(tx *db.Tx, member core.ID) error {
	return tx.Must("UPDATE member SET seen_at = seen_at WHERE id = $1", member)
}

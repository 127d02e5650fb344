package account

import (
	"context"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/site"
)

// From is where a request comes from: Address for limits only, Agent for the words by which a member knows a sign-in again.
type From struct{ Address, Agent string }

// Entry is what a door gives: a token for the cookie, or, where a code is still to be shown, a token for that step.
type Entry struct {
	Token    string
	Second   string
	Member   core.ID
	Standing core.Standing
}

// SignUp is what a visitor gives to become a member.
type SignUp struct {
	Handle    string
	Password  string
	OldEnough bool   // "I am at least … years old"
	Invite    string // a code, where the site asks for one
	Language  string
	TimeZone  string
	Form      string // names the form in the browser: sent twice, it joins once. Empty promises nothing
}

// SignUp makes an account with a password and signs in. A form that was sent twice, by a double press, gives the same account twice.
func (s *Service) SignUp(ctx context.Context, in SignUp, from From) (Entry, error) {
	if err := s.slow(ctx, limitSignUp, from.Address); err != nil {
		return Entry{}, err
	}
	if in.Password == "" {
		in.Password = " " // too short, and said beside the field
	}
	p, err := s.prepareSignUp(ctx, in)
	var e Entry
	if err == nil {
		err = s.db.Update(ctx, func(tx *db.Tx) (err error) {
			if e, err = s.join(tx, p, codeHash(in.Invite), from); err != nil || in.Form == "" {
				return err
			}
			_, err = tx.Exec("INSERT INTO challenge (token_hash, purpose, member, data, expires_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
				hashToken(in.Form), forJoined, p.ID, []byte{}, db.Millis(s.now().Add(joinedAge)))
			return err
		})
	}
	if core.CodeOf(err) == core.Invalid && in.Form != "" {
		return s.joinedBefore(ctx, in, from, err)
	}
	return e, err
}

// joinedBefore lets in whoever has just joined with the same form and the same password; for anybody else, what was wrong stays wrong.
func (s *Service) joinedBefore(ctx context.Context, in SignUp, from From, wrong error) (Entry, error) {
	var m member
	err := s.db.View(ctx, func(tx *db.Tx) error {
		made, err := s.peek(tx, forJoined, in.Form)
		if err == nil {
			m, err = load(tx, "id = $1 AND handle_key = $2", made.member, HandleKey(in.Handle))
		}
		return err
	})
	if core.IsNotFound(err) {
		return Entry{}, wrong
	}
	if err != nil {
		return Entry{}, err
	}
	right, err := s.hash.Verify(ctx, m.password, in.Password)
	if err != nil {
		return Entry{}, err
	}
	if !right {
		return Entry{}, wrong
	}
	var e Entry
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		now, err := load(tx, "id = $1 AND password = $2", m.ID, m.password)
		if err == nil {
			e, err = s.enter(tx, now, from)
		}
		return err
	})
	return e, err
}

// prepareSignUp checks what a visitor gave and tells everything that is wrong at once.
func (s *Service) prepareSignUp(ctx context.Context, in SignUp) (Prepared, error) {
	settings, err := s.site.Settings(ctx)
	if err != nil {
		return Prepared{}, err
	}
	f := core.Fields{}
	f.Check(in.OldEnough, "old_enough", "account.sign_up.age")
	f.Check(settings.SignUp != site.SignUpInvited || in.Invite != "", "invite", "account.invite.needed")
	first := f.Err()
	n := NewMember{Handle: in.Handle, Password: in.Password, Adult: in.OldEnough, Language: in.Language, TimeZone: in.TimeZone}
	if first == nil {
		return s.Prepare(ctx, n)
	}
	if _, err := s.check(ctx, n); err != nil {
		return Prepared{}, alsoFields(err, f)
	}
	return Prepared{}, first
}

// join makes the member as the site's mode has it. The mode and the invitation are read here, inside the transaction.
func (s *Service) join(tx *db.Tx, p Prepared, invite []byte, from From) (Entry, error) {
	settings, err := site.Load(tx)
	if err != nil {
		return Entry{}, err
	}
	var how joined
	switch {
	case invite != nil:
		if how, err = s.spend(tx, invite); err != nil {
			return Entry{}, err
		}
	case settings.SignUp == site.SignUpInvited:
		return Entry{}, core.Field("invite", "account.invite.needed")
	}
	// An invitation is an approval: somebody has vouched.
	if settings.SignUp == site.SignUpApproval && invite == nil {
		p.standing = core.Waiting
	}
	if err := s.insert(tx, core.Actor{Member: p.ID}, p, how); err != nil {
		return Entry{}, err
	}
	return s.admit(tx, member{ID: p.ID, Standing: p.standing}, from)
}

// admit opens a sign-in. The token is always new: one that the browser brought along is never taken on.
func (s *Service) admit(tx *db.Tx, m member, from From) (Entry, error) {
	now, token := s.now(), newToken()
	_, err := tx.Exec(`INSERT INTO sign_in (id, member, token_hash, device, created_at, confirmed_at, seen_at, expires_at)
		VALUES ($1, $2, $3, $4, $5, $5, $5, $6)`,
		s.ids.Next(), m.ID, hashToken(token), DeviceOf(from.Agent).String(), db.Millis(now), db.Millis(now.Add(SignInAge)))
	if err != nil {
		return Entry{}, err
	}
	if err := s.thinOut(tx, m.ID); err != nil {
		return Entry{}, err
	}
	if _, err := tx.Exec("UPDATE member SET seen_at = $1 WHERE id = $2", day(now), m.ID); err != nil {
		return Entry{}, err
	}
	s.tell(tx, EventSignedIn, core.Actor{Member: m.ID}, m.ID, nil)
	return Entry{Token: token, Member: m.ID, Standing: standing(m.Standing, m.Until, now)}, nil
}

// Admit signs a member in without asking for anything: for the demo's one-click sign-in and the end of set-up.
func (s *Service) Admit(tx *db.Tx, id core.ID, from From) (Entry, error) {
	m, err := load(tx, "id = $1", id)
	if err != nil {
		return Entry{}, err
	}
	if err := s.stopped(tx, m); err != nil {
		return Entry{}, err
	}
	return s.admit(tx, m, from)
}

// maxSignIns bounds how many devices a member has; the one that was used least recently goes first.
const maxSignIns = 50

func (s *Service) thinOut(tx *db.Tx, id core.ID) error {
	_, err := tx.Exec(`DELETE FROM sign_in WHERE member = $1 AND id NOT IN (
		SELECT id FROM sign_in WHERE member = $1 ORDER BY seen_at DESC, id DESC LIMIT $2)`, id, maxSignIns)
	return err
}

// day is the moment that is kept of when a member was last here: nobody needs to know the hour.
func day(t time.Time) int64 { return db.Millis(t.Truncate(24 * time.Hour)) }

// alsoFields adds fields to an error about fields.
func alsoFields(err error, more core.Fields) error {
	e, ok := asFields(err)
	if !ok {
		return err
	}
	for name, key := range e.Fields {
		more.Add(name, key)
	}
	return more.Err()
}

package account

import (
	"context"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/i18n"
	"dayroom/internal/platform/job"
	"dayroom/internal/policy"
)

// MailJob is the kind of job that DeliverMail handles.
const MailJob = "account.mail"

// mailing is a job's payload. The link's token is made when the mail is sent: it lies nowhere in between.
type mailing struct {
	Member   core.ID `json:"member,omitempty"` // zero: nobody, so that asking for an unknown name is the same work
	Purpose  string  `json:"purpose"`
	Language string  `json:"language"`
}

// Forgot sends a link that sets a new password, where the name belongs to a member with a confirmed address. Whether it does, the
// answer does not tell.
func (s *Service) Forgot(ctx context.Context, name, language string, from From) error {
	if err := s.slow(ctx, limitAddress, from.Address); err != nil {
		return err
	}
	if err := s.slow(ctx, limitReset, HandleKey(name)); err != nil {
		return err
	}
	if !s.MailReady() {
		return core.E(core.Unavailable, "account.mail.none")
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		m, err := s.findIn(tx, name)
		if err != nil {
			return err
		}
		if m.mail == nil || !maySignIn(standing(m.Standing, m.Until, s.now())) {
			m.ID = 0
		}
		return s.enqueue(tx, mailing{m.ID, forReset, language})
	})
}

func (s *Service) enqueue(tx *db.Tx, m mailing) error {
	return job.Add(tx, s.ids, s.now(), job.New{Kind: MailJob, Payload: m, Unique: MailJob + ":" + m.Purpose + ":" + m.Member.String()})
}

// DeliverMail sends one of our letters. Trying again makes a new link and ends the one before.
func (s *Service) DeliverMail(ctx context.Context, j job.Job) error {
	var m mailing
	if err := j.Decode(&m); err != nil || m.Member == 0 || !s.MailReady() {
		return err
	}
	var err error
	switch m.Purpose {
	case forReset:
		err = s.mailReset(ctx, m)
	case forMail:
		err = s.mailConfirm(ctx, m)
	}
	if core.IsNotFound(err) {
		return nil // the member, the address or the wish is gone: nothing to send any more
	}
	return err
}

func (s *Service) mailReset(ctx context.Context, m mailing) error {
	to, err := s.MailAddress(ctx, m.Member)
	if err != nil {
		return err
	}
	var token string
	err = s.db.Update(ctx, func(tx *db.Tx) (err error) {
		token, err = s.replace(tx, forReset, m.Member, nil, resetAge)
		return err
	})
	if err != nil {
		return err
	}
	return s.send(ctx, to, m.Language, "account.letter.reset", ResetPath(token))
}

// ResetPath is the address within the site where a new password is set.
func ResetPath(token string) string { return "/reset/" + token }

// send writes a letter in the language in which it was asked for.
func (s *Service) send(ctx context.Context, to, language, key, path string) error {
	settings, err := s.site.Settings(ctx)
	if err != nil {
		return err
	}
	p := i18n.For(language)
	return s.opt.Mail.Send(ctx, Letter{To: to, Subject: p.T(key+".subject", settings.Name), Text: p.T(key+".text", settings.Name, s.opt.BaseURL+path)})
}

// resetAll marks a link of the operator's, which also switches the two-step device off: whoever asks for it has lost everything.
var resetAll = []byte("all")

// ResetLink makes a link that lets a member in again, to be handed over by the operator. It works once, for half an hour.
func (s *Service) ResetLink(ctx context.Context, actor core.Actor, handle string) (link string, err error) {
	if err := policy.ManageSite(actor).Err(); err != nil {
		return "", err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		m, err := load(tx, "handle_key = $1 AND standing NOT IN ('gone', 'placeholder')", HandleKey(handle))
		if err != nil {
			return err
		}
		token, err := s.replace(tx, forReset, m.ID, resetAll, resetAge)
		link = s.opt.BaseURL + ResetPath(token)
		return err
	})
	return link, err
}

// CheckReset tells whether a link still works, and whose it is, so that the page can say for which handle.
func (s *Service) CheckReset(ctx context.Context, token string) (handle string, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		c, err := s.peek(tx, forReset, token)
		if err != nil {
			return expired(err)
		}
		m, err := load(tx, "id = $1", c.member)
		handle = m.Handle
		return err
	})
	return handle, err
}

// Reset sets a new password with a link, ends all sign-ins, and signs in; a two-step device is still asked for.
func (s *Service) Reset(ctx context.Context, token, fresh string, from From) (Entry, error) {
	if err := s.slow(ctx, limitAddress, from.Address); err != nil {
		return Entry{}, err
	}
	handle, err := s.CheckReset(ctx, token)
	if err != nil {
		return Entry{}, err
	}
	hashed, err := s.newHash(ctx, handle, fresh)
	if err != nil {
		return Entry{}, err
	}
	var e Entry
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		c, err := s.use(tx, forReset, token)
		if err != nil {
			return expired(err)
		}
		if err := s.renew(tx, c.member, hashed, string(c.data) == string(resetAll), "reset"); err != nil {
			return err
		}
		m, err := load(tx, "id = $1", c.member)
		if err != nil {
			return err
		}
		e, err = s.enter(tx, m, from)
		return err
	})
	return e, err
}

// renew sets a password for somebody who could not sign in, and ends whatever was signed in.
func (s *Service) renew(tx *db.Tx, id core.ID, hashed string, dropTOTP bool, how string) error {
	if err := setPassword(tx, id, hashed); err != nil {
		return err
	}
	if dropTOTP {
		if _, err := tx.Exec("UPDATE member SET totp_sealed = NULL WHERE id = $1", id); err != nil {
			return err
		}
	}
	s.tell(tx, EventSecurity, core.Actor{Member: id}, id, what{how})
	return endSignIns(tx, id, 0)
}

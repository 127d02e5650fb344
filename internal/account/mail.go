package account

import (
	"context"
	"net/mail"
	"strings"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
)

// Fields under a member's key.
const (
	fieldMail = "mail"
	fieldTOTP = "totp"
)

const maxMail = 254 // RFC 5321's path, less its brackets

// foldMail is the form in which addresses are compared. The part before the @ could tell cases apart by the letter of RFC 5321;
// no provider does, and people do not.
func foldMail(address string) string { return strings.ToLower(strings.TrimSpace(address)) }

func (s *Service) mailIndex(address string) []byte { return s.keys.Index("mail", foldMail(address)) }

// checkMail gives the key of what is wrong with an address, or an empty string.
func checkMail(address string) string {
	a, err := mail.ParseAddress(address)
	if err != nil || a.Address != address || a.Name != "" || len(address) > maxMail || strings.ContainsAny(address, "\r\n\"") {
		return "account.mail.form"
	}
	return ""
}

// MailState is what the settings page shows of the actor's address.
type MailState struct {
	Address string // confirmed, or empty
	Pending string // waits for its link to be followed
}

// Mail tells the actor's own address.
func (s *Service) Mail(ctx context.Context, actor core.Actor) (out MailState, err error) {
	var sealed, waiting []byte
	err = s.db.View(ctx, func(tx *db.Tx) error {
		m, err := load(tx, "id = $1", actor.Member)
		if err != nil {
			return err
		}
		sealed = m.mail
		c, err := s.pending(tx, forMail, actor.Member)
		if core.IsNotFound(err) {
			return nil
		}
		waiting = c.data
		return err
	})
	if err != nil {
		return out, err
	}
	if out.Address, err = s.openMail(ctx, actor.Member, sealed); err != nil {
		return out, err
	}
	out.Pending, err = s.openMail(ctx, actor.Member, waiting)
	return out, err
}

func (s *Service) openMail(ctx context.Context, member core.ID, sealed []byte) (string, error) {
	if len(sealed) == 0 {
		return "", nil
	}
	plain, err := s.keys.Open(ctx, member, fieldMail, sealed)
	return string(plain), err
}

// MailAddress gives a member's confirmed address to whoever sends them mail; without one it is core.NotFound.
func (s *Service) MailAddress(ctx context.Context, id core.ID) (string, error) {
	var m member
	err := s.db.View(ctx, func(tx *db.Tx) (err error) {
		m, err = load(tx, "id = $1 AND mail_verified AND standing <> 'gone'", id)
		return err
	})
	if err != nil {
		return "", err
	}
	return s.openMail(ctx, id, m.mail)
}

// AskMail begins to give the actor an address: a link is sent there, and following it ends it. An address that belongs to somebody
// else is treated alike until the link comes back.
func (s *Service) AskMail(ctx context.Context, actor core.Actor, address, language string) error {
	address = strings.TrimSpace(address)
	if problem := checkMail(address); problem != "" {
		return core.Field("mail", problem)
	}
	if !s.MailReady() {
		return core.Field("mail", "account.mail.none")
	}
	if err := s.CheckProof(ctx, actor); err != nil {
		return err
	}
	if err := s.slow(ctx, limitMail, actor.Member.String()); err != nil {
		return err
	}
	sealed, err := s.keys.Seal(ctx, actor.Member, fieldMail, []byte(address))
	if err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		if err := s.proved(tx, actor); err != nil {
			return err
		}
		if _, err := s.replace(tx, forMail, actor.Member, sealed, mailAge); err != nil {
			return err
		}
		return s.enqueue(tx, mailing{actor.Member, forMail, language})
	})
}

func (s *Service) mailConfirm(ctx context.Context, m mailing) error {
	var token string
	var sealed []byte
	err := s.db.Update(ctx, func(tx *db.Tx) error {
		c, err := s.pending(tx, forMail, m.Member)
		if err != nil {
			return err
		}
		sealed = c.data
		token, err = s.replace(tx, forMail, m.Member, sealed, mailAge)
		return err
	})
	if err != nil {
		return err
	}
	to, err := s.openMail(ctx, m.Member, sealed)
	if err != nil {
		return err
	}
	return s.send(ctx, to, m.Language, "account.letter.confirm", ConfirmPath(token))
}

// ConfirmPath is the address within the site where an e-mail address is confirmed.
func ConfirmPath(token string) string { return "/confirm-mail/" + token }

// ConfirmMail ends AskMail with the token of the link. It may be followed where nobody is signed in. The other sign-ins end.
func (s *Service) ConfirmMail(ctx context.Context, actor core.Actor, token string) error {
	index, err := s.indexOfPending(ctx, token)
	if err != nil {
		return err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		c, err := s.use(tx, forMail, token)
		if err != nil {
			return expired(err)
		}
		err = tx.Must("UPDATE member SET mail_sealed = $1, mail_index = $2, mail_verified = TRUE WHERE id = $3 AND standing <> 'gone'", c.data, index, c.member)
		if err != nil {
			return err
		}
		keep := core.ID(0)
		if actor.Member == c.member {
			keep = actor.SignIn
		}
		s.tell(tx, EventSecurity, core.Actor{Member: c.member}, c.member, what{"mail"})
		return endSignIns(tx, c.member, keep)
	})
	if db.IsUnique(err) {
		return core.E(core.Invalid, "account.mail.unusable").Because(err)
	}
	return err
}

func (s *Service) indexOfPending(ctx context.Context, token string) ([]byte, error) {
	var c challenge
	err := s.db.View(ctx, func(tx *db.Tx) (err error) {
		c, err = s.peek(tx, forMail, token)
		return expired(err)
	})
	if err != nil {
		return nil, err
	}
	address, err := s.openMail(ctx, c.member, c.data)
	return s.mailIndex(address), err
}

// DropMail removes the actor's address, and one that waits to be confirmed.
func (s *Service) DropMail(ctx context.Context, actor core.Actor) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		if err := s.proved(tx, actor); err != nil {
			return err
		}
		if err := drop(tx, forMail, actor.Member); err != nil {
			return err
		}
		n, err := tx.Exec("UPDATE member SET mail_sealed = NULL, mail_index = NULL, mail_verified = FALSE WHERE id = $1 AND mail_sealed IS NOT NULL", actor.Member)
		if err != nil || n == 0 {
			return err
		}
		s.tell(tx, EventSecurity, actor, actor.Member, what{"mail"})
		return endSignIns(tx, actor.Member, actor.SignIn)
	})
}

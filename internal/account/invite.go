package account

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/policy"
)

// Bounds of invitations. A member's invitation is for one person whom they know; an admin's may be for a ward or a course.
const (
	MemberInvites   = 5 // open at a time
	MaxInviteUses   = 1000
	MaxInviteDays   = 90
	memberInviteAge = 14
	inviteKept      = 30 * 24 * time.Hour // after its end, so that its maker can see what became of it
)

// Invite is an invitation as its maker sees it. The code itself is shown once.
type Invite struct {
	Ref     string // for ending it
	Maker   core.ID
	Space   core.ID // where it leads, beside the site; zero: nowhere
	Left    int64
	Created time.Time
	Ends    time.Time
}

// InviteInput is what an invitation begins with. Members get the defaults, whatever they ask for.
type InviteInput struct {
	Uses  int64
	Days  int
	Space core.ID
}

// codeHash is what is stored of an invitation's code; nil for no code. Codes have 80 random bits.
func codeHash(code string) []byte {
	folded := foldCode(code)
	if folded == "" {
		return nil
	}
	sum := sha256.Sum256([]byte("invite:" + folded))
	return sum[:]
}

// MakeInvite makes an invitation and gives its code, once.
func (s *Service) MakeInvite(ctx context.Context, actor core.Actor, in InviteInput) (code string, err error) {
	code = newCode()
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if err := mayWrite(actor); err != nil {
			return err
		}
		if !policy.ManageSite(actor).OK() {
			in.Uses, in.Days = 1, memberInviteAge
			if err := s.roomForInvite(tx, actor.Member); err != nil {
				return err
			}
		}
		f := core.Fields{}
		f.Check(in.Uses >= 1 && in.Uses <= MaxInviteUses, "uses", "account.invite.uses")
		f.Check(in.Days >= 1 && in.Days <= MaxInviteDays, "days", "account.invite.days")
		if err := f.Err(); err != nil {
			return err
		}
		now := s.now()
		_, err := tx.Exec("INSERT INTO invite (code_hash, maker, space, uses_left, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)",
			codeHash(code), actor.Member, in.Space, in.Uses, db.Millis(now), db.Millis(now.AddDate(0, 0, in.Days)))
		return err
	})
	return code, err
}

func (s *Service) roomForInvite(tx *db.Tx, maker core.ID) error {
	if err := lock(tx, maker); err != nil {
		return err
	}
	open, err := db.One(tx, db.Int64, "SELECT COUNT(*) FROM invite WHERE maker = $1 AND uses_left > 0 AND expires_at > $2", maker, db.Millis(s.now()))
	if err == nil && open >= MemberInvites {
		err = core.E(core.Invalid, "account.invite.many", MemberInvites)
	}
	return err
}

// Invites lists the actor's invitations; an admin who asks for all gets everybody's.
func (s *Service) Invites(ctx context.Context, actor core.Actor, all bool) (out []Invite, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		query, args := "SELECT code_hash, maker, space, uses_left, created_at, expires_at FROM invite WHERE maker = $1 ORDER BY created_at DESC LIMIT 200", []any{actor.Member}
		if all {
			if err := policy.ManageSite(actor).Err(); err != nil {
				return err
			}
			query, args = "SELECT code_hash, maker, space, uses_left, created_at, expires_at FROM invite ORDER BY created_at DESC LIMIT 200", nil
		}
		out, err = db.All(tx, scanInvite, query, args...)
		return err
	})
	return out, err
}

func scanInvite(r db.Row) (i Invite, err error) {
	var hash []byte
	var created, ends int64
	err = r.Scan(&hash, &i.Maker, &i.Space, &i.Left, &created, &ends)
	i.Ref, i.Created, i.Ends = hex.EncodeToString(hash), db.Moment(created), db.Moment(ends)
	return i, err
}

// EndInvite ends an invitation: its maker may, and an admin.
func (s *Service) EndInvite(ctx context.Context, actor core.Actor, ref string) error {
	hash, err := hex.DecodeString(ref)
	if err != nil {
		return core.Missing("invitation")
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec("DELETE FROM invite WHERE code_hash = $1 AND (maker = $2 OR $3)", hash, actor.Member, policy.ManageSite(actor).OK())
		if err == nil && n == 0 {
			err = core.Missing("invitation")
		}
		return err
	})
}

// spend uses an invitation once: of two who come for the last use, one gets it.
func (s *Service) spend(tx *db.Tx, hash []byte) (joined, error) {
	how, err := db.One(tx, func(r db.Row) (j joined, err error) { err = r.Scan(&j.InvitedBy, &j.Space); return },
		"UPDATE invite SET uses_left = uses_left - 1 WHERE code_hash = $1 AND uses_left > 0 AND expires_at > $2 RETURNING maker, space",
		hash, db.Millis(s.now()))
	if core.IsNotFound(err) {
		return how, core.Field("invite", "account.invite.wrong")
	}
	return how, err
}

// CheckInvite tells a page whether a code would let somebody in, without using it.
func (s *Service) CheckInvite(ctx context.Context, code string, from From) error {
	if err := s.slow(ctx, limitSignUp, "invite", from.Address); err != nil {
		return err
	}
	return s.db.View(ctx, func(tx *db.Tx) error {
		good, err := db.One(tx, db.Bool, "SELECT EXISTS (SELECT 1 FROM invite WHERE code_hash = $1 AND uses_left > 0 AND expires_at > $2)", codeHash(code), db.Millis(s.now()))
		if err == nil && !good {
			err = core.Field("invite", "account.invite.wrong")
		}
		return err
	})
}

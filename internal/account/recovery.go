package account

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"strings"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
)

// RecoveryCodes is how many codes a member gets at once.
const RecoveryCodes = 10

// alphabet has no characters that look alike when written by hand: no i, l, o, u.
const alphabet = "0123456789abcdefghjkmnpqrstvwxyz"

// newCode gives 80 random bits in four groups: "k3t9-…".
func newCode() string {
	b := make([]byte, 16)
	rand.Read(b)
	var out strings.Builder
	for i, v := range b {
		if i > 0 && i%4 == 0 {
			out.WriteByte('-')
		}
		out.WriteByte(alphabet[v%32])
	}
	return out.String()
}

// readCode mends how people type a code.
var readCode = strings.NewReplacer("-", "", " ", "", "o", "0", "i", "1", "l", "1", "u", "v")

func foldCode(code string) string { return readCode.Replace(strings.ToLower(strings.TrimSpace(code))) }

// recoveryHash binds a code to its member. 80 random bits need no slow hash.
func recoveryHash(id core.ID, code string) []byte {
	sum := sha256.Sum256(append(binary.BigEndian.AppendUint64([]byte("recovery:"), uint64(id)), foldCode(code)...))
	return sum[:]
}

// NewRecoveryCodes gives the actor new codes, to be shown once; older ones end.
func (s *Service) NewRecoveryCodes(ctx context.Context, actor core.Actor) (codes []string, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if err := s.proved(tx, actor); err != nil {
			return err
		}
		if _, err := tx.Exec("DELETE FROM recovery_code WHERE member = $1", actor.Member); err != nil {
			return err
		}
		codes = nil
		for range RecoveryCodes {
			code := newCode()
			if _, err := tx.Exec("INSERT INTO recovery_code (member, hash, used_at) VALUES ($1, $2, 0)", actor.Member, recoveryHash(actor.Member, code)); err != nil {
				return err
			}
			codes = append(codes, code)
		}
		s.tell(tx, EventSecurity, actor, actor.Member, what{"recovery_codes"})
		return nil
	})
	return codes, err
}

// RecoveryLeft tells how many of the actor's codes are not used.
func (s *Service) RecoveryLeft(ctx context.Context, actor core.Actor) (left int64, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		left, err = db.One(tx, db.Int64, "SELECT COUNT(*) FROM recovery_code WHERE member = $1 AND used_at = 0", actor.Member)
		return err
	})
	return left, err
}

// errCode is the one answer to a wrong handle and a wrong or used code.
var errCode = core.E(core.Invalid, "account.recover.wrong")

// Recover lets a member in with a recovery code and a new password, in one step, so that a code is never spent for nothing. It
// stands for both factors: a two-step device is switched off, since it may be what was lost.
func (s *Service) Recover(ctx context.Context, handle, code, fresh string, from From) (Entry, error) {
	if err := s.slow(ctx, limitAddress, from.Address); err != nil {
		return Entry{}, err
	}
	if err := s.slow(ctx, limitRecovery, HandleKey(handle), from.Address); err != nil {
		return Entry{}, err
	}
	hashed, err := s.newHash(ctx, handle, fresh)
	if err != nil {
		return Entry{}, err
	}
	var e Entry
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		m, err := s.findIn(tx, handle)
		if err != nil {
			return err
		}
		n, err := tx.Exec("UPDATE recovery_code SET used_at = $1 WHERE member = $2 AND hash = $3 AND used_at = 0",
			db.Millis(s.now()), m.ID, recoveryHash(m.ID, code))
		if err != nil {
			return err
		}
		if n == 0 {
			return errCode
		}
		if err := s.renew(tx, m.ID, hashed, true, "recovery_code_used"); err != nil {
			return err
		}
		m.totp = nil
		e, err = s.enter(tx, m, from)
		return err
	})
	return e, err
}

package account

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/markup"
)

// Bounds of personal tokens.
const (
	MaxTokenDays = 365 // a forgotten program loses its way in at some time
	maxTokens    = 20  // of one member
	maxTokenName = 60

	// TokenPrefix begins every token, so that one which slipped into a public place is recognised as what it is.
	TokenPrefix = "dayroom_"
)

// Token is a personal token as its member sees it. The token itself is shown once.
type Token struct {
	ID     core.ID
	Name   string
	Scopes core.Scopes
	Made   time.Time
	Used   time.Time // to 10 minutes; zero: never
	Ends   time.Time
}

// TokenInput is what a token begins with.
type TokenInput struct {
	Name   string
	Scopes core.Scopes // read is always among them
	Days   int
}

func (in TokenInput) validate() error {
	f := core.Fields{}
	n := utf8.RuneCountInString(in.Name)
	f.Check(n >= 1 && n <= maxTokenName, "name", "account.token.name")
	f.Check(in.Days >= 1 && in.Days <= MaxTokenDays, "days", "account.token.days")
	f.Check(in.Scopes <= core.ScopeRead|core.ScopeWrite|core.ScopeModerate|core.ScopeAdmin, "scopes", "account.token.scopes")
	return f.Err()
}

// MakeToken makes a personal token for programs and gives it, once. It asks for fresh proof: whoever holds it acts as the member.
func (s *Service) MakeToken(ctx context.Context, actor core.Actor, in TokenInput) (token string, err error) {
	in.Name, in.Scopes = markup.Line(in.Name), in.Scopes|core.ScopeRead
	if err := in.validate(); err != nil {
		return "", err
	}
	token = TokenPrefix + newToken()
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if err := s.proved(tx, actor); err != nil {
			return err
		}
		now := s.now()
		n, err := db.One(tx, db.Int64, "SELECT COUNT(*) FROM api_token WHERE member = $1 AND expires_at > $2", actor.Member, db.Millis(now))
		if err != nil {
			return err
		}
		if n >= maxTokens {
			return core.E(core.Conflict, "account.token.many", maxTokens)
		}
		s.tell(tx, EventSecurity, actor, actor.Member, what{"token"})
		_, err = tx.Exec("INSERT INTO api_token (id, member, token_hash, name, scopes, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
			s.ids.Next(), actor.Member, hashToken(token), in.Name, int64(in.Scopes), db.Millis(now), db.Millis(now.AddDate(0, 0, in.Days)))
		return err
	})
	if err != nil {
		return "", err
	}
	return token, nil
}

// Tokens lists the actor's tokens that have not ended, the newest first.
func (s *Service) Tokens(ctx context.Context, actor core.Actor) (out []Token, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		out, err = db.All(tx, func(r db.Row) (t Token, err error) {
			var scopes, made, used, ends int64
			err = r.Scan(&t.ID, &t.Name, &scopes, &made, &used, &ends)
			t.Scopes, t.Made, t.Used, t.Ends = core.Scopes(scopes), db.Moment(made), db.Moment(used), db.Moment(ends)
			return t, err
		}, `SELECT id, name, scopes, created_at, used_at, expires_at FROM api_token WHERE member = $1 AND expires_at > $2
			ORDER BY id DESC`, actor.Member, db.Millis(s.now()))
		return err
	})
	return out, err
}

// EndToken ends one of the actor's tokens at once.
func (s *Service) EndToken(ctx context.Context, actor core.Actor, id core.ID) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec("DELETE FROM api_token WHERE id = $1 AND member = $2", id, actor.Member)
		if err == nil && n == 0 {
			err = core.Missing("token")
		}
		return err
	})
}

// authenticateToken is authenticate for a token: all about who asks in one query, by the hash's unique index.
const authenticateToken = `SELECT k.id, k.scopes, k.used_at, m.id, m.handle, m.role, m.standing, m.standing_until,
		EXISTS (SELECT 1 FROM credential c WHERE c.member = m.id AND c.revoked_at = 0 AND c.expires_at > $2)
	FROM api_token k JOIN member m ON m.id = k.member
	WHERE k.token_hash = $1 AND k.expires_at > $2`

// AuthenticateToken tells whom a personal token belongs to, narrowed to its scopes and to what the member may do now. An unknown or
// ended one, or one of a member who may not be here, is core.Unauthenticated. Its use is written down at most every 10 minutes.
func (s *Service) AuthenticateToken(ctx context.Context, token string) (core.Actor, error) {
	wrong := core.E(core.Unauthenticated, "account.token.wrong")
	if !strings.HasPrefix(token, TokenPrefix) {
		return core.Visitor, wrong
	}
	now := s.now()
	var a core.Actor
	var used int64
	err := s.db.View(ctx, func(tx *db.Tx) (err error) {
		a, err = db.One(tx, func(r db.Row) (p core.Actor, err error) {
			var id core.ID
			var scopes, until int64
			err = r.Scan(&id, &scopes, &used, &p.Member, &p.Handle, &p.Role, &p.Standing, &until, &p.Verified)
			p.Standing = standing(p.Standing, db.Moment(until), now)
			return p.Narrow(id, core.Scopes(scopes)), err
		}, authenticateToken, hashToken(token), db.Millis(now))
		return err
	})
	if core.IsNotFound(err) || err == nil && !maySignIn(a.Standing) {
		return core.Visitor, wrong.Because(err)
	}
	if err != nil || now.Sub(db.Moment(used)) < touchEvery {
		return a, err
	}
	return a, s.touchToken(ctx, a, used, now)
}

func (s *Service) touchToken(ctx context.Context, a core.Actor, used int64, now time.Time) error {
	err := s.db.Update(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec("UPDATE api_token SET used_at = $1 WHERE id = $2 AND used_at = $3", db.Millis(now), a.Token, used)
		if err != nil || n == 0 {
			return err
		}
		_, err = tx.Exec("UPDATE member SET seen_at = $1 WHERE id = $2 AND seen_at < $1", day(now), a.Member)
		return err
	})
	if core.CodeOf(err) == core.Unavailable {
		return nil // a full disk must not keep programs from reading
	}
	return err
}

package account

import (
	"context"
	"time"

	"dayroom/internal/account/password"
	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/policy"
)

// NewMember is what an account begins with. Password may be empty: then something else has to let the member in.
type NewMember struct {
	Handle   string
	Password string
	Role     core.Role
	Standing core.Standing // empty: active
	Adult    bool          // has declared to be old enough
	Language string
	TimeZone string
}

// Prepared is a member to be: checked, the password hashed, the key durable. Insert makes it a member.
type Prepared struct {
	ID       core.ID
	key      string
	hash     string
	role     core.Role
	standing core.Standing
	adult    bool
	language string
	zone     string
}

// Prepare does what must not be done inside a transaction: it checks, hashes the password, and makes the member's key.
func (s *Service) Prepare(ctx context.Context, in NewMember) (Prepared, error) {
	p, err := s.check(ctx, in)
	if err != nil {
		return Prepared{}, err
	}
	if in.Password != "" {
		if p.hash, err = s.hash.Hash(ctx, in.Password); err != nil {
			return Prepared{}, err
		}
	}
	return p, s.keys.Create(ctx, p.ID)
}

func (s *Service) check(ctx context.Context, in NewMember) (Prepared, error) {
	settings, err := s.site.Settings(ctx)
	if err != nil {
		return Prepared{}, err
	}
	p := Prepared{ID: s.ids.Next(), key: HandleKey(in.Handle), role: in.Role, standing: in.Standing, adult: in.Adult, language: in.Language, zone: in.TimeZone}
	if p.standing == "" {
		p.standing = core.Active
	}
	f := core.Fields{}
	problem := CheckHandle(in.Handle)
	f.Check(problem == "", "handle", problem)
	if in.Password != "" {
		problem = password.Check(in.Password, password.Around{Handle: p.key, Site: settings.Name})
		f.Check(problem == "", "password", problem)
	}
	f.Check(in.Role == core.RoleMember || in.Role == core.RoleModerator || in.Role == core.RoleAdmin, "role", "account.role.choice")
	if len(p.language) > maxLanguage || !validZone(p.zone) {
		p.language, p.zone = "", "" // guesses of the browser, not worth an error
	}
	if f["handle"] == "" {
		// Inserting decides; asking first keeps keys from being made for nothing, and the answer beside the field.
		free, err := s.free(ctx, p.key)
		if err != nil {
			return Prepared{}, err
		}
		f.Check(free, "handle", "account.handle.taken")
	}
	return p, f.Err()
}

func (s *Service) free(ctx context.Context, key string) (free bool, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		taken, err := db.One(tx, db.Bool, "SELECT EXISTS (SELECT 1 FROM member WHERE handle_key = $1)", key)
		if err == nil && !taken {
			taken, err = s.rests(tx, key, 0)
		}
		free = !taken
		return err
	})
	return free, err
}

type joined struct {
	Space     core.ID `json:"space,omitempty"`
	InvitedBy core.ID `json:"invited_by,omitempty"`
}

// Insert makes the member. The caller has decided that it may, and does it in the transaction of whatever else belongs to it.
func (s *Service) Insert(tx *db.Tx, actor core.Actor, p Prepared) error {
	return s.insert(tx, actor, p, joined{})
}

func (s *Service) insert(tx *db.Tx, actor core.Actor, p Prepared, how joined) error {
	now := db.Millis(s.now())
	n, err := tx.Exec(`INSERT INTO member (id, handle, handle_key, role, standing, password, adult, created_at, seen_at)
		VALUES ($1, $2, $2, $3, $4, $5, $6, $7, $7) ON CONFLICT (handle_key) DO NOTHING`,
		p.ID, p.key, p.role, p.standing, p.hash, p.adult, now)
	if err != nil {
		return err
	}
	if n == 0 {
		return errTaken
	}
	if err := s.take(tx, p.key, p.ID); err != nil {
		return err
	}
	_, err = tx.Exec("INSERT INTO profile (member, language, time_zone) VALUES ($1, $2, $3)", p.ID, p.language, p.zone)
	if err != nil {
		return err
	}
	s.tell(tx, EventJoined, actor, p.ID, how)
	return nil
}

// Create makes a member by hand: for the command line, where nobody signs up.
func (s *Service) Create(ctx context.Context, actor core.Actor, in NewMember) (core.ID, error) {
	if err := policy.ManageSite(actor).Err(); err != nil {
		return 0, err
	}
	p, err := s.Prepare(ctx, in)
	if err != nil {
		return 0, err
	}
	return p.ID, s.db.Update(ctx, func(tx *db.Tx) error { return s.Insert(tx, actor, p) })
}

// validZone tells whether a name is a time zone, or empty. The length keeps odd paths from the zone files.
func validZone(name string) bool {
	if name == "" {
		return true
	}
	if len(name) > maxZone || name == "Local" {
		return false
	}
	_, err := time.LoadLocation(name)
	return err == nil
}

package account

import (
	"context"
	"strconv"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/act"
	"dayroom/internal/platform/db"
	"dayroom/internal/policy"
)

// AdminRow is a member as the people who run the site see them: nothing that is sealed, nothing of the profile.
type AdminRow struct {
	ID       core.ID
	Handle   string
	Role     core.Role
	Standing core.Standing
	Until    time.Time // end of a restriction or a ban; zero: none
	Joined   time.Time
	Seen     time.Time // the day
	HasMail  bool
	TwoStep  bool
	Adult    bool   // declared to be old enough
	Language string // chosen when signing up; empty where none was
}

// AdminFilter narrows the list. Empty fields do not.
type AdminFilter struct {
	Handle   string // beginning
	Standing core.Standing
	Role     core.Role
	Staff    bool // moderators and admins only
}

const adminColumns = `id, handle, role, standing, standing_until, created_at, seen_at, mail_verified, totp_sealed IS NOT NULL, adult,
	COALESCE((SELECT p.language FROM profile p WHERE p.member = member.id), '')`

func (s *Service) scanAdmin(r db.Row) (a AdminRow, err error) {
	var until, joined, seen int64
	err = r.Scan(&a.ID, &a.Handle, &a.Role, &a.Standing, &until, &joined, &seen, &a.HasMail, &a.TwoStep, &a.Adult, &a.Language)
	a.Until, a.Joined, a.Seen = db.Moment(until), db.Moment(joined), db.Moment(seen)
	a.Standing = standing(a.Standing, a.Until, s.now())
	return a, err
}

// AdminList lists members, newest first, for admins and moderators. Placeholders are listed only when asked for.
func (s *Service) AdminList(ctx context.Context, actor core.Actor, f AdminFilter, page core.Page) (out core.List[AdminRow], err error) {
	where, args := "standing NOT IN ('placeholder', 'gone')", []any{}
	add := func(condition string, arg any) {
		args = append(args, arg)
		where += " AND " + condition + "$" + strconv.Itoa(len(args))
	}
	if f.Standing != "" {
		where = "TRUE"
		add("standing = ", f.Standing)
	}
	if f.Role != "" {
		add("role = ", f.Role)
	}
	if f.Staff {
		where += " AND role <> ''"
	}
	if key := HandleKey(f.Handle); key != "" {
		add("substr(handle_key, 1, "+strconv.Itoa(len([]rune(key)))+") = ", key)
	}
	if !page.After.IsZero() {
		add("id < ", page.After.ID)
	}
	args = append(args, page.Size()+1)
	err = s.db.View(ctx, func(tx *db.Tx) error {
		if err := policy.Enter(actor, policy.ForModerator).Err(); err != nil {
			return err
		}
		rows, err := db.All(tx, s.scanAdmin, "SELECT "+adminColumns+" FROM member WHERE "+where+" ORDER BY id DESC LIMIT $"+strconv.Itoa(len(args)), args...)
		out = core.CutList(rows, page.Size(), func(a AdminRow) core.Cursor { return core.Cursor{ID: int64(a.ID)} })
		return err
	})
	return out, err
}

// AdminGet gives one member.
func (s *Service) AdminGet(ctx context.Context, actor core.Actor, id core.ID) (out AdminRow, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		if err := policy.Enter(actor, policy.ForModerator).Err(); err != nil && !actor.System {
			return err
		}
		out, err = db.One(tx, s.scanAdmin, "SELECT "+adminColumns+" FROM member WHERE id = $1", id)
		return err
	})
	return out, err
}

// CountWaiting tells how many members wait for approval.
func (s *Service) CountWaiting(tx *db.Tx) (int64, error) {
	return db.One(tx, db.Int64, "SELECT COUNT(*) FROM member WHERE standing = 'waiting'")
}

// Approve lets a waiting member in.
func (s *Service) Approve(ctx context.Context, actor core.Actor, id core.ID) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		if err := policy.Enter(actor, policy.ForModerator).Err(); err != nil {
			return err
		}
		if err := tx.Must("UPDATE member SET standing = 'active' WHERE id = $1 AND standing = 'waiting'", id); err != nil {
			return err
		}
		s.tell(tx, EventApproved, actor, id, nil)
		return nil
	})
}

// Decline removes a waiting member for good: what was given to sign up is not kept.
func (s *Service) Decline(ctx context.Context, actor core.Actor, id core.ID) error {
	row, err := s.AdminGet(ctx, actor, id)
	if err != nil {
		return err
	}
	if row.Standing != core.Waiting {
		return core.E(core.Conflict, "error.conflict")
	}
	return s.erase(ctx, actor, id, "standing = 'waiting'")
}

type standingData struct {
	Standing core.Standing `json:"standing"`
	Until    int64         `json:"until,omitempty"` // Unix milliseconds
}

// SetStanding restricts or bans a member, or lifts that, inside the transaction of a moderator's decision. until is when it ends
// by itself; zero is never. A ban ends all sign-ins and invitations.
func (s *Service) SetStanding(tx *db.Tx, actor core.Actor, id core.ID, to core.Standing, until time.Time) error {
	if to != core.Active && to != core.Restricted && to != core.Banned {
		return core.E(core.Invalid, "account.standing.choice")
	}
	if to == core.Active {
		until = time.Time{}
	} else if !until.IsZero() && !until.After(s.now()) {
		return core.Field("until", "account.standing.until")
	}
	m, err := load(tx, "id = $1", id)
	if err != nil {
		return err
	}
	if err := policy.Discipline(actor, id, m.Role).Err(); err != nil {
		return err
	}
	err = tx.Must("UPDATE member SET standing = $1, standing_until = $2 WHERE id = $3 AND role = $4 AND standing IN ('active', 'restricted', 'banned')",
		to, db.Millis(until), id, m.Role)
	if err != nil {
		return err
	}
	s.tell(tx, EventStanding, actor, id, standingData{to, db.Millis(until)})
	if to != core.Banned {
		return nil
	}
	if _, err := tx.Exec("DELETE FROM invite WHERE maker = $1", id); err != nil {
		return err
	}
	if err := s.leaveWord(tx, id); err != nil {
		return err
	}
	return endSignIns(tx, id, 0)
}

type roleData struct {
	Role core.Role `json:"role"`
}

// SetRole makes a member a moderator or an admin, or takes that away, which ends the member's sign-ins. The last admin stays one.
func (s *Service) SetRole(ctx context.Context, actor core.Actor, id core.ID, to core.Role) error {
	if to != core.RoleMember && to != core.RoleModerator && to != core.RoleAdmin {
		return core.Field("role", "account.role.choice")
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		if err := policy.ManageSite(actor).Err(); err != nil {
			return err
		}
		if err := lockRoles(tx); err != nil {
			return err
		}
		before, err := db.One(tx, func(r db.Row) (v core.Role, err error) { err = r.Scan(&v); return }, "SELECT role FROM member WHERE id = $1 AND standing IN ('active', 'restricted')", id)
		if err != nil || before == to {
			return err
		}
		if err := tx.Must("UPDATE member SET role = $1 WHERE id = $2", to, id); err != nil {
			return err
		}
		if err := keepAnAdmin(tx); err != nil {
			return err
		}
		s.tell(tx, EventRole, actor, id, roleData{to})
		err = act.Append(tx, act.Act{At: s.clock.Now(), Actor: actor.Member, Kind: "role.changed", Subject: id, Was: roleName(before), Becomes: roleName(to)})
		if err != nil {
			return err
		}
		if rank(to) < rank(before) {
			return endSignIns(tx, id, 0)
		}
		return nil
	})
}

// roleName is an office in the record.
func roleName(r core.Role) string {
	if r == core.RoleMember {
		return "member"
	}
	return string(r)
}

func rank(r core.Role) int {
	return map[core.Role]int{core.RoleMember: 0, core.RoleModerator: 1, core.RoleAdmin: 2}[r]
}

// lockRoles makes changes of roles wait for each other, so that two admins cannot take each other's office at once.
func lockRoles(tx *db.Tx) error {
	_, err := tx.Exec("INSERT INTO setting (name, value) VALUES ('roles', '') ON CONFLICT (name) DO UPDATE SET value = excluded.value")
	return err
}

// keepAnAdmin refuses what would leave the site without anybody to run it.
func keepAnAdmin(tx *db.Tx) error {
	left, err := db.One(tx, db.Bool, "SELECT EXISTS (SELECT 1 FROM member WHERE role = 'admin' AND standing = 'active')")
	if err == nil && !left {
		err = core.E(core.Invalid, "account.role.last")
	}
	return err
}

// Find gives the id of the member who has a handle now, for forms of those who run the site.
func (s *Service) Find(ctx context.Context, actor core.Actor, handle string) (id core.ID, err error) {
	if err := policy.Enter(actor, policy.ForModerator).Err(); err != nil && !actor.System {
		return 0, err
	}
	if CheckHandle(handle) != "" {
		return 0, core.Missing("member")
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		id, err = db.One(tx, db.ID, "SELECT id FROM member WHERE handle_key = $1 AND standing IN ('active', 'restricted')", HandleKey(handle))
		return err
	})
	return id, err
}

// Handles gives the handles of members, for lists that name them; who is gone is left out.
func (s *Service) Handles(ctx context.Context, ids []core.ID) (map[core.ID]string, error) {
	out := map[core.ID]string{}
	ids = distinct(ids)
	err := s.db.View(ctx, func(tx *db.Tx) error {
		for len(ids) > 0 {
			n := min(len(ids), cardsAtOnce)
			in, args := inList(1, ids[:n])
			list, err := db.All(tx, scanMember, "SELECT "+memberColumns+" FROM member WHERE standing <> 'gone' AND id IN "+in, args...)
			if err != nil {
				return err
			}
			for _, m := range list {
				out[m.ID] = m.Handle
			}
			ids = ids[n:]
		}
		return nil
	})
	return out, err
}

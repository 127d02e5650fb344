package account

import (
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/policy"
)

// member is a row, for this package.
type member struct {
	ID       core.ID
	Handle   string
	key      string
	Role     core.Role
	Standing core.Standing
	Until    time.Time
	password string
	mail     []byte // sealed
	totp     []byte // sealed
	step     int64
	Created  time.Time
}

const memberColumns = "id, handle, handle_key, role, standing, standing_until, password, mail_sealed, totp_sealed, totp_step, created_at"

func scanMember(r db.Row) (m member, err error) {
	var until, created int64
	err = r.Scan(&m.ID, &m.Handle, &m.key, &m.Role, &m.Standing, &until, &m.password, &m.mail, &m.totp, &m.step, &created)
	m.Until, m.Created = db.Moment(until), db.Moment(created)
	return m, err
}

// load reads the one member that a condition of ours names.
func load(tx *db.Tx, where string, args ...any) (member, error) {
	return db.One(tx, scanMember, "SELECT "+memberColumns+" FROM member WHERE "+where, args...)
}

// standing is what holds now: a restriction or a ban with an end is over after it.
func standing(s core.Standing, until, now time.Time) core.Standing {
	if (s == core.Restricted || s == core.Banned) && !until.IsZero() && !until.After(now) {
		return core.Active
	}
	return s
}

// maySignIn tells whether a standing lets somebody in at all. Who waits for approval may come in to read that they wait.
func maySignIn(s core.Standing) bool {
	return s == core.Active || s == core.Restricted || s == core.Waiting
}

// mayWrite refuses whoever may read only.
func mayWrite(actor core.Actor) error {
	if err := policy.Enter(actor, policy.ForMember).Err(); err != nil || actor.MayWrite() {
		return err
	}
	return core.E(core.Forbidden, "policy.restricted")
}

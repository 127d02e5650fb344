package notify

import (
	"slices"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/event"
)

// Deliver tells one member something, in the transaction of what caused it: unless they do not want to know, or may not.
func (s *Service) Deliver(tx *db.Tx, n Notice) error { return s.deliver(tx, n, []core.ID{n.To}) }

// TellAdmins tells everybody who runs the site that something asks for them; detail is one of the names that Upkeep knows.
func (s *Service) TellAdmins(tx *db.Tx, detail string) error {
	admins, err := db.All(tx, db.ID, "SELECT id FROM member WHERE role = 'admin'")
	if err != nil {
		return err
	}
	return s.deliver(tx, Notice{Kind: Upkeep, Detail: detail}, admins)
}

// deliver tells many members the same.
func (s *Service) deliver(tx *db.Tx, n Notice, to []core.ID) error {
	slices.Sort(to)
	people, err := s.recipients(tx, n, slices.Compact(to))
	if err != nil {
		return err
	}
	see := s.sight(tx)
	var told []core.ID
	for _, p := range people {
		if !p.wants(n) {
			continue
		}
		may, err := see.may(p.actor, n)
		if err != nil {
			return err
		}
		if !may {
			continue
		}
		n.To = p.actor.Member
		if err := s.put(tx, n, p.mail); err != nil {
			return err
		}
		told = append(told, n.To)
	}
	s.tell(tx, told...)
	return nil
}

// EventTold says that notices of members changed: that there are new ones, or that some were read.
const EventTold = "notice.told"

// Told is the data of EventTold.
type Told struct {
	To []core.ID `json:"to"`
}

// toldAtOnce keeps an event small, where thousands follow a thread.
const toldAtOnce = 500

func (s *Service) tell(tx *db.Tx, members ...core.ID) {
	for some := range slices.Chunk(members, toldAtOnce) {
		event.Append(tx, event.Event{At: s.now(), Kind: EventTold}.With(Told{some}))
	}
}

// put writes a notice, or adds to one that is unread. About one post a kind tells once: approving, taking back and approving
// again is one approval to those who wait for it.
func (s *Service) put(tx *db.Tx, n Notice, mail bool) error {
	now := s.now()
	if n.Kind.isTalk() || n.Kind == Approved {
		told, err := db.One(tx, db.Bool, "SELECT EXISTS (SELECT 1 FROM notice WHERE member = $1 AND post = $2 AND kind = $3)", n.To, n.Post, n.Kind)
		if err != nil || told {
			return err
		}
	}
	if column := grouped[n.Kind]; column != "" {
		key := n.Thread
		if column == "space" {
			key = n.Space
		}
		// Who was told of a group by mail and has not looked is not written to again, unless it is urgent.
		changed, err := tx.Exec(`UPDATE notice SET count = count + 1, actor = $1, post = $2, at = $3, mail_at = CASE WHEN CAST($4 AS BIGINT) > 0 THEN CAST($4 AS BIGINT) ELSE mail_at END
			WHERE member = $5 AND kind = $6 AND `+column+" = $7 AND read_at = 0", n.Actor, n.Post, db.Millis(now), urgentAt(n, mail, now), n.To, n.Kind, key)
		if err != nil || changed > 0 {
			return err
		}
	}
	_, err := tx.Exec(`INSERT INTO notice (id, member, kind, actor, space, thread, post, detail, at, mail_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		s.ids.Next(), n.To, n.Kind, n.Actor, n.Space, n.Thread, n.Post, n.Detail, db.Millis(now), mailAt(n, mail, now))
	return err
}

// gather is how long mail waits for more to tell.
const gather = 15 * time.Minute

func mailAt(n Notice, mail bool, now time.Time) int64 {
	if !mail {
		return 0
	}
	if n.Urgent {
		return db.Millis(now)
	}
	return db.Millis(now.Add(gather))
}

func urgentAt(n Notice, mail bool, now time.Time) int64 {
	if !n.Urgent {
		return 0
	}
	return mailAt(n, mail, now)
}

package notify

import (
	"context"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
)

// Open marks a notice as read and tells where it leads.
func (s *Service) Open(ctx context.Context, a core.Actor, id core.ID) (path string, err error) {
	defer core.Wrap(&err, "notify.Open(%s)", id)
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		r, err := db.One(tx, scanRow, rowSelect+"n.id = $1 AND n.member = $2", id, a.Member)
		if err != nil {
			return err
		}
		views, err := s.resolve(tx, a, []row{r})
		if err != nil {
			return err
		}
		path = views[0].Path
		return s.markRead(tx, "id = $3", a.Member, id)
	})
	return path, err
}

// ReadAll marks all of the actor's notices as read.
func (s *Service) ReadAll(ctx context.Context, a core.Actor) error {
	return s.db.Update(ctx, func(tx *db.Tx) error { return s.markRead(tx, "$3 = 0", a.Member, 0) })
}

// Seen marks what was told of a thread as read: the actor has opened it. It writes only where there is something to mark, so a
// page can call it each time.
func (s *Service) Seen(ctx context.Context, a core.Actor, thread core.ID) error {
	if !a.IsMember() {
		return nil
	}
	unread := false
	err := s.db.View(ctx, func(tx *db.Tx) (err error) {
		unread, err = db.One(tx, db.Bool, "SELECT EXISTS (SELECT 1 FROM notice WHERE member = $1 AND read_at = 0 AND "+ofThread+")", a.Member, thread)
		return err
	})
	if err != nil || !unread {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		return s.markRead(tx, "thread = $3 AND kind IN ("+talkKinds+")", a.Member, thread)
	})
}

const (
	talkKinds = "'reply', 'mention', 'followed', 'approved'"
	ofThread  = "thread = $2 AND kind IN (" + talkKinds + ")"
)

func (s *Service) markRead(tx *db.Tx, which string, member, key core.ID) error {
	n, err := tx.Exec("UPDATE notice SET read_at = $1, mail_at = 0 WHERE member = $2 AND read_at = 0 AND "+which, db.Millis(s.now()), member, key)
	if err == nil && n > 0 {
		s.tell(tx, member)
	}
	return err
}

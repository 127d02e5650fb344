package sitetest

import (
	"context"
	"testing"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/queue"
	"dayroom/internal/thread"
)

// What is decided about the words of somebody without an account, and what is reported of them, are events like others: whoever reads
// events has to be able to go on behind them.
func TestNoticesGoOnAfterADecisionAboutAVisitorsPost(t *testing.T) {
	Each(t, func(t *testing.T, s *Site) {
		ctx := context.Background()
		var held, space core.ID
		s.Must(s.DB.View(ctx, func(tx *db.Tx) (err error) {
			held, err = db.One(tx, db.ID, "SELECT post FROM queue_item WHERE kind = 'held' AND author = 0 AND state = 'open' ORDER BY id LIMIT 1")
			if err == nil {
				space, err = db.One(tx, db.ID, "SELECT space FROM queue_item WHERE post = $1", held)
			}
			return err
		}))
		admin, err := s.Account.Authenticate(ctx, s.As("keeper").Token)
		s.Must(err)
		p, err := s.Thread.Find(ctx, admin, held)
		s.Must(err)
		s.Must(s.DB.Update(ctx, func(tx *db.Tx) error {
			_, err := s.Thread.SetState(tx, admin.Member, p, "open", s.Clock.Now())
			return err
		}))
		patient, err := s.Account.Authenticate(ctx, s.As("maria_hl").Token)
		s.Must(err)
		_, err = s.Queue.Report(ctx, patient, held, queue.Reasons[0], "Look.")
		s.Must(err)
		s.Must(s.Events.Drain(ctx))
		before := s.unread(t, patient)
		opening, err := s.Thread.Create(ctx, patient, thread.Opening{Space: s.anyCommunity(t, space), Kind: "question", Title: "Does anybody read this?", Body: "I hope so."})
		s.Must(err)
		other, err := s.Account.Authenticate(ctx, s.As("old_oak").Token)
		s.Must(err)
		_, err = s.Thread.Reply(ctx, other, thread.ReplyInput{Thread: opening.ID, Body: "Yes."})
		s.Must(err)
		s.Must(s.Events.Drain(ctx))
		if now := s.unread(t, patient); now <= before {
			t.Errorf("%d notices before the reply, %d after it", before, now)
		}
	})
}

func (s *Site) unread(t *testing.T, a core.Actor) int {
	t.Helper()
	n, err := s.Notify.Unread(context.Background(), a)
	s.Must(err)
	return n
}

// anyCommunity gives the demo's community that both the patient and the steward belong to.
func (s *Site) anyCommunity(t *testing.T, not core.ID) (id core.ID) {
	t.Helper()
	s.Must(s.DB.View(context.Background(), func(tx *db.Tx) (err error) {
		id, err = db.One(tx, db.ID, `SELECT s.id FROM space s WHERE s.kind = 'community' AND s.id <> $1
			AND EXISTS (SELECT 1 FROM membership m JOIN member p ON p.id = m.member WHERE m.space = s.id AND p.handle = 'maria_hl' AND m.state = 'joined')
			AND EXISTS (SELECT 1 FROM membership m JOIN member p ON p.id = m.member WHERE m.space = s.id AND p.handle = 'old_oak' AND m.state = 'joined') LIMIT 1`, not)
		return err
	}))
	return id
}

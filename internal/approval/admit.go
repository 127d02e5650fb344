package approval

import (
	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/policy"
	"dayroom/internal/queue"
	"dayroom/internal/site"
	"dayroom/internal/space"
	"dayroom/internal/thread"
)

// Admit says whether a post stands at once or is held, or refuses it. An edit comes with its state, which stays, but for the first posts
// of a newcomer: what was let through were other words. The limits on what a text may hold apply to edits as well.
func (s *Service) Admit(tx *db.Tx, e thread.Entry) (policy.PostState, error) {
	if e.Actor.System {
		return policy.Open, nil
	}
	trusted := policy.Greet(e.Actor, e.Space.Facts(), e.Ties).OK()
	if err := contents(e, trusted); err != nil {
		return "", err
	}
	if e.State != "" && (e.State != policy.Open || e.Actor.Member == 0) {
		return e.State, nil
	}
	if e.Actor.Member == 0 {
		return policy.Held, nil
	}
	if !trusted && e.State == "" { // whoever looks after a space, or speaks in their channel, has to be able to answer on the first day of a site
		if err := s.pace(tx, e); err != nil {
			return "", err
		}
	}
	if trusted || e.Space.Kind != policy.Community || !e.Ties.Newcomer {
		return policy.Open, nil
	}
	approved, err := db.One(tx, db.Int64, "SELECT COALESCE((SELECT approved FROM membership WHERE space = $1 AND member = $2), 0)", e.Space.ID, e.Actor.Member)
	if err != nil || approved < HeldPosts {
		return policy.Held, err
	}
	return policy.Open, nil
}

// contents holds newcomers and visitors to few links and no images.
func contents(e thread.Entry, trusted bool) error {
	if trusted || !e.Ties.Newcomer && e.Actor.Member != 0 {
		return nil
	}
	f := core.Fields{}
	f.Check(e.Links <= MaxLinks, "body", "approval.links")
	f.Check(e.Media == 0, "body", "approval.images")
	return f.Err()
}

// pace bounds what an account writes on its first day. It counts acts, so deleting a post does not make room for another, and in
// one statement, so two posts sent at once do not both count as the last.
func (s *Service) pace(tx *db.Tx, e thread.Entry) error {
	created, err := db.One(tx, db.Int64, "SELECT created_at FROM member WHERE id = $1", e.Actor.Member)
	if err != nil {
		return err
	}
	left := db.Moment(created).Add(firstDay).Sub(e.Now)
	if created == 0 || left <= 0 {
		return nil
	}
	limit, key := site.Limit{Name: "first_day.threads", Count: maxDayThreads, Window: left}, "approval.first_day.threads"
	if e.IsReply {
		limit, key = site.Limit{Name: "first_day.replies", Count: maxDayReplies, Window: left}, "approval.first_day.replies"
	}
	over, err := site.Count(tx, e.Now, limit, e.Actor.Member.String())
	if err == nil && over > 0 {
		err = core.Wait(over, key)
	}
	return err
}

// Placed opens a queue item for a post that is held, and counts one that stands towards its author's standing in the space.
func (s *Service) Placed(tx *db.Tx, e thread.Entry) error {
	switch {
	case e.State == policy.Held:
		return queue.Hold(tx, s.ids, e)
	case e.State == policy.Open && e.Actor.Member != 0 && e.Ties.Joined:
		return space.CountApproved(tx, e.Space.ID, e.Actor.Member)
	}
	return nil
}

// Settled closes what waits for a post that its author deleted.
func (s *Service) Settled(tx *db.Tx, post core.ID) error {
	return queue.Settle(tx, post, s.clock.Now())
}

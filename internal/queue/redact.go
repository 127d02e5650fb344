package queue

import (
	"context"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/thread"
)

// Redact takes the words out of an earlier version of a post, for good. The reason stands in the log of the space, and the author
// reads it.
func (s *Service) Redact(ctx context.Context, a core.Actor, post core.ID, version int64, reason string) (err error) {
	defer core.Wrap(&err, "queue.Redact(%s, %d)", post, version)
	in := Ruling{Act: Redact, Reason: reason}
	in.tidy()
	wrong := in.validate(s.now())
	if _, may := s.posts.Find(ctx, a, post); may != nil {
		return may // whoever may not read the post learns nothing of the form
	}
	if wrong != nil {
		return wrong
	}
	return s.posts.Redact(ctx, a, post, version, func(tx *db.Tx, p thread.Post) error {
		d := Decision{Moderator: a.Member, By: a.Handle, Act: Redact, Reason: in.Reason, Member: p.Author(), Space: p.Space.ID,
			Thread: p.Thread.ID, Post: post, was: p.Facts().State}
		if err := s.write(tx, &d); err != nil {
			return err
		}
		if d.Member != 0 && d.Member != a.Member { // nobody is told what they did themselves
			tell(tx, EventDecided, d, nil)
		}
		return nil
	})
}

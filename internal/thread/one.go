package thread

import (
	"context"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
)

// ReadOne gives one post as a View with nothing else on it: the opening post, or one comment, and where the page of its thread begins
// that has the comment. How far somebody has read is not noted by it.
func (s *Service) ReadOne(ctx context.Context, a core.Actor, id core.ID) (v View, after core.Cursor, err error) {
	defer core.Wrap(&err, "thread.ReadOne(%s)", id)
	err = s.db.View(ctx, func(tx *db.Tx) error {
		p, err := s.Load(tx, a, id)
		if err != nil {
			return err
		}
		v = View{Space: p.Space, Ties: p.Ties, Thread: p.Thread, First: true}
		v.Can = abilities(a, scene{p.Space, p.Ties, p.Thread})
		if p.Comment != nil {
			v.Comments = []Comment{*p.Comment}
			if after, err = pageOf(tx, p.Thread.ID, core.Cursor{Sort: p.Comment.Root, ID: p.Comment.Place}); err != nil {
				return err
			}
		}
		if a.Member == 0 {
			return nil
		}
		return s.personal(tx, a, &v)
	})
	return v, after, err
}

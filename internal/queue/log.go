package queue

import (
	"context"
	"slices"
	"strconv"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/policy"
	"dayroom/internal/space"
)

// Log gives what was decided in a space, the latest first, to those who moderate it.
func (s *Service) Log(ctx context.Context, a core.Actor, slug string, page core.Page) (sp space.Space, out core.List[Decision], err error) {
	defer core.Wrap(&err, "queue.Log(%s)", slug)
	err = s.db.View(ctx, func(tx *db.Tx) error {
		var ties policy.Ties
		if sp, ties, err = space.LoadBySlug(tx, s.now(), a, slug); err != nil {
			return err
		}
		if err := policy.Moderate(a, sp.Facts(), ties).Err(); err != nil {
			return err
		}
		out, err = pageOf(tx, page, "d.space = $1", sp.ID)
		return err
	})
	return sp, out, err
}

// LogOfSite gives moderators what was decided anywhere, the latest first. Where somebody decided in a space that the actor may not
// read, they learn that something was done, when and by whom, and not about whom, where or why.
func (s *Service) LogOfSite(ctx context.Context, a core.Actor, page core.Page) (out core.List[Decision], err error) {
	defer core.Wrap(&err, "queue.LogOfSite")
	err = s.db.View(ctx, func(tx *db.Tx) error {
		if err := policy.Enter(a, policy.ForModerator).Err(); err != nil {
			return err
		}
		if out, err = pageOf(tx, page, "d.id > $1", 0); err != nil {
			return err
		}
		visible, args := space.VisibleTo(a, 1)
		ids, err := db.All(tx, db.ID, "SELECT s.id FROM space s WHERE "+visible, args...)
		for i, d := range out.Items {
			if d.Space != 0 && !slices.Contains(ids, d.Space) {
				out.Items[i] = Decision{ID: d.ID, Moderator: d.Moderator, By: d.By, Act: d.Act, Until: d.Until, At: d.At, UndoneAt: d.UndoneAt}
			}
		}
		return err
	})
	return out, err
}

// LogOfMember gives a member what was decided about them: what was done, where and why, and not who did it. That somebody
// reported them in vain, they do not learn.
func (s *Service) LogOfMember(ctx context.Context, a core.Actor, page core.Page) (out core.List[Decision], err error) {
	defer core.Wrap(&err, "queue.LogOfMember")
	if a.Member == 0 {
		return out, core.E(core.Unauthenticated, policy.SignInFirst)
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		out, err = pageOf(tx, page, "d.member = $1 AND d.undone_at = 0 AND d.act NOT IN ('looked', 'undo', 'dismiss') AND NOT (d.act = 'approve' AND d.reason = '')", a.Member)
		return err
	})
	for i := range out.Items {
		d := &out.Items[i]
		d.Moderator, d.By, d.Item = 0, "", 0
	}
	return out, err
}

// WhyBanned gives what the moderator wrote who banned a member last; empty where nobody did.
func (s *Service) WhyBanned(tx *db.Tx, member core.ID) (string, error) {
	reason, err := db.One(tx, func(r db.Row) (v string, err error) { err = r.Scan(&v); return },
		"SELECT reason FROM decision WHERE member = $1 AND act = $2 AND undone_at = 0 ORDER BY id DESC LIMIT 1", member, Ban)
	if core.IsNotFound(err) {
		return "", nil
	}
	return reason, err
}

func pageOf(tx *db.Tx, page core.Page, where string, key core.ID) (core.List[Decision], error) {
	args := []any{key}
	if !page.After.IsZero() {
		where += " AND d.id < $2"
		args = append(args, page.After.ID)
	}
	size := page.Size()
	rows, err := db.All(tx, scanDecision, decisionSelect+where+" ORDER BY d.id DESC LIMIT "+strconv.Itoa(size+1), args...)
	return core.CutList(rows, size, func(d Decision) core.Cursor { return core.Cursor{ID: int64(d.ID)} }), err
}

// wordsFor is how long the words of reports stay after the item was decided: long enough to answer an appeal.
const wordsFor = 90 * 24 * time.Hour

// Prune empties reports whose item was decided long ago, and gives their number.
func (s *Service) Prune(ctx context.Context) (n int64, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		n, err = tx.Exec(`UPDATE report SET title = '', body = '', note = '' WHERE (title <> '' OR body <> '' OR note <> '')
			AND item IN (SELECT i.id FROM queue_item i WHERE i.state <> 'open' AND i.decided_at < $1)`, db.Millis(s.now().Add(-wordsFor)))
		return err
	})
	return n, err
}

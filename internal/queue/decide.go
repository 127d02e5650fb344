package queue

import (
	"context"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/policy"
	"dayroom/internal/space"
	"dayroom/internal/thread"
)

// Decide ends an item. Of two who decide at once, the second gets a Conflict that says what was decided.
func (s *Service) Decide(ctx context.Context, a core.Actor, id core.ID, in Ruling) (d Decision, err error) {
	defer core.Wrap(&err, "queue.Decide(%s, %s)", id, in.Act)
	in.tidy()
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		sc, err := s.scene(tx, a, id)
		if err != nil {
			return err
		}
		d, err = s.decide(tx, a, sc, in)
		return err
	})
	return d, err
}

func (s *Service) decide(tx *db.Tx, a core.Actor, sc scene, in Ruling) (Decision, error) {
	// Taking the item comes first: from here on nobody else decides it, and no report joins it.
	n, err := tx.Exec("UPDATE queue_item SET state = 'decided', decided_at = $1 WHERE id = $2 AND state = 'open'", db.Millis(s.now()), sc.Item.ID)
	if err != nil {
		return Decision{}, err
	}
	if n == 0 {
		return Decision{}, conflict(tx, sc.Item.Post)
	}
	if err := in.validate(s.now()); err != nil {
		return Decision{}, err
	}
	author, err := s.author(tx, sc)
	if err != nil {
		return Decision{}, err
	}
	if !mayDo(a, sc, author.Role, in.Act) {
		return Decision{}, core.E(core.Forbidden, "queue.act.not_here")
	}
	if err := unchanged(tx, sc.Item.ID, in.Seen); err != nil {
		return Decision{}, err
	}
	return s.carryOut(tx, a, sc, in)
}

// conflict tells what was decided meanwhile, through the queue or from the post's own page.
func conflict(tx *db.Tx, post core.ID) error {
	done, err := decisions(tx, "d.post = $1 AND d.act NOT IN ('looked', 'undo', 'redact') AND d.undone_at = 0", post)
	if err != nil {
		return err
	}
	if len(done) == 0 {
		return core.E(core.Conflict, "queue.conflict.settled")
	}
	return core.E(core.Conflict, "queue.conflict."+string(done[0].Act), done[0].By)
}

// unchanged refuses a decision where reports came in that the page did not show.
func unchanged(tx *db.Tx, item core.ID, seen int) error {
	if seen == 0 {
		return nil
	}
	n, err := db.One(tx, db.Int64, "SELECT COUNT(*) FROM report WHERE item = $1", item)
	if err == nil && int(n) != seen {
		err = core.E(core.Conflict, "queue.conflict.reports")
	}
	return err
}

// standings are the acts that change what a member may do.
var standings = map[Act]core.Standing{Restrict: core.Restricted, Ban: core.Banned, Lift: core.Active}

// target is the state that an act brings a post into; none where it leaves the post alone.
var target = map[Act]policy.PostState{Approve: policy.Open, Hide: policy.HiddenP, Restore: policy.Open, Restrict: policy.HiddenP, Ban: policy.HiddenP}

// carryOut does what was decided about a post, logs it and tells.
func (s *Service) carryOut(tx *db.Tx, a core.Actor, sc scene, in Ruling) (Decision, error) {
	d := Decision{Item: sc.Item.ID, Moderator: a.Member, By: a.Handle, Act: in.Act, Reason: in.Reason, Member: sc.Item.Author,
		Space: sc.Space.ID, SpaceName: sc.Space.Name, Thread: sc.Item.Thread, Post: sc.Item.Post, Until: in.Until}
	if !sc.gone() {
		d.was = sc.Post.Facts().State
	}
	if to, moves := target[in.Act]; moves {
		if err := s.move(tx, a, sc.Post, to); err != nil {
			return d, err
		}
	}
	if in.Act == Approve && sc.Item.Author != 0 {
		if err := space.CountApproved(tx, sc.Space.ID, sc.Item.Author); err != nil {
			return d, err
		}
	}
	if to, changes := standings[in.Act]; changes {
		if err := s.standings.SetStanding(tx, a, sc.Item.Author, to, in.Until); err != nil {
			return d, err
		}
	}
	if err := s.write(tx, &d); err != nil {
		return d, err
	}
	reporters, err := s.close(tx, d)
	if err != nil {
		return d, err
	}
	tell(tx, EventDecided, d, reporters)
	if d.Act == Warn {
		tell(tx, EventWarned, d, nil)
	}
	return d, nil
}

// move brings a post into a state. One that is there already was brought there by somebody else.
func (s *Service) move(tx *db.Tx, a core.Actor, p thread.Post, to policy.PostState) error {
	changed, err := s.posts.SetState(tx, a.Member, p, to, s.now())
	if err == nil && !changed && to != policy.HiddenP {
		err = core.E(core.Conflict, "queue.conflict.moved")
	}
	return err
}

// close ends whatever else waits for the post where the decision takes it down, and gives the members who reported what is now
// decided.
func (s *Service) close(tx *db.Tx, d Decision) ([]core.ID, error) {
	items := []core.ID{d.Item}
	if target[d.Act] == policy.HiddenP || d.Item == 0 {
		more, err := db.All(tx, db.ID, "UPDATE queue_item SET state = 'decided', decided_at = $1 WHERE post = $2 AND state = 'open' RETURNING id",
			db.Millis(d.At), d.Post)
		if err != nil {
			return nil, err
		}
		items = append(items, more...)
	}
	var out []core.ID
	for _, item := range items {
		reporters, err := db.All(tx, db.ID, "SELECT reporter FROM report WHERE item = $1 ORDER BY id", item)
		if err != nil {
			return nil, err
		}
		out = append(out, reporters...)
	}
	return out, nil
}

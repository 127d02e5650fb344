package thread

import (
	"context"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/policy"
	"dayroom/internal/space"
)

// PageSize is how many comments a page of a thread has.
const PageSize = 50

// maxHelped is how many comments "what helped" gathers on top.
const maxHelped = 5

// View is a page of a thread as one actor sees it.
type View struct {
	Space    space.Space
	Ties     policy.Ties
	Thread   Thread
	Comments []Comment // in the order in which branches began, replies after what they answer; tombstones where State is Deleted
	Next     core.Cursor
	First    bool // whether this is the first page
	Helped   []Comment
	Poll     *Poll

	Mine       map[core.ID][]Reaction // the actor's reactions by post
	Bookmarked map[core.ID]bool
	Level      Level
	ReadTo     int64 // the place up to which the actor had read before; zero when not known
	Can        Can
}

// Can is what the actor may do here, for the page to offer.
type Can struct {
	Reply, Visitor, React, Moderate, Greet, ForOrganisation, Close bool
	ReplyWhy                                                       string // the key of the reason when Reply is false
}

// Read gives a page of a thread and notes how far the actor has read.
func (s *Service) Read(ctx context.Context, a core.Actor, id core.ID, after core.Cursor) (v View, err error) {
	defer core.Wrap(&err, "thread.Read(%s)", id)
	err = s.db.View(ctx, func(tx *db.Tx) error {
		sc, err := s.scene(tx, a, id)
		if err != nil {
			return err
		}
		v = View{Space: sc.Space, Ties: sc.Ties, Thread: sc.Thread, First: after.IsZero()}
		v.Can = abilities(a, sc)
		if err := s.comments(tx, a, &v, after); err != nil {
			return err
		}
		if v.First {
			if err := s.extras(tx, a, &v); err != nil {
				return err
			}
		}
		if a.Member == 0 {
			return nil
		}
		return s.personal(tx, a, &v)
	})
	if err == nil && a.IsMember() {
		s.noteRead(a, v)
	}
	return v, err
}

func abilities(a core.Actor, sc scene) Can {
	thread := sc.Thread.Facts()
	facts := sc.Space.Facts()
	reply := policy.Reply(a, facts, sc.Ties, thread)
	moderate := policy.Moderate(a, facts, sc.Ties).OK()
	return Can{
		Reply: reply.OK() && thread.State != policy.Deleted, ReplyWhy: reply.Key,
		Visitor:  policy.AskAsVisitor(a, facts).OK() && !thread.Closed && thread.State == policy.Open,
		React:    policy.React(a, facts, sc.Ties, policy.Post{State: policy.Open}).OK(),
		Moderate: moderate, Greet: policy.Greet(a, facts, sc.Ties).OK(),
		ForOrganisation: policy.SpeakForOrganisation(a, facts, sc.Ties).OK(),
		Close:           moderate || a.MayWrite() && a.Member != 0 && a.Member == sc.Thread.Author && sc.Thread.Kind == policy.Question,
	}
}

// comments reads a page. The order is by branch, then by time within it; the key of a row is (root, place).
func (s *Service) comments(tx *db.Tx, a core.Actor, v *View, after core.Cursor) error {
	rows, err := db.All(tx, scanComment, "SELECT "+commentColumns+` FROM comment c
		WHERE c.thread = $1 AND (c.root, c.place) > ($2, $3) ORDER BY c.root, c.place LIMIT $4`, v.Thread.ID, after.Sort, after.ID, PageSize+1)
	if err != nil {
		return err
	}
	page := core.CutList(rows, PageSize, func(c Comment) core.Cursor { return core.Cursor{Sort: c.Root, ID: c.Place} })
	v.Next = page.Next
	v.Comments = s.readable(a, v, page.Items)
	return nil
}

// readable empties what the actor may not read and drops it where nothing that stands answers it.
func (s *Service) readable(a core.Actor, v *View, rows []Comment) []Comment {
	answered := map[core.ID]bool{}
	keep := make([]bool, len(rows))
	for i := len(rows) - 1; i >= 0; i-- { // answers come after what they answer
		c := &rows[i]
		if !policy.ReadPost(a, v.Space.Facts(), v.Ties, c.Facts()).OK() {
			if !answered[c.ID] {
				continue
			}
			state := c.State
			rows[i] = Comment{ID: c.ID, Place: c.Place, Thread: c.Thread, Root: c.Root, Parent: c.Parent, Depth: c.Depth, CreatedAt: c.CreatedAt, State: state}
		}
		keep[i], answered[c.Parent] = true, true
	}
	out := make([]Comment, 0, len(rows))
	for i, k := range keep {
		if k {
			out = append(out, rows[i])
		}
	}
	return out
}

// extras reads what only the first page shows.
func (s *Service) extras(tx *db.Tx, a core.Actor, v *View) (err error) {
	if v.Thread.Helped > 0 {
		v.Helped, err = db.All(tx, scanComment, "SELECT "+commentColumns+` FROM comment c WHERE c.thread = $1 AND (c.author_helped OR c.n_helped > 0)
			AND c.state = 'open' ORDER BY CASE WHEN c.author_helped THEN 0 ELSE 1 END, c.n_helped DESC, c.place LIMIT $2`, v.Thread.ID, maxHelped)
		if err != nil {
			return err
		}
	}
	v.Poll, err = loadPoll(tx, a, v.Thread.ID, s.clock.Now())
	return err
}

// personal reads what concerns the actor alone.
func (s *Service) personal(tx *db.Tx, a core.Actor, v *View) error {
	type mine struct {
		post core.ID
		kind Reaction
	}
	reactions, err := db.All(tx, func(r db.Row) (m mine, err error) { err = r.Scan(&m.post, &m.kind); return },
		"SELECT post, kind FROM reaction WHERE member = $1 AND thread = $2", a.Member, v.Thread.ID)
	if err != nil {
		return err
	}
	v.Mine = map[core.ID][]Reaction{}
	for _, m := range reactions {
		v.Mine[m.post] = append(v.Mine[m.post], m.kind)
	}
	marks, err := db.All(tx, db.ID, "SELECT post FROM bookmark WHERE member = $1 AND thread = $2", a.Member, v.Thread.ID)
	if err != nil {
		return err
	}
	v.Bookmarked = map[core.ID]bool{}
	for _, id := range marks {
		v.Bookmarked[id] = true
	}
	_, err = db.One(tx, func(r db.Row) (int, error) { return 0, r.Scan(&v.Level, &v.ReadTo) },
		`SELECT COALESCE((SELECT level FROM follow WHERE member = $1 AND thread = $2), ''),
			COALESCE((SELECT place FROM read_position WHERE member = $1 AND thread = $2), 0)`, a.Member, v.Thread.ID)
	v.ReadTo = max(v.ReadTo, s.reads.peek(a.Member, v.Thread.ID))
	return err
}

// noteRead notes the greatest place on the page; a thread without comments counts as read at its beginning.
func (s *Service) noteRead(a core.Actor, v View) {
	place := v.Thread.No << placeBits
	for _, c := range v.Comments {
		place = max(place, c.Place)
	}
	if place > v.ReadTo {
		s.reads.note(a.Member, v.Thread.ID, place, s.clock.Now())
	}
}

// FindComment tells on which page of its thread a comment stands: the cursor to read from, so that the comment is on the page.
func (s *Service) FindComment(ctx context.Context, a core.Actor, id core.ID) (thread core.ID, after core.Cursor, err error) {
	defer core.Wrap(&err, "thread.FindComment(%s)", id)
	err = s.db.View(ctx, func(tx *db.Tx) error {
		p, err := s.Load(tx, a, id)
		if err != nil {
			return err
		}
		if p.Comment == nil {
			return core.Missing("comment")
		}
		thread = p.Thread.ID
		before, err := db.One(tx, db.Int64, "SELECT COUNT(*) FROM comment c WHERE c.thread = $1 AND (c.root, c.place) < ($2, $3)",
			thread, p.Comment.Root, p.Comment.Place)
		if err != nil || before < PageSize {
			return err
		}
		// The page begins after the last row of the page before.
		after, err = db.One(tx, func(r db.Row) (k core.Cursor, err error) { err = r.Scan(&k.Sort, &k.ID); return },
			"SELECT c.root, c.place FROM comment c WHERE c.thread = $1 ORDER BY c.root, c.place LIMIT 1 OFFSET $2", thread, before/PageSize*PageSize-1)
		return err
	})
	return thread, after, err
}

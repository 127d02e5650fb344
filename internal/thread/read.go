package thread

import (
	"context"
	"slices"

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
	Previous core.Cursor         // begins the page before this one; zero where that is the first page, or this is
	First    bool                // whether this is the first page
	Answered map[core.ID]Comment // what comments of this page answer and what stands on another page
	Helped   []Comment
	Poll     *Poll

	Mine       map[core.ID][]Reaction // the actor's reactions by post
	Bookmarked map[core.ID]bool
	Level      Level
	ReadTo     int64 // the place up to which the actor had read before; zero when not known
	Can        Can

	readNow int64 // the place up to which the actor has read with this page
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
	if err == nil && a.IsMember() && v.readNow > v.ReadTo {
		s.reads.note(a.Member, id, v.readNow, s.clock.Now())
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

// pageKey is a page of a thread, as everybody sees it before it is decided what they may read.
type pageKey struct {
	thread core.ID
	after  core.Cursor
}

// comments reads a page. The order is by branch, then by time within it; the key of a row is (root, place).
func (s *Service) comments(tx *db.Tx, a core.Actor, v *View, after core.Cursor) error {
	rows, err := s.pages.Get(tx, s.clock.Now(), pageKey{v.Thread.ID, after}, func() ([]Comment, error) {
		return db.AtMost(tx, PageSize+1, scanComment, "SELECT "+commentColumns+` FROM comment c
			WHERE c.thread = $1 AND (c.root, c.place) > ($2, $3) ORDER BY c.root, c.place LIMIT $4`, v.Thread.ID, after.Sort, after.ID, PageSize+1)
	})
	if err != nil {
		return err
	}
	page := core.CutList(slices.Clone(rows), PageSize, func(c Comment) core.Cursor { return core.Cursor{Sort: c.Root, ID: c.Place} })
	v.Next = page.Next
	v.Comments = s.readable(a, v, page.Items)
	if v.Previous, err = previous(tx, v.Thread.ID, after); err != nil {
		return err
	}
	return s.answered(tx, a, v)
}

// previous gives the cursor of the page that ends where the page after this cursor begins. A page holds what comes after its
// cursor, so the cursor wanted is the row PageSize before; there is none where fewer came before, which makes it the first page.
func previous(tx *db.Tx, thread core.ID, after core.Cursor) (c core.Cursor, err error) {
	if after.IsZero() {
		return c, nil
	}
	c, err = db.One(tx, func(r db.Row) (c core.Cursor, err error) { err = r.Scan(&c.Sort, &c.ID); return },
		`SELECT c.root, c.place FROM comment c WHERE c.thread = $1 AND (c.root, c.place) <= ($2, $3)
		ORDER BY c.root DESC, c.place DESC LIMIT 1 OFFSET $4`, thread, after.Sort, after.ID, PageSize)
	if core.IsNotFound(err) {
		return core.Cursor{}, nil
	}
	return c, err
}

// answered reads what the page's comments answer on an earlier page, as far as the actor may read it.
func (s *Service) answered(tx *db.Tx, a core.Actor, v *View) error {
	here := map[core.ID]bool{0: true}
	v.Answered = map[core.ID]Comment{}
	for _, c := range v.Comments {
		here[c.ID] = true
		if here[c.Parent] {
			continue
		}
		here[c.Parent] = true
		p, err := db.One(tx, scanComment, "SELECT "+commentColumns+" FROM comment c WHERE c.id = $1", c.Parent)
		if err != nil && !core.IsNotFound(err) {
			return err
		}
		if err == nil && policy.ReadPost(a, v.Space.Facts(), v.Ties, p.Facts()).OK() {
			v.Answered[p.ID] = p
		}
	}
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
	var keep bool
	_, err = db.One(tx, func(r db.Row) (int, error) { return 0, r.Scan(&v.Level, &v.ReadTo, &keep) },
		`SELECT COALESCE((SELECT level FROM follow WHERE member = $1 AND thread = $2), ''),
			COALESCE((SELECT place FROM read_position WHERE member = $1 AND thread = $2), 0), keep_read_positions FROM member WHERE id = $1`,
		a.Member, v.Thread.ID)
	if err != nil || !keep {
		return err
	}
	v.ReadTo = max(v.ReadTo, s.reads.peek(a.Member, v.Thread.ID))
	v.readNow, err = readThrough(tx, v)
	return err
}

// readThrough tells how far somebody has read who read this page and those before it. The order of pages is by branch, so a page
// may hold a late comment while earlier ones follow on the next: then it counts up to the first that follows. On the last page
// everything is read; a thread without comments counts as read at its beginning.
func readThrough(tx *db.Tx, v *View) (int64, error) {
	begin := v.Thread.No << placeBits
	if !v.Next.IsZero() {
		rest, err := db.One(tx, db.Int64, "SELECT MIN(c.place) FROM comment c WHERE c.thread = $1 AND (c.root, c.place) > ($2, $3)",
			v.Thread.ID, v.Next.Sort, v.Next.ID)
		return max(rest-1, begin), err
	}
	if !v.First {
		last, err := db.One(tx, db.Int64, "SELECT COALESCE(MAX(c.place), 0) FROM comment c WHERE c.thread = $1 AND c.state = 'open'", v.Thread.ID)
		return max(last, begin), err
	}
	for _, c := range v.Comments {
		begin = max(begin, c.Place)
	}
	return begin, nil
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
		after, err = pageOf(tx, thread, core.Cursor{Sort: p.Comment.Root, ID: p.Comment.Place})
		return err
	})
	return thread, after, err
}

// pageOf gives the cursor of the page that holds the comment with a key.
func pageOf(tx *db.Tx, thread core.ID, key core.Cursor) (core.Cursor, error) {
	before, err := db.One(tx, db.Int64, "SELECT COUNT(*) FROM comment c WHERE c.thread = $1 AND (c.root, c.place) < ($2, $3)", thread, key.Sort, key.ID)
	if err != nil || before < PageSize {
		return core.Cursor{}, err
	}
	// The page begins after the last row of the page before.
	return db.One(tx, scanKey, "SELECT c.root, c.place FROM comment c WHERE c.thread = $1 ORDER BY c.root, c.place LIMIT 1 OFFSET $2",
		thread, before/PageSize*PageSize-1)
}

func scanKey(r db.Row) (k core.Cursor, err error) {
	err = r.Scan(&k.Sort, &k.ID)
	return k, err
}

// FirstNew tells on which page of a thread the first comment stands that the actor has not read; found is false where there is
// none, or where it is not known how far the actor has read.
func (s *Service) FirstNew(ctx context.Context, a core.Actor, id core.ID) (after core.Cursor, found bool, err error) {
	defer core.Wrap(&err, "thread.FirstNew(%s)", id)
	err = s.db.View(ctx, func(tx *db.Tx) error {
		if _, err := s.scene(tx, a, id); err != nil || !a.IsMember() {
			return err
		}
		read, err := db.One(tx, db.Int64, "SELECT COALESCE((SELECT place FROM read_position WHERE member = $1 AND thread = $2), 0)", a.Member, id)
		if err != nil {
			return err
		}
		if read = max(read, s.reads.peek(a.Member, id)); read == 0 {
			return nil
		}
		key, err := db.One(tx, scanKey, `SELECT c.root, c.place FROM comment c WHERE c.thread = $1 AND c.place > $2 AND c.state = 'open'
			AND c.author <> $3 ORDER BY c.root, c.place LIMIT 1`, id, read, a.Member)
		if err != nil {
			if core.IsNotFound(err) {
				return nil
			}
			return err
		}
		found = true
		after, err = pageOf(tx, id, key)
		return err
	})
	return after, found, err
}

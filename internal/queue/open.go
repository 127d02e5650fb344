package queue

import (
	"context"
	"strconv"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/policy"
	"dayroom/internal/space"
	"dayroom/internal/thread"
)

// Report is what one member said about a post, with the post as it was then.
type Report struct {
	Reporter string // handle; empty where they left. For those who decide, never for the author
	Reason   Reason
	Note     string
	Title    string
	Body     string // Markdown
	Version  int64
	At       time.Time
	Changed  bool // the post was edited since
}

// Author is what whoever decides may know of who wrote the post.
type Author struct {
	ID       core.ID
	Handle   string // empty for a visitor or somebody who is gone
	Visitor  string // the name that a visitor gave
	Role     core.Role
	Standing core.Standing
	Until    time.Time // of a restriction or a ban, zero: none
	Joined   time.Time // the account
	Since    time.Time // in the space; zero: not in it
	Approved int       // posts that stood or were let through in the space
}

// View is an item with all its context.
type View struct {
	Item
	Space     space.Space
	Post      thread.Post     // as it is now; look at Gone first
	Answers   *thread.Comment // what the post answers, where that may be read
	Opening   *thread.Thread  // what the thread begins with, where a reply answers no comment
	Gone      bool            // the author took it back, or has left
	Author    Author
	Reports   []Report
	Earlier   []Decision // about this post, the latest first
	History   []Decision // about other posts of the author, as far as the actor may know of them
	Acts      []Act      // what the actor may do, empty once decided
	Concealed bool       // of rounds that the actor may not see: the look was logged
}

// Open gives an item with all its context. A moderator's look at a reported post of rounds is logged.
func (s *Service) Open(ctx context.Context, a core.Actor, id core.ID) (v View, err error) {
	defer core.Wrap(&err, "queue.Open(%s)", id)
	hidden := false
	err = s.db.View(ctx, func(tx *db.Tx) error {
		sc, err := s.scene(tx, a, id)
		if err != nil {
			return err
		}
		if hidden = concealed(a, sc.Space.Facts(), sc.Ties); hidden {
			return nil
		}
		v, err = s.view(tx, a, sc)
		return err
	})
	if err != nil || !hidden {
		return v, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		sc, err := s.scene(tx, a, id)
		if err != nil {
			return err
		}
		if err := s.note(tx, a, sc, Looked); err != nil {
			return err
		}
		v, err = s.view(tx, a, sc)
		return err
	})
	return v, err
}

func (s *Service) view(tx *db.Tx, a core.Actor, sc scene) (v View, err error) {
	v = View{Item: sc.Item, Space: sc.Space, Post: sc.Post, Concealed: concealed(a, sc.Space.Facts(), sc.Ties)}
	v.Gone = sc.gone() || sc.Post.Facts().State == policy.Deleted
	if v.Author, err = s.author(tx, sc); err != nil {
		return v, err
	}
	if v.Reports, err = reportsOf(tx, sc); err != nil {
		return v, err
	}
	if v.Earlier, err = decisions(tx, "d.post = $1 AND d.act <> 'looked'", sc.Item.Post); err != nil {
		return v, err
	}
	moderates := policy.Moderate(a, sc.Space.Facts(), sc.Ties).OK()
	if moderates && v.Author.ID != 0 {
		if v.History, err = history(tx, a, sc); err != nil {
			return v, err
		}
	}
	if sc.Item.State == Open {
		v.Acts = acts(a, sc, v.Author.Role)
	}
	return v, s.before(tx, a, sc, &v)
}

// before adds what a reply answers: the comment, or the thread's opening post.
func (s *Service) before(tx *db.Tx, a core.Actor, sc scene, v *View) error {
	if v.Concealed || sc.gone() || sc.Post.Comment == nil {
		return nil
	}
	if sc.Post.Comment.Parent == 0 {
		if sc.Post.Thread.State != policy.Deleted {
			v.Opening = &sc.Post.Thread
		}
		return nil
	}
	parent, err := s.posts.Load(tx, a, sc.Post.Comment.Parent)
	if core.IsNotFound(err) {
		return nil
	}
	v.Answers = parent.Comment
	return err
}

func (s *Service) author(tx *db.Tx, sc scene) (Author, error) {
	if sc.Item.Author == 0 {
		out := Author{Visitor: sc.Post.Thread.VisitorName}
		if sc.Post.Comment != nil {
			out.Visitor = sc.Post.Comment.VisitorName
		}
		return out, nil
	}
	out, err := db.One(tx, func(r db.Row) (o Author, err error) {
		var until, joined, since int64
		err = r.Scan(&o.ID, &o.Handle, &o.Role, &o.Standing, &until, &joined, &since, &o.Approved)
		o.Until, o.Joined, o.Since = db.Moment(until), db.Moment(joined), db.Moment(since)
		return o, err
	}, `SELECT m.id, m.handle, m.role, m.standing, m.standing_until, m.created_at, COALESCE(h.since, 0), COALESCE(h.approved, 0)
		FROM member m LEFT JOIN membership h ON h.member = m.id AND h.space = $2 AND h.state = 'joined' WHERE m.id = $1`, sc.Item.Author, sc.Space.ID)
	switch {
	case core.IsNotFound(err):
		return Author{}, nil
	case out.Standing == core.Gone:
		return Author{Standing: core.Gone}, nil
	case !out.Until.IsZero() && !out.Until.After(s.now()):
		out.Standing, out.Until = core.Active, time.Time{}
	}
	return out, err
}

func reportsOf(tx *db.Tx, sc scene) ([]Report, error) {
	return db.All(tx, func(r db.Row) (p Report, err error) {
		var at int64
		err = r.Scan(&p.Reporter, &p.Reason, &p.Note, &p.Title, &p.Body, &p.Version, &at)
		p.At = db.Moment(at)
		p.Changed = !sc.gone() && sc.Post.Version() != p.Version
		return p, err
	}, `SELECT COALESCE(m.handle, ''), r.reason, r.note, r.title, r.body, r.version, r.at
		FROM report r LEFT JOIN member m ON m.id = r.reporter AND m.standing <> 'gone' WHERE r.item = $1 ORDER BY r.id`, sc.Item.ID)
}

// history gives the latest decisions about other posts of the author. A steward learns of those in the own space only: that
// somebody also writes where people talk of something else is not for them to know. Nor is it for moderators what happened in
// rounds that they do not see.
func history(tx *db.Tx, a core.Actor, sc scene) ([]Decision, error) {
	where := "d.member = $1 AND d.post <> $2 AND d.undone_at = 0 AND d.act NOT IN ('looked', 'undo', 'dismiss', 'approve')"
	args := []any{sc.Item.Author, sc.Item.Post}
	if a.IsModerator() {
		where += " AND (d.space = 0 OR EXISTS (SELECT 1 FROM space s WHERE s.id = d.space AND (s.kind <> 'rounds' OR s.id = $3)))"
	} else {
		where += " AND d.space = $3"
	}
	return decisions(tx, where, append(args, sc.Space.ID)...)
}

// historyLength is how many decisions stand beside an item: a look at them takes a moment.
const historyLength = 20

func decisions(tx *db.Tx, where string, args ...any) ([]Decision, error) {
	return db.All(tx, scanDecision, decisionSelect+where+" ORDER BY d.id DESC LIMIT "+strconv.Itoa(historyLength), args...)
}

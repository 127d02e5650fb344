package thread

import (
	"context"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/event"
	"dayroom/internal/platform/markup"
	"dayroom/internal/policy"
	"dayroom/internal/search"
)

// ReplyInput is what a person writes in a thread.
type ReplyInput struct {
	Thread         core.ID
	Parent         core.ID // the comment that it answers, or zero for the opening post
	Body           string
	Warning        string
	ForWhom        string
	AsOrganisation bool
	VisitorName    string
	Draft          string
}

func (in ReplyInput) validate(a core.Actor) error {
	f := core.Fields{}
	f.Check(in.Body != "", "body", "markup.empty")
	f.Check(within(in.Warning, 0, maxWarning), "warning", "thread.warning.length")
	f.Check(within(in.ForWhom, 0, maxForWhom), "for_whom", "thread.for_whom.length")
	f.Check(a.Member != 0 || a.System || within(in.VisitorName, 1, maxVisitor), "visitor_name", "thread.visitor_name.length")
	return f.Err()
}

// Reply writes a comment.
func (s *Service) Reply(ctx context.Context, a core.Actor, in ReplyInput) (c Comment, err error) {
	defer core.Wrap(&err, "thread.Reply(thread %s)", in.Thread)
	in.Warning, in.ForWhom = markup.Line(in.Warning), markup.Line(in.ForWhom)
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		c, err = s.reply(tx, a, in)
		return err
	})
	return c, err
}

func (s *Service) reply(tx *db.Tx, a core.Actor, in ReplyInput) (Comment, error) {
	now := s.clock.Now()
	sc, err := s.scene(tx, a, in.Thread)
	if err != nil {
		return Comment{}, err
	}
	if err := mayReply(a, sc, in); err != nil {
		return Comment{}, err
	}
	if err := in.validate(a); err != nil {
		return Comment{}, err
	}
	if old, err := claimKey(tx, a, in.Draft, db.Millis(now)); err != nil {
		return Comment{}, err
	} else if old != 0 {
		return db.One(tx, scanComment, "SELECT "+commentColumns+" FROM comment c WHERE c.id = $1", old)
	}
	w, err := s.render(tx, a, in.Body, 0)
	if err != nil {
		return Comment{}, err
	}
	c := Comment{
		ID: s.ids.Next(), Thread: sc.Thread.ID, Author: a.Member, Body: markup.Normalize(in.Body), HTML: w.HTML,
		Warning: in.Warning, ForWhom: in.ForWhom, Version: 1, CreatedAt: now,
	}
	if a.Member == 0 {
		c.VisitorName = in.VisitorName
	}
	if in.AsOrganisation {
		c.Organisation = sc.Space.Organisation
	}
	answered, err := s.under(tx, a, sc, &c, in.Parent)
	if err != nil {
		return Comment{}, err
	}
	e := Entry{Now: now, Actor: a, Space: sc.Space, Ties: sc.Ties, Thread: c.Thread, Post: c.ID, IsReply: true, Links: len(w.Links), Media: len(w.Images)}
	if e.State, err = s.gate.Admit(tx, e); err != nil {
		return Comment{}, err
	}
	c.State = e.State
	if err := insertComment(tx, sc.Thread.No, &c); err != nil {
		return Comment{}, err
	}
	if err := search.Put(tx, c.ID); err != nil {
		return Comment{}, err
	}
	if err := s.afterWriting(tx, a, in.Draft, e, w); err != nil {
		return Comment{}, err
	}
	event.Append(tx, event.Event{At: now, Kind: CommentCreated, Actor: a.Member, Space: sc.Space.ID, Thread: c.Thread, Subject: c.ID}.With(
		Created{State: c.State, Mentions: w.Mentioned, ParentAuthor: answered, ThreadAuthor: sc.Thread.Author}))
	return c, nil
}

func mayReply(a core.Actor, sc scene, in ReplyInput) error {
	thread := sc.Thread.Facts()
	if a.Member == 0 && !a.System {
		if thread.Closed || thread.State != policy.Open {
			return core.E(core.Forbidden, "policy.thread_closed")
		}
		return policy.AskAsVisitor(a, sc.Space.Facts()).Err()
	}
	if in.AsOrganisation {
		if err := policy.SpeakForOrganisation(a, sc.Space.Facts(), sc.Ties).Err(); err != nil {
			return err
		}
	}
	return policy.Reply(a, sc.Space.Facts(), sc.Ties, thread).Err()
}

// under puts the comment below what it answers and tells whose post that is. A parent has to be readable and in this thread.
func (s *Service) under(tx *db.Tx, a core.Actor, sc scene, c *Comment, parent core.ID) (answered core.ID, err error) {
	if parent == 0 {
		return sc.Thread.Author, nil
	}
	p, err := db.One(tx, scanComment, "SELECT "+commentColumns+" FROM comment c WHERE c.id = $1 AND c.thread = $2", parent, sc.Thread.ID)
	if err != nil {
		return 0, err
	}
	if p.State == policy.Deleted {
		return 0, core.E(core.Conflict, "thread.reply.parent_gone")
	}
	if err := policy.ReadPost(a, sc.Space.Facts(), sc.Ties, p.Facts()).Err(); err != nil {
		return 0, err
	}
	c.Parent, c.Root, c.Depth = p.ID, p.Root, min(p.Depth+1, MaxDepth)
	return p.Author, nil
}

// insertComment gives the comment its place, writes it, and brings the thread up to date. The thread's row is locked by the
// first statement, so places follow the order of commits.
func insertComment(tx *db.Tx, no int64, c *Comment) error {
	seq, err := db.One(tx, db.Int64, "UPDATE thread SET next_seq = next_seq + 1 WHERE id = $1 RETURNING next_seq - 1", c.Thread)
	if err != nil {
		return err
	}
	if seq >= 1<<placeBits {
		return core.E(core.Forbidden, "thread.full")
	}
	c.Place = no<<placeBits | seq
	if c.Root == 0 {
		c.Root = c.Place
	}
	_, err = tx.Exec(`INSERT INTO comment (place, id, thread, root, parent, depth, author, visitor_name, organisation, body, html, warning, for_whom,
			state, version, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
		c.Place, c.ID, c.Thread, c.Root, c.Parent, c.Depth, c.Author, c.VisitorName, c.Organisation, c.Body, c.HTML, c.Warning, c.ForWhom,
		c.State, c.Version, db.Millis(c.CreatedAt))
	if err != nil || c.State != policy.Open {
		return err
	}
	_, err = tx.Exec("UPDATE thread SET replies = replies + 1, active_at = CASE WHEN active_at < $1 THEN $1 ELSE active_at END WHERE id = $2",
		db.Millis(c.CreatedAt), c.Thread)
	return err
}

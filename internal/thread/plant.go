package thread

import (
	"errors"
	"fmt"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/markup"
	"dayroom/internal/policy"
	"dayroom/internal/search"
)

// Planted is a thread that comes from elsewhere, whole: an import's or the demo's. It keeps its time, passes no Gate and tells
// nobody. Author ids have to exist, or be zero with a VisitorName.
type Planted struct {
	Thread   Thread // of which ID, No, HTML and Excerpt are filled in
	Comments []PlantedComment
	Poll     *PollInput
	// Unindexed leaves the thread to search.Fill; the caller has to say so with search.Postpone.
	Unindexed bool

	rendered bool
	ready    *search.Ready // the opening, for the index
}

// PlantedComment is a comment of a Planted thread. ReplyTo is the index of the comment that it answers, or -1.
type PlantedComment struct {
	Comment
	ReplyTo int

	ready *search.Ready
}

// Render renders the texts ahead of Plant, outside of any transaction, so that many can be rendered at once. An @name in them
// stays plain text: it means somebody of the place where the text comes from.
func (p *Planted) Render() error {
	err := p.render(markup.Options{Links: -1})
	p.rendered = err == nil
	return err
}

func (p *Planted) render(opt markup.Options) error {
	t := &p.Thread
	out, err := markup.Render(t.Body, opt)
	if err != nil {
		return core.On("body", err)
	}
	t.HTML, t.Excerpt, t.Body = out.HTML, out.Text, markup.Normalize(t.Body)
	if !p.Unindexed {
		p.ready = search.Prepare(t.Title, t.Tags, t.Body)
	}
	for i := range p.Comments {
		c := &p.Comments[i]
		if out, err = markup.Render(c.Body, opt); err != nil {
			return fmt.Errorf("comment %d: %w", i+1, core.On("body", err))
		}
		c.HTML, c.Body = out.HTML, markup.Normalize(c.Body)
		if !p.Unindexed {
			c.ready = search.Prepare("", nil, c.Body)
		}
	}
	return nil
}

// planted are the options of a text from elsewhere: links as they are, mentions of members who are here, no images.
func planted(tx *db.Tx, failure *error) markup.Options {
	return markup.Options{Links: -1, Mentions: func(handle string) (string, bool) {
		id, err := memberByHandle(tx, handle)
		if err != nil {
			*failure = err
		}
		return "/m/" + handle, id != 0
	}}
}

// Plant writes threads inside a transaction. It fills in the ids of the thread and of its comments.
func Plant(tx *db.Tx, ids *core.IDMaker, p *Planted) error {
	t := &p.Thread
	if !p.rendered {
		var failure error
		if err := errors.Join(p.render(planted(tx, &failure)), failure); err != nil {
			return err
		}
	}
	t.ID, t.Version = ids.Next(), 1
	if t.State == "" {
		t.State = policy.Open
	}
	if t.ActiveAt.IsZero() {
		t.ActiveAt = t.CreatedAt
	}
	if err := insertThread(tx, t); err != nil {
		return err
	}
	if p.Poll != nil {
		if err := insertPoll(tx, t.ID, *p.Poll, t.CreatedAt); err != nil {
			return err
		}
	}
	if err := plantComments(tx, ids, p); err != nil {
		return err
	}
	if p.Unindexed {
		return nil
	}
	return index(tx, p)
}

// index brings what was planted into the index of search, as far as it stands open.
func index(tx *db.Tx, p *Planted) error {
	t := &p.Thread
	if t.State != policy.Open {
		return search.PutThread(tx, t.ID) // of a tombstone the replies are found
	}
	post := search.Post{ID: t.ID, Thread: t.ID, Space: t.Space, Author: t.Author, Kind: t.Kind, Created: t.CreatedAt, Tags: t.Tags}
	if err := search.PutReady(tx, post, p.ready); err != nil {
		return err
	}
	for i := range p.Comments {
		c := &p.Comments[i]
		if c.State != policy.Open {
			continue
		}
		post := search.Post{ID: c.ID, Thread: t.ID, Space: t.Space, Author: c.Author, Kind: t.Kind, Created: c.CreatedAt}
		if err := search.PutReady(tx, post, c.ready); err != nil {
			return err
		}
	}
	return nil
}

func plantComments(tx *db.Tx, ids *core.IDMaker, p *Planted) error {
	if len(p.Comments) == 0 {
		return nil
	}
	open, latest := 0, p.Thread.ActiveAt
	for i := range p.Comments {
		c := &p.Comments[i]
		c.ID, c.Thread, c.Version = ids.Next(), p.Thread.ID, 1
		c.Place = p.Thread.No<<placeBits | int64(i+1)
		c.Parent, c.Root, c.Depth = 0, c.Place, 0
		if c.State == "" {
			c.State = policy.Open
		}
		if c.ReplyTo >= 0 && c.ReplyTo < i {
			parent := p.Comments[c.ReplyTo]
			c.Parent, c.Root, c.Depth = parent.ID, parent.Root, min(parent.Depth+1, MaxDepth)
		}
		_, err := tx.Exec(`INSERT INTO comment (place, id, thread, root, parent, depth, author, visitor_name, organisation, body, html, warning, for_whom,
				state, version, created_at, author_helped)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`,
			c.Place, c.ID, c.Thread, c.Root, c.Parent, c.Depth, c.Author, c.VisitorName, c.Organisation, c.Body, c.HTML, c.Warning, c.ForWhom,
			c.State, c.Version, db.Millis(c.CreatedAt), c.AuthorHelped)
		if err != nil {
			return err
		}
		if c.State == policy.Open {
			open++
			latest = later(latest, c.CreatedAt)
		}
	}
	p.Thread.Replies, p.Thread.ActiveAt = open, latest
	_, err := tx.Exec("UPDATE thread SET next_seq = $1, replies = $2, active_at = $3 WHERE id = $4",
		len(p.Comments)+1, open, db.Millis(latest), p.Thread.ID)
	return err
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// Recount brings the counters of a thread in line with what was planted around it: reactions and marks.
func Recount(tx *db.Tx, thread core.ID) error {
	for column, kind := range map[string]Reaction{"n_same": SameHere, "n_thanks": ThankYou, "n_helped": HelpedThis} {
		if _, err := tx.Exec("UPDATE thread SET "+column+" = (SELECT COUNT(*) FROM reaction r WHERE r.post = thread.id AND r.kind = $2) WHERE id = $1", thread, kind); err != nil {
			return err
		}
		if _, err := tx.Exec("UPDATE comment SET "+column+" = (SELECT COUNT(*) FROM reaction r WHERE r.post = comment.id AND r.kind = $2) WHERE thread = $1", thread, kind); err != nil {
			return err
		}
	}
	return countReplies(tx, thread)
}

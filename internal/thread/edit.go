package thread

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/event"
	"dayroom/internal/platform/markup"
	"dayroom/internal/policy"
	"dayroom/internal/search"
	"dayroom/internal/space"
)

// Change is what an edit sends. Title and Tags count for opening posts only. Version is the version that the form was made from:
// when the post was changed meanwhile, the edit is a Conflict and nothing is lost.
type Change struct {
	Post    core.ID
	Version int64
	Title   string
	Body    string
	Tags    []string
	Warning string
	ForWhom string
}

// Edit changes a post's words and keeps the earlier ones as a version.
func (s *Service) Edit(ctx context.Context, a core.Actor, in Change) (path string, err error) {
	defer core.Wrap(&err, "thread.Edit(post %s)", in.Post)
	in.Title, in.Warning, in.ForWhom = markup.Line(in.Title), markup.Line(in.Warning), markup.Line(in.ForWhom)
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		p, err := s.Load(tx, a, in.Post)
		if err != nil {
			return err
		}
		path = p.Path()
		return s.edit(tx, a, p, in)
	})
	return path, err
}

func (s *Service) edit(tx *db.Tx, a core.Actor, p Post, in Change) error {
	organisation := p.Thread.Organisation
	if p.Comment != nil {
		organisation = p.Comment.Organisation
	}
	if err := policy.EditPost(a, p.Space.Facts(), p.Ties, p.Facts(), organisation != 0).Err(); err != nil {
		return err
	}
	f := core.Fields{}
	f.Check(in.Body != "", "body", "markup.empty")
	f.Check(p.Comment != nil || within(in.Title, minTitle, maxTitle), "title", "thread.title.length")
	f.Check(within(in.Warning, 0, maxWarning), "warning", "thread.warning.length")
	f.Check(within(in.ForWhom, 0, maxForWhom), "for_whom", "thread.for_whom.length")
	checkTags(f, in.Tags)
	if err := f.Err(); err != nil {
		return err
	}
	w, err := s.render(tx, a, in.Body, p.ID())
	if err != nil {
		return err
	}
	if in.Version == p.Version() && !in.changes(p) {
		return nil
	}
	now := s.clock.Now()
	// A new link could be what the post was held for: an edit passes the Gate again.
	entry := Entry{Now: now, Actor: a, Space: p.Space, Ties: p.Ties, Thread: p.Thread.ID, Post: p.ID(),
		IsReply: p.Comment != nil, Links: len(w.Links), Media: len(w.Images), State: p.Facts().State}
	if entry.State, err = s.gate.Admit(tx, entry); err != nil {
		return err
	}
	if err := keepVersion(tx, p, now); err != nil {
		return err
	}
	if err := search.Drop(tx, p.ID()); err != nil {
		return err
	}
	if err := rewrite(tx, p, in, w, now); err != nil {
		if core.CodeOf(err) == core.Conflict {
			return core.E(core.Conflict, "thread.edit.conflict")
		}
		return err
	}
	if err := search.Put(tx, p.ID()); err != nil {
		return err
	}
	if err := adoptMedia(tx, p.ID(), p.Thread.ID, p.Space.ID, w.Images); err != nil {
		return err
	}
	event.Append(tx, event.Event{At: now, Kind: PostEdited, Actor: a.Member, Space: p.Space.ID, Thread: p.Thread.ID, Subject: p.ID()})
	if err := s.unmark(tx, p, in); err != nil {
		return err
	}
	return s.holdAgain(tx, p, entry)
}

// changes tells whether anything is different from what the post says now.
func (in Change) changes(p Post) bool {
	if markup.Normalize(in.Body) != p.Body() {
		return true
	}
	if p.Comment != nil {
		return in.Warning != p.Comment.Warning || in.ForWhom != p.Comment.ForWhom
	}
	t := p.Thread
	return in.Title != t.Title || in.Warning != t.Warning || in.ForWhom != t.ForWhom || !slices.Equal(in.Tags, t.Tags)
}

// unmark takes "this helped me" from a comment with other words: people marked those that stood there, and what helped stands on top of
// its thread.
func (s *Service) unmark(tx *db.Tx, p Post, in Change) error {
	if p.Comment == nil || !p.Comment.AuthorHelped && p.Comment.Reactions.Helped == 0 || markup.Normalize(in.Body) == p.Body() {
		return nil
	}
	if _, err := tx.Exec("DELETE FROM reaction WHERE post = $1 AND kind = $2", p.ID(), HelpedThis); err != nil {
		return err
	}
	if _, err := tx.Exec("UPDATE comment SET author_helped = FALSE, n_helped = 0 WHERE id = $1", p.ID()); err != nil {
		return err
	}
	return countReplies(tx, p.Thread.ID)
}

// holdAgain lets a post wait for a reader again where the Gate wants it. Its approval was of other words and does not count any more.
func (s *Service) holdAgain(tx *db.Tx, p Post, e Entry) error {
	if e.State == p.Facts().State {
		return nil
	}
	if _, err := s.SetState(tx, e.Actor.Member, p, e.State, e.Now); err != nil {
		return err
	}
	if err := space.UncountApproved(tx, p.Space.ID, p.Author()); err != nil {
		return err
	}
	return s.gate.Placed(tx, e)
}

// keepVersion copies the words as they are now.
func keepVersion(tx *db.Tx, p Post, now time.Time) error {
	title := ""
	if p.Comment == nil {
		title = p.Thread.Title
	}
	at := p.Thread.CreatedAt
	if p.Comment != nil {
		at = p.Comment.CreatedAt
		if !p.Comment.EditedAt.IsZero() {
			at = p.Comment.EditedAt
		}
	} else if !p.Thread.EditedAt.IsZero() {
		at = p.Thread.EditedAt
	}
	_, err := tx.Exec(`INSERT INTO post_version (post, version, thread, title, body, html, editor, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT DO NOTHING`, p.ID(), p.Version(), p.Thread.ID, title, p.Body(), p.HTML(), p.Author(), db.Millis(at))
	return err
}

// rewrite stores the new words if the version is still the one that the form was made from.
func rewrite(tx *db.Tx, p Post, in Change, w wording, now time.Time) error {
	body := markup.Normalize(in.Body)
	if p.Comment != nil {
		return tx.Must(`UPDATE comment SET body = $1, html = $2, warning = $3, for_whom = $4, edited_at = $5, version = version + 1
			WHERE id = $6 AND version = $7`, body, w.HTML, in.Warning, in.ForWhom, db.Millis(now), p.ID(), in.Version)
	}
	if in.Tags == nil {
		in.Tags = []string{}
	}
	tags, err := json.Marshal(in.Tags)
	if err != nil {
		return err
	}
	if err := tx.Must(`UPDATE thread SET title = $1, body = $2, html = $3, excerpt = $4, tags = $5, warning = $6, for_whom = $7, edited_at = $8,
			version = version + 1 WHERE id = $9 AND version = $10`,
		in.Title, body, w.HTML, w.Text, string(tags), in.Warning, in.ForWhom, db.Millis(now), p.ID(), in.Version); err != nil {
		return err
	}
	if _, err := tx.Exec("DELETE FROM thread_tag WHERE thread = $1", p.ID()); err != nil {
		return err
	}
	return insertTags(tx, p.ID(), in.Tags)
}

// Version is an earlier text of a post.
type Version struct {
	Number   int64
	Title    string
	HTML     string
	At       time.Time
	Redacted bool
}

// History gives the earlier texts of a post, oldest first. Redacted ones keep their place and have no words.
func (s *Service) History(ctx context.Context, a core.Actor, post core.ID) (p Post, out []Version, err error) {
	defer core.Wrap(&err, "thread.History(%s)", post)
	err = s.db.View(ctx, func(tx *db.Tx) error {
		if p, err = s.Load(tx, a, post); err != nil {
			return err
		}
		if err := policy.SeeHistory(a, p.Space.Facts(), p.Ties, p.Facts()).Err(); err != nil {
			return err
		}
		out, err = db.All(tx, func(r db.Row) (v Version, err error) {
			var at int64
			var by core.ID
			err = r.Scan(&v.Number, &v.Title, &v.HTML, &at, &by)
			v.At, v.Redacted = db.Moment(at), by != 0
			return v, err
		}, "SELECT version, title, html, at, redacted_by FROM post_version WHERE post = $1 ORDER BY version", post)
		return err
	})
	return p, out, err
}

package demo

import (
	"fmt"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/markup"
	"dayroom/internal/policy"
	"dayroom/internal/thread"
)

func (f *filler) at(minutesAgo int) time.Time {
	return f.now.Add(-time.Duration(minutesAgo) * time.Minute)
}

// author gives the id of a handle; no handle is a visitor.
func (f *filler) author(handle string) (core.ID, error) {
	if handle == "" {
		return 0, nil
	}
	id, ok := f.members[handle]
	if !ok {
		return 0, fmt.Errorf("nobody has the handle %q", handle)
	}
	return id, nil
}

// speaksFor gives the organisation in whose name a post in a channel is: that of its owner, when the author is staff.
func (f *filler) speaksFor(space string, author core.ID) (core.ID, error) {
	owner := f.owner[space]
	if owner == 0 || author == 0 {
		return 0, nil
	}
	staff, err := db.One(f.tx, db.Bool, "SELECT EXISTS (SELECT 1 FROM staff WHERE organisation = $1 AND member = $2)", owner, author)
	if err != nil || !staff {
		return 0, err
	}
	return owner, nil
}

func state(held bool) policy.PostState {
	if held {
		return policy.Held
	}
	return policy.Open
}

func (f *filler) talk(t talk) error {
	author, err := f.author(t.Author)
	if err != nil {
		return err
	}
	p := thread.Planted{Thread: thread.Thread{
		Space: f.rooms[t.Space], Kind: t.Kind, Author: author, VisitorName: t.Visitor, Title: t.Title, Body: t.Body, Tags: t.Tags,
		Warning: t.Warning, ForWhom: t.For, State: state(t.Held), CreatedAt: f.at(t.Ago),
	}}
	if p.Thread.Organisation, err = f.speaksFor(t.Space, author); err != nil {
		return err
	}
	if t.Pinned {
		p.Thread.PinnedAt = p.Thread.CreatedAt
	}
	if t.Closed {
		p.Thread.ClosedAt = f.at(0)
	}
	if t.Poll != nil {
		p.Poll = &thread.PollInput{Question: t.Poll.Question, Options: t.Poll.Options}
	}
	for _, c := range t.Comments {
		planted, err := f.comment(t, c)
		if err != nil {
			return err
		}
		p.Comments = append(p.Comments, planted)
	}
	if err := thread.Plant(f.tx, f.IDs, &p); err != nil {
		return err
	}
	return f.around(t, p)
}

func (f *filler) comment(t talk, c comment) (out thread.PlantedComment, err error) {
	out = thread.PlantedComment{Comment: thread.Comment{
		VisitorName: c.VisitorName, Body: c.Body, State: state(c.Held), CreatedAt: f.at(t.Ago - c.After), AuthorHelped: c.HelpedAuthor,
	}, ReplyTo: c.ReplyTo}
	if out.Author, err = f.author(c.Author); err != nil {
		return out, err
	}
	out.Organisation, err = f.speaksFor(t.Space, out.Author)
	return out, err
}

// around plants what belongs to a thread beside its words.
func (f *filler) around(t talk, p thread.Planted) error {
	if err := f.react(p.Thread.ID, p.Thread.ID, p.Thread.CreatedAt, t.React); err != nil {
		return err
	}
	for i, c := range t.Comments {
		planted := p.Comments[i]
		if err := f.react(p.Thread.ID, planted.ID, planted.CreatedAt, c.Reactions); err != nil {
			return err
		}
		if err := f.care(p.Thread, planted.Comment, c); err != nil {
			return err
		}
		if err := f.follow(p.Thread.ID, planted.Author, planted.CreatedAt); err != nil {
			return err
		}
	}
	if t.Held {
		if err := f.waits("held", 10, p.Thread, p.Thread.ID, p.Thread.Author, p.Thread.CreatedAt); err != nil {
			return err
		}
	}
	if err := f.follow(p.Thread.ID, p.Thread.Author, p.Thread.CreatedAt); err != nil {
		return err
	}
	if t.Poll != nil {
		if err := f.vote(t, p.Thread); err != nil {
			return err
		}
	}
	return thread.Recount(f.tx, p.Thread.ID)
}

func (f *filler) react(in, post core.ID, at time.Time, r reactions) error {
	for kind, who := range map[thread.Reaction][]string{thread.SameHere: r.Same, thread.ThankYou: r.Thanks, thread.HelpedThis: r.Helped} {
		for _, handle := range who {
			member, err := f.author(handle)
			if err != nil {
				return err
			}
			if _, err := f.tx.Exec("INSERT INTO reaction (post, member, kind, thread, at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
				post, member, kind, in, db.Millis(at.Add(37*time.Minute))); err != nil {
				return err
			}
		}
	}
	return nil
}

func (f *filler) follow(in, member core.ID, at time.Time) error {
	if member == 0 {
		return nil
	}
	_, err := f.tx.Exec("INSERT INTO follow (member, thread, level, at) VALUES ($1, $2, 'follow', $3) ON CONFLICT DO NOTHING", member, in, db.Millis(at))
	return err
}

func (f *filler) vote(t talk, in thread.Thread) error {
	voters, next := f.inside[t.Space], 0
	for choice, n := range t.Poll.Votes {
		for range n {
			if next == len(voters) {
				return fmt.Errorf("more votes than members")
			}
			if _, err := f.tx.Exec("INSERT INTO poll_vote (thread, member, choice, at) VALUES ($1, $2, $3, $4)",
				in.ID, voters[next], choice, db.Millis(in.CreatedAt.Add(time.Hour))); err != nil {
				return err
			}
			next++
		}
	}
	return nil
}

// care plants an earlier version, a held comment's place in the queue, and a report.
func (f *filler) care(in thread.Thread, c thread.Comment, source comment) error {
	if source.EditedFrom != "" {
		if err := f.edited(c, source.EditedFrom); err != nil {
			return err
		}
	}
	if source.Held {
		if err := f.waits("held", 10, in, c.ID, c.Author, c.CreatedAt); err != nil {
			return err
		}
	}
	if source.Report == nil {
		return nil
	}
	reason, ok := reasons[source.Report.Reason]
	if !ok {
		return fmt.Errorf("no reason %q to report", source.Report.Reason)
	}
	reporter, err := f.author(source.Report.By)
	if err != nil {
		return err
	}
	at := c.CreatedAt.Add(25 * time.Minute)
	if err := f.waits("report", reason.urgency, in, c.ID, c.Author, at); err != nil {
		return err
	}
	_, err = f.tx.Exec(`INSERT INTO report (id, item, reporter, author, reason, note, title, body, version, at)
		SELECT $1, q.id, $2, $3, $4, $5, $6, $7, 1, $8 FROM queue_item q WHERE q.post = $9 AND q.kind = 'report'`,
		f.IDs.Next(), reporter, c.Author, reason.word, source.Report.Note, in.Title, c.Body, db.Millis(at), c.ID)
	return err
}

// reasons translates the content's words into those of package queue, with their urgency.
var reasons = map[string]struct {
	word    string
	urgency int
}{
	"dangerous dose or advice": {"dangerous", 80}, "selling": {"selling", 50}, "privacy": {"privacy", 70}, "misinformation": {"misinformation", 60},
	"harassment": {"harassment", 60}, "spam": {"spam", 40}, "other": {"other", 30},
}

func (f *filler) edited(c thread.Comment, before string) error {
	old, err := markup.Render(before, markup.Options{Links: -1})
	if err != nil {
		return err
	}
	if _, err := f.tx.Exec(`INSERT INTO post_version (post, version, thread, title, body, html, editor, at) VALUES ($1, 1, $2, '', $3, $4, $5, $6)`,
		c.ID, c.Thread, before, old.HTML, c.Author, db.Millis(c.CreatedAt)); err != nil {
		return err
	}
	_, err = f.tx.Exec("UPDATE comment SET version = 2, edited_at = $1 WHERE id = $2", db.Millis(c.CreatedAt.Add(9*time.Minute)), c.ID)
	return err
}

func (f *filler) waits(kind string, urgency int, in thread.Thread, post, author core.ID, at time.Time) error {
	_, err := f.tx.Exec(`INSERT INTO queue_item (id, kind, space, thread, post, author, urgency, state, opened_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, 'open', $8)`, f.IDs.Next(), kind, in.Space, in.ID, post, author, urgency, db.Millis(at))
	return err
}

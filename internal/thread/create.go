package thread

import (
	"context"
	"encoding/json"
	"slices"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/event"
	"dayroom/internal/platform/markup"
	"dayroom/internal/policy"
	"dayroom/internal/search"
	"dayroom/internal/space"
)

// Opening is what a person writes to begin a thread.
type Opening struct {
	Space          core.ID
	Kind           policy.ThreadKind
	Title          string
	Body           string // Markdown
	Tags           []string
	Warning        string
	ForWhom        string
	Poll           *PollInput
	AsOrganisation bool
	VisitorName    string // of a visitor without an account
	Draft          string // client-made id; sending it again gives the same thread
}

func (in Opening) validate(a core.Actor) error {
	f := core.Fields{}
	f.Check(slices.Contains(policy.ThreadKinds, in.Kind), "kind", "thread.kind.choice")
	f.Check(within(in.Title, minTitle, maxTitle), "title", "thread.title.length")
	f.Check(in.Body != "", "body", "markup.empty")
	f.Check(within(in.Warning, 0, maxWarning), "warning", "thread.warning.length")
	f.Check(within(in.ForWhom, 0, maxForWhom), "for_whom", "thread.for_whom.length")
	f.Check(a.Member != 0 || a.System || within(in.VisitorName, 1, maxVisitor), "visitor_name", "thread.visitor_name.length")
	checkTags(f, in.Tags)
	if in.Poll != nil {
		in.Poll.validate(f)
	}
	return f.Err()
}

// Create begins a thread. It gives the thread's id and whether it stands or is held.
func (s *Service) Create(ctx context.Context, a core.Actor, in Opening) (t Thread, err error) {
	defer core.Wrap(&err, "thread.Create(space %s, %s)", in.Space, in.Kind)
	in.Title, in.Warning, in.ForWhom = markup.Line(in.Title), markup.Line(in.Warning), markup.Line(in.ForWhom)
	in.AsOrganisation = in.AsOrganisation || in.Kind == policy.Announcement // nobody announces in their own name
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		t, err = s.create(tx, a, in)
		return err
	})
	return t, err
}

func (s *Service) create(tx *db.Tx, a core.Actor, in Opening) (Thread, error) {
	now := s.clock.Now()
	sp, ties, err := space.Load(tx, now, a, in.Space)
	if err != nil {
		return Thread{}, err
	}
	if err := mayOpen(a, sp, ties, in); err != nil {
		return Thread{}, err
	}
	if err := in.validate(a); err != nil {
		return Thread{}, err
	}
	if old, err := claimKey(tx, a, in.Draft, db.Millis(now)); err != nil {
		return Thread{}, err
	} else if old != 0 {
		return db.One(tx, scanThread, "SELECT "+threadColumns+" FROM thread t WHERE t.id = $1", old)
	}
	w, err := s.render(tx, a, in.Body, 0)
	if err != nil {
		return Thread{}, err
	}
	t := Thread{
		ID: s.ids.Next(), Space: sp.ID, Kind: in.Kind, Author: a.Member, Title: in.Title, Body: markup.Normalize(in.Body), HTML: w.HTML,
		Excerpt: w.Text, Tags: in.Tags, Warning: in.Warning, ForWhom: in.ForWhom, CreatedAt: now, ActiveAt: now, Version: 1,
	}
	if a.Member == 0 {
		t.VisitorName = in.VisitorName
	}
	if in.AsOrganisation {
		t.Organisation = sp.Organisation
	}
	e := Entry{Now: now, Actor: a, Space: sp, Ties: ties, Thread: t.ID, Post: t.ID, Links: len(w.Links), Media: len(w.Images)}
	if e.State, err = s.gate.Admit(tx, e); err != nil {
		return Thread{}, err
	}
	t.State = e.State
	if err := insertThread(tx, &t); err != nil {
		return Thread{}, err
	}
	if err := search.Put(tx, t.ID); err != nil {
		return Thread{}, err
	}
	if err := s.afterWriting(tx, a, in.Draft, e, w); err != nil {
		return Thread{}, err
	}
	if in.Poll != nil {
		if err := insertPoll(tx, t.ID, *in.Poll, now); err != nil {
			return Thread{}, err
		}
	}
	event.Append(tx, event.Event{At: now, Kind: ThreadCreated, Actor: a.Member, Space: sp.ID, Thread: t.ID, Subject: t.ID}.With(
		Created{State: t.State, Mentions: w.Mentioned, Kind: t.Kind}))
	return t, nil
}

func mayOpen(a core.Actor, sp space.Space, ties policy.Ties, in Opening) error {
	if a.Member == 0 && !a.System {
		if in.Kind != policy.Question {
			return core.E(core.Forbidden, "policy.channel_questions")
		}
		return policy.AskAsVisitor(a, sp.Facts()).Err()
	}
	if in.AsOrganisation {
		if err := policy.SpeakForOrganisation(a, sp.Facts(), ties).Err(); err != nil {
			return err
		}
	}
	return policy.StartThread(a, sp.Facts(), ties, in.Kind).Err()
}

// afterWriting does what every new post needs, once its row is there.
func (s *Service) afterWriting(tx *db.Tx, a core.Actor, draft string, e Entry, w wording) error {
	if err := adoptMedia(tx, e.Post, e.Thread, e.Space.ID, w.Images); err != nil {
		return err
	}
	if err := spendKey(tx, a, draft, e.Post, db.Millis(e.Now)); err != nil {
		return err
	}
	if a.Member != 0 { // whoever writes wants to know how it goes on, unless muted before
		if _, err := tx.Exec("INSERT INTO follow (member, thread, level, at) VALUES ($1, $2, 'follow', $3) ON CONFLICT DO NOTHING",
			a.Member, e.Thread, db.Millis(e.Now)); err != nil {
			return err
		}
	}
	return s.gate.Placed(tx, e)
}

// insertThread writes a new row and gives it its number.
func insertThread(tx *db.Tx, t *Thread) (err error) {
	if t.No, err = db.One(tx, db.Int64, "UPDATE counter SET value = value + 1 WHERE name = 'thread' RETURNING value"); err != nil {
		return err
	}
	if t.Tags == nil {
		t.Tags = []string{}
	}
	tags, err := json.Marshal(t.Tags)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`INSERT INTO thread (id, no, space, kind, author, visitor_name, organisation, title, body, html, excerpt, tags, warning,
			for_whom, state, version, created_at, active_at, closed_at, pinned_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)`,
		t.ID, t.No, t.Space, t.Kind, t.Author, t.VisitorName, t.Organisation, t.Title, t.Body, t.HTML, t.Excerpt, string(tags), t.Warning,
		t.ForWhom, t.State, t.Version, db.Millis(t.CreatedAt), db.Millis(t.ActiveAt), db.Millis(t.ClosedAt), db.Millis(t.PinnedAt))
	if err != nil {
		return err
	}
	return insertTags(tx, t.ID, t.Tags)
}

func insertTags(tx *db.Tx, thread core.ID, tags []string) error {
	for _, tag := range tags {
		if _, err := tx.Exec("INSERT INTO thread_tag (tag, thread) VALUES ($1, $2) ON CONFLICT DO NOTHING", tag, thread); err != nil {
			return err
		}
	}
	return nil
}

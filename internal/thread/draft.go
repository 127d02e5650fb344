package thread

import (
	"context"
	"encoding/json"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/markup"
	"dayroom/internal/policy"
)

// Draft is what a member has begun to write. Its words are sealed under the member's key.
type Draft struct {
	ID        string            `json:"-"` // made by the browser
	Space     core.ID           `json:"-"`
	Thread    core.ID           `json:"-"` // of a reply; zero for a thread to be
	UpdatedAt time.Time         `json:"-"`
	Parent    core.ID           `json:"parent,omitempty"`
	Kind      policy.ThreadKind `json:"kind,omitempty"`
	Title     string            `json:"title,omitempty"`
	Body      string            `json:"body,omitempty"`
	Tags      []string          `json:"tags,omitempty"`
	Warning   string            `json:"warning,omitempty"`
	ForWhom   string            `json:"for_whom,omitempty"`
}

const (
	maxDraftBytes = 32 << 10
	maxDrafts     = 100
	draftKept     = 90 * 24 * time.Hour
	draftField    = "draft"
)

// SaveDraft stores a draft, or changes it. One that became a post already is left alone.
func (s *Service) SaveDraft(ctx context.Context, a core.Actor, d Draft) (err error) {
	defer core.Wrap(&err, "thread.SaveDraft")
	if !a.IsMember() {
		return core.E(core.Unauthenticated, policy.SignInFirst)
	}
	if !validKey(d.ID) {
		return core.E(core.Invalid, "error.bad_form")
	}
	text, err := json.Marshal(d)
	if err != nil {
		return err
	}
	if len(text) > maxDraftBytes {
		return core.On("body", markup.TooLong(d.Body))
	}
	sealed, err := s.keys.Seal(ctx, a.Member, draftField, text)
	if err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		n, err := db.One(tx, db.Int64, "SELECT COUNT(*) FROM draft WHERE member = $1 AND post = 0 AND id <> $2", a.Member, d.ID)
		if err != nil {
			return err
		}
		if n >= maxDrafts {
			return core.E(core.Forbidden, "thread.draft.many")
		}
		_, err = tx.Exec(`INSERT INTO draft (member, id, space, thread, sealed, post, updated_at) VALUES ($1, $2, $3, $4, $5, 0, $6)
			ON CONFLICT (member, id) DO UPDATE SET space = excluded.space, thread = excluded.thread, sealed = excluded.sealed, updated_at = excluded.updated_at
			WHERE draft.post = 0`, a.Member, d.ID, d.Space, d.Thread, sealed, db.Millis(s.clock.Now()))
		return err
	})
}

type sealedDraft struct {
	Draft
	sealed []byte
}

func scanDraft(r db.Row) (d sealedDraft, err error) {
	var updated int64
	err = r.Scan(&d.ID, &d.Space, &d.Thread, &d.sealed, &updated)
	d.UpdatedAt = db.Moment(updated)
	return d, err
}

// Drafts gives the actor's drafts, newest first.
func (s *Service) Drafts(ctx context.Context, a core.Actor) (out []Draft, err error) {
	defer core.Wrap(&err, "thread.Drafts")
	return s.drafts(ctx, a, "ORDER BY updated_at DESC LIMIT 100")
}

// DraftIn gives the actor's latest draft of a reply in a thread, or of a new thread in a space (thread zero), or of one id.
func (s *Service) DraftIn(ctx context.Context, a core.Actor, space, thread core.ID) (Draft, error) {
	list, err := s.drafts(ctx, a, "AND space = $2 AND thread = $3 ORDER BY updated_at DESC LIMIT 1", space, thread)
	if err != nil || len(list) == 0 {
		return Draft{}, err
	}
	return list[0], nil
}

func (s *Service) drafts(ctx context.Context, a core.Actor, rest string, args ...any) (out []Draft, err error) {
	if !a.IsMember() {
		return nil, nil
	}
	var rows []sealedDraft
	err = s.db.View(ctx, func(tx *db.Tx) error {
		rows, err = db.All(tx, scanDraft, "SELECT id, space, thread, sealed, updated_at FROM draft WHERE member = $1 AND post = 0 AND sealed IS NOT NULL "+rest,
			append([]any{a.Member}, args...)...)
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		text, err := s.keys.Open(ctx, a.Member, draftField, r.sealed)
		if err != nil {
			return nil, err
		}
		if err := json.Unmarshal(text, &r.Draft); err != nil {
			return nil, err
		}
		out = append(out, r.Draft)
	}
	return out, nil
}

// DropDraft throws a draft away.
func (s *Service) DropDraft(ctx context.Context, a core.Actor, id string) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec("DELETE FROM draft WHERE member = $1 AND id = $2 AND post = 0", a.Member, id)
		return err
	})
}

// SweepDrafts removes drafts that nobody touched for 90 days.
func (s *Service) SweepDrafts(ctx context.Context) (n int64, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		n, err = tx.Exec("DELETE FROM draft WHERE updated_at < $1", db.Millis(s.clock.Now().Add(-draftKept)))
		return err
	})
	return n, err
}

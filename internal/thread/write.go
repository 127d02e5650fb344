package thread

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/markup"
)

// wording is a text that was rendered and may be stored.
type wording struct {
	markup.Rendered
	Mentioned []core.ID // who is mentioned, for notices
	Images    []core.ID // media rows that the text shows
}

// render makes a body ready to be stored. post is the post being edited, or zero: an image may be shown by its uploader before it
// belongs to a post, and after that only by the post that it belongs to.
func (s *Service) render(tx *db.Tx, a core.Actor, body string, post core.ID) (wording, error) {
	var w wording
	var failure error
	people := map[string]core.ID{}
	out, err := markup.Render(body, markup.Options{
		Links: -1, // the Gate knows how many a newcomer may set
		Mentions: func(handle string) (string, bool) {
			id, err := memberByHandle(tx, handle)
			if err != nil {
				failure = err
			}
			if id == 0 {
				return "", false
			}
			people[handle] = id
			return "/m/" + handle, true
		},
		Images: func(src string) bool {
			id, ok, err := mediaByPath(tx, a, src, post)
			if err != nil {
				failure = err
			}
			if ok {
				w.Images = append(w.Images, id)
			}
			return ok
		},
	})
	if err == nil {
		err = failure
	}
	if err != nil {
		return w, core.On("body", err)
	}
	if len(w.Images) > maxMedia {
		return w, core.Field("body", "thread.media.many")
	}
	w.Rendered = out
	for _, h := range out.Mentions {
		if id := people[h]; id != a.Member {
			w.Mentioned = append(w.Mentioned, id)
		}
	}
	return w, nil
}

func memberByHandle(tx *db.Tx, handle string) (core.ID, error) {
	id, err := db.One(tx, db.ID, "SELECT id FROM member WHERE handle_key = $1 AND standing IN ('active', 'restricted')", strings.ToLower(handle))
	if core.IsNotFound(err) {
		return 0, nil
	}
	return id, err
}

// Preview renders a text as it would be stored. Nothing is written.
func (s *Service) Preview(ctx context.Context, a core.Actor, body string) (html string, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		w, err := s.render(tx, a, body, 0)
		html = w.HTML
		return err
	})
	return html, err
}

func within(s string, low, high int) bool {
	n := utf8.RuneCountInString(s)
	return n >= low && n <= high
}

func checkTags(f core.Fields, tags []string) {
	f.Check(len(tags) <= maxTags, "tags", "thread.tags.many")
	for _, t := range tags {
		f.Check(within(t, 1, maxTag), "tags", "thread.tags.length")
	}
}

// validKey tells whether a draft's id, which the browser made, is one: 16 to 40 letters, digits, - or _.
func validKey(id string) bool {
	return len(id) >= 16 && len(id) <= 40 &&
		strings.Trim(id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") == ""
}

// claimKey makes sure that one draft becomes one post, however often it is sent: it gives the post that it became already, or
// zero. The row stays locked until the commit, so a second sending waits for the first.
func claimKey(tx *db.Tx, a core.Actor, id string, now int64) (core.ID, error) {
	if id == "" || a.Member == 0 {
		return 0, nil
	}
	if !validKey(id) {
		return 0, core.E(core.Invalid, "error.bad_form")
	}
	post, err := db.One(tx, db.ID, `INSERT INTO draft (member, id, space, thread, post, updated_at) VALUES ($1, $2, 0, 0, 0, $3)
		ON CONFLICT (member, id) DO UPDATE SET updated_at = draft.updated_at RETURNING post`, a.Member, id, now)
	if err != nil {
		return 0, fmt.Errorf("claim a draft: %w", err)
	}
	return post, nil
}

// spendKey notes what the draft became and drops its words.
func spendKey(tx *db.Tx, a core.Actor, id string, post core.ID, now int64) error {
	if id == "" || a.Member == 0 {
		return nil
	}
	return tx.Must("UPDATE draft SET post = $1, sealed = NULL, updated_at = $2 WHERE member = $3 AND id = $4", post, now, a.Member, id)
}

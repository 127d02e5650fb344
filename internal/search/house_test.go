package search_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/db/dbtest"
	"dayroom/internal/policy"
	"dayroom/internal/search"
	"dayroom/internal/thread"
)

func ctx() context.Context { return context.Background() }

// house is a site with an open community, an invited one, rounds and a public channel, and somebody in each.
type house struct {
	testing.TB
	db     *db.DB
	clock  *core.ManualClock
	ids    *core.IDMaker
	search *search.Service

	ada, bo, doc, mod             core.Actor // ada is in the invited space
	open, invited, rounds, public core.ID
}

func each(t *testing.T, test func(h *house)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { test(build(t, d)) })
}

func build(t testing.TB, d *db.DB) *house {
	t.Helper()
	clock := core.NewManualClock(time.Date(2026, 5, 1, 9, 0, 0, 0, time.UTC))
	ids, err := core.NewIDMaker(clock, 1, 0)
	if err != nil {
		t.Fatal(err)
	}
	h := &house{TB: t, db: d, clock: clock, ids: ids, search: search.New(d, clock, ids)}
	h.ada, h.bo, h.doc, h.mod = h.member("ada_l"), h.member("bo_s"), h.member("doc_w"), h.member("mod_m")
	h.doc.Verified, h.mod.Role = true, core.RoleModerator
	h.open = h.space("asthma", "Asthma and me", policy.Community, policy.MembersOnly)
	h.invited = h.space("circle", "The small circle", policy.Community, policy.Invited)
	h.rounds = h.space("lungs", "Lung rounds", policy.Rounds, policy.MembersOnly)
	h.public = h.space("news", "News of the harbour", policy.Channel, policy.Public)
	h.exec("INSERT INTO membership (space, member, state, role, since) VALUES ($1, $2, 'joined', '', 1)", h.invited, h.ada.Member)
	h.must(h.search.Begin(ctx()))
	return h
}

func (h *house) must(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

func (h *house) update(fn func(*db.Tx) error) {
	h.Helper()
	h.must(h.db.Update(ctx(), fn))
}

func (h *house) exec(query string, args ...any) {
	h.Helper()
	h.update(func(tx *db.Tx) error {
		_, err := tx.Exec(query, args...)
		return err
	})
}

func (h *house) member(handle string) core.Actor {
	h.Helper()
	id := h.ids.Next()
	h.exec("INSERT INTO member (id, handle, handle_key, role, standing, created_at) VALUES ($1, $2, $2, '', 'active', 1)", id, handle)
	return core.Actor{Member: id, Handle: handle, Standing: core.Active}
}

func (h *house) space(slug, name string, kind policy.SpaceKind, v policy.Visibility) core.ID {
	h.Helper()
	id := h.ids.Next()
	h.exec(`INSERT INTO space (id, slug, kind, name, description, rules, rules_html, visibility, joining, tags, created_at)
		VALUES ($1, $2, $3, $4, '', '', '', $5, 'open', '["breath"]', 1)`, id, slug, kind, name, v)
	return id
}

// says plants a thread with comments, all by bo, a minute after the one before.
func (h *house) says(space core.ID, title, body string, comments ...string) *thread.Planted {
	h.Helper()
	return h.plant(thread.Thread{Space: space, Title: title, Body: body}, comments...)
}

func (h *house) plant(t thread.Thread, comments ...string) *thread.Planted {
	h.Helper()
	h.clock.Advance(time.Minute)
	if t.Kind == "" {
		t.Kind = policy.Question
	}
	if t.Author == 0 {
		t.Author = h.bo.Member
	}
	if t.CreatedAt.IsZero() {
		t.CreatedAt = h.clock.Now()
	}
	p := &thread.Planted{Thread: t}
	for _, c := range comments {
		h.clock.Advance(time.Minute)
		p.Comments = append(p.Comments, thread.PlantedComment{Comment: thread.Comment{Author: h.bo.Member, Body: c, CreatedAt: h.clock.Now()}, ReplyTo: -1})
	}
	h.update(func(tx *db.Tx) error { return thread.Plant(tx, h.ids, p) })
	return p
}

// find searches and gives the titles, or beginnings, of what was found.
func (h *house) find(a core.Actor, text string) []string {
	h.Helper()
	return h.titles(h.found(a, search.Request{Text: text}))
}

func (h *house) found(a core.Actor, in search.Request) search.Found {
	h.Helper()
	f, err := h.search.Search(ctx(), a, in)
	h.must(err)
	return f
}

func (h *house) titles(f search.Found) []string {
	var out []string
	for _, hit := range f.Hits.Items {
		pieces := hit.Title
		if hit.Comment {
			pieces = hit.Excerpt
		}
		out = append(out, text(pieces))
	}
	return out
}

func text(pieces []search.Piece) string {
	var b strings.Builder
	for _, p := range pieces {
		b.WriteString(p.Text)
	}
	return b.String()
}

// marked writes pieces with brackets around what is marked.
func marked(pieces []search.Piece) string {
	var b strings.Builder
	for _, p := range pieces {
		if p.Mark {
			b.WriteString("[" + p.Text + "]")
		} else {
			b.WriteString(p.Text)
		}
	}
	return b.String()
}

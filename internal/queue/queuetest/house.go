// Package queuetest builds a small site for tests of what waits, what is decided and what members are told: members, spaces,
// threads behind the real gate, and the queue.
package queuetest

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"dayroom/internal/account"
	"dayroom/internal/approval"
	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/db/dbtest"
	"dayroom/internal/platform/keys"
	"dayroom/internal/policy"
	"dayroom/internal/queue"
	"dayroom/internal/site"
	"dayroom/internal/space"
	"dayroom/internal/thread"
)

// House is a site with everything below the pages.
type House struct {
	*testing.T
	DB       *db.DB
	Clock    *core.ManualClock
	IDs      *core.IDMaker
	Keys     *keys.Store
	Site     *site.Service
	Accounts *account.Service
	Spaces   *space.Service
	Gate     *approval.Service
	Threads  *thread.Service
	Queue    *queue.Service

	Admin core.Actor
}

// Ctx is the context of every test.
func Ctx() context.Context { return context.Background() }

// noShelf keeps no files: these tests have no images.
type noShelf struct{}

func (noShelf) Put(context.Context, string, []byte) error { return nil }
func (noShelf) Delete(context.Context, ...string) error   { return nil }

// Each runs test in a new house on every engine.
func Each(t *testing.T, test func(h *House)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { test(New(t, d)) })
}

// New makes a house in a database. Its clock stands at a Friday morning.
func New(t *testing.T, d *db.DB) *House {
	t.Helper()
	clock := core.NewManualClock(time.Date(2026, 5, 1, 9, 0, 0, 0, time.UTC))
	ids, err := core.NewIDMaker(clock, 1, 0)
	if err != nil {
		t.Fatal(err)
	}
	return Around(t, d, clock, ids, site.New(d, clock))
}

// Around makes a house of what another test site has made already.
func Around(t *testing.T, d *db.DB, clock *core.ManualClock, ids *core.IDMaker, s *site.Service) *House {
	t.Helper()
	h := &House{T: t, DB: d, Clock: clock, IDs: ids, Site: s}
	dir := t.TempDir()
	var err error
	h.Keys, err = keys.Open(Ctx(), filepath.Join(dir, "keys.db"), filepath.Join(dir, "root.key"))
	h.Must(err)
	t.Cleanup(func() { h.Keys.Close() })
	h.Accounts, err = account.New(d, h.Keys, h.IDs, h.Clock, h.Site, account.Options{BaseURL: "http://127.0.0.1"})
	h.Must(err)
	h.Spaces = space.New(d, h.Clock, h.IDs)
	h.Gate = approval.New(h.IDs, h.Clock, h.Keys, h.Site)
	h.Threads = thread.New(d, h.IDs, h.Clock, h.Keys, h.Gate, noShelf{})
	h.Queue = queue.New(d, h.IDs, h.Clock, h.Threads, h.Accounts)
	h.Admin = h.Office("keeper", core.RoleAdmin)
	return h
}

// Must ends the test where something that should work does not.
func (h *House) Must(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

// Refused ends the test unless err has the code and, as its own or a field's, the key. An empty key is not asked for.
func (h *House) Refused(err error, code core.Code, key string) {
	h.Helper()
	var e *core.Error
	if !errors.As(err, &e) || e.Code != code {
		h.Fatalf("got %v, want %s %s", err, code, key)
	}
	if key == "" || e.Key == key {
		return
	}
	for _, k := range e.Fields {
		if k == key {
			return
		}
	}
	h.Fatalf("got %v, want %s %s", err, code, key)
}

// Exec changes the database by hand.
func (h *House) Exec(query string, args ...any) {
	h.Helper()
	h.Must(h.DB.Update(Ctx(), func(tx *db.Tx) error {
		_, err := tx.Exec(query, args...)
		return err
	}))
}

// Count gives the number that a query counts.
func (h *House) Count(query string, args ...any) (n int64) {
	h.Helper()
	h.Must(h.DB.View(Ctx(), func(tx *db.Tx) (err error) {
		n, err = db.One(tx, db.Int64, query, args...)
		return err
	}))
	return n
}

// Member makes a member whose account is two days old.
func (h *House) Member(handle string) core.Actor { return h.Office(handle, core.RoleMember) }

// Office makes a member with a role.
func (h *House) Office(handle string, role core.Role) core.Actor {
	h.Helper()
	a := core.Actor{Member: h.IDs.Next(), Handle: handle, Role: role, Standing: core.Active}
	h.Exec("INSERT INTO member (id, handle, handle_key, role, standing, created_at) VALUES ($1, $2, $2, $3, 'active', $4)",
		a.Member, handle, role, db.Millis(h.Clock.Now().Add(-48*time.Hour)))
	h.Exec("INSERT INTO profile (member) VALUES ($1)", a.Member)
	return a
}

// Clinician makes a member with a credential.
func (h *House) Clinician(handle string) core.Actor {
	h.Helper()
	a := h.Member(handle)
	a.Verified = true
	h.Exec(`INSERT INTO credential (id, member, profession, specialty, country, expires_at, granted_by, granted_at)
		VALUES ($1, $2, 'physician', '', 'PT', $3, 0, 0)`, h.IDs.Next(), a.Member, db.Millis(h.Clock.Now().AddDate(1, 0, 0)))
	return a
}

// Community opens a community for members.
func (h *House) Community(slug string) space.Space { return h.Space(slug, policy.Community, 0) }

// Space opens a space of a kind with its defaults and without rules.
func (h *House) Space(slug string, kind policy.SpaceKind, organisation core.ID) space.Space {
	h.Helper()
	in := space.DefaultsFor(kind)
	in.Slug, in.Name, in.Organisation, in.Joining = slug, "Space "+slug, organisation, policy.JoinOpen
	s, err := h.Spaces.Create(Ctx(), h.Admin, in)
	h.Must(err)
	return s
}

// Channel opens a channel of an organisation with the given staff.
func (h *House) Channel(slug string, staff ...core.Actor) space.Space {
	h.Helper()
	id := h.IDs.Next()
	h.Exec("INSERT INTO organisation (id, slug, name, kind, about, created_at) VALUES ($1, $2, $2, 'charity', '', 0)", id, slug)
	for _, a := range staff {
		h.Exec("INSERT INTO staff (organisation, member, role, since) VALUES ($1, $2, 'staff', 0)", id, a.Member)
	}
	return h.Space(slug, policy.Channel, id)
}

// Join brings members into a space.
func (h *House) Join(s space.Space, members ...core.Actor) {
	h.Helper()
	for _, a := range members {
		_, err := h.Spaces.Join(Ctx(), a, s.Slug, space.JoinInput{})
		h.Must(err)
	}
}

// Regulars brings members into a space as people who have been there for long.
func (h *House) Regulars(s space.Space, members ...core.Actor) {
	h.Helper()
	h.Join(s, members...)
	for _, a := range members {
		h.Exec("UPDATE membership SET since = $1, approved = 9 WHERE space = $2 AND member = $3", db.Millis(h.Clock.Now().AddDate(0, 0, -30)), s.ID, a.Member)
	}
}

// Steward makes a member who looks after a space.
func (h *House) Steward(s space.Space, handle string) core.Actor {
	h.Helper()
	a := h.Member(handle)
	h.Must(h.Spaces.AppointSteward(Ctx(), h.Admin, s.Slug, handle))
	return a
}

// Ask begins a thread.
func (h *House) Ask(a core.Actor, s space.Space, title, body string) thread.Thread {
	h.Helper()
	t, err := h.Threads.Create(Ctx(), a, thread.Opening{Space: s.ID, Kind: policy.Question, Title: title, Body: body, VisitorName: "Vera"})
	h.Must(err)
	return t
}

// Reply answers a thread, or a comment of it where parent is not zero.
func (h *House) Reply(a core.Actor, t thread.Thread, parent core.ID, body string) thread.Comment {
	h.Helper()
	c, err := h.Threads.Reply(Ctx(), a, thread.ReplyInput{Thread: t.ID, Parent: parent, Body: body, VisitorName: "Vera"})
	h.Must(err)
	return c
}

// Reads tells whether the actor may read a post.
func (h *House) Reads(a core.Actor, post core.ID) bool {
	h.Helper()
	readable := false
	h.Must(h.DB.View(Ctx(), func(tx *db.Tx) error {
		_, err := h.Threads.Load(tx, a, post)
		readable = err == nil
		if core.IsNotFound(err) {
			return nil
		}
		return err
	}))
	return readable
}

// Waiting gives the items that wait for the actor.
func (h *House) Waiting(a core.Actor) []queue.Row {
	h.Helper()
	list, err := h.Queue.List(Ctx(), a, queue.Filter{}, core.Page{})
	h.Must(err)
	return list.Items
}

// Item gives the one item that waits for the actor about a post.
func (h *House) Item(a core.Actor, post core.ID) queue.Row {
	h.Helper()
	for _, row := range h.Waiting(a) {
		if row.Post == post {
			return row
		}
	}
	h.Fatalf("nothing waits for %s about post %s", a.Handle, post)
	return queue.Row{}
}

// Decide decides what waits about a post.
func (h *House) Decide(a core.Actor, post core.ID, act queue.Act, reason string) queue.Decision {
	h.Helper()
	d, err := h.Queue.Decide(Ctx(), a, h.Item(a, post).ID, queue.Ruling{Act: act, Reason: reason})
	h.Must(err)
	return d
}

// Report reports a post.
func (h *House) Report(a core.Actor, post core.ID, reason queue.Reason, note string) {
	h.Helper()
	_, err := h.Queue.Report(Ctx(), a, post, reason, note)
	h.Must(err)
}

package thread_test

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/png"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/db/dbtest"
	"dayroom/internal/platform/event"
	"dayroom/internal/platform/keys"
	"dayroom/internal/platform/media"
	"dayroom/internal/policy"
	"dayroom/internal/space"
	"dayroom/internal/thread"
)

func ctx() context.Context { return context.Background() }

// gate holds what it is told to hold and remembers what it was told.
type gate struct {
	mu      sync.Mutex
	hold    bool
	refuse  error
	placed  []thread.Entry
	settled []core.ID
}

func (g *gate) Admit(_ *db.Tx, e thread.Entry) (policy.PostState, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case g.refuse != nil:
		return "", g.refuse
	case e.State != "":
		return e.State, nil
	case g.hold || e.Actor.Member == 0:
		return policy.Held, nil
	}
	return policy.Open, nil
}

func (g *gate) Placed(_ *db.Tx, e thread.Entry) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.placed = append(g.placed, e)
	return nil
}

func (g *gate) Settled(_ *db.Tx, post core.ID) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.settled = append(g.settled, post)
	return nil
}

// shelf keeps files in memory.
type shelf struct {
	mu    sync.Mutex
	files map[string][]byte
}

func (s *shelf) Put(_ context.Context, name string, data []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.files[name] = data
	return nil
}

func (s *shelf) Delete(_ context.Context, names ...string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, n := range names {
		delete(s.files, n)
	}
	return nil
}

// house is a community, a public channel, and people who are in them.
type house struct {
	*testing.T
	db      *db.DB
	clock   *core.ManualClock
	ids     *core.IDMaker
	keys    *keys.Store
	gate    *gate
	shelf   *shelf
	spaces  *space.Service
	threads *thread.Service

	admin, steward, ada, bo, staff core.Actor
	asthma, channel                space.Space
}

func each(t *testing.T, test func(h *house)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { test(build(t, d)) })
}

func build(t *testing.T, d *db.DB) *house {
	t.Helper()
	clock := core.NewManualClock(time.Date(2026, 5, 1, 9, 0, 0, 0, time.UTC))
	ids, err := core.NewIDMaker(clock, 1, 0)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	store, err := keys.Open(ctx(), filepath.Join(dir, "keys.db"), filepath.Join(dir, "root.key"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	h := &house{T: t, db: d, clock: clock, ids: ids, keys: store, gate: &gate{}, shelf: &shelf{files: map[string][]byte{}}, spaces: space.New(d, clock, ids)}
	h.threads = thread.New(d, ids, clock, store, h.gate, h.shelf)
	h.admin = h.member("keeper")
	h.admin.Role = core.RoleAdmin
	h.steward, h.ada, h.bo, h.staff = h.member("sten"), h.member("ada"), h.member("bo"), h.member("ines")
	h.asthma = h.open(policy.Community, "asthma", nil)
	h.exec("INSERT INTO organisation (id, slug, name, kind, about, created_at) VALUES (900, 'lights', 'Harbour Lights', 'charity', '', 0)")
	h.exec("INSERT INTO staff (organisation, member, role, since) VALUES (900, $1, 'editor', 0)", h.staff.Member)
	h.channel = h.open(policy.Channel, "harbour", func(in *space.Input) { in.Organisation = 900 })
	for _, a := range []core.Actor{h.steward, h.ada, h.bo} {
		h.join(h.asthma, a)
	}
	h.must(h.spaces.AppointSteward(ctx(), h.admin, "asthma", "sten"))
	return h
}

func (h *house) must(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

func (h *house) refused(err error, code core.Code, key string) {
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

func (h *house) exec(query string, args ...any) {
	h.Helper()
	h.must(h.db.Update(ctx(), func(tx *db.Tx) error {
		_, err := tx.Exec(query, args...)
		return err
	}))
}

func (h *house) number(query string, args ...any) (n int64) {
	h.Helper()
	h.must(h.db.View(ctx(), func(tx *db.Tx) (err error) {
		n, err = db.One(tx, db.Int64, query, args...)
		return err
	}))
	return n
}

func (h *house) member(handle string) core.Actor {
	h.Helper()
	a := core.Actor{Member: h.ids.Next(), Handle: handle, Standing: core.Active}
	h.must(h.keys.Create(ctx(), a.Member))
	h.exec("INSERT INTO member (id, handle, handle_key, role, standing, created_at) VALUES ($1, $2, $2, '', 'active', 0)", a.Member, handle)
	return a
}

func (h *house) open(kind policy.SpaceKind, slug string, edit func(*space.Input)) space.Space {
	h.Helper()
	in := space.DefaultsFor(kind)
	in.Slug, in.Name = slug, slug
	if edit != nil {
		edit(&in)
	}
	s, err := h.spaces.Create(ctx(), h.admin, in)
	h.must(err)
	return s
}

func (h *house) join(s space.Space, a core.Actor) {
	h.Helper()
	_, err := h.spaces.Join(ctx(), a, s.Slug, space.JoinInput{})
	h.must(err)
}

// ask begins a question in the community.
func (h *house) ask(a core.Actor, title string) thread.Thread {
	h.Helper()
	t, err := h.threads.Create(ctx(), a, thread.Opening{Space: h.asthma.ID, Kind: policy.Question, Title: title, Body: "He coughs at night."})
	h.must(err)
	return t
}

// answer replies a minute later.
func (h *house) answer(a core.Actor, t thread.Thread, parent core.ID, body string) thread.Comment {
	h.Helper()
	h.clock.Advance(time.Minute)
	c, err := h.threads.Reply(ctx(), a, thread.ReplyInput{Thread: t.ID, Parent: parent, Body: body})
	h.must(err)
	return c
}

func (h *house) read(a core.Actor, t core.ID) thread.View {
	h.Helper()
	v, err := h.threads.Read(ctx(), a, t, core.Cursor{})
	h.must(err)
	return v
}

func (h *house) titles(a core.Actor, f thread.Filter) (out []string) {
	h.Helper()
	list, err := h.threads.List(ctx(), a, f)
	h.must(err)
	for _, i := range list.Items {
		out = append(out, i.Title)
	}
	return out
}

// events gives the kinds of the events since the start, of one kind of thing.
func (h *house) events(kind string) (out []event.Event) {
	h.Helper()
	h.must(h.db.View(ctx(), func(tx *db.Tx) error {
		all, err := event.After(tx, 0, 5000)
		for _, e := range all {
			if e.Kind == kind {
				out = append(out, e)
			}
		}
		return err
	}))
	return out
}

// picture is an image as package media would give it.
func picture(t testing.TB) media.Image {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 4, 4))
	img.Set(1, 1, color.Black)
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	p := media.Picture{Data: b.Bytes(), MIME: "image/png", Width: 4, Height: 4}
	return media.Image{Full: p, Thumb: p}
}

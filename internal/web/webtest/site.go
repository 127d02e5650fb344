// Package webtest is a site for the tests of page packages: a real database, members of every standing, and browsers without
// script that are signed in as one of them.
//
//	func TestSomething(t *testing.T) {
//		webtest.Each(t, func(s *webtest.Site) {
//			s.Serve(spacepages.Routes(…))
//			ada := s.As(s.Member("ada"))
//			page := ada.Get("/spaces")
//			page.Want(200, "Breathing space")
//			page.Submit("/s/breathing/join", url.Values{"rules": {"1"}}).WantWay("/s/breathing")
//		})
//	}
//
// Signing in is the one thing that is faked: the cookie names the actor.
package webtest

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/db/dbtest"
	"dayroom/internal/site"
	"dayroom/internal/web/shell"
)

// Site is a site under test. Its clock stands at a Friday morning until it is moved.
type Site struct {
	testing.TB
	DB    *db.DB
	Clock *core.ManualClock
	IDs   *core.IDMaker
	Site  *site.Service
	Shell *shell.Shell // change it before Serve

	log    lockedBuffer
	server *httptest.Server
	mu     sync.Mutex
	actors map[string]core.Actor
}

// Each runs a test on a site of each engine.
func Each(t *testing.T, test func(s *Site)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { test(New(t, d)) })
}

// New makes a site that is set up, in English.
func New(t testing.TB, d *db.DB) *Site {
	t.Helper()
	clock := core.NewManualClock(time.Date(2026, 5, 1, 9, 0, 0, 0, time.UTC))
	ids, err := core.NewIDMaker(clock, 1, 0)
	if err != nil {
		t.Fatal(err)
	}
	s := &Site{TB: t, DB: d, Clock: clock, IDs: ids, Site: site.New(d, clock), actors: map[string]core.Actor{}}
	s.Shell = &shell.Shell{Site: s.Site, Auth: s, Clock: clock, Log: slog.New(slog.NewTextHandler(&s.log, nil))}
	s.Settings(func(in *site.Settings) { in.Name, in.Ready = "Test site", true })
	return s
}

// Settings changes the site's settings.
func (s *Site) Settings(edit func(*site.Settings)) {
	s.Helper()
	s.Update(func(tx *db.Tx) error {
		in, err := site.Load(tx)
		if err != nil {
			return err
		}
		edit(&in)
		return site.Store(tx, in)
	})
	s.Site.Forget()
}

// Update runs a unit of work that must not fail.
func (s *Site) Update(fn func(tx *db.Tx) error) {
	s.Helper()
	if err := s.DB.Update(context.Background(), fn); err != nil {
		s.Fatal(err)
	}
}

// Exec runs a statement that must not fail.
func (s *Site) Exec(query string, args ...any) {
	s.Helper()
	s.Update(func(tx *db.Tx) error {
		_, err := tx.Exec(query, args...)
		return err
	})
}

// Must ends the test on an error.
func (s *Site) Must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

// Member makes an active member with a row in the database, changed by edits. A verified one gets a credential of a year.
func (s *Site) Member(handle string, edits ...func(*core.Actor)) core.Actor {
	s.Helper()
	a := core.Actor{Member: s.IDs.Next(), Handle: handle, Standing: core.Active}
	for _, edit := range edits {
		edit(&a)
	}
	now := s.Clock.Now()
	s.Exec("INSERT INTO member (id, handle, handle_key, role, standing, created_at) VALUES ($1, $2, $3, $4, $5, $6)",
		a.Member, a.Handle, strings.ToLower(a.Handle), a.Role, a.Standing, db.Millis(now))
	s.Exec("INSERT INTO profile (member) VALUES ($1)", a.Member)
	if a.Verified {
		s.Exec(`INSERT INTO credential (id, member, profession, specialty, country, expires_at, granted_by, granted_at)
			VALUES ($1, $2, 'physician', '', 'PT', $3, 0, $4)`, s.IDs.Next(), a.Member, db.Millis(now.AddDate(1, 0, 0)), db.Millis(now))
	}
	return a
}

// Admin, Moderator, Verified, Restricted and Waiting are edits for Member.
func Admin(a *core.Actor) { a.Role = core.RoleAdmin }

// Moderator makes a moderator.
func Moderator(a *core.Actor) { a.Role = core.RoleModerator }

// Verified makes a holder of a credential.
func Verified(a *core.Actor) { a.Verified = true }

// Restricted makes a member who may read and not write.
func Restricted(a *core.Actor) { a.Standing = core.Restricted }

// Waiting makes a member who waits for approval.
func Waiting(a *core.Actor) { a.Standing = core.Waiting }

// Organisation makes an organisation with staff and gives its id.
func (s *Site) Organisation(slug, name string, staff ...core.Actor) core.ID {
	s.Helper()
	id := s.IDs.Next()
	s.Exec("INSERT INTO organisation (id, slug, name, kind, about, created_at) VALUES ($1, $2, $3, 'charity', '', 0)", id, slug, name)
	for _, a := range staff {
		s.Exec("INSERT INTO staff (organisation, member, role, since) VALUES ($1, $2, 'editor', 0)", id, a.Member)
	}
	return id
}

// Serve answers at the routes from now on.
func (s *Site) Serve(lists ...[]shell.Route) {
	s.Helper()
	var all []shell.Route
	for _, list := range lists {
		all = append(all, list...)
	}
	s.server = httptest.NewServer(s.Shell.Mux(all))
	s.Shell.BaseURL = s.server.URL
	s.Cleanup(s.server.Close)
}

// URL is where the site is served, without a slash at the end.
func (s *Site) URL() string { return s.server.URL }

// Handler is what answers.
func (s *Site) Handler() http.Handler { return s.server.Config.Handler }

// Log is what the site has logged so far.
func (s *Site) Log() string { return s.log.String() }

// Authenticate fakes sign-ins: a token is whatever As gave.
func (s *Site) Authenticate(_ context.Context, token string) (core.Actor, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a, ok := s.actors[token]
	if !ok {
		return core.Visitor, core.E(core.Unauthenticated, "error.unauthenticated")
	}
	return a, nil
}

// Farewell has nothing to tell: webtest fakes sign-ins, and nobody ends them.
func (s *Site) Farewell(context.Context, string) error { return nil }

// lockedBuffer is a log that the server writes while the test reads.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

// Write adds a line.
func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

// String is all that was written.
func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

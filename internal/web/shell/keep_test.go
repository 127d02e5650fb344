package shell_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/db/dbtest"
	"dayroom/internal/policy"
	"dayroom/internal/site"
	"dayroom/internal/web/shell"
	"dayroom/internal/web/ui"
	"dayroom/internal/web/webtest"
)

// openKept serves a shared page that says how often it was made, and for whom.
func openKept(t *testing.T) (s *webtest.Site, made *int) {
	s = webtest.New(t, dbtest.OpenSQLite(t))
	s.Shell.Changes = s.DB.Changes
	s.Settings(func(in *site.Settings) { in.Languages = []string{"en", "pt"} })
	made = new(int)
	show := func(c *shell.Call) error {
		*made++
		return c.Show(ui.Page(c.Frame(fmt.Sprintf("made %d for %d", *made, c.Actor.Member)), nil))
	}
	s.Serve([]shell.Route{
		{Method: "GET", Path: "/shared", Access: policy.ForPublic, Shared: true, Handle: show},
		{Method: "GET", Path: "/own", Access: policy.ForPublic, Handle: show},
		{Method: "GET", Path: "/asks", Access: policy.ForPublic, Shared: true, Handle: func(c *shell.Call) error { c.Unshared(); return show(c) }},
		{Method: "GET", Path: "/fails", Access: policy.ForPublic, Shared: true, Handle: func(c *shell.Call) error {
			*made++
			return core.Missing("page")
		}},
		{Method: "POST", Path: "/say", Access: policy.ForPublic, Handle: func(c *shell.Call) error {
			c.Say(ui.Good, "error.too_soon.wait", "5 minutes")
			return c.Go("/shared")
		}},
	})
	return s, made
}

func TestAPageThatVisitorsSeeAlikeIsMadeOnceInASecond(t *testing.T) {
	s, made := openKept(t)
	s.Visitor().Get("/shared").Want(200, "made 1 for 0")
	s.Visitor().Get("/shared").Want(200, "made 1 for 0")
	s.Clock.Advance(shell.KeptFor)
	s.Visitor().Get("/shared").Want(200, "made 2 for 0")
	for range 2 {
		s.Visitor().Get("/own")
		s.Visitor().Get("/asks")
		s.Visitor().Get("/fails").Want(404)
	}
	if *made != 8 {
		t.Errorf("made %d pages, and what is not shared is made each time: 8", *made)
	}
}

func TestAKeptPageEndsWithTheFirstWriteBehindIt(t *testing.T) {
	s, _ := openKept(t)
	s.Visitor().Get("/shared").Want(200, "made 1 for 0")
	s.Update(func(*db.Tx) error { return nil })
	s.Visitor().Get("/shared").Want(200, "made 2 for 0")
}

func TestNobodyIsShownAPageThatWasMadeForAnother(t *testing.T) {
	s, _ := openKept(t)
	ada, bo := s.Member("ada"), s.Member("bo")
	s.Visitor().Get("/shared").Want(200, "made 1 for 0")
	s.As(ada).Get("/shared").Want(200, fmt.Sprintf("made 2 for %d", ada.Member))
	s.As(bo).Get("/shared").Want(200, fmt.Sprintf("made 3 for %d", bo.Member))
	s.Visitor().Get("/shared").Want(200, "made 1 for 0")

	portuguese, dark, elsewhere := s.Visitor(), s.Visitor(), s.Visitor()
	portuguese.SetCookie(shell.LanguageCookie, "pt")
	dark.SetCookie(ui.ReadingCookie, ui.Reading{Theme: "dark"}.String())
	elsewhere.SetCookie(shell.ZoneCookie, "Asia/Tokyo")
	for i, b := range []*webtest.Browser{portuguese, dark, elsewhere} {
		b.Get("/shared").Want(200, fmt.Sprintf("made %d for 0", 4+i))
	}
	portuguese.Get("/shared").Want(200, "made 4 for 0", "Entrar")

	s.Visitor().Post("/say", nil).Want(303)
	b := s.Visitor()
	b.Post("/say", nil)
	b.Get("/shared").Want(200, "5 minutes")
	s.Visitor().Get("/shared").Want(200).WantNot("5 minutes")
}

// A proxy that keeps what it may not keep is told so: a page for one person by no-store, a visitor's by private and what it varies with.
func TestAProxyIsToldWhatItMayNotKeep(t *testing.T) {
	s, _ := openKept(t)
	if got := s.As(s.Member("ada")).Get("/shared").Header.Get("Cache-Control"); got != "no-store" {
		t.Errorf("a member's page has Cache-Control %q", got)
	}
	for range 2 {
		h := s.Visitor().Get("/shared").Header
		if h.Get("Cache-Control") != "private, no-cache" || fmt.Sprint(h.Values("Vary")) != "[Cookie Accept-Language Accept-Encoding]" {
			t.Errorf("a visitor's page has Cache-Control %q and Vary %q", h.Get("Cache-Control"), h.Values("Vary"))
		}
	}
}

// stuck is a client that takes no byte until it is let go.
type stuck struct {
	http.ResponseWriter
	reached, free chan struct{}
}

func (s *stuck) Write(b []byte) (int, error) {
	close(s.reached)
	<-s.free
	return s.ResponseWriter.Write(b)
}

func TestASlowVisitorKeepsNobodyWaitingForTheSamePage(t *testing.T) {
	s, _ := openKept(t)
	slow := &stuck{httptest.NewRecorder(), make(chan struct{}), make(chan struct{})}
	done := make(chan struct{})
	go func() {
		s.Handler().ServeHTTP(slow, httptest.NewRequest(http.MethodGet, "/shared", nil))
		close(done)
	}()
	<-slow.reached
	answered := make(chan struct{})
	go func() {
		s.Visitor().Get("/shared").Want(200, "made 1 for 0")
		close(answered)
	}()
	select {
	case <-answered:
	case <-time.After(10 * time.Second):
		t.Error("the second visitor waits for the first")
	}
	close(slow.free)
	<-done
}

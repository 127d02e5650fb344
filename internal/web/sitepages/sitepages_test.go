package sitepages_test

import (
	"context"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"dayroom/internal/account"
	"dayroom/internal/account/password"
	"dayroom/internal/core"
	"dayroom/internal/figures"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/keys"
	"dayroom/internal/policy"
	"dayroom/internal/site"
	"dayroom/internal/web/shell"
	"dayroom/internal/web/sitepages"
	"dayroom/internal/web/ui"
	"dayroom/internal/web/webtest"
)

type house struct {
	*webtest.Site
	accounts    *account.Service
	certificate time.Time
}

func each(t *testing.T, test func(h *house)) {
	webtest.Each(t, func(s *webtest.Site) {
		dir := t.TempDir()
		k, err := keys.Open(context.Background(), filepath.Join(dir, "keys.db"), filepath.Join(dir, "root.key"))
		s.Must(err)
		t.Cleanup(func() { k.Close() })
		accounts, err := account.New(s.DB, k, s.IDs, s.Clock, s.Site, account.Options{
			BaseURL: "http://127.0.0.1:8080", Cost: password.Cost{Memory: 64, Time: 1, Threads: 1}})
		s.Must(err)
		h := &house{Site: s, accounts: accounts}
		h.Serve(sitepages.Routes(sitepages.Options{DB: s.DB, Site: s.Site, Accounts: accounts,
			Status: func(context.Context) sitepages.Status {
				return sitepages.Status{Version: "1.2.3", Engine: "SQLite", KeyFile: "/srv/dayroom/root.key"}
			},
			Figures: figures.New(s.DB, s.Clock), Data: dir, Certificate: func(context.Context) (time.Time, error) { return h.certificate, nil },
			Tools: []sitepages.Tool{{Path: "/admin/members", Key: "frame.me"}}}),
			[]shell.Route{{Method: "GET", Path: "/", Access: policy.ForPublic, Handle: func(c *shell.Call) error {
				return c.Show(ui.Page(c.Frame("Home"), nil))
			}}})
		test(h)
	})
}

func form(pairs ...string) url.Values {
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return v
}

// fresh makes the site one that nobody has set up, and gives the code of the terminal.
func (h *house) fresh() string {
	h.Helper()
	h.Exec("DELETE FROM setting")
	h.Forget()
	code, err := h.Site.Site.NewSetUpCode(context.Background())
	h.Must(err)
	return code
}

func (h *house) Forget() { h.Site.Site.Forget() }

func (h *house) count(query string) (n int64) {
	h.Helper()
	h.Must(h.DB.View(context.Background(), func(tx *db.Tx) (err error) {
		n, err = db.One(tx, db.Int64, query)
		return err
	}))
	return n
}

const secret = "four quiet words here"

func TestTheFirstVisitSetsTheSiteUp(t *testing.T) {
	each(t, func(h *house) {
		code := h.fresh()
		v := h.Visitor()
		page := v.Get("/").WantWay("/setup").Want(200, "Set up your site").Sound()
		if page.Form("/setup").Get("age_limit") != "18" || page.Form("/setup").Get("sign_up") != "open" || page.Form("/setup").Get("main_language") != "en" {
			t.Errorf("the form begins with %v", page.Form("/setup"))
		}
		filled := form("name", "Harbour Lights", "contact", "post@harbour.example", "handle", "keeper", "password", secret)
		wrong := page.Submit("/setup", filled).Want(422, "not the code that stands in the terminal").Sound()
		if got := wrong.Form("/setup"); got.Get("name") != "Harbour Lights" || got.Get("handle") != "keeper" || got.Get("password") != "" {
			t.Errorf("what was typed is lost, or the password is shown: %v", got)
		}
		v.Get("/setup?code="+code).Submit("/setup", form("name", "", "age_limit", "seven", "handle", "Not a handle", "password", "sesame")).
			Want(422, "up to 60 characters", "from 13 to 99").Sound().WantNot("sesame")
		if h.count("SELECT COUNT(*) FROM member") != 0 {
			t.Fatal("a failed set-up made a member")
		}
		filled.Set("code", code)
		done := page.Submit("/setup", filled)
		if done.Status != 303 || done.Header.Get("Location") != "/admin" || v.Cookie("dayroom") == "" {
			t.Fatalf("set-up answers %d: %s", done.Status, done.Text())
		}
		in, err := h.Site.Site.Settings(context.Background())
		h.Must(err)
		if !in.Ready || in.Name != "Harbour Lights" || in.AgeLimit != 18 || len(in.Languages) == 0 {
			t.Errorf("the settings are %+v", in)
		}
		actor, err := h.accounts.Authenticate(context.Background(), v.Cookie("dayroom"))
		h.Must(err)
		if !actor.IsAdmin() || actor.Handle != "keeper" {
			t.Errorf("the first admin is %+v", actor)
		}
		h.Visitor().Get("/setup").WantWay("/")
		filled.Set("handle", "second")
		h.Visitor().Post("/setup", filled).WantWay("/")
		if h.count("SELECT COUNT(*) FROM member") != 1 {
			t.Error("a second set-up made a second admin")
		}
	})
}

func TestTwoWhoFinishTheSetUpAtOnceMakeOneSite(t *testing.T) {
	each(t, func(h *house) {
		code := h.fresh()
		page := h.Visitor().Get("/setup?code=" + code)
		var wait sync.WaitGroup
		for _, name := range []string{"keeper_a", "keeper_b", "keeper_c"} {
			values := page.Form("/setup")
			values.Set("name", "Site")
			values.Set("handle", name)
			values.Set("password", secret)
			wait.Go(func() { h.Visitor().Post("/setup", values) })
		}
		wait.Wait()
		if n := h.count("SELECT COUNT(*) FROM member"); n != 1 {
			t.Errorf("%d admins were made", n)
		}
	})
}

func TestTheOverviewTellsWhatWorksAndWhatDoesNot(t *testing.T) {
	each(t, func(h *house) {
		h.As(h.Member("ada")).Get("/admin").Want(403)
		h.As(h.Member("mod", webtest.Moderator)).Get("/admin/settings").Want(403)
		keeper := h.As(h.Member("keeper", webtest.Admin))
		page := keeper.Get("/admin").Want(200, "No mail server is set up", "root.key", "dayroom backup", "Dayroom 1.2.3, on SQLite",
			"Nobody has reviewed the privacy page", "not reached by https", "Passkeys cannot be used")
		page.Sound()
		if !page.HasLink("/admin/members") || !page.HasLink("/admin/spaces") {
			t.Error("a tool is missing")
		}
	})
}

func TestSettingsKeepWhatWasTyped(t *testing.T) {
	each(t, func(h *house) {
		keeper := h.As(h.Member("keeper", webtest.Admin))
		page := keeper.Get("/admin/settings").Want(200).Sound()
		bad := page.Submit("/admin/settings", form("name", "New name", "quick_exit", "javascript:alert(1)")).Want(422, "begins with https://").Sound()
		if bad.Form("/admin/settings").Get("name") != "New name" {
			t.Error("what was typed is lost")
		}
		page.Submit("/admin/settings", url.Values{"main_language": {"xx"}}).Want(422, "not known here")
		page.Submit("/admin/settings", url.Values{"main_language": {"pt"}, "languages": {"en", "ar"}, "name": {"Luz"}}).WantWay("/admin").Want(200, "Luz")
		in, err := h.Site.Site.Settings(context.Background())
		h.Must(err)
		if strings.Join(in.Languages, " ") != "pt en ar" || !in.Ready {
			t.Errorf("the settings are %+v", in)
		}
	})
}

func TestPrivacyAndTermsAreThereAndAnAdminMakesThemTheirOwn(t *testing.T) {
	each(t, func(h *house) {
		v := h.Visitor()
		v.Get("/privacy").Want(200, "have not reviewed it yet", "How far you have read", "at least 18 years").Sound()
		v.Get("/terms").Want(200, "call your emergency number").Sound()
		h.As(h.Member("ada")).Post("/admin/pages/terms", form("language", "en", "body", "Mine")).Want(403)
		keeper := h.As(h.Member("keeper", webtest.Admin))
		page := keeper.Get("/admin/pages/terms").Want(200, "which law you are under").Sound()
		page.Submit("/admin/pages/terms", form("body", "# Our terms\n\n<img src=x onerror=alert(1)> Be kind.")).WantWay("/terms").
			Want(200, "Our terms", "Last changed on", "Be kind").Sound()
		page.Submit("/admin/pages/terms", form("body", strings.Repeat("[", 5000))).Want(422, "make it simpler").Sound()
		page.Submit("/admin/pages/terms", form("language", "ar")).Want(404)
		keeper.Get("/admin/pages/secrets").Want(404)
		keeper.Get("/admin/pages/terms").Submit("/admin/pages/terms", form("reset", "1")).WantWay("/terms").Want(200, "have not reviewed it yet")
	})
}

func TestAReaderSetsThePageWithoutAScript(t *testing.T) {
	each(t, func(h *house) {
		v := h.Visitor()
		page := v.Get("/reading").Want(200, "Your time").Sound()
		page.Submit("/reading", form("theme", "dark", "size", "larger")).WantWay("/reading").Want(200, "Saved in your browser")
		if root := v.Get("/reading").All("html", "", "")[0]; webtest.Attr(root, "data-theme") != "dark" || webtest.Attr(root, "data-size") != "larger" {
			t.Error("the settings do not hold")
		}
		page.Submit("/reading", form("theme", "\"><script>", "next", "//evil.example")).WantWay("/")
		page.Submit("/zone", form("zone", "Asia/Tokyo")).WantWay("/reading").Want(200, "Tokyo")
		for _, bad := range []string{"", "../../etc/passwd", "Local", "Mars/Olympus", strings.Repeat("x", 500)} {
			page.Submit("/zone", form("zone", bad)).Want(422, "do not know this time zone").Sound()
		}
	})
}

func TestTheLanguageIsRememberedAndLeadsBack(t *testing.T) {
	each(t, func(h *house) {
		h.Settings(func(in *site.Settings) { in.Languages = []string{"en", "ar"} })
		v := h.Visitor()
		v.Header.Set("Referer", h.URL()+"/privacy?a=b")
		v.Get("/language?to=ar").WantWay("/privacy?a=b")
		v.Header.Set("Referer", "https://evil.example/privacy")
		v.Get("/language?to=en").WantWay("/")
		v.Get("/language?to=pt").WantWay("/") // not offered here
		v.Header.Del("Referer")
		if lang := webtest.Attr(v.Get("/privacy").All("html", "", "")[0], "lang"); lang != "en" {
			t.Errorf("the page speaks %s", lang)
		}
	})
}

func TestMachinesGetPlainAnswers(t *testing.T) {
	each(t, func(h *house) {
		v := h.Visitor()
		v.Get("/healthz").Want(200, "ok")
		v.Get("/robots.txt").Want(200, "Disallow: /admin")
		v.Get("/.well-known/security.txt").Want(404)
		h.Settings(func(in *site.Settings) { in.Contact = "Write to us: <help@harbour.example>, weekdays." })
		v.Get("/.well-known/security.txt").Want(200, "Contact: mailto:help@harbour.example\n", "Expires: 2026-11-01T00:00:00Z")
		h.Settings(func(in *site.Settings) { in.Contact = "Call 555 or @us" })
		v.Get("/.well-known/security.txt").Want(404)
		v.Get("/about").Want(200, "Call 555 or @us").Sound()
	})
}

func TestAFullDatabaseIsNotHealthy(t *testing.T) {
	each(t, func(h *house) {
		v := h.Visitor()
		v.Get("/healthz").Want(200)
		h.DB.Close()
		h.Clock.Advance(2e9) // past the lease of the settings
		if p := v.Get("/healthz"); p.Status < 500 {
			t.Errorf("without a database it answers %d", p.Status)
		}
	})
}

func TestACertificateThatWasNotRenewedIsPointedOut(t *testing.T) {
	each(t, func(h *house) {
		admin := h.As(h.Member("keeper", func(a *core.Actor) { a.Role = core.RoleAdmin }))
		admin.Get("/admin/figures").Want(200, "HTTPS certificate", "none yet").WantNot("renewed by now")
		h.certificate = h.Clock.Now().AddDate(0, 2, 0)
		admin.Get("/admin/figures").Want(200, "good until").WantNot("renewed by now").Sound()
		h.certificate = h.Clock.Now().AddDate(0, 0, 13)
		admin.Get("/admin/figures").Want(200, "renewed by now")
		if page := admin.Get("/admin").Want(200, "HTTPS certificate", "renewed by now").Sound(); !page.HasLink("/admin/figures") {
			t.Error("the overview does not lead to the figures")
		}
	})
}

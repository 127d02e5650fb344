package shell_test

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/policy"
	"dayroom/internal/site"
	"dayroom/internal/web/shell"
	"dayroom/internal/web/ui"
	"dayroom/internal/web/webtest"

	"dayroom/internal/platform/db"
	"dayroom/internal/platform/db/dbtest"
)

var errSecret = errors.New("disk sector 7 of /var/lib/secret")

// routes do the few things that a shell has to get right.
func routes() []shell.Route {
	show := func(c *shell.Call) error { return c.Show(ui.Page(c.Frame("A page"), nil)) }
	fails := func(err error) func(*shell.Call) error { return func(*shell.Call) error { return err } }
	echo := func(c *shell.Call) error {
		f, err := c.Form()
		if err != nil {
			return err
		}
		return c.JSON(http.StatusOK, map[string]string{"words": f.Text("words")})
	}
	return []shell.Route{
		{Method: "GET", Path: "/public", Access: policy.ForPublic, Handle: show},
		{Method: "GET", Path: "/members", Access: policy.ForMember, Handle: show},
		{Method: "GET", Path: "/admins", Access: policy.ForAdmin, Handle: show},
		{Method: "GET", Path: "/unheard", Access: "unheard of", Handle: show},
		{Method: "GET", Path: "/setup", Access: policy.ForPublic, BeforeSetUp: true, Handle: show},
		{Method: "POST", Path: "/echo", Access: policy.ForPublic, Handle: echo},
		{Method: "POST", Path: "/small", Access: policy.ForPublic, Body: 100, Handle: echo},
		{Method: "POST", Path: "/members", Access: policy.ForMember, Handle: echo},
		{Method: "POST", Path: "/say", Access: policy.ForPublic, Handle: func(c *shell.Call) error {
			c.SayWithLink(ui.Good, "/public", "error.again", "error.too_soon.wait", "5 minutes")
			return c.Go(c.Query("next"))
		}},
		{Method: "GET", Path: "/broken", Access: policy.ForPublic, Handle: fails(errSecret)},
		{Method: "GET", Path: "/away", Access: policy.ForPublic, Handle: fails(core.E(core.Unavailable, "error.unavailable").Because(errSecret))},
		{Method: "GET", Path: "/wait", Access: policy.ForPublic, Handle: fails(core.Wait(90*time.Second, "error.too_soon"))},
		{Method: "GET", Path: "/unspoken", Access: policy.ForPublic, Handle: fails(core.E(core.Forbidden, "no.such.sentence"))},
		{Method: "GET", Path: "/panic", Access: policy.ForPublic, Handle: func(*shell.Call) error { panic(errSecret) }},
		{Method: "GET", Path: "/field", Access: policy.ForPublic, Handle: fails(core.Field("name", "error.bad_text"))},
	}
}

// save is a form that writes: what is wrong comes back beside what was typed.
func save(s *webtest.Site) shell.Route {
	return shell.Route{Method: "POST", Path: "/save", Access: policy.ForPublic, Handle: func(c *shell.Call) error {
		f, err := c.Form()
		if err != nil {
			return err
		}
		err = s.DB.Update(c.Ctx(), func(*db.Tx) error { return nil })
		if err == nil {
			return c.JSON(http.StatusOK, "saved")
		}
		m, rest := c.Mistakes(err)
		if rest != nil {
			return rest
		}
		words := f.Text("words")
		for name, wrong := range m.Fields {
			words += " " + name + ": " + wrong
		}
		return c.JSON(m.Status, words)
	}}
}

func open(t *testing.T) *webtest.Site {
	s := webtest.New(t, dbtest.OpenSQLite(t))
	s.Serve(routes(), []shell.Route{save(s)})
	return s
}

func TestAnErrorPageNeverShowsItsCause(t *testing.T) {
	s := open(t)
	for path, status := range map[string]int{"/broken": 500, "/away": 503, "/panic": 500, "/nowhere": 404, "/unspoken": 403, "/wait": 429} {
		page := s.Visitor().Get(path).Want(status).WantNot("sector", "secret", "no.such.sentence", "core.Error")
		reference := page.Header.Get("X-Request-Id")
		if path == "/broken" || path == "/away" || path == "/panic" {
			page.Want(status, reference)
			if !strings.Contains(s.Log(), "sector 7") || !strings.Contains(s.Log(), reference) {
				t.Errorf("the log does not tell the cause of %s with its reference", path)
			}
		}
		if path != "/panic" {
			page.Sound()
			if page.Header.Get("Cache-Control") != "no-store" {
				t.Errorf("the error page of %s may be cached", path)
			}
		}
	}
	s.Visitor().Get("/wait").Want(429, "90 seconds")
	if got := s.Visitor().Get("/wait").Header.Get("Retry-After"); got != "90" {
		t.Errorf("Retry-After is %q", got)
	}
	s.Visitor().Get("/field").Want(422, "This text holds characters")
	s.Visitor().Get("/nowhere").Want(404, "Spaces", "Go to the first page")
}

func TestAScriptGetsTheErrorAsJSON(t *testing.T) {
	s := open(t)
	b := s.Visitor()
	b.Header.Set("Accept", "application/json")
	b.Get("/broken").Want(500, `"key":"error.internal"`).WantNot("sector")
	b.Get("/field").Want(422, `"fields":{"name":"This text holds`)
	b.Get("/members").Want(401, "Please sign in first")
}

func TestWhoIsNotSignedInIsLedThereAndBack(t *testing.T) {
	s := open(t)
	way := s.Visitor().Get("/members?a=1&b=//evil.example")
	if got := way.Header.Get("Location"); way.Status != 303 || got != "/signin?next="+url.QueryEscape("/members?a=1&b=//evil.example") {
		t.Errorf("a visitor is led to %q with %d", got, way.Status)
	}
	s.Visitor().Post("/members", url.Values{}).Want(401, "Please sign in") // what was typed is not lost in a redirect
	s.As(s.Member("ada")).Get("/members").Want(200)
	s.As(s.Member("ada2")).Get("/admins").Want(403)
	s.As(s.Member("keeper", webtest.Admin)).Get("/admins").Want(200)
	s.As(s.Member("late", webtest.Waiting)).Get("/members").Want(403)
	s.As(s.Member("keeper2", webtest.Admin)).Get("/unheard").Want(403)
}

func TestASignInThatEndedIsForgotten(t *testing.T) {
	s := open(t)
	b := s.Visitor()
	b.SetCookie("dayroom", "stolen or old")
	b.Get("/public").Want(200)
	if b.Cookie("dayroom") != "" {
		t.Error("the browser keeps a token that means nothing")
	}
}

func TestNextNeverLeadsAway(t *testing.T) {
	for _, path := range []string{
		"https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)", "", "evil", "/a\r\nSet-Cookie: x=1",
		"/\t/evil.example", "/" + strings.Repeat("a", 3000), "/\x00",
	} {
		if got := shell.Local(path); got != "/" {
			t.Errorf("%q leads to %q", path, got)
		}
	}
	for _, path := range []string{"/", "/s/breathing?after=x#new", "/a//b"} {
		if got := shell.Local(path); got != path {
			t.Errorf("%q leads to %q", path, got)
		}
	}
	s := open(t)
	if got := s.Visitor().Post("/say?next=https://evil.example/", nil).Header.Get("Location"); got != "/" {
		t.Errorf("the answer leads to %q", got)
	}
}

func TestWhatWasSaidIsSaidOnce(t *testing.T) {
	s := open(t)
	b := s.Visitor()
	b.Post("/say?next=/public", nil).WantWay("/public").Want(200, "You can do this again in 5 minutes.", "Try again")
	b.Get("/public").WantNot("5 minutes")
}

func TestAForgedFlashSaysNothingOfItsOwn(t *testing.T) {
	s := open(t)
	forge := func(text string) *webtest.Page {
		b := s.Visitor()
		b.SetCookie("flash", base64.RawURLEncoding.EncodeToString([]byte(text)))
		page := b.Get("/public").Want(200).WantNot("evil")
		if b.Cookie("flash") != "" {
			t.Errorf("the forged cookie %s stays", text)
		}
		return page
	}
	forge(`[{"t":"good","k":"Your account is evil"}]`)
	forge(`[{"t":"evil\" onclick=\"x","k":"error.form"}]`)
	forge(`[{"t":"evil","k":"error.form"}]`)
	forge(`[{"t":"good","k":"error.form","l":"https://evil.example/","w":"error.again"}]`)
	forge(`[{"t":"good","k":"error.form","l":"/","w":"evil words"}]`)
	forge(`not JSON, evil`)
	forge(`{"t":"good","k":"evil"}`)
	forge(`[[["evil"]]]`)
	if page := forge(`[{"t":"good","k":"error.too_soon.wait","a":["<script>alert(1)</script>"]}]`); strings.Contains(page.Body, "<script>alert") {
		t.Error("an argument became HTML")
	}
	b := s.Visitor()
	b.SetCookie("flash", "%%%")
	b.Get("/public").Want(200)
}

func TestABodyOverItsLimitIsRefused(t *testing.T) {
	s := open(t)
	b := s.Visitor()
	big := url.Values{"words": {strings.Repeat("x", shell.DefaultBody)}}
	b.Post("/echo", big).Want(413, "more than we can take").WantNot("{0}")
	b.Post("/small", url.Values{"words": {strings.Repeat("x", 120)}}).Want(413)
	b.Post("/small", url.Values{"words": {"short"}}).Want(200, "short")
}

func TestTextThatIsNoTextComesBackWithTheFormAndIsKeptNowhere(t *testing.T) {
	s := open(t)
	b := s.Visitor()
	for _, bad := range []string{"\xff\xfe", "a\x00b", "\xed\xa0\x80"} {
		page := b.Post("/save", url.Values{"words": {"kept " + bad + " too"}, "other": {"fine"}}).Want(422, "words: This text holds characters that we cannot read", "\uFFFD", "kept ")
		page.WantNot("other:", "saved").Want(422, "too")
		b.Post("/echo", url.Values{bad: {"value"}}).Want(422, "characters that we cannot read")
	}
	b.Do("POST", "/echo", "application/x-www-form-urlencoded", strings.NewReader("words=%zz")).Want(422, "did not reach us whole")
	b.Do("POST", "/echo", "multipart/form-data; boundary=x", strings.NewReader("--x\r\nbroken")).Want(422, "did not reach us whole")
	part := "--x\r\nContent-Disposition: form-data; name=\"words\"\r\n\r\na\x00b\r\n--x--\r\n"
	b.Do("POST", "/save", "multipart/form-data; boundary=x", strings.NewReader(part)).Want(422, "a\uFFFDb", "characters that we cannot read")
	b.Post("/echo", url.Values{"words": {" a\r\nb\u202e "}}).Want(200, `a\nb"`)
}

func TestAFormOfAnotherSiteIsNotCarriedOut(t *testing.T) {
	s := open(t)
	b := s.As(s.Member("ada"))
	b.Header.Set("Sec-Fetch-Site", "cross-site")
	b.Post("/members", url.Values{"words": {"hello"}}).Want(403, "came from another site").WantNot("hello")
	b.Header.Del("Sec-Fetch-Site")
	b.Header.Set("Origin", "https://evil.example")
	b.Post("/members", url.Values{"words": {"hello"}}).Want(403, "came from another site")
	b.Header.Set("Origin", s.URL())
	b.Post("/members", url.Values{"words": {"hello"}}).Want(200, "hello")
}

func TestBeforeSetUpEverythingLeadsToSetUp(t *testing.T) {
	s := open(t)
	s.Settings(func(in *site.Settings) { in.Ready = false })
	s.Visitor().Get("/members").WantWay("/setup").Want(200)
	s.Visitor().Get("/public").WantWay("/setup")
}

func TestEveryAnswerHasTheSecurityHeaders(t *testing.T) {
	s := open(t)
	for _, path := range []string{"/public", "/broken", "/nowhere", "/members"} {
		h := s.Visitor().Get(path).Header
		if !strings.Contains(h.Get("Content-Security-Policy"), "default-src 'none'") || h.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s lacks headers: %v", path, h)
		}
	}
	if got := s.As(s.Member("ada")).Get("/members").Header.Get("Cache-Control"); got != "no-store" {
		t.Errorf("a member's page may be cached: %q", got)
	}
}

func TestTheReaderChoosesLanguageAndZone(t *testing.T) {
	s := open(t)
	s.Settings(func(in *site.Settings) { in.Languages = []string{"en", "ar"} })
	b := s.Visitor()
	lang := func() string { return webtest.Attr(b.Get("/public").All("html", "", "")[0], "lang") }
	for _, step := range []struct{ cookie, header, want string }{{"", "", "en"}, {"", "ar-EG, en;q=0.5", "ar"}, {"en", "ar", "en"}, {"xx", "ar", "ar"}, {"", "pt", "en"}} {
		b.SetCookie(shell.LanguageCookie, step.cookie)
		b.Header.Set("Accept-Language", step.header)
		if got := lang(); got != step.want {
			t.Errorf("%+v speaks %s", step, got)
		}
	}
	b.SetCookie(shell.ZoneCookie, "../../etc/passwd")
	b.Get("/public").Want(200)
}

func ExampleLocal() {
	fmt.Println(shell.Local("/s/breathing"), shell.Local("https://elsewhere.example"))
	// Output: /s/breathing /
}

package shell

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/httpx"
	"dayroom/internal/platform/i18n"
	"dayroom/internal/site"
	"dayroom/internal/web/ui"

	"github.com/a-h/templ"
)

// Call is one request for a page and its answer.
type Call struct {
	W        http.ResponseWriter
	R        *http.Request
	Actor    core.Actor
	Settings site.Settings
	ui.Voice // language, hour and zone of the reader

	shell   *Shell
	manner  Manner
	liveAt  int64
	saying  []said // for the next page
	keeping *keeping
	atRest  func()
}

// pageType is what pages are.
const pageType = "text/html; charset=utf-8"

// LiveHeader comes with the request of a page that brings itself up to date.
const LiveHeader = "Dayroom-Live"

// Names of cookies beside the sign-in's.
const (
	LanguageCookie = "language"
	ZoneCookie     = "zone"
	flashCookie    = "flash"
)

func (s *Shell) call(w http.ResponseWriter, r *http.Request) *Call {
	c := &Call{W: w, R: r, shell: s, Voice: ui.Voice{Printer: i18n.For(""), Now: s.Clock.Now(), Zone: time.UTC}}
	if s.Position != nil { // before anything is read: what happens from here on is told to the page's stream
		c.liveAt = s.Position()
	}
	return c
}

// speak chooses language and zone.
func (c *Call) speak() {
	if c.manner != nil { // where cookies do not count
		c.Printer = i18n.Match(c.R.Header.Get("Accept-Language"), "", c.Settings.Languages)
		return
	}
	c.Printer = i18n.Match(c.R.Header.Get("Accept-Language"), c.cookie(LanguageCookie), c.Settings.Languages)
	if zone, err := time.LoadLocation(c.cookie(ZoneCookie)); err == nil {
		c.Zone = zone
	}
}

// Ctx is the request's context.
func (c *Call) Ctx() context.Context { return c.R.Context() }

// Path gives a part of the address by its name in the route.
func (c *Call) Path(name string) string { return c.R.PathValue(name) }

// ID reads a part of the address as an id; a broken one is NotFound.
func (c *Call) ID(name string) (core.ID, error) { return core.ParseID(c.R.PathValue(name)) }

// Query gives a value of the address's query.
func (c *Call) Query(name string) string { return c.R.URL.Query().Get(name) }

// Cursor reads where a list goes on.
func (c *Call) Cursor() (core.Cursor, error) { return core.ParseCursor(c.Query("after")) }

// BaseURL is the site's own address, for links that leave it.
func (c *Call) BaseURL() string { return c.shell.BaseURL }

// Demo tells whether this is the demo, which offers one-click sign-in.
func (c *Call) Demo() bool { return c.shell.Demo }

// Address is the client's address, for rate limits and the member's own list of sign-ins; nothing else may keep it.
func (c *Call) Address() string { return httpx.Address(c.R, c.shell.Trusted) }

// SignInName is the name of the cookie with the sign-in's token. The prefix makes browsers bind it to this host and HTTPS.
func (c *Call) signInName() string {
	if c.shell.Secure {
		return "__Host-dayroom"
	}
	return "dayroom"
}

func (c *Call) cookie(name string) string {
	k, err := c.R.Cookie(name)
	if err != nil {
		return ""
	}
	return k.Value
}

func (c *Call) token() string { return c.cookie(c.signInName()) }

// Token is the token that the request came with.
func (c *Call) Token() string { return c.token() }

// SetCookie sets a cookie of ours: not for scripts, not sent along from other sites' forms.
func (c *Call) SetCookie(name, value string, age time.Duration) {
	http.SetCookie(c.W, &http.Cookie{
		Name: name, Value: value, Path: "/", MaxAge: int(age.Seconds()),
		HttpOnly: true, Secure: c.shell.Secure, SameSite: http.SameSiteLaxMode,
	})
}

// DropCookie removes a cookie.
func (c *Call) DropCookie(name string) { c.SetCookie(name, "", -time.Second) }

// SignIn gives the browser a sign-in's token.
func (c *Call) SignIn(token string, age time.Duration) { c.SetCookie(c.signInName(), token, age) }

// SignOut takes it away.
func (c *Call) SignOut() { c.forget() }

func (c *Call) forget() { c.DropCookie(c.signInName()) }

// Go leads on to another page of ours after an act. Anything that is not a path of ours becomes the first page.
func (c *Call) Go(path string) error {
	http.Redirect(c.W, c.R, Local(path), http.StatusSeeOther)
	return nil
}

// Local gives path when it leads within this site, else "/": a "next" in an address must not send anybody elsewhere.
func Local(path string) string {
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsAny(path, "\\\r\n\t\x00") || len(path) > 2000 {
		return "/"
	}
	return path
}

// said is a flash as the cookie keeps it: the key of a sentence, not the sentence.
type said struct {
	Tone ui.Tone `json:"t"`
	Key  string  `json:"k"`
	Args []any   `json:"a,omitempty"`
	Link string  `json:"l,omitempty"`
	Word string  `json:"w,omitempty"`
}

// Say puts a sentence on top of the next page.
func (c *Call) Say(tone ui.Tone, key string, args ...any) {
	c.say(said{Tone: tone, Key: key, Args: args})
}

// SayWithLink is Say with a link behind the sentence, whose words are the key word.
func (c *Call) SayWithLink(tone ui.Tone, path, word, key string, args ...any) {
	c.say(said{Tone: tone, Key: key, Args: args, Link: path, Word: word})
}

// say adds a sentence to those for the next page: of two cookies with one name a browser keeps the later.
func (c *Call) say(s said) {
	c.saying = append(c.saying, s)
	if text, err := json.Marshal(c.saying); err == nil && len(text) < 1500 {
		c.SetCookie(flashCookie, base64.RawURLEncoding.EncodeToString(text), time.Minute)
	}
}

// takeFlash reads and removes what was said. The cookie is the browser's, so whatever does not parse is dropped, and a sentence
// has to be one of ours.
func (c *Call) takeFlash() (flash []ui.Flash) {
	raw := c.cookie(flashCookie)
	if raw == "" || c.R.Header.Get(LiveHeader) != "" { // it is for the page that somebody was led to
		return flash
	}
	c.DropCookie(flashCookie)
	text, err := base64.RawURLEncoding.DecodeString(raw)
	var all []said
	if err != nil || json.Unmarshal(text, &all) != nil {
		return flash
	}
	for _, s := range all {
		if c.Has(s.Key) {
			flash = append(flash, c.flashOf(s))
		}
	}
	return flash
}

func (c *Call) flashOf(s said) ui.Flash {
	for i, a := range s.Args {
		if n, ok := a.(float64); ok {
			s.Args[i] = int(n)
		}
	}
	if !c.Has("strip." + string(s.Tone)) {
		s.Tone = ui.Calm
	}
	f := ui.Flash{Tone: s.Tone, Text: c.T(s.Key, s.Args...)}
	if s.Link != "" && c.Has(s.Word) {
		f.Link = ui.Link{Href: Local(s.Link), Label: c.T(s.Word)}
	}
	return f
}

// Frame makes the frame of a page. Private pages ask search engines to stay away; a public one sets NoIndex to false itself.
func (c *Call) Frame(title string) ui.Frame {
	f := ui.Frame{
		Voice: c.Voice, Site: c.Settings.Name, Title: title, NoIndex: true, Path: c.R.URL.RequestURI(),
		Bare: !c.Settings.Ready, Viewer: ui.ViewerOf(c.Actor), QuickExitURL: c.Settings.QuickExit,
		ShowQuickExit: c.Actor.IsMember(), // whoever is signed in may have somebody behind them on any page
		SearchPath:    ui.PathSearch,
		Flash:         c.takeFlash(), Reading: ui.ParseReading(c.cookie(ui.ReadingCookie)), Languages: i18n.Enabled(c.Settings.Languages),
	}
	f.LiveAt = c.liveAt
	if c.R.Method != http.MethodGet {
		f.Path = "/"
	}
	if c.Actor.IsMember() && c.shell.Around != nil {
		around, err := c.shell.Around.Surround(c.Ctx(), c.Actor)
		if err != nil { // the page is worth more than what stands beside it
			c.shell.Log.Error("the frame lacks its surroundings", "error", err)
		}
		f.Spaces, f.Viewer.NoticeCount, f.Viewer.QueueCount = around.Spaces, around.Notices, around.Queue
	}
	return f
}

// OfficeFrame is the frame of a page for those who run the site.
func (c *Call) OfficeFrame(title string) ui.Frame {
	f := c.Frame(title)
	f.Active = ui.NavAdmin
	return f
}

// Show answers with a page.
func (c *Call) Show(page templ.Component) error { return c.ShowStatus(http.StatusOK, page) }

// oneMoment begins what Route.Moment promises.
func (c *Call) oneMoment() {
	if c.shell.Snapshot != nil && c.atRest == nil {
		ctx, end := c.shell.Snapshot(c.Ctx())
		c.R, c.atRest = c.R.WithContext(ctx), end
	}
}

// rest ends what oneMoment began.
func (c *Call) rest() {
	if c.atRest != nil {
		c.atRest()
	}
}

// sheets are what pages are rendered on: a page of fifty comments has 100 KB, and growing to that costs more than writing it.
var sheets = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// maxSheet is the largest that is used again.
const maxSheet = 1 << 20

func putSheet(b *bytes.Buffer) {
	if b.Cap() <= maxSheet {
		b.Reset()
		sheets.Put(b)
	}
}

// ShowStatus answers with a page and a status. It is rendered whole before the first byte leaves.
func (c *Call) ShowStatus(status int, page templ.Component) error {
	b := sheets.Get().(*bytes.Buffer)
	defer putSheet(b)
	if err := page.Render(c.Ctx(), b); err != nil {
		return err
	}
	h := c.W.Header()
	h.Add("Vary", "Accept-Language")
	if c.Actor.Member != 0 || h.Get("Set-Cookie") != "" || status != http.StatusOK {
		h.Set("Cache-Control", "no-store")
	} else if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", "private, no-cache")
	}
	c.keep(status, b.Bytes())
	return c.Send(status, pageType, b.Bytes())
}

// Send answers with bytes, compressed where that is wanted. Nothing is read from the database any more: whoever waits for a slow client
// holds no connection.
func (c *Call) Send(status int, contentType string, body []byte) error {
	c.rest()
	return httpx.WritePage(c.W, c.R, status, contentType, body)
}

// JSON answers a script of ours.
func (c *Call) JSON(status int, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	c.W.Header().Set("Cache-Control", "no-store")
	return c.Send(status, "application/json", text)
}

// wantsPage tells a person's browser from a script's fetch.
func (c *Call) wantsPage() bool {
	return !strings.Contains(c.R.Header.Get("Accept"), "application/json")
}

// showError is the error page, or a small JSON object for a script of ours.
func (c *Call) showError(status int, e *core.Error, reference string) {
	if !c.wantsPage() {
		fields := map[string]string{}
		for name, key := range e.Fields {
			fields[name] = c.T(key, e.Args...)
		}
		c.JSON(status, map[string]any{"error": c.T(e.Key, e.Args...), "key": e.Key, "fields": fields})
		return
	}
	f := c.Frame(c.T("error.title"))
	err := c.ShowStatus(status, errorPage(f, e, reference))
	if err != nil {
		c.shell.Log.Error("the error page failed", "reference", reference, "error", err)
		http.Error(c.W, c.T("error.internal", reference), http.StatusInternalServerError)
	}
}

package ui

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"dayroom/internal/platform/i18n"
	"dayroom/internal/web/static"
)

// The scripts are tried in a real browser, on the pages of the gallery, under the security policy that real pages have.

const policy = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'"

// room is a server with one page that writes down what is sent to it.
type room struct {
	*httptest.Server
	mu   sync.Mutex
	sent []string
}

func openRoom(t *testing.T, page string) *room {
	t.Helper()
	r := &room{}
	mux := http.NewServeMux()
	mux.Handle("GET "+static.Prefix, static.Handler())
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Security-Policy", policy)
		_, _ = io.WriteString(w, page)
	})
	mux.HandleFunc("GET /harmless", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<h1>Weather</h1>") })
	mux.HandleFunc("POST /", func(w http.ResponseWriter, req *http.Request) {
		_ = req.ParseForm()
		r.mu.Lock()
		r.sent = append(r.sent, req.URL.Path+" "+req.PostForm.Encode())
		r.mu.Unlock()
		if req.URL.Path == "/preview" {
			_, _ = io.WriteString(w, "<p>seen: "+req.PostForm.Get("body")+"</p>")
		}
	})
	r.Server = httptest.NewServer(mux)
	t.Cleanup(r.Close)
	return r
}

func (r *room) got(prefix string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, line := range r.sent {
		if strings.HasPrefix(line, prefix) {
			return line
		}
	}
	return ""
}

// browse opens the page in Chromium. Where there is none the test says so; DAYROOM_REQUIRE_BROWSER=1 makes that a failure.
func browse(t *testing.T, address string) context.Context {
	t.Helper()
	if _, err := exec.LookPath("chromium"); err != nil {
		if os.Getenv("DAYROOM_REQUIRE_BROWSER") != "" {
			t.Fatal("Chromium is required and not there")
		}
		t.Skip("no Chromium here: the scripts are not tried")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath("chromium"), chromedp.NoSandbox,
		chromedp.Flag("disable-gpu", true), chromedp.WindowSize(1280, 1400))
	ctx, stop := context.WithTimeout(context.Background(), 60*time.Second)
	t.Cleanup(stop)
	ctx, stopBrowser := chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(stopBrowser)
	ctx, closeTab := chromedp.NewContext(ctx, chromedp.WithErrorf(func(string, ...any) {})) // it complains of events newer than itself
	t.Cleanup(closeTab)
	must(t, ctx, chromedp.Navigate(address))
	return ctx
}

func must(t *testing.T, ctx context.Context, actions ...chromedp.Action) {
	t.Helper()
	if err := chromedp.Run(ctx, actions...); err != nil {
		t.Fatal(err)
	}
}

// becomes waits until an expression is true in the page. A page that is left on the way takes the waiting with it, so that is
// begun again in the next one.
func becomes(t *testing.T, ctx context.Context, expression string) {
	t.Helper()
	var err error
	for limit := time.Now().Add(15 * time.Second); time.Now().Before(limit); {
		if err = chromedp.Run(ctx, chromedp.Poll(expression, nil, chromedp.WithPollingTimeout(5*time.Second))); err == nil {
			return
		}
	}
	t.Errorf("%s did not come true: %v", expression, err)
}

func do(t *testing.T, ctx context.Context, script string) {
	t.Helper()
	must(t, ctx, chromedp.Evaluate(script, nil))
}

func galleryVoice(lang string) Voice {
	return Voice{Printer: i18n.For(lang), Now: evening, Zone: time.UTC}
}

func TestWritingWithTheToolbarPreviewsCountsAndKeepsADraft(t *testing.T) {
	r := openRoom(t, renderText(t, threadPage(galleryVoice("en"), englishWords)))
	ctx := browse(t, r.URL)
	becomes(t, ctx, `!document.querySelector(".toolbar").hidden`)
	do(t, ctx, `document.querySelector(".composer textarea").focus(); document.querySelector("[data-do=bold]").click()`)
	becomes(t, ctx, `document.querySelector(".composer textarea").value === "**text**"`)
	do(t, ctx, `document.querySelector("[data-do=preview]").click()`)
	becomes(t, ctx, `document.querySelector(".composer .prose")?.textContent === "seen: **text**"`)
	do(t, ctx, `document.querySelector("[data-do=preview]").click()`)
	becomes(t, ctx, `!document.querySelector(".composer textarea").hidden`)
	becomes(t, ctx, `document.getElementById("f-body-status").textContent === "Your draft is saved"`)
	if line := r.got("/drafts "); !strings.Contains(line, "body=%2A%2Atext%2A%2A") || !strings.Contains(line, "draft=") {
		t.Errorf("the draft was sent as %q", line)
	}
	do(t, ctx, `{const a = document.querySelector(".composer textarea"); a.value = "x".repeat(7990); a.dispatchEvent(new Event("input", {bubbles: true}))}`)
	becomes(t, ctx, `document.getElementById("f-body-count").textContent === "10 characters left"`)
}

func TestWhatCannotBeUndoneIsAskedFirst(t *testing.T) {
	r := openRoom(t, renderText(t, threadPage(galleryVoice("en"), englishWords)))
	ctx := browse(t, r.URL)
	press := `{const b = document.querySelector("[data-confirm]"); b.closest("details").open = true; b.click()}`
	do(t, ctx, press)
	becomes(t, ctx, `document.querySelectorAll("dialog.ask[open]").length === 1`)
	do(t, ctx, `document.querySelector("dialog.ask .button:not(.danger)").click()`)
	becomes(t, ctx, `!document.querySelector("dialog")`)
	if line := r.got("/p/1/delete"); line != "" {
		t.Fatalf("it was sent although the answer was no: %q", line)
	}
	do(t, ctx, press)
	becomes(t, ctx, `!!document.querySelector("dialog.ask .danger")`)
	do(t, ctx, `document.querySelector("dialog.ask .danger").click()`)
	becomes(t, ctx, `location.pathname === "/p/1/delete"`)
	if line := r.got("/p/1/delete"); line != "/p/1/delete version=3" {
		t.Errorf("sent %q", line)
	}
}

func TestEscapePressedThreeTimesLeavesTheSite(t *testing.T) {
	r := openRoom(t, strings.ReplaceAll(renderText(t, threadPage(galleryVoice("en"), englishWords)), "https://weather.example/", "/harmless"))
	ctx := browse(t, r.URL)
	escape := `document.body.dispatchEvent(new KeyboardEvent("keydown", {key: "Escape", bubbles: true}));`
	becomes(t, ctx, `!document.querySelector(".toolbar").hidden`)
	do(t, ctx, escape+escape+`if (document.documentElement.hidden) throw new Error("two are too few"); `+escape)
	becomes(t, ctx, `location.pathname === "/harmless" && document.querySelector("h1").textContent === "Weather"`)
}

func TestAMenuClosesWhenSomethingElseIsPressed(t *testing.T) {
	ctx := browse(t, openRoom(t, renderText(t, threadPage(galleryVoice("en"), englishWords))).URL)
	do(t, ctx, `document.querySelector("details.menu").open = true; document.querySelector("h1").click()`)
	becomes(t, ctx, `!document.querySelector("details.menu").open`)
}

func TestNoPageIsWiderThanAPhone(t *testing.T) {
	ctx := browse(t, "about:blank")
	must(t, ctx, chromedp.EmulateViewport(320, 800))
	widest := `[...document.querySelectorAll("body *:not(.tabs *, .scroll *, .skip, .unseen)")].filter((e) => {const r = e.getBoundingClientRect(); return r.right > 320 || r.left < 0}).map((e) => e.className || e.tagName).join()`
	for _, lang := range []string{"en", "ar"} {
		v, w := galleryVoice(lang), galleryWords(lang)
		for name, page := range map[string]string{
			"thread": renderText(t, threadPage(v, w)), "list": renderText(t, listPage(v, w)),
			"form": renderText(t, formPage(v, w)), "parts": renderText(t, partsPage(v, w)),
		} {
			page = strings.Replace(page, "<html ", `<html data-size="larger" data-spacing="wide" `, 1)
			var width int
			var elements string
			must(t, ctx, chromedp.Navigate(openRoom(t, page).URL), chromedp.Evaluate(`document.documentElement.scrollWidth`, &width), chromedp.Evaluate(widest, &elements))
			if width > 320 {
				t.Errorf("%s in %s is %d pixels wide: %s", name, lang, width, elements)
			}
		}
	}
}

package browser

import (
	"context"
	_ "embed"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// RequireEnv names the variable that turns a missing browser from a skip into a failure: CI sets it.
const RequireEnv = "DAYROOM_REQUIRE_BROWSER"

// find gives the path of a Chromium, or skips the test.
func find(t testing.TB) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	if os.Getenv(RequireEnv) != "" {
		t.Fatal("no Chromium, and " + RequireEnv + " is set")
	}
	t.Skip("no Chromium here: `make deps` installs it")
	return ""
}

// Tab is the window of a running browser.
type Tab struct {
	testing.TB
	ctx  context.Context
	site string

	mu       sync.Mutex
	Problems []string // what the page complained about, and requests to other hosts
}

// patience bounds one step in the browser.
const patience = 60 * time.Second

// Open starts a headless browser of its own, so with cookies of its own, that ends with the test. token is the sign-in's cookie,
// empty for a visitor.
func Open(t testing.TB, site, token string) *Tab {
	t.Helper()
	dir, err := os.MkdirTemp("", "dayroom-chromium-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) }) // what Chromium still writes while it ends is no failure of the test
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(find(t)), chromedp.NoSandbox,
		chromedp.Flag("disable-quic", true), chromedp.Flag("hide-scrollbars", true), chromedp.UserDataDir(dir),
		chromedp.WSURLReadTimeout(time.Minute))
	allocated, stopProcess := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, stop := chromedp.NewContext(allocated)
	t.Cleanup(func() { stop(); stopProcess() })
	tab := &Tab{TB: t, ctx: ctx, site: site}
	chromedp.ListenTarget(ctx, tab.listen)
	if err := chromedp.Run(ctx, network.Enable(), log.Enable(), runtime.Enable()); err != nil {
		t.Fatalf("Chromium does not start: %v", err)
	}
	if token != "" {
		tab.Do(network.SetCookie("dayroom", token).WithURL(site))
	}
	return tab
}

func (t *Tab) listen(event any) {
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		u, err := url.Parse(e.Request.URL)
		if err != nil || u.Scheme != "data" && !strings.HasPrefix(e.Request.URL, t.site) && u.Scheme != "about" && u.Scheme != "blob" {
			t.note("asked another host: " + e.Request.URL)
		}
	case *log.EventEntryAdded:
		if e.Entry.Level == log.LevelError && !expected(e.Entry.Text) {
			t.note("complained: " + e.Entry.Text + " " + e.Entry.URL)
		}
	case *runtime.EventExceptionThrown:
		t.note("a script failed: " + e.ExceptionDetails.Error())
	}
}

// expected are complaints about answers that a test asks for: pages of errors.
func expected(text string) bool {
	return strings.Contains(text, "the server responded with a status of")
}

func (t *Tab) note(s string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.Problems = append(t.Problems, s)
}

// TakeProblems gives what was noted since the last time.
func (t *Tab) TakeProblems() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	out := t.Problems
	t.Problems = nil
	return out
}

// Do runs steps, and ends the test when one fails or takes too long.
func (t *Tab) Do(actions ...chromedp.Action) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.ctx, patience)
	defer cancel()
	if err := chromedp.Run(ctx, actions...); err != nil {
		t.Fatalf("in the browser: %v", err)
	}
}

// Look sets the width of the window and the colours that the reader's device prefers.
func (t *Tab) Look(width int64, scheme string) {
	t.Helper()
	t.Do(chromedp.EmulateViewport(width, 900),
		emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}))
}

// Go opens a page of the site and waits until it is there.
func (t *Tab) Go(path string) {
	t.Helper()
	t.Do(chromedp.Navigate(t.site+path), chromedp.WaitReady("body", chromedp.ByQuery))
}

// Text gives the text of the page.
func (t *Tab) Text() (text string) {
	t.Helper()
	t.Do(chromedp.Evaluate("document.body.innerText", &text))
	return text
}

//go:embed testdata/axe.min.js
var axe string

// violation is what axe found, with where.
type violation struct {
	ID    string `json:"id"`
	Help  string `json:"help"`
	Nodes []struct {
		HTML    string `json:"html"`
		Summary string `json:"failureSummary"`
	} `json:"nodes"`
}

// Axe checks the page against WCAG 2.2 A and AA and axe's good practice, and gives what it finds, in words.
func (t *Tab) Axe() (found []string) {
	t.Helper()
	var loaded bool
	t.Do(chromedp.Evaluate("typeof axe !== 'undefined'", &loaded))
	if !loaded {
		t.Do(chromedp.Evaluate(axe, nil))
	}
	var violations []violation
	t.Do(chromedp.Evaluate(`axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})
		.then(r => r.violations.map(v => ({id: v.id, help: v.help, nodes: v.nodes.slice(0, 3).map(n => ({html: n.html.slice(0, 300), failureSummary: n.failureSummary}))})))`,
		&violations, func(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }))
	for _, v := range violations {
		for _, n := range v.Nodes {
			found = append(found, fmt.Sprintf("%s (%s): %s\n%s", v.ID, v.Help, n.HTML, n.Summary))
		}
	}
	return found
}

// Picture takes a screenshot of the page, whole or of the window's height, as PNG.
func (t *Tab) Picture(whole bool) (png []byte) {
	t.Helper()
	if whole {
		t.Do(chromedp.FullScreenshot(&png, 100))
	} else {
		t.Do(chromedp.CaptureScreenshot(&png))
	}
	return png
}

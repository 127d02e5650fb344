package browser

import (
	"context"
	"strings"
	"testing"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/policy"
	"dayroom/internal/sitetest"
	"dayroom/internal/thread"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// until waits for something to be true on the page as it is: nothing is loaded again.
func (t *Tab) until(what, expression string) {
	t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for time.Now().Before(deadline) {
		var yes bool
		t.Do(chromedp.Evaluate("Boolean("+expression+")", &yes))
		if yes {
			return
		}
		t.Do(chromedp.Sleep(20 * time.Millisecond))
	}
	t.Fatalf("%s: not within 20 seconds: %s", what, t.Text())
}

func actor(s *sitetest.Site, handle string) core.Actor {
	s.Helper()
	a, err := s.Account.Authenticate(context.Background(), s.As(handle).Token)
	s.Must(err)
	return a
}

// connected waits until a page has its stream.
func connected(t *testing.T, s *sitetest.Site, streams int) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); s.Live.Hub.Open() != streams; {
		if time.Now().After(deadline) {
			t.Fatalf("%d streams are open, and not %d", s.Live.Hub.Open(), streams)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func TestWhatOneWritesTheOtherSeesWithoutAReload(t *testing.T) {
	site := sitetest.Open(t, "")
	reader, writer := Open(t, site.URL, site.As("maria_hl").Token), Open(t, site.URL, site.As("old_oak").Token)
	writer.Go("/s/heart-to-heart/write?kind=question")
	writer.Do(
		chromedp.SendKeys("[name=title]", "What do you do on the stairs?", chromedp.ByQuery),
		chromedp.SendKeys("textarea[name=body]", "Two floors, no lift.", chromedp.ByQuery),
		leave(submit("[name=title]")))
	var address string
	writer.Do(chromedp.Location(&address))
	path := strings.TrimPrefix(strings.Split(address, "#")[0], site.URL)

	reader.Look(360, "light")
	reader.Go(path)
	reader.Do(chromedp.Evaluate("window.sameOld = true", nil))
	connected(t, site, 2) // the writer's page has one too

	writer.Do(
		chromedp.SendKeys("textarea[name=body]", "A chair on every landing.", chromedp.ByQuery),
		leave(submit("textarea[name=body]")))
	reader.until("the reply is there", "document.body.innerText.includes('A chair on every landing')")
	reader.until("it was said", "document.getElementById('live-word').textContent.includes('1')")

	who := actor(site, "maria_hl")
	id, err := core.ParseID(strings.TrimPrefix(path, "/t/"))
	site.Must(err)
	view, err := site.Thread.Read(context.Background(), who, id, core.Cursor{})
	site.Must(err)
	_, err = site.Thread.React(context.Background(), who, view.Comments[0].ID, thread.ThankYou, true)
	site.Must(err)
	writer.until("the thanks are counted", "[...document.querySelectorAll('.react')].some(r => r.textContent.includes('Thank') && r.querySelector('b')?.textContent === '1')")

	oak := actor(site, "old_oak")
	for range 3 {
		_, err = site.Thread.Reply(context.Background(), oak, thread.ReplyInput{Thread: id, Body: "And a rope.\n\n" + strings.Repeat("A long line about it.\n\n", 20)})
		site.Must(err)
	}
	reader.until("more is offered or there", "document.querySelectorAll('#replies article').length === 4 || !document.getElementById('live-bar').hidden")
	for _, scheme := range []string{"light", "dark"} {
		for _, width := range []int64{360, 1280} {
			reader.Look(width, scheme)
			reader.until("the colours have changed", "document.getAnimations().length === 0")
			for _, found := range reader.Axe() {
				t.Errorf("%d %s: %s", width, scheme, found)
			}
		}
	}
	_, err = site.Thread.Delete(context.Background(), oak, view.Comments[0].ID)
	site.Must(err)
	reader.until("what was deleted goes", "!document.body.innerText.includes('A chair on every landing')")
	reader.until("it is the same page", "window.sameOld")
	clean(t, reader, writer)
}

func TestTabsShareOneStream(t *testing.T) {
	site := sitetest.Open(t, "")
	first := Open(t, site.URL, site.As("maria_hl").Token)
	first.Go("/s/heart-to-heart")
	connected(t, site, 1)
	first.Do(chromedp.Evaluate("void (window.second = window.open('/'))", nil, func(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithUserGesture(true) }))
	first.until("the second tab is there", "second.document.readyState === 'complete' && second.document.body?.dataset.live")
	oak := actor(site, "old_oak")
	_, err := site.Thread.Create(context.Background(), oak, thread.Opening{Space: spaceOf(site, "heart-to-heart"), Kind: policy.Question, Title: "Who else walks at night?", Body: "It helps me to sleep."})
	site.Must(err)
	// Only a tab that somebody looks at asks for what is new; which of the two that is, is the browser's choice.
	first.until("the list offers it", "[window, second].some((w) => !w.document.getElementById('live-bar').hidden)")
	first.Do(chromedp.Evaluate("[window, second].forEach((w) => w.document.querySelector('#live-bar button').click())", nil))
	first.until("the new thread is there", "[window, second].some((w) => w.document.body.innerText.includes('Who else walks at night'))")
	connected(t, site, 1)
	clean(t, first)
}

func spaceOf(s *sitetest.Site, slug string) core.ID {
	s.Helper()
	about, err := s.Space.About(context.Background(), core.Visitor, slug)
	s.Must(err)
	return about.ID
}

// beside opens one more tab in the same browser.
func (t *Tab) beside() *Tab {
	t.Helper()
	ctx, stop := chromedp.NewContext(t.ctx)
	t.Cleanup(stop)
	tab := &Tab{TB: t.TB, ctx: ctx, site: t.site}
	chromedp.ListenTarget(ctx, tab.listen)
	if err := chromedp.Run(ctx, network.Enable(), log.Enable(), runtime.Enable()); err != nil { // the tab lives as long as this context
		t.Fatal(err)
	}
	return tab
}

// Where a browser has no worker that tabs share, one tab has the stream and tells the others; when it goes, another takes its place.
func TestWithoutASharedWorkerOneTabHasTheStreamForAll(t *testing.T) {
	site := sitetest.Open(t, "")
	first := Open(t, site.URL, site.As("maria_hl").Token)
	second := first.beside()
	for _, tab := range []*Tab{first, second} {
		tab.Do(chromedp.ActionFunc(func(ctx context.Context) error {
			_, err := page.AddScriptToEvaluateOnNewDocument("delete window.SharedWorker").Do(ctx)
			return err
		}))
		tab.Go("/s/heart-to-heart")
		tab.until("there is no such worker", "!window.SharedWorker && window.BroadcastChannel && navigator.locks")
	}
	connected(t, site, 1)
	ask := func(title string) {
		_, err := site.Thread.Create(context.Background(), actor(site, "old_oak"), thread.Opening{Space: spaceOf(site, "heart-to-heart"), Kind: policy.Question, Title: title, Body: "It helps me to sleep."})
		site.Must(err)
	}
	const offered = "!document.getElementById('live-bar').hidden"
	ask("Who else walks at night?")
	for _, tab := range []*Tab{first, second} {
		tab.Do(page.BringToFront())
		tab.until("the list offers it", offered)
	}
	connected(t, site, 1)
	first.Do(chromedp.Navigate("about:blank"))
	second.Do(page.BringToFront(), chromedp.Reload(), chromedp.WaitReady("body", chromedp.ByQuery))
	connected(t, site, 1)
	ask("And who sings?")
	second.until("the tab that stayed hears of it", offered)
	clean(t, first, second)
}

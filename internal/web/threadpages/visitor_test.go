package threadpages_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"strings"
	"testing"
	"time"

	"dayroom/internal/platform/db/dbtest"
	"dayroom/internal/platform/i18n"
	"dayroom/internal/thread"
	"dayroom/internal/web/static"
	"dayroom/internal/web/webtest"
)

// answerTo finds the question on a page and gives an answer to it.
func answerTo(p *webtest.Page) string {
	words := i18n.For("en")
	for i := 1; i <= 12; i++ {
		if strings.Contains(p.Text(), words.T(fmt.Sprint("approval.question.", i))) {
			answer, _, _ := strings.Cut(words.T(fmt.Sprint("approval.answer.", i)), "|")
			return answer
		}
	}
	p.Browser.Site.Fatal("no question on the page")
	return ""
}

func TestAVisitorAsksInAChannelAndIsHeld(t *testing.T) {
	each(t, func(h *house) {
		news := h.announce("The clinic moves", "We move on Monday.")
		visitor, path := h.Visitor(), news.Path()
		page := visitor.Get(path).Want(200, "The clinic moves", "Ask or comment without an account").Sound()
		if page.HasForm(path + "/react") {
			t.Error("a visitor is offered to react")
		}
		values := page.Form(path + "/reply")
		values.Set("visitor_name", "Vi")
		values.Set("body", "Where to?")
		visitor.Post(path+"/reply", values).Want(429, "That was very quick.", "Where to?")
		h.Clock.Advance(10 * time.Second)
		values.Set("answer", "no idea")
		again := visitor.Post(path+"/reply", values).Want(422, "That is not the answer we expected.").Sound()
		values = again.Form(path + "/reply")
		if values.Get("visitor_name") != "Vi" || values.Get("body") != "Where to?" {
			t.Errorf("comes back as %v", values)
		}
		values.Set("answer", answerTo(again))
		values.Set("visitor_name", "")
		again = visitor.Post(path+"/reply", values).Want(422, "Please give a name")
		values = again.Form(path + "/reply")
		values.Set("visitor_name", "Vi")
		values.Set("answer", answerTo(again))
		follow(visitor.Post(path+"/reply", values)).Want(200, "Thank you. The people of this channel read what visitors write").WantNot("Where to?")
		visitor.Post(path+"/reply", values).Want(409, "has been sent already")
		if n := h.count("SELECT COUNT(*) FROM comment WHERE author = 0 AND state = 'held' AND visitor_name = 'Vi'"); n != 1 {
			t.Errorf("%d comments wait", n)
		}
		h.As(h.bo).Get(path).WantNot("Where to?")
		h.As(h.ines).Get(path).Want(200, "Where to?", "visitor, without an account", "This waits to be read.")

		robot := visitor.Get("/s/harbour/write").Want(200, "Ask a question").Sound()
		values = robot.Form("/s/harbour/write")
		h.Clock.Advance(10 * time.Second)
		values.Set("title", "Parking?")
		values.Set("body", "Is there any?")
		values.Set("visitor_name", "Vi")
		values.Set("answer", answerTo(robot))
		values.Set("website", "https://spam.example")
		if again := visitor.Post("/s/harbour/write", values).Want(422).Form("/s/harbour/write"); again.Get("title") != "Parking?" {
			t.Errorf("comes back as %v", again)
		}
		values.Set("website", "")
		values.Set("kind", "announcement")
		visitor.Post("/s/harbour/write", values).Want(403)
		values.Set("kind", "question")
		follow(visitor.Post("/s/harbour/write", values)).Want(200, "Thank you. The people of this channel").WantNot("Parking?")
	})
}

func TestAVisitorOfACommunityIsAskedToSignIn(t *testing.T) {
	each(t, func(h *house) {
		q := h.ask(h.ada, "How do you sleep?")
		visitor := h.Visitor()
		visitor.Get(q.Path()).Want(404)
		visitor.Get("/s/breathing").Want(404)
		visitor.Get("/s/breathing/write").Want(404)
		visitor.Get("/write").WantWay("/signin?next=%2Fwrite")
		for _, path := range []string{"/following", "/bookmarks", "/drafts", "/upload", "/unanswered"} {
			visitor.Get(path).Want(303)
		}
	})
}

func TestOnlyPublicChannelsAreFoundBySearchEngines(t *testing.T) {
	each(t, func(h *house) {
		news, q := h.announce("The clinic moves", "We move on Monday."), h.ask(h.ada, "How do you sleep?")
		robots := func(p *webtest.Page) bool { return len(p.All("meta", "name", "robots")) == 0 }
		page := h.Visitor().Get(news.Path())
		if !robots(page) || len(page.All("link", "rel", "canonical")) != 1 || !strings.Contains(page.Body, `content="We move on Monday."`) {
			t.Error("a public announcement cannot be found")
		}
		if !robots(h.Visitor().Get("/s/harbour")) || robots(h.Visitor().Get("/s/harbour?show=unanswered")) {
			t.Error("the channel's list is found in one order only")
		}
		for _, path := range []string{q.Path(), "/s/breathing", "/following", news.Path() + "/history"} {
			if robots(h.As(h.ada).Get(path)) {
				t.Errorf("%s may be found", path)
			}
		}
	})
}

func TestTheFirstPageWelcomesVisitorsAndIsHomeToMembers(t *testing.T) {
	each(t, func(h *house) {
		h.Visitor().Get("/").Want(200, "What we promise", "Popular is not the same as true", "Harbour nurses").WantNot("Breathing space", "demo").Sound()
		newcomer := h.Member("olga")
		h.As(newcomer).Get("/").Want(200, "You are in no space yet").Sound()
		h.announce("The clinic moves", "We move on Monday.")
		h.join(h.channel, h.ada)
		q := h.ask(h.bo, "How do you sleep?")
		ada := h.As(h.ada)
		ada.Get("/").Want(200, "Waiting for an answer", "How do you sleep?", "The clinic moves", "Nothing new in the conversations", "Your spaces").Sound()
		follow(ada.Post(q.Path()+"/follow", form("level", "follow")))
		h.answer(h.bo, q, 0, "Still awake.")
		ada.Get("/").Want(200, "1 new", "Nobody in your spaces waits")
		h.Must(h.threads.KeepPositions(ctx(), h.ada, false))
		ada.Get("/").Want(200, "You have asked us not to remember what you have read")
	})
}

func gz(t testing.TB, text string) int {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Len()
}

// bodies are as long and as different as real comments are.
var bodies = []string{
	"He is 71 and has had this since he was a child. For about %d weeks he wakes up between two and four, coughs for half an hour and is worn out the next day.",
	"We tried raising the head of the bed by %d centimetres, with bricks. The first nights he slid down; a wedge under the mattress was better.\n\nThe fan at the window did more than I expected.",
	"Ask for the plan in writing. Ours has %d lines: what to take, when to call, whom. It hangs on the fridge and the sitter reads it too.\n\n- green: as usual\n- yellow: call the practice\n- red: call an ambulance",
	"Same here. What nobody told us is that the %dth day is often the worst; after that it gets better, slowly.",
	"> the head of the bed\n\nThat, and no dinner after seven. It took %d days until we saw a difference, and I would not have believed it.",
}

func TestAVisitorsPageWithFiftyCommentsIsLight(t *testing.T) {
	h := build(webtest.New(t, dbtest.OpenSQLite(t)))
	news := h.announce("What to do when the night is hard: answers from our nurses", fmt.Sprintf(bodies[2], 5))
	var last thread.Comment
	for i := range 50 {
		in := thread.ReplyInput{Thread: news.ID, Body: fmt.Sprintf(bodies[i%len(bodies)]+" We are %d and %d by now.", i+2, i*7, i*13), AsOrganisation: i%3 == 0}
		if i%2 == 1 {
			in.Parent = last.ID
		}
		var err error
		last, err = h.threads.Reply(ctx(), h.ines, in)
		h.Must(err)
		h.Clock.Advance(time.Hour)
		_, err = h.threads.React(ctx(), h.ada, last.ID, thread.ThankYou, true)
		h.Must(err)
	}
	page := h.Visitor().Get(news.Path()).Want(200, "50 replies")
	for _, script := range page.All("script", "", "") {
		if src := webtest.Attr(script, "src"); src != static.URL("base.js") && src != static.URL("search.js") {
			t.Errorf("a visitor gets %s", src)
		}
	}
	html := gz(t, page.Body)
	total := html + static.Size("app.css") + static.Size("base.js") + static.Size("search.js") + static.Size("latin.woff2") + static.Size("logo.svg")
	t.Logf("page %d bytes gzipped (%d plain), all %d", html, len(page.Body), total)
	if total > 50<<10 {
		t.Errorf("a visitor's page weighs %d bytes, more than 50 KB", total)
	}
}

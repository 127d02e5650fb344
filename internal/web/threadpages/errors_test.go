package threadpages_test

import (
	"fmt"
	"strings"
	"testing"

	"dayroom/internal/core"
	"dayroom/internal/policy"
	"dayroom/internal/thread"
	"dayroom/internal/web/webtest"
)

func TestAFormThatComesBackKeepsWhatWasTyped(t *testing.T) {
	each(t, func(h *house) {
		ada := h.As(h.ada)
		typed := form("kind", "question", "title", "Hm", "body", "My long words", "tags", "nights, cough", "warning", "hard", "for_whom", "my father",
			"poll_question", "Who?", "poll_options", "only one", "draft", "draft-of-ada-00001")
		page := ada.Post("/s/breathing/write", typed).Want(422, "Please look at the marked fields.", "Please give it a title of 3 to 140 characters.", "Please give 2 to 8 answers").Sound()
		again := page.Form("/s/breathing/write")
		for name, want := range typed {
			if got := again[name]; fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("%s was %q and comes back as %q", name, want, got)
			}
		}
		q := h.ask(h.bo, "How do you sleep?")
		c := h.answer(h.bo, q, 0, "Raise the bed.")
		page = ada.Post(q.Path()+"/reply", form("parent", c.ID.String(), "body", strings.Repeat("long ", 4000), "warning", "hard", "draft", "draft-of-ada-00002")).Want(422, "and 16,384 fit").Sound()
		back := page.Form(q.Path() + "/reply")
		if len(back.Get("body")) < 19000 || back.Get("parent") != c.ID.String() || back.Get("draft") != "draft-of-ada-00002" || back.Get("warning") != "hard" {
			t.Errorf("the reply comes back as %.200v", back)
		}
		ada.Post(q.Path()+"/reply", form("body", "   ")).Want(422, "There is nothing here yet.")
		if h.count("SELECT COUNT(*) FROM comment") != 1 || h.count("SELECT COUNT(*) FROM thread") != 1 {
			t.Error("something was half saved")
		}
		for _, bad := range []string{"\x00", "\xff"} {
			back := ada.Post(q.Path()+"/reply", form("body", "one "+bad+" byte")).Want(422, "characters that we cannot read").Sound().Form(q.Path() + "/reply")
			if back.Get("body") != "one \uFFFD byte" {
				t.Errorf("the reply comes back as %q", back.Get("body"))
			}
			ada.Post("/s/breathing/write", form("kind", "zzz", "title", "A riddle "+bad, "body", "words")).Want(422, "characters that we cannot read").WantNot("threads.start").Sound()
		}
		if h.count("SELECT COUNT(*) FROM comment") != 1 || h.count("SELECT COUNT(*) FROM thread") != 1 {
			t.Error("something broken was saved")
		}
	})
}

func TestSendingTwicePostsOnce(t *testing.T) {
	each(t, func(h *house) {
		ada := h.As(h.ada)
		values := ada.Get("/s/breathing/write?kind=question").Form("/s/breathing/write")
		values.Set("title", "How do you sleep?")
		values.Set("body", "He coughs.")
		first, second := ada.Post("/s/breathing/write", values), ada.Post("/s/breathing/write", values)
		if a, b := first.Header.Get("Location"), second.Header.Get("Location"); a != b || a == "" {
			t.Errorf("sent twice it leads to %q and %q", a, b)
		}
		path := first.Header.Get("Location")
		reply := ada.Get(path).Form(path + "/reply")
		reply.Set("body", "One more thing.")
		for range 2 {
			follow(ada.Post(path+"/reply", reply)).Want(200, "1 reply")
		}
		if h.count("SELECT COUNT(*) FROM thread") != 1 || h.count("SELECT COUNT(*) FROM comment") != 1 {
			t.Error("there are two")
		}
	})
}

func TestATextThatDoesNotFitSaysHowMuchIsTooMuch(t *testing.T) {
	each(t, func(h *house) {
		q, ada := h.ask(h.ada, "How do you sleep?"), h.As(h.ada)
		long := strings.Repeat("é", 10_000) // two bytes each, of which 16,384 fit
		page := ada.Get(q.Path()).Submit(q.Path()+"/reply", form("body", long)).Want(422, "10,000 characters, and 8,192 fit", "take out 1,808").Sound()
		if got := page.Form(q.Path() + "/reply").Get("body"); got != long {
			t.Error("what was typed is not kept")
		}
	})
}

func TestAPictureOfAnotherSiteBecomesALinkAndItsWriterLearnsWhy(t *testing.T) {
	each(t, func(h *house) {
		q, ada := h.ask(h.ada, "How do you sleep?"), h.As(h.ada)
		sent := follow(ada.Get(q.Path()).Submit(q.Path()+"/reply", form("body", "Like this: ![a bed](https://pictures.example/bed.png)")))
		sent.Want(200, "would tell that site who reads here")
		if !sent.HasLink("https://pictures.example/bed.png") || strings.Contains(sent.Body, `src="https://pictures`) {
			t.Error("the picture is no link")
		}
		ada.Get(q.Path()).WantNot("would tell that site")
	})
}

func TestWhoEditsWordsThatHelpedIsToldThatTheMarksGo(t *testing.T) {
	each(t, func(h *house) {
		q := h.ask(h.ada, "How do you sleep?")
		k := h.answer(h.bo, q, 0, "We raised the head of the bed.")
		bo, edit := h.As(h.bo), "/c/"+k.ID.String()+"/edit"
		bo.Get(edit).Want(200).WantNot("their marks go")
		follow(h.As(h.ada).Post("/c/"+k.ID.String()+"/react", form("reaction", "helped")))
		follow(bo.Get(edit).Want(200, "their marks go").Sound().Submit(edit, form("body", "We raised it by 20 cm.")))
		bo.Get(q.Path()).WantNot("What helped")
	})
}

func TestTwoEditsAtOnceShowBothTexts(t *testing.T) {
	each(t, func(h *house) {
		q := h.ask(h.ada, "How do you sleep?")
		ada, path := h.As(h.ada), q.Path()+"/edit"
		one, other := ada.Get(path).Want(200).Sound(), ada.Get(path)
		follow(one.Submit(path, form("body", "The text of one window."))).Want(200, "Your change is saved.", "The text of one window.", "edited")
		conflict := other.Submit(path, form("body", "The text of the other window.")).Want(409, "Both texts are below", "The text of one window.").Sound()
		if got := conflict.Form(path).Get("body"); got != "The text of the other window." {
			t.Errorf("what was typed comes back as %q", got)
		}
		follow(conflict.Submit(path, nil)).Want(200, "The text of the other window.")
		h.As(h.bo).Get(q.Path()+"/history").Want(200, "The text of one window.", "He coughs at night.").Sound()
		h.As(h.bo).Get(path).Want(403)
		h.As(h.bo).Post(path, form("version", "3", "title", "Hijacked", "body", "Hijacked")).Want(403)

		steward := h.As(h.sten)
		page := steward.Get(q.Path()+"/history").Want(200, "Remove these words for good")
		values := page.Form(q.Path() + "/redact")
		steward.Post(q.Path()+"/redact", values).Want(422, "Please give a reason").Sound()
		values.Set("reason-"+values.Get("version"), "This named somebody.")
		follow(steward.Post(q.Path()+"/redact", values)).Want(200, "have removed the words of this version")
		h.As(h.bo).Post(q.Path()+"/redact", values).Want(403)
	})
}

func TestWordsAreKeptWhenTheSignInEnded(t *testing.T) {
	each(t, func(h *house) {
		q := h.ask(h.ada, "How do you sleep?")
		visitor := h.Visitor()
		page := visitor.Post(q.Path()+"/reply", form("body", "My long words", "draft", "draft-of-ada-00002")).Want(401, "You have been signed out", "My long words").WantNot("How do you sleep").Sound()
		values := page.Form(q.Path() + "/reply")
		follow(h.As(h.ada).Post(q.Path()+"/reply", values)).Want(200, "My long words")
		page = visitor.Post("/s/breathing/write", form("kind", "question", "title", "A title", "body", "Other words")).Want(401, "Other words").WantNot("Breathing")
		values = page.Form("/s/breathing/write")
		follow(h.As(h.ada).Post("/s/breathing/write", values)).Want(200, "A title", "Other words")
	})
}

func TestNobodyReadsWhatIsHeldOnAnyPage(t *testing.T) {
	each(t, func(h *house) {
		nora := h.As(h.nora)
		sent := nora.Get("/s/breathing/write?kind=question").Submit("/s/breathing/write", form("title", "Canary title", "body", "canary words", "tags", "canarytag"))
		path := sent.Header.Get("Location")
		follow(sent).Want(200, "Somebody reads the first posts", "Only you and the people who look after this space can see this")
		nora.Get("/s/breathing").Want(200, "Canary title", "waiting to be looked at").Sound()
		open := h.ask(h.ada, "How do you sleep?")
		follow(nora.Get(open.Path()).Submit(open.Path()+"/reply", form("body", "canary reply"))).Want(200, "canary reply", "Only you and the people")
		var reply int64 = h.count("SELECT id FROM comment")
		for _, b := range []struct {
			who  string
			page func(string) string
		}{
			{"bo", func(p string) string { return h.As(h.bo).Get(p).Body }},
			{"a visitor", func(p string) string { return h.Visitor().Get(p).Body }},
			{"ines", func(p string) string { return h.As(h.ines).Get(p).Body }},
		} {
			comment := fmt.Sprint("/c/", reply)
			for _, p := range []string{"/", "/s/breathing", "/s/breathing?show=unanswered", "/s/breathing?tag=canarytag", "/s/breathing?show=following", "/unanswered",
				"/following", "/bookmarks", "/drafts", "/announcements", path, path + "/history", path + "/edit", path + "/delete", open.Path(), comment, comment + "/history",
				open.Path() + fmt.Sprint("?quote=", reply), open.Path() + "?reply=" + strings.TrimPrefix(path, "/t/"), open.Path() + "?quote=" + strings.TrimPrefix(path, "/t/"), open.Path() + "/new"} {
				if strings.Contains(strings.ToLower(b.page(p)), "canary") && p != "/s/breathing?tag=canarytag" {
					t.Errorf("%s reads what is held on %s", b.who, p)
				}
			}
		}
		h.As(h.bo).Get("/s/breathing?tag=canarytag").WantNot("Canary title", "canary words")
		h.As(h.sten).Get(path).Want(200, "canary words", "This waits to be read.")
		h.As(h.bo).Post("/t/"+strings.TrimPrefix(path, "/t/")+"/react", form("reaction", "thanks")).Want(404)
	})
}

func TestHostileWordsAreShownAsTheyAre(t *testing.T) {
	each(t, func(h *house) {
		evil := `<script>alert("x")</script><img src=x onerror=y> "quoted' ><b>`
		made, err := h.threads.Create(ctx(), h.ada, thread.Opening{Space: h.community.ID, Kind: policy.Question, Title: evil, Body: evil, Tags: []string{"<b>tag"},
			Warning: "<i>warn", ForWhom: "<u>whom", Poll: &thread.PollInput{Question: evil, Options: []string{"<b>one", "two"}}})
		h.Must(err)
		bo := h.As(h.bo)
		for _, p := range []string{"/", "/s/breathing", made.Path(), made.Path() + "/history", "/unanswered", "/s/breathing?tag=%3Cb%3Etag", made.Path() + "?quote=" + made.ID.String()} {
			unharmed(bo.Get(p).Want(200))
		}
		bo.Get(made.Path()).Want(200, `<script>alert("x")</script>`).Sound()
		ada := h.As(h.ada)
		for _, p := range []string{made.Path() + "/edit", made.Path() + "/delete", "/bookmarks"} {
			unharmed(ada.Get(p).Want(200).Sound())
		}
		for _, p := range []string{"/t/0", "/t/x", "/t/99999999999999999999", "/c/17", "/t/" + made.ID.String() + "/nothing", "/s/no-such-place", "/media/17/x.jpg"} {
			bo.Get(p).Want(404)
		}
		bo.Get("/s/breathing?after=%00broken").Want(422)
		bo.Get(made.Path() + "?after=AAAA").Want(422)
	})
}

// unharmed looks at the bytes of a page: on it the words may stand, as words.
func unharmed(p *webtest.Page) {
	for _, tag := range []string{"<script>alert", "<img src=x", "<b>tag", "<i>warn", "<u>whom", "<b>one", "onerror=y\">"} {
		if strings.Contains(p.Body, tag) {
			p.Browser.Site.Errorf("%s has %s in it", p.Path, tag)
		}
	}
}

func TestATombstoneSaysWhoTookItBackAndNothingElse(t *testing.T) {
	each(t, func(h *house) {
		q := h.ask(h.ada, "How do you sleep?")
		c := h.answer(h.bo, q, 0, "I regret this.")
		h.answer(h.ada, q, c.ID, "I see.")
		bo := h.As(h.bo)
		page := bo.Get("/c/"+c.ID.String()+"/delete").Want(200, "I regret this.", "This cannot be undone.").Sound()
		follow(page.Submit("/c/"+c.ID.String()+"/delete", nil)).Want(200, "It is deleted.", "The author took this back.", "I see.").WantNot("I regret this.")
		bo.Get("/c/" + c.ID.String()).Want(404)

		ada := h.As(h.ada)
		page = ada.Get(q.Path()+"/delete").Want(200, "The replies of others stay")
		follow(page.Submit(q.Path()+"/delete", nil)).Want(200, "The beginning of this conversation was taken back", "I see.").WantNot("How do you sleep").Sound()
		lonely := h.ask(h.ada, "Anybody there?")
		h.As(h.bo).Post(lonely.Path()+"/delete", nil).Want(403)
		follow(ada.Post(lonely.Path()+"/delete", nil)).Want(200, "It is deleted.", "Breathing space")
		h.As(h.bo).Get(lonely.Path()).Want(404)
	})
}

func TestLongConversationsAreReadPageByPage(t *testing.T) {
	each(t, func(h *house) {
		q := h.ask(h.ada, "A long one?")
		var last thread.Comment
		for i := range 120 {
			parent := core.ID(0)
			if i%4 == 3 {
				parent = last.ID
			}
			last = h.answer(h.ada, q, parent, fmt.Sprintf("comment number %03d.", i))
		}
		bo, seen := h.As(h.bo), map[string]int{}
		pages := 0
		for path := q.Path(); path != "" && pages < 5; pages++ {
			page := bo.Get(path).Want(200).Sound()
			for _, a := range page.All("article", "class", "post") {
				for _, attr := range a.Attr {
					if attr.Key == "id" {
						seen[attr.Val]++
					}
				}
			}
			path = ""
			if next := page.All("a", "rel", "next"); len(next) == 1 {
				for _, attr := range next[0].Attr {
					if attr.Key == "href" {
						path, _, _ = strings.Cut(attr.Val, "#")
					}
				}
			}
		}
		if len(seen) != 120 || pages != 3 {
			t.Errorf("%d comments on %d pages", len(seen), pages)
		}
		for id, n := range seen {
			if n != 1 {
				t.Errorf("%s stands %d times", id, n)
			}
		}
		follow(bo.Get("/c/"+last.ID.String())).Want(200, "comment number 119.", "To the beginning")
		newest := h.answer(h.ada, q, 0, "Something new.")
		page := follow(bo.Get(q.Path()+"/new")).Want(200, "New since you were here", "Something new.")
		if ids := page.All("p", "id", "new"); len(ids) != 1 {
			t.Error("the line is not there")
		}
		follow(bo.Post("/c/"+newest.ID.String()+"/react", form("reaction", "thanks"))).Want(200, "Something new.")
	})
}

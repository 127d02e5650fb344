package threadpages_test

import (
	"strings"
	"testing"
	"time"

	"dayroom/internal/policy"
	"dayroom/internal/space"
	"dayroom/internal/thread"
	"dayroom/internal/web/webtest"
)

func TestDraftsGoOnWhereTheyWereLeft(t *testing.T) {
	each(t, func(h *house) {
		ada, q := h.As(h.ada), h.ask(h.bo, "How do you sleep?")
		c := h.answer(h.bo, q, 0, "Raise the bed.")
		page := ada.Get(q.Path()+"?reply="+c.ID.String()).Want(200, "Reply to bo").Sound()
		values := page.Form(q.Path() + "/reply")
		values.Set("body", "What I had begun")
		ada.Post("/drafts", values).Want(200)
		page = ada.Get(q.Path()).Want(200, "This is what you had begun to write", "Reply to bo").Sound()
		if got := page.Form(q.Path() + "/reply"); got.Get("body") != "What I had begun" || got.Get("draft") != values.Get("draft") || got.Get("parent") != c.ID.String() {
			t.Errorf("restored as %v", got)
		}
		ada.Get("/drafts").Want(200, "Reply to: How do you sleep?", "What I had begun").Sound()
		h.As(h.bo).Get("/drafts").Want(200, "No drafts").WantNot("What I had begun")
		follow(ada.Post(q.Path()+"/reply", ada.Get(q.Path()).Form(q.Path()+"/reply"))).Want(200, "What I had begun")
		ada.Get("/drafts").Want(200, "No drafts")

		values = ada.Get("/s/breathing/write?kind=experience").Form("/s/breathing/write")
		values.Set("title", "Half a title")
		ada.Post("/drafts", values).Want(200)
		page = ada.Get("/drafts").Want(200, "Half a title", "Breathing space")
		restored := ada.Get("/s/breathing/write?kind=experience").Want(200, "This is what you had begun to write").Sound()
		if restored.Form("/s/breathing/write").Get("title") != "Half a title" {
			t.Error("the title is lost")
		}
		follow(page.Submit("/drafts/drop", nil)).Want(200, "The draft is gone.", "No drafts")
		ada.Post("/drafts", form("draft", "bad id", "body", "x")).Want(422)
	})
}

func TestAPollIsAnsweredAndSaysWhatItIsNot(t *testing.T) {
	each(t, func(h *house) {
		ada, bo := h.As(h.ada), h.As(h.bo)
		page := ada.Get("/s/breathing/write?kind=discussion")
		sent := page.Submit("/s/breathing/write", form("title", "When do you take it?", "body", "Tell me.", "poll_question", "When?", "poll_options", "Morning\nEvening", "poll_days", "3"))
		path := sent.Header.Get("Location")
		poll := bo.Get(path).Want(200, "When?", "Morning").WantNot("1 person answered").Sound()
		follow(poll.Submit(path+"/vote", form("option", "1"))).Want(200, "1 person answered", "They do not stand for everybody.", "your answer")
		follow(bo.Post(path+"/vote", form())).Want(200, "Please choose one of the answers.")
		follow(bo.Post(path+"/vote", form("option", "7"))).Want(200, "Please choose one of the answers.")
	})
}

func TestAStewardArrangesThreads(t *testing.T) {
	each(t, func(h *house) {
		in := space.DefaultsFor(policy.Community)
		in.Slug, in.Name = "carers", "Carers' corner"
		h.open(in)
		h.Must(h.spaces.AppointSteward(ctx(), h.admin, "carers", "sten"))
		q, sten, path := h.ask(h.ada, "How do you sleep?"), h.As(h.sten), ""
		path = q.Path()
		if page := h.As(h.bo).Get(path); page.HasForm(path+"/pin") || page.HasForm(path+"/close") || page.HasLink(path+"/move") {
			t.Error("everybody is offered what stewards do")
		}
		follow(sten.Post(path+"/pin", form("on", "1"))).Want(200, "Pinned on top of the space.")
		h.As(h.bo).Get("/s/breathing").Want(200, "pinned")
		page := sten.Get(path+"/move").Want(200, "Carers' corner").WantNot("Harbour nurses").Sound()
		page.Submit(path+"/move", nil).Want(422, "Please choose a space.").Sound()
		target := webtest.Attr(page.All("input", "name", "space")[0], "value")
		follow(page.Submit(path+"/move", form("space", target))).Want(200, "The conversation was moved.", "Carers' corner")
		h.As(h.bo).Post(path+"/move", form("space", target)).Want(403)
		h.As(h.bo).Get(path + "/move").Want(403)
	})
}

func TestWhoWroteIsSaidAsFarAsTheReaderMayKnow(t *testing.T) {
	each(t, func(h *house) {
		h.Exec(`UPDATE profile SET relation = 'caregiver', relation_audience = 'spaces', for_whom = 'her father', conditions = '["asthma"]', conditions_audience = 'spaces' WHERE member = $1`, h.ada.Member)
		q := h.ask(h.ada, "How do you sleep?")
		h.As(h.bo).Get(q.Path()).Want(200, "caregiver for her father · asthma")
		h.As(h.admin).Get(q.Path()).Want(200, "ada").WantNot("her father", "asthma")
		h.As(h.bo).Get("/s/breathing").WantNot("asthma")

		dora := h.Member("dora", webtest.Verified)
		rounds := space.DefaultsFor(policy.Rounds)
		rounds.Slug, rounds.Name, rounds.Joining = "rounds", "Lung rounds", policy.JoinOpen
		sp := h.open(rounds)
		eva := h.Member("eva", webtest.Verified)
		h.join(sp, dora)
		h.join(sp, eva)
		h.Exec(`UPDATE profile SET conditions = '["migraine"]', conditions_audience = 'members' WHERE member = $1`, dora.Member)
		made, err := h.threads.Create(ctx(), dora, thread.Opening{Space: sp.ID, Kind: policy.Question, Title: "Second opinion?", Body: "A case."})
		h.Must(err)
		h.As(eva).Get(made.Path()).Want(200, "physician · verified, Portugal").WantNot("migraine").Sound()
		h.As(h.bo).Get(made.Path()).Want(404)
		h.As(h.admin).Get(made.Path()).Want(404)
	})
}

func TestWordsOfSomebodyBlockedAreFoldedAway(t *testing.T) {
	each(t, func(h *house) {
		q := h.ask(h.ada, "How do you sleep?")
		h.answer(h.bo, q, 0, "You again.")
		h.Exec("INSERT INTO block (member, blocked, at) VALUES ($1, $2, 0)", h.ada.Member, h.bo.Member)
		page := h.As(h.ada).Get(q.Path()).Want(200, "You have blocked who wrote this.", "Show anyway").Sound()
		if len(page.All("details", "class", "warned post-body")) != 1 {
			t.Error("the words are not folded away")
		}
		h.As(h.sten).Get(q.Path()).WantNot("You have blocked")
	})
}

func TestSomebodyWhoHasNotJoinedIsLedThere(t *testing.T) {
	each(t, func(h *house) {
		olga, q := h.As(h.Member("olga")), h.ask(h.ada, "How do you sleep?")
		olga.Get("/s/breathing/write?kind=question").WantWay("/s/breathing/join?next=%2Fs%2Fbreathing%2Fwrite%3Fkind%3Dquestion").Want(200, "Breathing space")
		page := olga.Get(q.Path()).Want(200, "Please join this space first.").Sound()
		if !page.HasLink("/s/breathing/join?next=" + "%2Ft%2F" + q.ID.String() + "%23reply") {
			t.Error("no way to join and come back")
		}
		if page.HasForm(q.Path() + "/reply") {
			t.Error("a form is offered to somebody who cannot send it")
		}
		h.Exec("UPDATE membership SET rules_at = 0 WHERE member = $1", h.bo.Member)
		h.As(h.bo).Get("/s/breathing/write?kind=question").WantWay("/s/breathing/rules?next=%2Fs%2Fbreathing%2Fwrite%3Fkind%3Dquestion").Want(200, "Be kind.")
		restricted := h.Member("rita", webtest.Restricted)
		h.As(restricted).Get("/s/breathing/write?kind=question").Want(403, "restricted")
	})
}

func TestPreviewShowsWhatWouldStand(t *testing.T) {
	each(t, func(h *house) {
		ada := h.As(h.ada)
		got := ada.Post("/preview", form("body", "**Bold** <script>x</script> @sten [a](javascript:x)")).Want(200)
		if !strings.Contains(got.Body, "<strong>Bold</strong>") || !strings.Contains(got.Body, `href="/m/sten"`) || strings.Contains(got.Body, "<script") || strings.Contains(got.Body, "javascript:") {
			t.Errorf("previewed as %s", got.Body)
		}
		ada.Post("/preview", form("body", " ")).Want(200, "There is nothing here yet.")
		h.Visitor().Post("/preview", form("body", "x")).Want(401)
		if h.count("SELECT COUNT(*) FROM thread") != 0 {
			t.Error("a preview is stored")
		}
	})
}

func TestActsFromAnotherSiteAreRefused(t *testing.T) {
	each(t, func(h *house) {
		q, bo := h.ask(h.ada, "How do you sleep?"), h.As(h.bo)
		bo.Header.Set("Sec-Fetch-Site", "cross-site")
		bo.Header.Set("Origin", "https://elsewhere.example")
		for _, act := range []string{"react", "follow", "bookmark", "reply"} {
			bo.Post(q.Path()+"/"+act, form("reaction", "thanks", "level", "mute", "body", "x", "on", "1")).Want(403)
		}
		bo.Header.Del("Sec-Fetch-Site")
		bo.Header.Del("Origin")
		bo.Post(q.Path()+"/bookmark", form("on", "1", "back", "https://elsewhere.example/")).WantWay("/")
	})
}

func TestAReplyComesBackToItsPlaceInALongThread(t *testing.T) {
	each(t, func(h *house) {
		q := h.ask(h.ada, "A long one?")
		first := h.answer(h.bo, q, 0, "first")
		for range 60 {
			h.answer(h.bo, q, 0, "more")
		}
		h.Clock.Advance(time.Minute)
		ada := h.As(h.ada)
		sent := ada.Post(q.Path()+"/reply", form("body", "At the end."))
		if to := sent.Header.Get("Location"); !strings.Contains(to, "?after=") || !strings.Contains(to, "#c") {
			t.Errorf("leads to %s", to)
		}
		follow(sent).Want(200, "At the end.")
		sent = ada.Post(q.Path()+"/reply", form("body", "Under the first.", "parent", first.ID.String()))
		if to := sent.Header.Get("Location"); strings.Contains(to, "?after=") {
			t.Errorf("leads to %s", to)
		}
		h.As(h.bo).Post("/c/"+first.ID.String()+"/delete", nil)
		ada.Post(q.Path()+"/reply", form("body", "Too late.", "parent", first.ID.String())).Want(409, "was taken back meanwhile", "Too late.")
	})
}

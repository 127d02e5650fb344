package carepages_test

import (
	"fmt"
	"testing"
	"time"

	"dayroom/internal/queue"
	"dayroom/internal/web/webtest"
)

func TestANoticeLeadsToWhereItHappenedAndIsReadThen(t *testing.T) {
	each(t, func(h *house) {
		h.as(h.ada).Get("/notices").Want(200, "Nothing new").Sound()
		h.Reply(h.bob, h.post, 0, "Careful.")
		h.drain()
		ada := h.as(h.ada)
		page := ada.Get("/notices").Want(200, "bob replied to you in “A miracle cure”", "Space asthma", "new").Sound()
		link := ""
		for _, a := range page.All("a", "", "") {
			if href := webtest.Attr(a, "href"); len(href) > len("/notices/1") && href[:9] == "/notices/" && href != "/notices/settings" {
				link = href
			}
		}
		h.as(h.bob).Get(link).Want(404)
		if way := ada.Get(link); way.Status != 303 || way.Header.Get("Location")[:3] != "/c/" {
			t.Errorf("it leads to %q", way.Header.Get("Location"))
		}
		if n, _ := h.notices.Unread(ctx(), h.ada); n != 0 {
			t.Error("the notice is still unread")
		}
		h.Reply(h.bob, h.post, 0, "Again.")
		h.drain()
		ada.Get("/notices").Submit("/notices/read", nil).WantWay("/notices").Want(200, "marked as read").Sound()
	})
}

func TestEveryKindOfNoticeIsASentence(t *testing.T) {
	each(t, func(h *house) {
		nia := h.Member("nia")
		h.Join(h.space, nia)
		first := h.Ask(nia, h.space, "Hello", "I am new.")
		h.Ask(nia, h.space, "Hello again", "I am still new.")
		h.Decide(h.sam, first.ID, queue.Approve, "")
		h.Reply(h.bob, first, 0, "Welcome.")
		h.Reply(h.sam, first, 0, "Welcome, @ada.")
		h.Reply(h.ada, first, 0, "Hello.")
		h.Report(h.bob, h.post.ID, queue.Dangerous, "")
		h.Report(h.ada, h.Reply(h.bob, h.post, 0, "Buy this.").ID, queue.Selling, "")
		h.drain()
		h.as(h.sam).Get("/notices").Want(200, "2 posts wait to be read in Space asthma", "2 reports came in from Space asthma", "You now look after Space asthma").Sound()
		h.as(nia).Get("/notices").Want(200, "Your post in “Hello” has been read", "3 new replies to you in “Hello”").Sound()
		h.as(h.ada).Get("/notices").Want(200, "sam mentioned you in “Hello”", "bob replied to you in “A miracle cure”").Sound()
		h.as(h.bob).Get("/notices").Want(200, "2 new comments in “Hello”, which you follow").Sound()
		h.Decide(h.sam, h.post.ID, queue.Hide, "No doses.")
		h.drain()
		h.as(h.ada).Get("/notices").Want(200, "A post of yours was taken down").Sound().WantNot("No doses")
		h.as(h.bob).Get("/notices").Want(200, "Somebody looked at what you reported, and took it down").Sound()
	})
}

func TestNoticesArePaged(t *testing.T) {
	each(t, func(h *house) {
		for i := range 35 {
			h.Reply(h.bob, h.Ask(h.ada, h.space, fmt.Sprint("Thread number ", i, "."), "Words."), 0, "Yes.")
			h.Clock.Advance(time.Minute)
			h.drain()
		}
		ada := h.as(h.ada)
		page := ada.Get("/notices").Want(200, "Thread number 34.").Sound().WantNot("Thread number 4.")
		ada.Get(webtest.Attr(page.All("a", "rel", "next")[0], "href")).Want(200, "Thread number 4.").WantNot("Thread number 34.")
		ada.Get("/notices?after=broken").Want(422)
	})
}

func TestAMemberSetsHowTheyAreTold(t *testing.T) {
	each(t, func(h *house) {
		ada := h.as(h.ada)
		page := ada.Get("/notices/settings").Want(200, "at most one letter an hour", "Always on the page").Sound()
		sent := page.Form("/notices/settings")
		if sent.Get("page-reply") != "1" || sent.Get("mail-reply") != "" {
			t.Errorf("the settings begin as %v", sent)
		}
		page.Submit("/notices/settings", map[string][]string{"page-followed": nil, "mail-reply": {"1"}}).WantWay("/notices/settings").Want(200, "from now on").Sound()
		sent = ada.Get("/notices/settings").Form("/notices/settings")
		if sent.Get("page-followed") != "" || sent.Get("mail-reply") != "1" || sent.Get("page-reply") != "1" {
			t.Errorf("the settings are %v", sent)
		}
	})
}

func TestALetterIsEndedByItsLinkWithoutSigningIn(t *testing.T) {
	each(t, func(h *house) {
		ada := h.as(h.ada)
		ada.Get("/notices/settings").Submit("/notices/settings", form("mail-reply", "1"))
		path := "/unsubscribe?token=" + h.notices.UnsubscribeToken(h.ada.Member)
		mail := func() string { return ada.Get("/notices/settings").Form("/notices/settings").Get("mail-reply") }
		visitor := h.site.Visitor()
		page := visitor.Get(path).Want(200, "No more letters").Sound()
		if mail() != "1" { // mail programs open links by themselves
			t.Error("looking at the page ended the letters")
		}
		visitor.Get("/unsubscribe?token=1.abc").Want(422)
		visitor.Post("/unsubscribe?token=1.abc", nil).Want(422)
		page.Submit(path, nil).Want(200, "You get no more letters").Sound()
		if mail() != "" {
			t.Error("letters go on")
		}
		ada.Get("/notices/settings").Submit("/notices/settings", form("mail-reply", "1"))
		visitor.Post(path, form("List-Unsubscribe", "One-Click")).Want(200)
		if mail() != "" {
			t.Error("one click from a mail program is not enough")
		}
	})
}

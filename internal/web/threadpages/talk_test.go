package threadpages_test

import (
	"strings"
	"testing"
)

func TestAWholeConversationWithoutScript(t *testing.T) {
	each(t, func(h *house) {
		ada, bo := h.As(h.ada), h.As(h.bo)
		ada.Get("/write").Want(200, "Breathing space", "Ask a question").Sound()
		page := ada.Get("/s/breathing/write?kind=question").Want(200, "What do you want to know?", "nights, inhalers").Sound()
		sent := page.Submit("/s/breathing/write", form("title", "How do you sleep with a cough?", "body", "He coughs at **three**.",
			"tags", "nights, cough", "for_whom", "her father", "warning", "hard nights"))
		thread := follow(sent).Want(200, "How do you sleep with a cough?", "He coughs at three.", "for her father", "Content warning: hard nights", "cough").Sound()
		path := thread.Path
		if thread.Header.Get("Cache-Control") != "no-store" || !strings.Contains(thread.Body, "<strong>three</strong>") {
			t.Errorf("the page is %s", thread.Header)
		}

		thread = bo.Get(path).Want(200).Sound()
		thread = follow(thread.Submit(path+"/reply", form("body", "We raised the head of the bed.\n\nIt helped @ada too?"))).Want(200, "We raised the head of the bed.", "1 reply")
		comment := "/c/" + strings.TrimPrefix(thread.All("article", "class", "post")[0].Attr[1].Val, "c")
		if !thread.HasLink(comment) || !thread.HasLink("/m/ada") {
			t.Errorf("no link to %s or to who is mentioned", comment)
		}

		thread = ada.Get(path+"?quote="+strings.TrimPrefix(comment, "/c/")).Want(200, "Reply to bo").Sound()
		if got := thread.Form(path + "/reply").Get("body"); !strings.HasPrefix(got, "> @bo:\n>\n> We raised the head of the bed.\n>\n> It helped @ada too?") {
			t.Errorf("quoted as %q", got)
		}
		follow(thread.Submit(path+"/reply", form("body", "Thank you, we will try."))).Want(200, "2 replies")
		follow(ada.Post(comment+"/react", form("reaction", "helped"))).Want(200, "What helped", "you said that this helped")
		if n := h.count("SELECT COUNT(*) FROM comment WHERE author_helped AND n_helped = 1"); n != 1 {
			t.Errorf("%d comments are marked", n)
		}
		bo.Get(path).Want(200, "the person who asked says this helped")
		follow(ada.Post(comment+"/react", form("reaction", "-helped"))).WantNot("What helped")

		follow(bo.Post(path+"/follow", form("level", "mute"))).Want(200, "Muted")
		follow(bo.Post(path+"/bookmark", form("on", "1"))).Want(200, "Kept.")
		bo.Get("/bookmarks").Want(200, "How do you sleep with a cough?").Sound()
		ada.Get("/following").Want(200, "How do you sleep with a cough?").Sound()
		follow(ada.Post(path+"/close", form("on", "1"))).Want(200, "This conversation is closed.")
		if bo.Get(path).HasForm(path + "/reply") {
			t.Error("a closed thread takes replies")
		}
		bo.Post(path+"/reply", form("body", "One more")).Want(403, "closed", "One more")
	})
}

package threadpages_test

import (
	"net/url"
	"strings"
	"testing"

	"dayroom/internal/policy"
	"dayroom/internal/thread"
	"dayroom/internal/web/webtest"
)

func (h *house) asks(title, body string, tags ...string) thread.Thread {
	h.Helper()
	t, err := h.threads.Create(ctx(), h.ada, thread.Opening{Space: h.community.ID, Kind: policy.Question, Title: title, Body: body, Tags: tags})
	h.Must(err)
	return t
}

// get fetches a page that has all of these in its HTML.
func (h *house) get(b *webtest.Browser, path string, parts ...string) {
	h.Helper()
	body := b.Get(path).Want(200).Body
	for _, part := range parts {
		if !strings.Contains(body, part) {
			h.Errorf("%s has no %s", path, part)
		}
	}
}

func TestSomebodyWithoutScriptFindsAPost(t *testing.T) {
	each(t, func(h *house) {
		asked := h.asks("Nights with <prednisolone>", "I lie awake & count sheep.", "nights")
		bo := h.As(h.bo)
		bo.Get("/search").Want(200, "How to search", "side effects")
		page := bo.Get("/search?q=prednisolone").Want(200)
		h.get(bo, "/search?q=prednisolone", "Newest first", asked.Path(), "Nights with &lt;<mark>prednisolone</mark>&gt;", "Breathing space", "ada")
		if strings.Contains(page.Body, "<prednisolone>") {
			t.Error("a title is not escaped")
		}
		h.get(bo, "/search?q=prednisolon", "Nothing was found for prednisolon. Shown are results for prednisolone.", asked.Path())
		h.get(bo, "/search?q=awake+tomorrow&order=best", "No post has all of your words", asked.Path())
		h.get(bo, "/search?q=breathing", `href="/s/breathing"`)
		h.get(bo, "/search?q=nights", "tag%3A%22nights%22")
		h.get(bo, "/search?q=ad", `href="/m/ada"`)
		h.get(bo, "/search?q=giraffe", "Nothing was found", "How to search")
		bo.Get("/search?q=%22%22+-+*+in:+%28%29+%00").Want(200)
		h.get(bo, "/search?q=sheep+in:breathing", asked.Path(), "Without these filters")
		h.Visitor().Get("/search?q=prednisolone").Want(200, "Nothing was found")
		h.get(bo, "/search/suggest?q=predn", asked.Path())
		h.get(h.As(h.ada), "/s/breathing", "in:breathing")
	})
}

func TestWhoeverAsksIsShownWhatWasAskedBefore(t *testing.T) {
	each(t, func(h *house) {
		asked := h.asks("How long does a dry cough last?", "Two weeks now.")
		bo := h.As(h.bo)
		h.get(bo, "/search/similar?title=My+dry+cough+will+not+end", asked.Path())
		form := url.Values{"kind": {"question"}, "title": {"My dry cough will not end"}, "body": {"Kept words."}, "similar": {"1"}}
		if page := bo.Post("/s/breathing/write", form).Want(200, "Kept words.", "Was this asked before?"); !strings.Contains(page.Body, asked.Path()) {
			t.Error("the similar thread is not there")
		}
		form.Set("title", "Giraffes")
		bo.Post("/s/breathing/write", form).Want(200, "We found no conversation close to your title.", "Kept words.")
		if n := len(bo.Get("/search?q=giraffes").Want(200).All("li", "class", "row")); n > 0 {
			t.Error("looking for similar threads posted one")
		}
	})
}

func TestWhoeverSearchesWithoutAPauseIsAskedToWait(t *testing.T) {
	each(t, func(h *house) {
		bo := h.As(h.bo)
		for range 50 {
			bo.Get("/search?q=x")
		}
		bo.Get("/search?q=x").Want(429, "Wait a moment")
		h.As(h.ada).Get("/search?q=x").Want(200)
	})
}

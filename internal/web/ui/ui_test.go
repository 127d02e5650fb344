package ui

import (
	"errors"
	"strings"
	"testing"

	"dayroom/internal/core"
	"dayroom/internal/platform/i18n"
)

func TestReadingSettingsComeBackFromTheCookie(t *testing.T) {
	for _, cookie := range []string{"", "theme-dark", "theme-light.size-larger.spacing-wide.motion-less.contrast-more"} {
		if got := ParseReading(cookie).String(); got != cookie {
			t.Errorf("%q came back as %q", cookie, got)
		}
	}
}

func TestAForgedReadingCookieSetsNothing(t *testing.T) {
	if got := ParseReading(`theme-"><script>.size-huge.onload-x.contrast-more`); got != (Reading{Contrast: "more"}) {
		t.Errorf("got %+v", got)
	}
}

func TestReadingSettingsStandOnThePage(t *testing.T) {
	f := frameOf(galleryVoice("ar"), arabicWords, NavHome)
	f.Reading = Reading{Theme: "dark", Size: "large"}
	page := renderText(t, Page(f, nil))
	for _, part := range []string{`lang="ar"`, `dir="rtl"`, `data-theme="dark"`, `data-size="large"`} {
		if !strings.Contains(page, part) {
			t.Errorf("the page lacks %s", part)
		}
	}
}

func TestTheFrameLeadsNowhereThatIsNotThere(t *testing.T) {
	f := frameOf(galleryVoice("en"), englishWords, NavHome)
	f.ShowQuickExit = false
	page := renderText(t, Page(f, nil))
	if strings.Contains(page, ">Search<") || strings.Contains(page, "data-exit") {
		t.Error("a search or an exit is shown although the site has none")
	}
	f.SearchPath, f.ShowQuickExit = "/search", true
	if page = renderText(t, Page(f, nil)); !strings.Contains(page, `href="/search"`) || !strings.Contains(page, "data-exit") {
		t.Error("the search or the exit is missing")
	}
}

func TestAVisitorSeesNoOffice(t *testing.T) {
	f := frameOf(galleryVoice("en"), englishWords, NavHome)
	f.Viewer, f.Spaces = ViewerOf(core.Visitor), nil
	page := renderText(t, Page(f, nil))
	for _, path := range []string{PathQueue, PathAdmin, PathMe, PathNotices, "member."} {
		if strings.Contains(page, `"`+path) || strings.Contains(page, "/static/"+path) {
			t.Errorf("a visitor's page has %s", path)
		}
	}
}

func TestProblemsStandAtTheirFieldsAndOnTop(t *testing.T) {
	v := galleryVoice("en")
	problems := ProblemsOf(v, core.Field("title", "error.too_soon"))
	field := problems.Wrong(Field{Name: "title", Label: "Title", Hint: "Short"})
	html := renderText(t, join(ErrorSummary(v, problems, field), TextField(v, field)))
	for _, part := range []string{`href="#f-title"`, `aria-invalid="true"`, `aria-describedby="f-title-hint f-title-wrong"`, "Please look at the marked fields."} {
		if !strings.Contains(html, part) {
			t.Errorf("%s is missing in %s", part, html)
		}
	}
}

func TestAnErrorThatIsNotOursTellsNothing(t *testing.T) {
	if ProblemsOf(Voice{Printer: i18n.For("en")}, errors.New("disk on fire")).Any() || ProblemsOf(Voice{Printer: i18n.For("en")}, nil).Any() {
		t.Error("a private cause reached a form")
	}
}

func TestWordsOfPeopleAreEscaped(t *testing.T) {
	v, evil := galleryVoice("en"), `<script>alert(1)</script>`
	html := renderText(t, join(
		ThreadRow(v, ThreadItem{Title: evil, First: evil, Warning: "", Who: Person{Handle: evil, Relation: evil}}),
		Strip(v, Calm, evil, Link{"javascript:alert(1)", evil}),
		TextArea(v, Field{Name: "b", Label: evil, Value: "</textarea>" + evil}),
		PageHead(evil, evil)))
	if strings.Contains(html, "<script") || strings.Contains(html, "javascript:") || strings.Count(html, "</textarea>") != 1 {
		t.Error(html)
	}
}

func TestAVisitorCannotReact(t *testing.T) {
	p := post(galleryVoice("en"), englishWords, "c1", 1, 1, 0)
	p.ReactURL = ""
	html := renderText(t, Post(galleryVoice("en"), p))
	if strings.Contains(html, "<button class=\"react\"") || strings.Contains(html, "Strength to you") || !strings.Contains(html, "Thank you") {
		t.Error("reactions that nobody gave are offered to somebody who cannot give one")
	}
}

func TestATombstoneKeepsTheReplies(t *testing.T) {
	v := galleryVoice("en")
	html := renderText(t, Post(v, PostView{ID: "c1", Gone: GoneByModerator, Body: "secret", Replies: []PostView{{ID: "c2", Body: "kept"}}}))
	if strings.Contains(html, "secret") || !strings.Contains(html, "kept") || !strings.Contains(html, "The people who look after this removed it.") {
		t.Error(html)
	}
}

func TestEverySentenceThatComponentsSayExists(t *testing.T) {
	for _, lang := range []string{"en", "pt", "ar"} {
		v, w := galleryVoice(lang), galleryWords(lang)
		for _, page := range []string{
			renderText(t, threadPage(v, w)), renderText(t, listPage(v, w)), renderText(t, formPage(v, w)), renderText(t, partsPage(v, w)), renderText(t, visitorPage(v, w)),
		} {
			for _, area := range []string{">frame.", ">post.", ">thread.", ">strip.", ">who.", ">editor.", `"editor.`, ">poll.", ">time.", ">reading.", ">error.", `"frame.`, ">kind."} {
				if at := strings.Index(page, area); at >= 0 {
					t.Errorf("%s: a key stands on the page: %s", lang, page[at:at+40])
				}
			}
		}
	}
}

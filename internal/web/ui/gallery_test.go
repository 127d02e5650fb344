package ui

import (
	"bytes"
	"context"
	"io"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"dayroom/internal/core"
	"dayroom/internal/platform/i18n"
	"dayroom/internal/web/static"
)

// The gallery renders every component with text as long and as plain as real text is, in a language that runs each way. With
// DAYROOM_GALLERY=dir the pages are also written there, with the files they need, to be looked at in a browser.

var evening = time.Date(2026, time.November, 22, 21, 10, 0, 0, time.UTC)

func before(d time.Duration) time.Time { return evening.Add(-d) }

func TestEveryComponentRendersWellFormedInBothDirections(t *testing.T) {
	for _, lang := range []string{"en", "ar"} {
		words := galleryWords(lang)
		v := Voice{Printer: i18n.For(lang), Now: evening, Zone: time.UTC}
		for name, page := range map[string]templ.Component{
			"thread":  threadPage(v, words),
			"list":    listPage(v, words),
			"form":    formPage(v, words),
			"parts":   partsPage(v, words),
			"visitor": visitorPage(v, words),
		} {
			html := renderText(t, page)
			if problems := inspect(html); len(problems) > 0 {
				t.Errorf("%s in %s: %s", name, lang, strings.Join(problems, "; "))
			}
			keep(t, name+"."+lang+".html", html)
		}
	}
}

func renderText(t *testing.T, c templ.Component) string {
	t.Helper()
	var b bytes.Buffer
	if err := c.Render(context.Background(), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// keep writes a page for people to look at, when somebody asked for that.
func keep(t *testing.T, name, html string) {
	t.Helper()
	dir := os.Getenv("DAYROOM_GALLERY")
	if dir == "" {
		return
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name), []byte(html), 0o644); err != nil {
		t.Fatal(err)
	}
	keepAssets(t, dir, html)
}

var assetAddress = regexp.MustCompile(`/static/[a-z0-9.-]+`)

// keepAssets fetches what a page or a style asks for, so that the gallery stands by itself behind any file server.
func keepAssets(t *testing.T, dir, page string) {
	t.Helper()
	for _, address := range assetAddress.FindAllString(page, -1) {
		file := filepath.Join(dir, address)
		if _, err := os.Stat(file); err == nil {
			continue
		}
		answer := httptest.NewRecorder()
		static.Handler().ServeHTTP(answer, httptest.NewRequest("GET", address, nil))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, answer.Body.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(address, ".css") {
			keepAssets(t, dir, answer.Body.String())
		}
	}
}

func join(parts ...templ.Component) templ.Component { return templ.Join(parts...) }

// within puts children into a component that takes them.
func within(outer templ.Component, inner ...templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return outer.Render(templ.WithChildren(ctx, join(inner...)), w)
	})
}

func text(s string) templ.Component { return templ.Raw("<p>" + templ.EscapeString(s) + "</p>") }

func frameOf(v Voice, w words, active Nav) Frame {
	return Frame{
		Voice: v, Site: w.site, Title: w.title, Active: active, NoIndex: true,
		Viewer:        Viewer{SignedIn: true, Handle: "quiet_heron", IsModerator: true, IsAdmin: true, NoticeCount: 3, QueueCount: 12},
		ShowQuickExit: true, QuickExitURL: "https://weather.example/",
		Languages: i18n.Languages(),
		Spaces: []RailSpace{
			{Name: w.spaces[0], Slug: "asthma", Kind: "community", Current: true, New: true},
			{Name: w.spaces[1], Slug: "carers", Kind: "community"},
			{Name: w.spaces[2], Slug: "lungs", Kind: "rounds", New: true},
			{Name: w.spaces[3], Slug: "lights", Kind: "channel"},
		},
	}
}

func (w words) people() []Person {
	return []Person{
		{Handle: "quiet_heron", Href: "/m/quiet_heron", Relation: w.relation, Conditions: []string{w.condition}, Author: true},
		{Handle: "dr_ines_m", Href: "/m/dr_ines_m", Verified: w.profession, Country: w.country},
		{Handle: "harbour_ana", Href: "/m/harbour_ana", StaffOf: w.organisation},
		{Handle: "morning.walker", Href: "/m/morning.walker", Conditions: []string{w.condition}, Newcomer: true},
		{Handle: "tomas_b", Href: "/m/tomas_b", Office: Steward, Conditions: []string{w.condition}},
		{Gone: true},
	}
}

func reactionsOf(w words, counts ...int) []Reaction {
	keys := []string{"thanks", "same", "strength"}
	var list []Reaction
	for i, n := range counts {
		list = append(list, Reaction{Key: keys[i], Label: w.reactions[i], Count: n, Mine: i == 0 && n > 2})
	}
	return list
}

func menuOf(v Voice) []Action {
	return []Action{
		{Label: v.T("post.link"), Href: "#c1", Icon: IconLink},
		{Label: v.T("report.title"), Href: "/report?post=1", Icon: IconFlag},
		{Label: "✕", Href: "/p/1/delete", Icon: IconTrash, Post: true, Bad: true, Confirm: "?", Hidden: []Hidden{{"version", "3"}}},
	}
}

func post(v Voice, w words, id string, who, body int, age time.Duration) PostView {
	return PostView{
		ID: id, Href: "/t/1#" + id, Who: w.people()[who], When: before(age), Body: w.bodies[body],
		ReactURL: "/p/" + id + "/react", Reactions: reactionsOf(w, 3-who%4, who, 0), ReplyHref: "/t/1/reply?to=" + id + "#reply",
		Actions: menuOf(v),
	}
}

func threadPage(v Voice, w words) templ.Component {
	opening := post(v, w, "p1", 0, 0, 26*time.Hour)
	opening.Opening, opening.Edited = true, before(25*time.Hour)
	answer := post(v, w, "c1", 1, 1, 20*time.Hour)
	answer.Helped = true
	thanks := post(v, w, "c2", 0, 2, 19*time.Hour)
	deeper := post(v, w, "c3", 3, 3, 50*time.Minute)
	deeper.NewHere, deeper.Held = true, true
	deeper.Replies = []PostView{post(v, w, "c4", 4, 2, 20*time.Minute)}
	thanks.Replies = []PostView{deeper}
	answer.Replies = []PostView{thanks}
	warned := post(v, w, "c5", 2, 1, 12*time.Minute)
	warned.Warning = w.warning
	gone := PostView{ID: "c6", Gone: GoneByAuthor, Replies: []PostView{post(v, w, "c7", 5, 3, time.Minute)}}
	f := frameOf(v, w, NavSpaces)
	editor := &Editor{PreviewURL: "/preview", DraftURL: "/drafts", UploadURL: "/media"}
	return within(Page(f, contextColumn(v, w)),
		within(PageHead(w.title, ""), Crumb(v, "community", Link{"/s/asthma", w.spaces[0]})),
		within(Strips(),
			Strip(v, Calm, w.pace, Link{"/help/pace", v.T("strip.why")}),
			Strip(v, Caution, w.caution, Link{"/help", v.T("strip.why")})),
		Symbols(), Post(v, opening),
		within(Section(v.T("thread.replies", 7), Link{}),
			within(Comments(), Post(v, answer), Post(v, warned), Post(v, gone))),
		within(Form("/t/1/reply", templ.Attributes{"data-guard": true}),
			TextArea(v, Field{Name: "body", Label: v.T("post.reply"), Hint: w.hint, Max: 8000, Editor: editor}),
			within(Actions(), Submit(Button{Label: v.T("post.reply"), Look: Primary}))),
	)
}

func contextColumn(v Voice, w words) templ.Component {
	return join(
		within(Card(w.spaces[0]), KindLabel(v, "community"), text(w.lead),
			DefinitionList(Term{Name: w.labels[0], Text: v.Number(1284)}, Term{Name: w.labels[1], Value: Who(v, w.people()[4])})),
		within(Card(""), KindLabel(v, "rounds")), within(Card(""), KindLabel(v, "channel")))
}

func rowsOf(v Voice, w words) []templ.Component {
	people := w.people()
	items := []ThreadItem{
		{Title: w.title, First: w.lead + " " + w.hint + " " + w.caution, Who: people[0], When: before(26 * time.Hour), Replies: 7, New: 2, Helped: true, Kind: "question"},
		{Title: w.titles[0], First: w.hint, Who: people[3], When: before(12 * time.Minute), Unanswered: true, Kind: "question", Held: true},
		{Title: w.titles[1], First: w.caution, Who: people[2], When: before(30 * 24 * time.Hour), Replies: 41, Pinned: true, Closed: true, Kind: "announcement", Space: Link{"/s/lights", w.spaces[3]}},
		{Title: w.titles[2], First: w.lead, Who: people[1], When: before(400 * 24 * time.Hour), Replies: 1, Warning: w.warning},
	}
	var rows []templ.Component
	for _, item := range items {
		item.Href = "/t/1"
		rows = append(rows, ThreadRow(v, item))
	}
	return rows
}

func listPage(v Voice, w words) templ.Component {
	f := frameOf(v, w, NavHome)
	f.Flash = []Flash{{Tone: Good, Text: w.saved, Link: Link{"/t/1", w.labels[2]}}}
	return within(Page(f, contextColumn(v, w)),
		within(PageHead(w.spaces[0], w.lead), KindLabel(v, "community"),
			within(Actions(), LinkButton(PathWrite, w.ask, Primary), LinkButton("#", w.labels[2], Plain), LinkButton("#", w.labels[3], Quiet))),
		Tabs(w.labels[4], Tab{Label: w.labels[2], Href: "#", Current: true}, Tab{Label: w.labels[3], Href: "#", Count: 3}, Tab{Label: w.labels[0], Href: "#"}),
		within(Section(w.labels[4], Link{"#", v.T("frame.more")}), within(Threads(), rowsOf(v, w)...)),
		Pager(v, "?before=1", "?after=1"),
		within(EmptyState(w.titles[0], w.lead), LinkButton(PathWrite, w.ask, Primary)))
}

func formPage(v Voice, w words) templ.Component {
	problems := ProblemsOf(v, &core.Error{Code: core.Invalid, Key: "error.form", Fields: map[string]string{"title": "error.forbidden", "kind": "error.too_soon", "agree": "error.form"}})
	title := problems.Wrong(Field{Name: "title", Label: w.labels[2], Hint: w.hint, Required: true, Value: w.titles[1]})
	kind := problems.Wrong(Field{Name: "kind", Label: w.labels[3], Options: []Option{{Value: "a", Label: w.labels[0], Hint: w.caution}, {Value: "b", Label: w.labels[1]}}, Value: "b"})
	agree := problems.Wrong(Field{Name: "agree", Label: w.caution, Hint: w.hint})
	return within(Page(frameOf(v, w, NavWrite), nil),
		PageHead(w.ask, w.lead),
		Steps(v, 1, Step{Label: w.labels[0], Href: "#"}, Step{Label: w.labels[1]}, Step{Label: w.labels[2]}),
		ErrorSummary(v, problems, title, kind, agree),
		within(Form("/write", nil),
			TextField(v, title), Radios(v, kind),
			TextField(v, Field{Name: "mail", Type: "email", Label: w.labels[1], Optional: true, Autocomplete: "email"}),
			TextField(v, Field{Name: "code", Label: w.labels[0], Short: true, InputMode: "numeric", Autocomplete: "one-time-code"}),
			SelectField(v, Field{Name: "space", Label: w.labels[4], Options: []Option{{Value: "1", Label: w.spaces[0]}, {Value: "2", Label: w.spaces[1]}}, Value: "2"}),
			Checkboxes(v, Field{Name: "about", Label: w.labels[2], Options: []Option{{Value: "1", Label: w.condition, Checked: true}, {Value: "2", Label: w.relation}}}),
			TextArea(v, Field{Name: "body", Label: w.labels[3], Value: w.lead, Max: 200, Editor: &Editor{PreviewURL: "/preview", UploadURL: "/media"}}),
			FileField(v, Field{Name: "file", Label: w.labels[4], Hint: w.hint, Accept: "image/png"}),
			Checkbox(v, agree),
			within(Actions(), Submit(Button{Label: w.ask, Look: Primary}), Submit(Button{Label: w.labels[2], Name: "draft", Value: "1"}),
				Submit(Button{Label: w.labels[3], Look: Danger, Confirm: w.caution}))),
		ReadingForm(v, PathReading, Reading{Theme: "dark", Size: "large"}, Hidden{"next", "/"}))
}

func partsPage(v Voice, w words) templ.Component {
	poll := PollView{Question: w.titles[0], People: 37, VoteURL: "/poll", Options: []PollOption{
		{Value: "1", Label: w.labels[0], Count: 23, Mine: true}, {Value: "2", Label: w.lead, Count: 14}, {Value: "3", Label: w.labels[2]}}}
	voted := poll
	voted.VoteURL, voted.Closed = "", true
	var who []templ.Component
	for _, p := range w.people() {
		who = append(who, within(templ.Raw(""), join(templ.Raw("<p>"), Who(v, p), templ.Raw("</p>"))))
	}
	return within(Page(frameOf(v, w, NavQueue), nil),
		PageHead(w.labels[4], w.lead),
		within(Strips(), Strip(v, Calm, w.pace, Link{}), Strip(v, Caution, w.caution, Link{"#", v.T("strip.why")}),
			within(Strip(v, Important, w.caution, Link{}), text(w.lead)), Strip(v, Good, w.saved, Link{})),
		join(who...),
		Poll(v, poll), Poll(v, voted),
		Table(TableData{Caption: w.lead, Head: w.labels, Rows: [][]string{{w.spaces[0], "12", "3", "1", "0"}, {w.spaces[1], "4", "0", "2", "1"}}}),
		DefinitionList(Term{Name: w.labels[0], Text: w.lead}, Term{Name: w.labels[1], Value: Time(v, before(time.Hour))}),
		ReportMenu(v, Report{Action: "/report", Reasons: []Option{{Value: "1", Label: w.labels[0]}, {Value: "2", Label: w.labels[1]}}}),
		PostButton("/queue/1", Button{Label: w.ask, Key: "1", Icon: IconCheck}, Hidden{"id", "1"}))
}

func visitorPage(v Voice, w words) templ.Component {
	f := frameOf(v, w, NavNone)
	f.Viewer, f.Spaces = Viewer{}, nil
	return within(Page(f, nil), ErrorPage(v, ErrorView{Code: "not_found", Message: v.T("error.not_found")}))
}

// fiftyComments is what a visitor gets of a thread that many have written in.
func fiftyComments(v Voice, w words) templ.Component {
	var comments []templ.Component
	for i := range 50 {
		p := post(v, w, "c"+core.ID(900_000_000_000+i*7919).String(), i%5, i%4, time.Duration(i)*time.Hour)
		p.ReactURL, p.ReplyHref = "", ""
		p.Body = varied(p.Body, i)
		p.Actions = p.Actions[:2]
		comments = append(comments, Post(v, p))
	}
	f := frameOf(v, w, NavSpaces)
	f.Viewer = Viewer{}
	return within(Page(f, contextColumn(v, w)), within(Comments(), comments...))
}

func TestAVisitorsPageOfFiftyCommentsFitsTheBudget(t *testing.T) {
	html := gzipped(renderText(t, fiftyComments(galleryVoice("en"), englishWords)))
	total := html + static.Size("app.css") + static.Size("base.js") + static.Size("latin.woff2") + static.Size("logo.svg")
	t.Logf("page %d, style %d, script %d, typeface %d: %d bytes", html, static.Size("app.css"), static.Size("base.js"), static.Size("latin.woff2"), total)
	if total > 50*1024 {
		t.Errorf("a visitor's page is %d bytes, more than 50 KB", total)
	}
}

func BenchmarkPageOfFiftyComments(b *testing.B) {
	page := fiftyComments(galleryVoice("en"), englishWords)
	b.ReportAllocs()
	for b.Loop() {
		if err := page.Render(context.Background(), io.Discard); err != nil {
			b.Fatal(err)
		}
	}
}

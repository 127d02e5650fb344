package threadpages

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"dayroom/internal/core"
	"dayroom/internal/policy"
	"dayroom/internal/search"
	"dayroom/internal/space"
	"dayroom/internal/web/shell"
	"dayroom/internal/web/ui"

	"github.com/a-h/templ"
)

// searchPage is what was found, or how to look for something.
type searchPage struct {
	ui.Frame
	Found        search.Found
	Order        search.Order
	Names        search.Names
	Rows         []foundRow
	Notes        []string // in the reader's words
	Orders       []ui.Tab
	Narrow       []ui.Link // filters to add
	Without      ui.Link   // leads to the same without filters
	Newer, Older string
}

// foundRow is a post in the list.
type foundRow struct {
	search.Hit
	Who ui.Person
}

func (p *Pages) search(c *shell.Call) error {
	if err := p.mayAsk(c); err != nil {
		return err
	}
	after, err := c.Cursor()
	if err != nil {
		return err
	}
	in := search.Request{Text: c.Query("q"), Order: search.Newest, Page: core.Page{After: after}}
	if c.Query("order") == string(search.Best) {
		in.Order = search.Best
	}
	page := searchPage{Frame: c.Frame(c.T("search.title")), Order: in.Order}
	page.SearchPath = ""                             // the page has the form itself
	page.Scripts = append(page.Scripts, "search.js") // which the frame brings along for a form of its own
	if page.Found, err = p.Finder.Search(c.Ctx(), c.Actor, in); err != nil {
		return err
	}
	if page.Found.Query.Bare() && after.IsZero() {
		if page.Names, err = p.Finder.Names(c.Ctx(), c.Actor, page.Found.Query.Text); err != nil {
			return err
		}
	}
	if page.Rows, err = p.foundRows(c, page.Found.Hits.Items); err != nil {
		return err
	}
	page.say(c)
	page.Newer, page.Older = turn(ui.PathSearch, searchQuery(page.Found.Query.Text, in.Order), after, page.Found.Hits.Next)
	return c.Show(showSearch(page))
}

// mayAsk counts a search of the reader.
func (p *Pages) mayAsk(c *shell.Call) error {
	if p.asked == nil {
		return nil
	}
	key := ""
	if c.Actor.Member != 0 {
		key = "member " + c.Actor.Member.String()
	}
	if wait := p.asked.Allow(key, c.Address(), c.Now); wait > 0 {
		return core.Wait(wait, "search.too_soon")
	}
	return nil
}

func searchQuery(text string, order search.Order) url.Values {
	q := url.Values{"q": {text}}
	if order == search.Best {
		q.Set("order", string(order))
	}
	return q
}

func searchHref(text string, order search.Order) string {
	return ui.PathSearch + "?" + searchQuery(strings.TrimSpace(text), order).Encode()
}

func (p *Pages) foundRows(c *shell.Call, hits []search.Hit) ([]foundRow, error) {
	writers := make([]writer, 0, len(hits))
	for _, h := range hits {
		writers = append(writers, writer{h.Author, h.Organisation, h.VisitorName, h.ForWhom})
	}
	people, err := p.castOf(c, space.Space{}, writers)
	if err != nil {
		return nil, err
	}
	out := make([]foundRow, 0, len(hits))
	for i, h := range hits {
		who := people.person(writers[i])
		who.Conditions, who.Newcomer = nil, false // a list is for finding; the thread tells more
		out = append(out, foundRow{h, who})
	}
	return out, nil
}

// say puts into words what was not understood, what was looked for instead, and how the list can be narrowed.
func (s *searchPage) say(c *shell.Call) {
	q := s.Found.Query
	for _, n := range q.Notes {
		s.Notes = append(s.Notes, c.T(n.Key, n.Arg))
	}
	for _, k := range s.Found.Corrected {
		s.Notes = append(s.Notes, c.T("search.corrected", k.Word, strings.Join(k.To, ", ")))
	}
	if s.Found.Some {
		s.Notes = append(s.Notes, c.T("search.some"))
	}
	if s.Found.Filling {
		s.Notes = append(s.Notes, c.T("search.filling"))
	}
	for _, order := range []search.Order{search.Newest, search.Best} {
		s.Orders = append(s.Orders, ui.Tab{Label: c.T("search.order." + string(order)), Href: searchHref(q.Text, order), Current: order == s.Order})
	}
	add := func(label, filter string) {
		s.Narrow = append(s.Narrow, ui.Link{Href: searchHref(q.Text+" "+filter, s.Order), Label: label})
	}
	if len(q.Kind) == 0 {
		for _, kind := range policy.ThreadKinds {
			add(c.T("search.kind."+string(kind)), "kind:"+string(kind))
		}
	}
	if !q.Unanswered {
		add(c.T("search.unanswered"), "is:unanswered")
	}
	if len(q.In) == 0 {
		s.narrowToSpaces(add)
	}
	if q.Filters() != "" {
		s.Without = ui.Link{Href: searchHref(q.Words(), s.Order), Label: c.T("search.without")}
	}
}

// narrowToSpaces offers the spaces in which something was found, where there are several.
func (s *searchPage) narrowToSpaces(add func(label, filter string)) {
	var places []search.Place
	for _, r := range s.Rows {
		if !slices.Contains(places, r.Space) {
			places = append(places, r.Space)
		}
	}
	if len(places) < 2 {
		return
	}
	for _, place := range places {
		add(place.Name, "in:"+place.Slug)
	}
}

// suggestion is one line under the search box, as the script gets it.
type suggestion struct {
	Kind string `json:"kind"`
	Text string `json:"text"`
	Href string `json:"href"`
}

func (p *Pages) suggest(c *shell.Call) error {
	if err := p.mayAsk(c); err != nil {
		return err
	}
	list, err := p.Finder.Suggest(c.Ctx(), c.Actor, c.Query("q"))
	if err != nil {
		return err
	}
	out := make([]suggestion, 0, len(list))
	for _, s := range list {
		if s.Kind == "tag" {
			s.Path = searchHref(`tag:"`+s.Text+`"`, search.Newest)
		}
		out = append(out, suggestion{c.T("search.suggest." + s.Kind), s.Text, s.Path})
	}
	return c.JSON(http.StatusOK, out)
}

// similar answers the script of the form for a new thread with a list of threads that may help.
func (p *Pages) similar(c *shell.Call) error {
	if err := p.mayAsk(c); err != nil {
		return err
	}
	hits, err := p.Finder.Similar(c.Ctx(), c.Actor, c.Query("title"))
	if err != nil {
		return err
	}
	return c.Show(similarThreads(c.Voice, hits))
}

// markedUp writes pieces as HTML, with no white space between them that the text does not have.
func markedUp(list []search.Piece) string {
	var b strings.Builder
	for _, p := range list {
		if p.Mark {
			b.WriteString("<mark>" + templ.EscapeString(p.Text) + "</mark>")
		} else {
			b.WriteString(templ.EscapeString(p.Text))
		}
	}
	return b.String()
}

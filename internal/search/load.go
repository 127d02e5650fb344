package search

import (
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/policy"
)

// Hit is a post that was found, with what a list shows of it.
type Hit struct {
	Post         core.ID
	Thread       core.ID
	Comment      bool
	Space        Place
	Kind         policy.ThreadKind
	Author       core.ID // zero: a visitor
	VisitorName  string
	Organisation core.ID
	ForWhom      string
	Warning      string // then there is no excerpt: who would rather not read it is asked first
	At           time.Time
	Replies      int // of the thread
	Title        []Piece
	Excerpt      []Piece
}

// Path is the address at which it is read.
func (h Hit) Path() string {
	if h.Comment {
		return "/c/" + h.Post.String()
	}
	return "/t/" + h.Thread.String()
}

// Place is the space in which something was found.
type Place struct {
	ID   core.ID
	Slug string
	Name string
	Kind policy.SpaceKind
}

// Path is the address of the space.
func (p Place) Path() string { return "/s/" + p.Slug }

// row is a hit as its tables have it.
type row struct {
	Hit
	title, html string
}

const (
	loadThreads = `SELECT t.id, t.id, s.id, s.slug, s.name, s.kind, t.kind, t.author, t.visitor_name, t.organisation, t.for_whom, t.warning,
			t.created_at, t.replies, t.title, t.html
		FROM `
	loadComments = `SELECT c.id, c.thread, s.id, s.slug, s.name, s.kind, t.kind, c.author, c.visitor_name, c.organisation, c.for_whom, c.warning,
			c.created_at, t.replies, t.title, c.html
		FROM `
)

func scanRow(r db.Row) (h row, err error) {
	var at int64
	err = r.Scan(&h.Post, &h.Thread, &h.Space.ID, &h.Space.Slug, &h.Space.Name, &h.Space.Kind, &h.Kind, &h.Author, &h.VisitorName, &h.Organisation,
		&h.ForWhom, &h.Warning, &at, &h.Replies, &h.title, &h.html)
	h.At, h.Comment = db.Moment(at), h.Post != h.Thread
	return h, err
}

// load reads what was found, in its order. Whether a post stands open is asked once more: the index is never the only one to know.
func load(tx *db.Tx, hits []hit, marks *wanted) ([]Hit, error) {
	var threads, comments []core.ID
	for _, h := range hits {
		if h.post == h.thread {
			threads = append(threads, h.post)
		} else {
			comments = append(comments, h.post)
		}
	}
	found := map[core.ID]row{}
	for _, part := range []struct {
		ids           []core.ID
		before, after string
	}{
		{threads, loadThreads, " thread t ON t.id = l.v JOIN space s ON s.id = t.space WHERE t.state = 'open'"},
		{comments, loadComments, ` comment c ON c.id = l.v JOIN thread t ON t.id = c.thread JOIN space s ON s.id = t.space
			WHERE c.state = 'open' AND t.state IN ('open', 'deleted')`},
	} {
		if len(part.ids) == 0 {
			continue
		}
		from, arg := engineOf(tx).rows(1, part.ids)
		rows, err := db.All(tx, scanRow, part.before+from+part.after, arg)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			found[r.Post] = r
		}
	}
	out := make([]Hit, 0, len(hits))
	for _, h := range hits {
		if r, ok := found[h.post]; ok {
			out = append(out, r.shown(marks))
		}
	}
	return out, nil
}

func (r row) shown(marks *wanted) Hit {
	r.Title = marks.all(r.title)
	if r.Warning == "" {
		r.Excerpt = marks.excerpt(plain(r.html))
	}
	return r.Hit
}

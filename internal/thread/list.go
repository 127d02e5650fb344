package thread

import (
	"context"
	"fmt"
	"strings"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/policy"
	"dayroom/internal/space"
)

// Order says which threads a list has and how they are sorted.
type Order string

// The lists.
const (
	NewestActivity Order = "active"
	Unanswered     Order = "unanswered" // questions and experiences that nobody answered, newest first
	FollowedNew    Order = "new"        // followed threads with something new since the last visit
	Followed       Order = "following"
	Announced      Order = "announced" // announcements, newest first
	Begun          Order = "begun"     // all, the latest begun first
)

// Filter chooses the threads of a list.
type Filter struct {
	Order  Order
	Space  core.ID   // only this one, or zero for all that the actor may see
	Spaces []core.ID // only these, when Space is zero and it is not nil
	Tag    string
	Kind   policy.ThreadKind
	Author core.ID
	Page   core.Page
}

// Item is a thread in a list.
type Item struct {
	Thread
	Space space.Space
	New   int // comments by others since the actor read it; zero where it was never opened and is not followed
	read  int64
}

// List gives threads that the actor may read. Pinned ones of a space come first, on its first page.
func (s *Service) List(ctx context.Context, a core.Actor, f Filter) (out core.List[Item], err error) {
	defer core.Wrap(&err, "thread.List(%s)", f.Order)
	err = s.db.View(ctx, func(tx *db.Tx) error {
		out, err = s.list(tx, a, f)
		return err
	})
	return out, err
}

func (s *Service) list(tx *db.Tx, a core.Actor, f Filter) (core.List[Item], error) {
	q := newQuery(a)
	column := q.choose(a, f)
	if after := f.Page.After; !after.IsZero() {
		q.where("(" + column + ", t.id) < (" + q.arg(after.Sort) + ", " + q.arg(after.ID) + ")")
	}
	onTop := f.Space != 0 && f.Order == NewestActivity && f.Tag == ""
	if onTop { // they stand on the first page and nowhere else
		q.where("t.pinned_at = 0")
	}
	size := f.Page.Size()
	rows, err := db.AtMost(tx, size+1, scanItem, q.sql(column, size+1), q.args...)
	if err != nil {
		return core.List[Item]{}, err
	}
	list := core.CutList(rows, size, func(i Item) core.Cursor {
		if column == "t.created_at" {
			return core.Cursor{Sort: db.Millis(i.CreatedAt), ID: int64(i.ID)}
		}
		return core.Cursor{Sort: db.Millis(i.ActiveAt), ID: int64(i.ID)}
	})
	if onTop && f.Page.After.IsZero() {
		if list.Items, err = s.pinnedFirst(tx, a, f.Space, list.Items); err != nil {
			return list, err
		}
	}
	if err := s.overlay(tx, a, &list, f.Order); err != nil {
		return list, err
	}
	return list, attachSpaces(tx, list.Items)
}

// overlay takes into account what the actor has read and is not written yet (see FlushPositions).
func (s *Service) overlay(tx *db.Tx, a core.Actor, list *core.List[Item], o Order) (err error) {
	if a.Member == 0 {
		return nil
	}
	kept := list.Items[:0]
	for _, i := range list.Items {
		if place := s.reads.peek(a.Member, i.ID); place > i.read {
			if i.New, err = countNew(tx, a, i.No, place); err != nil {
				return err
			}
		}
		if o != FollowedNew || i.New > 0 {
			kept = append(kept, i)
		}
	}
	list.Items = kept
	return nil
}

// countNew counts the comments by others after a place.
func countNew(tx *db.Tx, a core.Actor, no, place int64) (int, error) {
	n, err := db.One(tx, db.Int64, "SELECT COUNT(*) FROM comment c WHERE c.place > $1 AND c.place < $2 AND c.state = 'open' AND c.author <> $3",
		place, (no+1)<<placeBits, a.Member)
	return int(n), err
}

// pinnedFirst puts a space's pinned threads on top.
func (s *Service) pinnedFirst(tx *db.Tx, a core.Actor, id core.ID, items []Item) ([]Item, error) {
	q := newQuery(a)
	q.where("t.space = " + q.arg(id))
	q.where("t.pinned_at > 0")
	pinned, err := db.All(tx, scanItem, q.sql("t.pinned_at", 2*maxPinned), q.args...)
	if err != nil || len(pinned) == 0 {
		return items, err
	}
	return append(pinned, items...), nil
}

func attachSpaces(tx *db.Tx, items []Item) error {
	known := map[core.ID]space.Space{}
	for i := range items {
		id := items[i].Thread.Space
		if _, ok := known[id]; !ok {
			sp, err := space.Row(tx, id)
			if err != nil {
				return err
			}
			known[id] = sp
		}
		items[i].Space = known[id]
	}
	return nil
}

// query gathers the conditions of a list. Every list begins with what the actor may see: that cannot be forgotten.
type query struct {
	me         string // the actor's placeholder; empty for a visitor
	args       []any
	conditions []string
	joins      string
	each       []string // placeholders of spaces that are looked into one by one
	read, news string   // how far the actor has read, and how much is new
}

func newQuery(a core.Actor) *query {
	q := &query{}
	visible, args := space.VisibleTo(a, 1)
	q.args = args
	q.conditions = []string{visible, "s.archived_at = 0"}
	q.read, q.news = "0", "0"
	if a.Member == 0 {
		q.where("t.state = 'open'")
		return q
	}
	q.me = q.arg(a.Member)
	q.where("(t.state = 'open' OR t.state = 'held' AND t.author = " + q.me + ")") // one's own post does not seem lost while it waits
	q.joins = " LEFT JOIN read_position rp ON rp.thread = t.id AND rp.member = " + q.me
	q.read = "COALESCE(rp.place, 0)"
	q.news = "(SELECT COUNT(*) " + q.newer(1) + ")"
	return q
}

// newer is what is new in a thread t for the actor. Where no position is kept, reading counts from the beginning of the thread
// or, with never 1, from its end.
func (q *query) newer(never int) string {
	return fmt.Sprintf(`FROM comment n WHERE n.place > COALESCE(rp.place, (t.no + %d) * %d) AND n.place < (t.no + 1) * %d
		AND n.state = 'open' AND n.author <> %s`, never, int64(1)<<placeBits, int64(1)<<placeBits, q.me)
}

func (q *query) arg(v any) string {
	q.args = append(q.args, v)
	return fmt.Sprint("$", len(q.args))
}

// maxEach is in how many spaces a list looks one by one: an engine takes some hundred parts of a statement.
const maxEach = 100

// among narrows a list to some spaces. Where each space has an index in the list's order, the newest of each are taken and then the newest
// of all: in one go, an engine would read everything that waits in those spaces and sort it.
func (q *query) among(f Filter) {
	marks := []string{}
	for _, id := range f.Spaces {
		marks = append(marks, q.arg(id))
	}
	if (f.Order == Unanswered || f.Order == Announced) && len(marks) > 0 && len(marks) <= maxEach {
		q.each = marks
		return
	}
	q.where("t.space IN (" + strings.Join(append(marks, "0"), ", ") + ")")
}

func (q *query) where(condition string) { q.conditions = append(q.conditions, condition) }

// choose adds the filter's conditions and gives the column that the list is sorted by.
func (q *query) choose(a core.Actor, f Filter) string {
	switch {
	case f.Space != 0:
		q.where("t.space = " + q.arg(f.Space))
	case f.Spaces != nil:
		q.among(f)
	}
	if f.Tag != "" {
		q.where("EXISTS (SELECT 1 FROM thread_tag g WHERE g.thread = t.id AND g.tag = " + q.arg(f.Tag) + ")")
	}
	if f.Kind != "" {
		q.where("t.kind = " + q.arg(f.Kind))
	}
	if f.Author != 0 {
		q.where("t.author = " + q.arg(f.Author))
	}
	switch f.Order {
	case Unanswered:
		q.where("t.replies = 0 AND t.kind IN ('question', 'experience', 'discussion') AND t.closed_at = 0 AND t.state = 'open'")
		if f.Space == 0 && a.Member != 0 { // where the actor could help: not in their own threads
			q.where("t.author <> " + q.me)
		}
		return "t.created_at"
	case Announced:
		q.where("t.kind = 'announcement'")
		return "t.created_at"
	case Begun:
		return "t.created_at"
	case Followed, FollowedNew:
		q.joins += " JOIN follow fo ON fo.thread = t.id AND fo.level = 'follow' AND fo.member = " + q.me
		q.news = "(SELECT COUNT(*) " + q.newer(0) + ")"
		if f.Order == FollowedNew {
			q.where("EXISTS (SELECT 1 " + q.newer(0) + ")")
		}
	}
	return "t.active_at"
}

// listColumns are those of a thread without its words: a list shows the excerpt.
var listColumns = strings.NewReplacer("t.body", "''", "t.html", "''").Replace(threadColumns)

func (q *query) sql(column string, limit int) string {
	where := strings.Join(q.conditions, " AND ")
	order := fmt.Sprintf(" ORDER BY %s DESC, t.id DESC LIMIT %d", column, limit)
	if len(q.each) > 0 {
		parts := make([]string, len(q.each))
		for i, mark := range q.each {
			parts[i] = fmt.Sprintf("SELECT * FROM (SELECT t.id FROM thread t JOIN space s ON s.id = t.space WHERE %s AND t.space = %s%s) AS e%d", where, mark, order, i)
		}
		where = "t.id IN (" + strings.Join(parts, " UNION ALL ") + ")"
	}
	return q.from(listColumns+", "+q.read+", "+q.news) + where + order
}

// from begins the statement: which columns of which rows.
func (q *query) from(columns string) string {
	return "SELECT " + columns + " FROM thread t JOIN space s ON s.id = t.space" + q.joins + " WHERE "
}

func scanItem(r db.Row) (i Item, err error) {
	err = i.Thread.scan(r, &i.read, &i.New)
	return i, err
}

// Bookmarks gives the actor's bookmarked posts that can still be read, newest first.
func (s *Service) Bookmarks(ctx context.Context, a core.Actor) (out []Post, err error) {
	defer core.Wrap(&err, "thread.Bookmarks")
	err = s.db.View(ctx, func(tx *db.Tx) error {
		ids, err := db.All(tx, db.ID, "SELECT post FROM bookmark WHERE member = $1 ORDER BY at DESC LIMIT 200", a.Member)
		if err != nil {
			return err
		}
		for _, id := range ids {
			p, err := s.Load(tx, a, id)
			if core.IsNotFound(err) {
				continue
			}
			if err != nil {
				return err
			}
			out = append(out, p)
		}
		return nil
	})
	return out, err
}

// tagsFrom is in how many of the newest threads tags are counted: what people talk about now, at the same cost in a space of any age.
const tagsFrom = 100

// Tags gives the tags used most in the space's open threads of late, the most used first.
func (s *Service) Tags(ctx context.Context, a core.Actor, id core.ID, limit int) (tags []string, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		if _, _, err := space.Load(tx, s.clock.Now(), a, id); err != nil {
			return err
		}
		tags, err = s.tags.Get(tx, s.clock.Now(), id, func() ([]string, error) { return readTags(tx, id) })
		return err
	})
	return tags[:min(limit, len(tags))], err
}

// maxUsed is how many tags of a space are told at most.
const maxUsed = 30

func readTags(tx *db.Tx, id core.ID) ([]string, error) {
	return db.All(tx, db.String, `SELECT tag FROM (SELECT g.tag AS tag, COUNT(*) AS n FROM thread_tag g
		WHERE g.thread IN (SELECT t.id FROM thread t WHERE t.space = $1 AND t.state = 'open' ORDER BY t.active_at DESC, t.id DESC LIMIT $2)
		GROUP BY g.tag) x ORDER BY n DESC, tag LIMIT $3`, id, tagsFrom, maxUsed)
}

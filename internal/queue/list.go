package queue

import (
	"context"
	"strconv"
	"strings"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/policy"
)

// Filter narrows the queue. Empty fields do not.
type Filter struct {
	Space core.ID
	Kind  Kind
}

// Row is an item in the list.
type Row struct {
	Item
	SpaceID   core.ID
	SpaceSlug string
	SpaceName string
	SpaceKind policy.SpaceKind
	IsReply   bool
	Title     string // of the thread
	Author    string // handle; empty for a visitor or somebody who is gone
	Visitor   string // the name that a visitor gave
	Reports   int
	Reasons   []Reason // each once, the most urgent first
	Concealed bool     // a post of rounds that the actor may look at only by opening it: no words are given
}

// List gives what waits for the actor, the most urgent first, then the oldest.
func (s *Service) List(ctx context.Context, a core.Actor, f Filter, page core.Page) (out core.List[Row], err error) {
	defer core.Wrap(&err, "queue.List")
	err = s.db.View(ctx, func(tx *db.Tx) error {
		out, err = s.list(tx, a, f, page)
		return err
	})
	return out, err
}

const rowFrom = ` FROM queue_item i JOIN thread t ON t.id = i.thread JOIN space s ON s.id = t.space
	LEFT JOIN comment c ON c.id = i.post LEFT JOIN member m ON m.id = i.author AND m.standing <> 'gone'
	WHERE i.state = 'open' AND `

func (s *Service) list(tx *db.Tx, a core.Actor, f Filter, page core.Page) (out core.List[Row], err error) {
	where, seen, args := handleable(a, s.now())
	arg := func(v any) string {
		args = append(args, v)
		return "$" + strconv.Itoa(len(args))
	}
	where = "(" + where + ")"
	if f.Space != 0 {
		where += " AND t.space = " + arg(f.Space)
	}
	if f.Kind != "" {
		where += " AND i.kind = " + arg(f.Kind)
	}
	if after := page.After; !after.IsZero() {
		rank := arg(after.Sort)
		where += " AND (" + rankSQL + " < " + rank + " OR " + rankSQL + " = " + rank + " AND i.id > " + arg(after.ID) + ")"
	}
	size := page.Size()
	rows, err := db.All(tx, scanRow, "SELECT "+itemColumns+`, s.id, s.slug, s.name, s.kind, t.title, COALESCE(m.handle, ''),
			COALESCE(c.visitor_name, t.visitor_name), `+seen+rowFrom+where+
		" ORDER BY i.urgency DESC, i.opened_at, i.id LIMIT "+strconv.Itoa(size+1), args...)
	if err != nil {
		return out, err
	}
	out = core.CutList(rows, size, func(r Row) core.Cursor { return core.Cursor{Sort: r.rank(), ID: int64(r.ID)} })
	return out, countReports(tx, out.Items)
}

// An item's rank puts the most urgent first, then what has waited longest. A moment has 13 digits until the year 2286, and urgency
// goes before them.
const (
	rankSQL  = "(i.urgency * 10000000000000 - i.opened_at)"
	rankStep = 10_000_000_000_000
)

func (i Item) rank() int64 { return int64(i.Urgency)*rankStep - db.Millis(i.OpenedAt) }

func scanRow(r db.Row) (row Row, err error) {
	var seen bool
	row.Item, err = scanItem(withMore{r, []any{&row.SpaceID, &row.SpaceSlug, &row.SpaceName, &row.SpaceKind, &row.Title, &row.Author, &row.Visitor, &seen}})
	row.IsReply = row.Post != row.Thread
	if !seen {
		row.Concealed, row.Title, row.Author, row.Visitor = true, "", "", ""
	}
	return row, err
}

// withMore reads further columns after those that a scan function knows.
type withMore struct {
	db.Row
	more []any
}

func (w withMore) Scan(dest ...any) error { return w.Row.Scan(append(dest, w.more...)...) }

// countReports fills in what the reports of the rows say, in one query.
func countReports(tx *db.Tx, rows []Row) error {
	at := map[core.ID]*Row{}
	var marks []string
	var args []any
	for i := range rows {
		if rows[i].Kind == Reported {
			at[rows[i].ID] = &rows[i]
			args = append(args, rows[i].ID)
			marks = append(marks, "$"+strconv.Itoa(len(args)))
		}
	}
	if len(args) == 0 {
		return nil
	}
	type count struct {
		item   core.ID
		reason Reason
		n      int
	}
	counts, err := db.All(tx, func(r db.Row) (c count, err error) { err = r.Scan(&c.item, &c.reason, &c.n); return },
		"SELECT item, reason, COUNT(*) FROM report WHERE item IN ("+strings.Join(marks, ", ")+") GROUP BY item, reason", args...)
	for _, c := range counts {
		at[c.item].Reports += c.n
		at[c.item].Reasons = append(at[c.item].Reasons, c.reason)
	}
	for _, row := range at {
		byUrgency(row.Reasons)
	}
	return err
}

// Count tells how much waits for the actor: for the frame around pages.
func (s *Service) Count(ctx context.Context, a core.Actor) (n int, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		n, err = s.CountIn(tx, a)
		return err
	})
	return n, err
}

// countTo bounds the count: beyond it the number says nothing more.
const countTo = 100

// CountIn is Count inside a transaction; it counts up to 100.
func (s *Service) CountIn(tx *db.Tx, a core.Actor) (int, error) {
	where, _, args := handleable(a, s.now())
	if where == "FALSE" {
		return 0, nil
	}
	n, err := db.One(tx, db.Int64, "SELECT COUNT(*) FROM (SELECT 1"+rowFrom+"("+where+") LIMIT "+strconv.Itoa(countTo)+") x", args...)
	return int(n), err
}

// Place is a space with something waiting in it for the actor.
type Place struct {
	ID    core.ID
	Name  string
	Count int
}

// Places lists the spaces in which something waits for the actor, for the filter of the list.
func (s *Service) Places(ctx context.Context, a core.Actor) (out []Place, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		where, _, args := handleable(a, s.now())
		out, err = db.All(tx, func(r db.Row) (p Place, err error) { err = r.Scan(&p.ID, &p.Name, &p.Count); return },
			"SELECT s.id, s.name, COUNT(*)"+rowFrom+"("+where+") GROUP BY s.id, s.name ORDER BY s.name, s.id", args...)
		return err
	})
	return out, err
}

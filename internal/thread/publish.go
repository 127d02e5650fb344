package thread

import (
	"context"
	"fmt"
	"strings"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
)

// Listed is a thread in the map of a site.
type Listed struct {
	ID       core.ID
	ActiveAt time.Time
}

// Path is the address of the thread's page.
func (l Listed) Path() string { return Thread{ID: l.ID}.Path() }

// maxPublished is how many threads of a space its map has, the latest begun: search engines find older ones by the links of its lists.
const maxPublished = 10_000

// Published gives the threads of a space that a visitor may read, the latest begun first.
func (s *Service) Published(ctx context.Context, id core.ID) (out []Listed, err error) {
	defer core.Wrap(&err, "thread.Published")
	q := newQuery(core.Visitor)
	q.choose(core.Visitor, Filter{Order: Begun, Space: id})
	scan := func(r db.Row) (l Listed, err error) {
		var at int64
		err = r.Scan(&l.ID, &at)
		l.ActiveAt = db.Moment(at)
		return l, err
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		out, err = db.All(tx, scan, q.from("t.id, t.active_at")+strings.Join(q.conditions, " AND ")+
			fmt.Sprintf(" ORDER BY t.created_at DESC, t.id DESC LIMIT %d", maxPublished), q.args...)
		return err
	})
	return out, err
}

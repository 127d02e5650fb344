package act

import (
	"context"
	"strconv"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/policy"
)

// Filter narrows the record. Empty fields do not.
type Filter struct {
	Area  string  // the noun of a kind: "settings"
	Actor core.ID // who did it
}

// List gives the record, newest first. Only admins may read it.
func List(ctx context.Context, d *db.DB, actor core.Actor, f Filter, page core.Page) (out core.List[Act], err error) {
	where, args := "TRUE", []any{}
	add := func(condition string, values ...any) {
		args = append(args, values...)
		where += " AND " + condition
	}
	next := func() string { return "$" + strconv.Itoa(len(args)+1) }
	if f.Area != "" {
		add("substr(kind, 1, "+strconv.Itoa(len([]rune(f.Area))+1)+") = "+next(), f.Area+".")
	}
	if f.Actor != 0 {
		add("actor = "+next(), f.Actor)
	}
	if !page.After.IsZero() {
		add("no < "+next(), page.After.ID)
	}
	err = d.View(ctx, func(tx *db.Tx) error {
		if err := policy.ManageSite(actor).Err(); err != nil {
			return err
		}
		rows, err := db.All(tx, scan, "SELECT no, at, actor, kind, subject, target, was, becomes FROM admin_act WHERE "+where+
			" ORDER BY no DESC LIMIT "+next(), append(args, page.Size()+1)...)
		out = core.CutList(rows, page.Size(), func(a Act) core.Cursor { return core.Cursor{ID: a.No} })
		return err
	})
	return out, err
}

func scan(r db.Row) (a Act, err error) {
	var at int64
	err = r.Scan(&a.No, &at, &a.Actor, &a.Kind, &a.Subject, &a.Target, &a.Was, &a.Becomes)
	a.At = db.Moment(at)
	return a, err
}

// retention is how long acts stay: long enough that who comes after can find out why something is as it is.
const retention = 2 * 365 * 24 * time.Hour

// Prune removes acts that are older than two years and gives their number.
func Prune(ctx context.Context, d *db.DB, now time.Time) (n int64, err error) {
	err = d.Update(ctx, func(tx *db.Tx) error {
		n, err = tx.Exec("DELETE FROM admin_act WHERE at < $1", db.Millis(now.Add(-retention)))
		return err
	})
	return n, err
}

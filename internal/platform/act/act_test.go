package act_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"dayroom/internal/core"
	"dayroom/internal/platform/act"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/db/dbtest"
)

var (
	ctx   = context.Background()
	admin = core.Actor{Member: 1, Role: core.RoleAdmin, Standing: core.Active}
	noon  = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
)

func note(t *testing.T, d *db.DB, acts ...act.Act) {
	t.Helper()
	if err := d.Update(ctx, func(tx *db.Tx) error { return act.Append(tx, acts...) }); err != nil {
		t.Fatal(err)
	}
}

func list(t *testing.T, d *db.DB, f act.Filter, p core.Page) core.List[act.Act] {
	t.Helper()
	out, err := act.List(ctx, d, admin, f, p)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestTheRecordIsReadNewestFirstAndPageByPage(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for i := range 5 {
			note(t, d, act.Act{At: noon, Actor: 1, Kind: "role.changed", Subject: 2, Target: fmt.Sprint(i), Was: "", Becomes: "moderator"})
		}
		first := list(t, d, act.Filter{}, core.Page{Limit: 3})
		rest := list(t, d, act.Filter{}, core.Page{Limit: 3, After: first.Next})
		var order string
		for _, a := range append(first.Items, rest.Items...) {
			order += a.Target
		}
		if order != "43210" || !rest.Next.IsZero() {
			t.Errorf("got %s, then %v", order, rest.Next)
		}
		if a := first.Items[0]; a.Actor != 1 || a.Subject != 2 || a.Becomes != "moderator" || !a.At.Equal(noon) {
			t.Errorf("%+v", a)
		}
	})
}

func TestTheRecordIsNarrowedByAreaAndPerson(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		note(t, d, act.Act{At: noon, Actor: 1, Kind: "role.changed"}, act.Act{At: noon, Actor: 2, Kind: "job.retried"}, act.Act{At: noon, Actor: 2, Kind: "roles.other"})
		for want, f := range map[int]act.Filter{3: {}, 1: {Area: "role"}, 2: {Actor: 2}, 0: {Area: "role", Actor: 2}} {
			if got := len(list(t, d, f, core.Page{}).Items); got != want {
				t.Errorf("%+v: %d acts, want %d", f, got, want)
			}
		}
	})
}

func TestAnActGoesWithItsChange(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		no := errors.New("no")
		err := d.Update(ctx, func(tx *db.Tx) error {
			if err := act.Append(tx, act.Act{At: noon, Kind: "job.retried"}); err != nil {
				return err
			}
			return no
		})
		if !errors.Is(err, no) || len(list(t, d, act.Filter{}, core.Page{}).Items) != 0 {
			t.Errorf("%v, and the act is there", err)
		}
	})
}

func TestALongValueIsCutBetweenCharacters(t *testing.T) {
	d := dbtest.OpenSQLite(t)
	note(t, d, act.Act{At: noon, Kind: "settings.changed", Was: "x" + strings.Repeat("ä", 600)})
	got := list(t, d, act.Filter{}, core.Page{}).Items[0].Was
	if len(got) > 510 || !utf8.ValidString(got) || !strings.HasSuffix(got, "ä…") {
		t.Errorf("%d bytes, ends with %q", len(got), got[len(got)-5:])
	}
}

func TestOldActsGo(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		note(t, d, act.Act{At: noon.AddDate(-3, 0, 0), Kind: "job.retried"}, act.Act{At: noon.AddDate(-1, 0, 0), Kind: "job.retried"})
		if n, err := act.Prune(ctx, d, noon); n != 1 || err != nil {
			t.Errorf("%d, %v", n, err)
		}
	})
}

func TestOnlyAdminsReadTheRecord(t *testing.T) {
	d := dbtest.OpenSQLite(t)
	for _, a := range []core.Actor{core.Visitor, {Member: 2, Standing: core.Active}, {Member: 3, Role: core.RoleModerator, Standing: core.Active}} {
		if _, err := act.List(ctx, d, a, act.Filter{}, core.Page{}); err == nil {
			t.Errorf("%+v may read it", a)
		}
	}
}

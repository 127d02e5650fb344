package account_test

import (
	"fmt"
	"testing"

	"dayroom/internal/account"
	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/db/dbtest"
)

// What each request costs to know who asks, and what a page of authors costs.
func BenchmarkAuthenticate(b *testing.B) {
	w := newWorld(b, dbtest.OpenSQLite(b))
	e := w.join("ada")
	for b.Loop() {
		w.as(e)
	}
}

func BenchmarkCardsOfFifty(b *testing.B) {
	w := newWorld(b, dbtest.OpenSQLite(b))
	a := w.member("ada")
	var ids []core.ID
	for i := range 50 {
		p, err := w.Prepare(ctx, account.NewMember{Handle: fmt.Sprintf("author_%d", i), Adult: true})
		w.must(err)
		ids = append(ids, p.ID)
		w.update(func(tx *db.Tx) error { return w.Insert(tx, core.SystemActor, p) })
	}
	for b.Loop() {
		w.cards(a, 0, ids...)
	}
}

package site_test

import (
	"context"
	"testing"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/db/dbtest"
	"dayroom/internal/site"
)

// Reading the settings of one site must not change what another one begins with.
func TestSettingsOfOneSiteAreNotTheDefaultsOfTheNext(t *testing.T) {
	ctx := context.Background()
	first, second := dbtest.OpenSQLite(t), dbtest.OpenSQLite(t)
	in := site.Settings{Name: "Uma casa", Languages: []string{"pt"}, AgeLimit: 21, SignUp: site.SignUpInvited, QuickExit: site.DefaultQuickExit, Ready: true}
	if err := first.Update(ctx, func(tx *db.Tx) error { return site.Store(tx, in) }); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		d    *db.DB
		want string
	}{{first, "pt"}, {second, "en"}} {
		got, err := site.New(c.d, core.SystemClock{}).Settings(ctx)
		if err != nil || len(got.Languages) != 1 || got.Languages[0] != c.want {
			t.Errorf("languages %v, %v; want %s", got.Languages, err, c.want)
		}
	}
}

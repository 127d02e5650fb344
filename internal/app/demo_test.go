package app

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dayroom/internal/account"
	"dayroom/internal/core"
)

func openIn(t *testing.T, dir string) *App {
	t.Helper()
	a, err := Open(context.Background(), DemoConfig(Config{Data: dir, BaseURL: "http://localhost", SMTPTLS: "starttls", Log: "text"}), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	return a
}

func TestTheDemoTakesNoSiteThatItDidNotMake(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	real := openIn(t, dir)
	if _, err := real.Account.Create(ctx, core.SystemActor, account.NewMember{Handle: "keeper", Role: core.RoleAdmin, Adult: true, Language: "en"}); err != nil {
		t.Fatal(err)
	}
	for what, err := range map[string]error{"opens": DemoOnly(real.Config), "fills": real.FillDemo(ctx), "throws away": RemoveDemo(real.Config)} {
		if err == nil || !strings.Contains(err.Error(), "not made by the demo") {
			t.Errorf("the demo %s a real site: %v", what, err)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, demoMark)); err == nil {
		t.Error("a real site is marked as a demo")
	}
	if _, err := os.Stat(filepath.Join(dir, "dayroom.db")); err != nil {
		t.Error("the real site is gone")
	}
}

func TestTheDemoOpensItsOwnFolderAgainAndThrowsItAway(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "demo")
	a := openIn(t, dir)
	for range 2 {
		if err := a.FillDemo(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	if err := DemoOnly(a.Config); err != nil {
		t.Error(err)
	}
	if err := RemoveDemo(a.Config); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("the folder is still there")
	}
}

func TestTheDemoUsesNoDatabaseOfAnother(t *testing.T) {
	c := DemoConfig(Config{Data: "d", DB: "postgres://a/real", Keys: "/real/keys.db", KeyFile: "/real/root.key"})
	if c.DB != filepath.Join("d", "dayroom.db") || c.Keys != filepath.Join("d", "keys.db") || c.KeyFile != filepath.Join("d", "root.key") {
		t.Errorf("%+v", c)
	}
}

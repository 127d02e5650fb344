package app_test

import (
	"strings"
	"testing"

	"dayroom/internal/app"
)

func TestNoSecretIsShownByTheSettings(t *testing.T) {
	for _, secret := range []string{"hunter2hunter2", "with/a.slash", "with:a@colon", "http://looks.like/an-address"} {
		flags := map[string]string{
			"data": t.TempDir(), "smtp-addr": "mail.example.org:587", "smtp-from": "room@example.org", "smtp-password": secret,
			"db": "postgres://room:" + secret + "@db.example.org/room", "keys": "postgres://db.example.org/room_keys?user=room&password=" + secret,
		}
		_, settings, _ := app.LoadConfig(flags, func(string) string { return "" })
		for _, s := range settings {
			if strings.Contains(s.Value, secret) {
				t.Errorf("%s shows %q", s.Name, s.Value)
			}
		}
	}
}

func TestAPathIsShownByTheSettings(t *testing.T) {
	_, settings, err := app.LoadConfig(map[string]string{"data": t.TempDir(), "db": "rooms/site.db"}, func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range settings {
		if s.Name == "db" && s.Value != "rooms/site.db" {
			t.Errorf("db is shown as %q", s.Value)
		}
	}
}

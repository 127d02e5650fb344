package officepages_test

import (
	"context"
	"net/url"
	"strings"
	"testing"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/sitetest"
)

func form(pairs ...string) url.Values {
	v := url.Values{"name": {"Press desk"}, "url": {"https://example.org/in"}, "kinds": {"thread.created"}}
	for i := 0; i < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return v
}

// What a form leaves out, or breaks, must not widen what is told; and a space that is closed stays chosen.
func TestTheSpaceOfAWebhookIsKept(t *testing.T) {
	sitetest.Each(t, func(t *testing.T, s *sitetest.Site) {
		keeper, heart := s.As("keeper"), s.SpaceID("heart-to-heart")
		for _, space := range []string{"", "0", "x"} {
			if a := keeper.Post("/admin/webhooks", form("space", space)); a.Status != 422 || !strings.Contains(a.Body, "Please choose one of the spaces") || !strings.Contains(a.Body, "Press desk") {
				t.Errorf("space %q: %d", space, a.Status)
			}
		}
		if a := keeper.Post("/admin/webhooks", form("space", heart.String())); a.Status != 200 || !strings.Contains(a.Body, "whsec_") {
			t.Fatalf("%d", a.Status)
		}
		s.Must(s.DB.Update(context.Background(), func(tx *db.Tx) error {
			return tx.Must("UPDATE space SET archived_at = 1 WHERE id = $1", heart)
		}))
		list, err := s.Webhooks.List(context.Background(), core.Actor{System: true})
		s.Must(err)
		page := keeper.Get("/admin/webhooks/" + list[0].ID.String())
		if !strings.Contains(page.Body, `value="`+heart.String()+`" selected`) || strings.Contains(page.Body, "whsec_") {
			t.Error("the closed space is not chosen any more, or the secret is shown again")
		}
	})
}

func TestTheRecordSaysWhatChangedInWords(t *testing.T) {
	sitetest.Each(t, func(t *testing.T, s *sitetest.Site) {
		settings, err := s.App.Site.Settings(context.Background())
		s.Must(err)
		settings.AgeLimit = 21
		keeper := s.As("keeper")
		who, err := s.Account.Authenticate(context.Background(), keeper.Token)
		s.Must(err)
		s.Must(s.App.Site.Change(context.Background(), who, settings))
		page := keeper.Get("/admin/record").Body
		for _, want := range []string{"Changed a setting: age limit", "<del>18</del>", "<ins>21</ins>", "keeper"} {
			if !strings.Contains(page, want) {
				t.Errorf("the record lacks %q", want)
			}
		}
		if strings.Contains(page, "quick_exit") {
			t.Error("what did not change stands in the record")
		}
	})
}

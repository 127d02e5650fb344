package sitetest

import (
	"context"
	"net/url"
	"strings"
	"testing"

	"dayroom/internal/account"
	"dayroom/internal/queue"
)

func TestWhoIsBannedReadsWhyInTheirBrowserAndNobodyElseLearnsOfIt(t *testing.T) {
	Each(t, func(t *testing.T, s *Site) {
		ctx := context.Background()
		const reason = "You offered pills for sale in three spaces."
		entry, err := s.Account.SignUp(ctx, account.SignUp{Handle: "kettle_song", Password: "quiet river stone lamp", OldEnough: true}, account.From{Address: "192.0.2.9"})
		s.Must(err)
		admin, err := s.Account.Authenticate(ctx, s.As("keeper").Token)
		s.Must(err)
		settings, err := s.Site.Settings(ctx)
		s.Must(err)
		browser := s.Visitor()
		browser.hold(entry.Token)
		if page := browser.Get("/me"); page.Status != 200 {
			t.Fatalf("before the ban: %d", page.Status)
		}
		_, err = s.Queue.Discipline(ctx, admin, entry.Member, queue.Ruling{Act: queue.Ban, Reason: reason})
		s.Must(err)

		told := browser.Get("/spaces")
		if told.Status != 403 || !strings.Contains(told.Body, reason) || settings.Contact != "" && !strings.Contains(told.Body, settings.Contact) {
			t.Errorf("the page after the ban is %d and does not say why", told.Status)
		}
		if after := browser.Get("/spaces"); after.Status != 200 || strings.Contains(after.Body, reason) {
			t.Errorf("the page after that is %d; a visitor may read on", after.Status)
		}
		form := url.Values{"name": {"kettle_song"}, "password": {"quiet river stone lamp"}}
		if again := browser.Post("/signin", form); again.Status != 403 || !strings.Contains(again.Body, reason) {
			t.Errorf("signing in with the right password is %d and does not say why", again.Status)
		}
		form.Set("password", "quiet river stone lamb")
		if wrong := s.Visitor().Post("/signin", form); strings.Contains(wrong.Body, reason) || strings.Contains(wrong.Body, "stopped") {
			t.Error("a wrong password tells who is banned")
		}
	})
}

package site_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/db/dbtest"
	"dayroom/internal/platform/i18n"
	"dayroom/internal/site"
)

var (
	admin = core.Actor{Member: 1, Standing: core.Active, Role: core.RoleAdmin}
	ada   = core.Actor{Member: 2, Standing: core.Active}
)

func each(t *testing.T, test func(t *testing.T, d *db.DB, s *site.Service)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		test(t, d, site.New(d, core.NewManualClock(time.Date(2026, 5, 1, 9, 0, 0, 0, time.UTC))))
	})
}

func TestEveryLanguageHasEveryPageWithoutGaps(t *testing.T) {
	s := site.New(dbtest.OpenSQLite(t), core.SystemClock{})
	for _, l := range i18n.Languages() {
		for _, name := range site.PageNames {
			p, err := s.PageFor(context.Background(), name, l.Code)
			if err != nil {
				t.Fatal(err)
			}
			if p.Language != l.Code || p.Reviewed() {
				t.Errorf("%s in %s is in %s, reviewed %v", name, l.Code, p.Language, p.Reviewed())
			}
			if strings.ContainsAny(p.HTML, "{}") || !strings.Contains(p.HTML, "<h2>") || strings.Contains(p.HTML, "<h4>") {
				t.Errorf("%s in %s is %q", name, l.Code, p.HTML)
			}
		}
	}
}

func TestThePagesPromiseNothingThatIsNotThere(t *testing.T) {
	s := site.New(dbtest.OpenSQLite(t), core.SystemClock{})
	promised := map[string][]string{ // what has no page yet, in the words that once promised it
		"en": {"can take a copy", "another look"}, "pt": {"levar uma cópia", "outra vez"}, "ar": {"تأخذ نسخة", "نظرة أخرى"},
	}
	for _, l := range i18n.Languages() {
		for _, name := range site.PageNames {
			p, err := s.PageFor(context.Background(), name, l.Code)
			if err != nil {
				t.Fatal(err)
			}
			for _, words := range promised[l.Code] {
				if strings.Contains(p.HTML, words) {
					t.Errorf("%s in %s promises: %s", name, l.Code, words)
				}
			}
		}
	}
}

func TestWhatAnAdminWroteHoldsInEveryLanguage(t *testing.T) {
	each(t, func(t *testing.T, _ *db.DB, s *site.Service) {
		ctx := context.Background()
		if err := s.ChangePage(ctx, ada, site.PageTerms, "en", "Mine"); core.CodeOf(err) != core.Forbidden {
			t.Fatalf("a member changed the terms: %v", err)
		}
		for range 2 {
			if err := s.ChangePage(ctx, admin, site.PageTerms, "en", "# Ours\n\n<script>x</script> **bold**"); err != nil {
				t.Fatal(err)
			}
		}
		p, err := s.PageFor(ctx, site.PageTerms, "pt")
		if err != nil || p.Language != "en" || !p.Reviewed() || !strings.Contains(p.HTML, "<h2>Ours</h2>") || strings.Contains(p.HTML, "<script") {
			t.Errorf("a Portuguese reader gets %+v, %v", p, err)
		}
		if p, err := s.PageToEdit(ctx, admin, site.PageTerms, "pt"); err != nil || p.Reviewed() {
			t.Errorf("the Portuguese text counts as reviewed: %+v, %v", p, err)
		}
		if err := s.ResetPage(ctx, ada, site.PageTerms, "en"); core.CodeOf(err) != core.Forbidden {
			t.Errorf("a member reset the terms: %v", err)
		}
		if err := s.ResetPage(ctx, admin, site.PageTerms, "en"); err != nil {
			t.Fatal(err)
		}
		if p, _ := s.PageFor(ctx, site.PageTerms, "en"); p.Reviewed() {
			t.Error("the reset did not reset")
		}
	})
}

func TestAPageThatIsNoneIsNotFound(t *testing.T) {
	each(t, func(t *testing.T, _ *db.DB, s *site.Service) {
		ctx := context.Background()
		if _, err := s.PageFor(ctx, "../en/terms", "en"); !core.IsNotFound(err) {
			t.Errorf("got %v", err)
		}
		if err := s.ChangePage(ctx, admin, "secrets", "en", "x"); !core.IsNotFound(err) {
			t.Errorf("got %v", err)
		}
		if err := s.ChangePage(ctx, admin, site.PageTerms, "xx", "x"); !core.IsNotFound(err) {
			t.Errorf("got %v", err)
		}
		if err := s.ChangePage(ctx, admin, site.PageTerms, "en", strings.Repeat("x", 17<<10)); core.CodeOf(err) != core.Invalid {
			t.Errorf("got %v", err)
		}
	})
}

func TestSetUpHappensOnceWithTheRightCode(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB, s *site.Service) {
		ctx := context.Background()
		code, err := s.NewSetUpCode(ctx)
		if err != nil || code == "" {
			t.Fatal(code, err)
		}
		in, _ := s.Settings(ctx)
		setUp := func(code string, in site.Settings) error {
			return d.Update(ctx, func(tx *db.Tx) error { return site.SetUp(tx, code, in) })
		}
		if err := setUp("aaaa-bbbb-cccc", in); core.CodeOf(err) != core.Invalid {
			t.Errorf("a wrong code gives %v", err)
		}
		bad := in
		bad.Name = ""
		if err := setUp(code, bad); core.CodeOf(err) != core.Invalid {
			t.Errorf("bad settings give %v", err)
		}
		if err := setUp(" "+strings.ToUpper(code)+" ", in); err != nil {
			t.Fatal(err)
		}
		if err := setUp(code, in); !core.IsNotFound(err) {
			t.Errorf("a second set-up gives %v", err)
		}
		if code, err := s.NewSetUpCode(ctx); code != "" || err != nil {
			t.Errorf("a site that is set up makes a code: %q, %v", code, err)
		}
	})
}

func TestSettingsAreChangedByAdminsAndCheckedFieldByField(t *testing.T) {
	each(t, func(t *testing.T, _ *db.DB, s *site.Service) {
		ctx := context.Background()
		good, err := s.Settings(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Change(ctx, ada, good); core.CodeOf(err) != core.Forbidden {
			t.Errorf("a member changed settings: %v", err)
		}
		for want, edit := range map[string]func(*site.Settings){
			"name": func(in *site.Settings) { in.Name = " " }, "languages": func(in *site.Settings) { in.Languages = []string{"xx"} },
			"age_limit": func(in *site.Settings) { in.AgeLimit = 12 }, "sign_up": func(in *site.Settings) { in.SignUp = "bribe" },
			"quick_exit": func(in *site.Settings) { in.QuickExit = "javascript:alert(1)" },
			"contact":    func(in *site.Settings) { in.Contact = strings.Repeat("x", 301) },
		} {
			in := good
			edit(&in)
			if err := s.Change(ctx, admin, in); err == nil || !strings.Contains(err.Error(), want+"=") {
				t.Errorf("%s: got %v", want, err)
			}
		}
		good.Name = "Harbour"
		if err := s.Change(ctx, admin, good); err != nil {
			t.Fatal(err)
		}
		if got, _ := s.Settings(ctx); got.Name != "Harbour" {
			t.Errorf("the name is %q", got.Name)
		}
	})
}

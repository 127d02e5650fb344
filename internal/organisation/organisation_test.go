package organisation_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/organisation"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/db/dbtest"
)

var (
	ctx   = context.Background()
	admin = core.Actor{Member: 1, Role: core.RoleAdmin, Standing: core.Active}
	ada   = core.Actor{Member: 2, Standing: core.Active}
)

func each(t *testing.T, test func(t *testing.T, s *organisation.Service, d *db.DB)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		clock := core.NewManualClock(time.Date(2026, 11, 3, 9, 0, 0, 0, time.UTC))
		ids, err := core.NewIDMaker(clock, 1, 0)
		if err != nil {
			t.Fatal(err)
		}
		err = d.Update(ctx, func(tx *db.Tx) error {
			for id, handle := range map[int64]string{1: "root_person", 2: "ada", 3: "grace"} {
				if _, err := tx.Exec("INSERT INTO member (id, handle, handle_key, role, standing, created_at) VALUES ($1, $2, $2, '', 'active', 0)", id, handle); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		test(t, organisation.New(d, ids, clock), d)
	})
}

func make1(t *testing.T, s *organisation.Service) organisation.Organisation {
	t.Helper()
	o, err := s.Create(ctx, admin, organisation.Input{Slug: " Harbour-Lights", Name: "Harbour  Lights", Kind: "charity", About: "Hearts and lungs."})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func TestAnOrganisationIsMadeFoundAndChanged(t *testing.T) {
	each(t, func(t *testing.T, s *organisation.Service, d *db.DB) {
		o := make1(t, s)
		if o.Slug != "harbour-lights" || o.Name != "Harbour Lights" || o.Path() != "/o/harbour-lights" {
			t.Errorf("%+v", o)
		}
		if err := s.Change(ctx, admin, o.ID, organisation.Input{Slug: "other", Name: "Harbour Light"}); err != nil {
			t.Fatal(err)
		}
		got, err := s.BySlug(ctx, "harbour-lights")
		if err != nil || got.Name != "Harbour Light" || got.Kind != "" {
			t.Errorf("%+v %v", got, err)
		}
		if list, err := s.List(ctx); err != nil || len(list) != 1 {
			t.Errorf("%v %v", list, err)
		}
		err = d.View(ctx, func(tx *db.Tx) error {
			names, err := s.Names(tx, []core.ID{0, o.ID, o.ID, 99})
			if len(names) != 1 || names[o.ID] != "Harbour Light" {
				t.Errorf("%v", names)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
		for _, slug := range []string{"nowhere", "", "a\x00b", "../x"} {
			if _, err := s.BySlug(ctx, slug); !core.IsNotFound(err) {
				t.Errorf("%q: %v", slug, err)
			}
		}
	})
}

func TestOnlyAdminsMakeOrganisationsAndNameStaff(t *testing.T) {
	each(t, func(t *testing.T, s *organisation.Service, d *db.DB) {
		o := make1(t, s)
		_, err := s.Create(ctx, ada, organisation.Input{Slug: "mine", Name: "Mine"})
		for name, err := range map[string]error{
			"create": err, "change": s.Change(ctx, ada, o.ID, organisation.Input{Name: "Mine"}),
			"staff": s.AddStaff(ctx, ada, o.ID, 2, "press officer"), "remove": s.RemoveStaff(ctx, ada, o.ID, 3),
		} {
			if core.CodeOf(err) != core.Forbidden {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func TestWhatIsWrongIsToldByField(t *testing.T) {
	each(t, func(t *testing.T, s *organisation.Service, d *db.DB) {
		make1(t, s)
		for want, in := range map[string]organisation.Input{
			"slug=organisation.slug.form":     {Slug: "a b", Name: "Name"},
			"slug=organisation.slug.taken":    {Slug: "harbour-lights", Name: "Name"},
			"name=organisation.name.length":   {Slug: "other", Name: "x"},
			"kind=organisation.kind.length":   {Slug: "other", Name: "Name", Kind: strings.Repeat("x", 41)},
			"about=organisation.about.length": {Slug: "other", Name: "Name", About: "a\x00"},
		} {
			if _, err := s.Create(ctx, admin, in); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v", want, err)
			}
		}
	})
}

func TestStaffComeAndGo(t *testing.T) {
	each(t, func(t *testing.T, s *organisation.Service, d *db.DB) {
		o := make1(t, s)
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		must(s.AddStaff(ctx, admin, o.ID, 2, "press officer"))
		must(s.AddStaff(ctx, admin, o.ID, 2, "helpline nurse"))
		must(s.AddStaff(ctx, admin, o.ID, 3, "editor"))
		people, err := s.Staff(ctx, o.ID)
		must(err)
		if len(people) != 2 || people[0].Handle != "ada" || people[0].Role != "helpline nurse" {
			t.Errorf("%+v", people)
		}
		of, err := s.Of(ctx, 2)
		must(err)
		if len(of) != 1 || of[0].Name != "Harbour Lights" || of[0].Role != "helpline nurse" {
			t.Errorf("%+v", of)
		}
		if err := s.AddStaff(ctx, admin, o.ID, 77, "nobody"); core.CodeOf(err) != core.Invalid {
			t.Errorf("a stranger: %v", err)
		}
		if err := s.AddStaff(ctx, admin, 77, 2, "nobody"); !core.IsNotFound(err) {
			t.Errorf("nowhere: %v", err)
		}
		must(s.RemoveStaff(ctx, ada, o.ID, 2)) // by herself
		must(s.RemoveStaff(ctx, admin, o.ID, 3))
		if err := s.RemoveStaff(ctx, admin, o.ID, 3); !core.IsNotFound(err) {
			t.Errorf("twice: %v", err)
		}
		must(d.View(ctx, func(tx *db.Tx) error {
			staff, err := organisation.IsStaff(tx, o.ID, 2)
			if staff {
				t.Error("still staff")
			}
			return err
		}))
	})
}

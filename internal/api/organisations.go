package api

import (
	"time"

	"dayroom/internal/core"
	"dayroom/internal/organisation"
	"dayroom/internal/policy"
)

// Organisation is a body that owns channels.
type Organisation struct {
	ID   core.ID `json:"id" doc:"The organisation."`
	Slug string  `json:"slug" doc:"Its name in addresses." example:"harbour-lights"`
	OrganisationWriting
}

// OrganisationWriting is what an admin writes about one.
type OrganisationWriting struct {
	Name  string `json:"name" doc:"Its name." example:"Harbour Lights"`
	Kind  string `json:"kind,omitempty" doc:"What it is, in its own words." example:"charity"`
	About string `json:"about,omitempty" doc:"At most 600 characters."`
}

// OrganisationPage is one with the people who speak for it.
type OrganisationPage struct {
	Organisation
	Staff []Staff `json:"staff" doc:"Those who came first first. Everybody may know who speaks for it."`
}

// Staff is somebody who speaks for an organisation.
type Staff struct {
	Named
	Role  string    `json:"role" doc:"What they are there, in words." example:"press officer"`
	Since time.Time `json:"since" doc:"Since when."`
}

// AtOrganisation is an address with an organisation in it.
type AtOrganisation struct {
	Slug string `path:"slug" doc:"The organisation's name in addresses." example:"harbour-lights"`
}

type newOrganisation struct {
	Body struct {
		Slug string `json:"slug" doc:"Its name in addresses; it stays."`
		OrganisationWriting
	}
}

type organisationChange struct {
	AtOrganisation
	Body OrganisationWriting
}

type staffInput struct {
	AtOrganisation
	Body struct {
		Handle string `json:"handle" doc:"Who." example:"maria_hl"`
		Role   string `json:"role" doc:"What they are there, in words." example:"press officer"`
	}
}

type atStaff struct {
	AtOrganisation
	Member ref `path:"member" doc:"The member."`
}

func showHouse(o organisation.Organisation) Organisation {
	return Organisation{o.ID, o.Slug, OrganisationWriting{o.Name, o.Kind, o.About}}
}

func (w OrganisationWriting) input() organisation.Input {
	return organisation.Input{Name: line(w.Name), Kind: line(w.Kind), About: text(w.About)}
}

func (a *API) houses() {
	add(a, Op{ID: "read-organisation", Method: "GET", Path: "/organisations/{slug}", Tag: "organisations", Summary: "An organisation",
		Description: "Who it is, and who speaks for it.", Does: []string{"GET /o/{slug}", "GET /admin/organisations/{slug}"}}, a.readOrganisation)
	add(a, Op{ID: "list-organisations", Method: "GET", Path: "/admin/organisations", Door: policy.ForAdmin, Tag: "organisations", Summary: "All organisations",
		Description: "By name.", Does: []string{"GET /admin/organisations"}},
		func(c Call, _ *struct{}) (*given[listOf[Organisation]], error) {
			rows, err := a.Organisations.List(c.Ctx())
			return whole(rows, showHouse, err)
		})
	add(a, Op{ID: "create-organisation", Method: "POST", Path: "/admin/organisations", Door: policy.ForAdmin, Tag: "organisations", Status: 201, Once: true,
		Summary: "Make an organisation", Description: "So that a channel can be its own.", Does: []string{"POST /admin/organisations"}},
		func(c Call, in *newOrganisation) (*given[Made], error) {
			b := in.Body.input()
			b.Slug = in.Body.Slug
			o, err := a.Organisations.Create(c.Ctx(), c.Actor, b)
			return give(Made{ID: o.ID, Page: o.Path()}, err)
		})
	add(a, Op{ID: "change-organisation", Method: "PUT", Path: "/admin/organisations/{slug}", Door: policy.ForAdmin, Tag: "organisations", Summary: "Change an organisation",
		Description: "Its words; its name in addresses stays.", Does: []string{"POST /admin/organisations/{slug}"}},
		func(c Call, in *organisationChange) (*none, error) {
			return nil, a.ofHouse(c, in.Slug, func(id core.ID) error { return a.Organisations.Change(c.Ctx(), c.Actor, id, in.Body.input()) })
		})
	add(a, Op{ID: "add-staff", Method: "POST", Path: "/admin/organisations/{slug}/staff", Door: policy.ForAdmin, Tag: "organisations", Summary: "Let somebody speak for an organisation",
		Description: "Or gives somebody who does another role.", Does: []string{"POST /admin/organisations/{slug}/staff"}}, a.addStaff)
	add(a, Op{ID: "remove-staff", Method: "DELETE", Path: "/admin/organisations/{slug}/staff/{member}", Door: policy.ForAdmin, Tag: "organisations",
		Summary: "End that somebody speaks for an organisation", Description: "At once.", Does: []string{"POST /admin/organisations/{slug}/staff/remove"}},
		func(c Call, in *atStaff) (*none, error) {
			return nil, a.ofHouse(c, in.Slug, func(id core.ID) error { return a.Organisations.RemoveStaff(c.Ctx(), c.Actor, id, in.Member.ID) })
		})
}

// ofHouse acts on the organisation that an address names.
func (a *API) ofHouse(c Call, slug string, act func(id core.ID) error) error {
	o, err := a.Organisations.BySlug(c.Ctx(), slug)
	if err != nil {
		return err
	}
	return act(o.ID)
}

func (a *API) readOrganisation(c Call, in *AtOrganisation) (*given[OrganisationPage], error) {
	o, err := a.Organisations.BySlug(c.Ctx(), in.Slug)
	if err != nil {
		return nil, err
	}
	people, err := a.Organisations.Staff(c.Ctx(), o.ID)
	return give(OrganisationPage{showHouse(o), each(people, func(s organisation.Staff) Staff {
		return Staff{Named{s.Member, s.Handle}, s.Role, s.Since}
	})}, err)
}

func (a *API) addStaff(c Call, in *staffInput) (*none, error) {
	return nil, a.ofHouse(c, in.Slug, func(id core.ID) error {
		member, err := a.Accounts.Find(c.Ctx(), c.Actor, in.Body.Handle)
		if core.IsNotFound(err) {
			return core.Field("handle", "organisation.staff.unknown")
		}
		if err != nil {
			return err
		}
		return a.Organisations.AddStaff(c.Ctx(), c.Actor, id, member, line(in.Body.Role))
	})
}

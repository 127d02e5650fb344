package api

import (
	"dayroom/internal/account"
	"dayroom/internal/policy"
)

// Profile is what a member says of themselves, each part with who may read it.
type Profile struct {
	Relation           account.Relation `json:"relation" enum:",patient,caregiver,professional,other" doc:"What brings them here; empty: not said."`
	RelationAudience   policy.Audience  `json:"relation_audience" enum:"nobody,spaces,members" doc:"Who may read relation and for_whom."`
	ForWhom            string           `json:"for_whom,omitempty" doc:"Whom a caregiver cares for." example:"my father"`
	About              string           `json:"about,omitempty" doc:"In their own words, at most 600 characters."`
	AboutAudience      policy.Audience  `json:"about_audience" enum:"nobody,spaces,members" doc:"Who may read it."`
	Conditions         []string         `json:"conditions,omitempty" doc:"At most 20, of at most 40 characters each."`
	ConditionsAudience policy.Audience  `json:"conditions_audience" enum:"nobody,spaces,members" doc:"Who may read them."`
	Treatments         []string         `json:"treatments,omitempty" doc:"At most 20, of at most 40 characters each."`
	TreatmentsAudience policy.Audience  `json:"treatments_audience" enum:"nobody,spaces,members" doc:"Who may read them."`
	Language           string           `json:"language,omitempty" doc:"The language that they speak best, BCP 47." example:"pt"`
	LanguageAudience   policy.Audience  `json:"language_audience" enum:"nobody,spaces,members" doc:"Who may read it."`
	TimeZone           string           `json:"time_zone,omitempty" doc:"Where their day begins." example:"Europe/Lisbon"`
	TimeZoneAudience   policy.Audience  `json:"time_zone_audience" enum:"nobody,spaces,members" doc:"Who may read it."`
}

type profileInput struct{ Body Profile }

type newHandle struct {
	Body struct {
		Handle string `json:"handle" doc:"The new one: 3 to 30 letters, digits and _." example:"maria_hl"`
	}
}

type keeping struct {
	Body ReadingPlaces
}

// ReadingPlaces tells whether the site keeps how far somebody has read.
type ReadingPlaces struct {
	Keep bool `json:"keep" doc:"Whether it does. Without, nothing is shown as new."`
}

func (a *API) profile() {
	add(a, Op{ID: "read-profile", Method: "GET", Path: "/me/profile", Door: policy.ForMember, Tag: "me", Summary: "My profile",
		Description: "The member's own profile, whole.", Does: []string{"GET /me/profile"}},
		func(c Call, _ *struct{}) (*given[Profile], error) {
			p, err := a.Accounts.MyProfile(c.Ctx(), c.Actor)
			return give(showProfile(p), err)
		})
	add(a, Op{ID: "save-profile", Method: "PUT", Path: "/me/profile", Door: policy.ForMember, Tag: "me", Summary: "Change my profile",
		Description: "What is left out is not said any more.", Does: []string{"POST /me/profile"}},
		func(c Call, in *profileInput) (*none, error) {
			return nil, a.Accounts.SaveProfile(c.Ctx(), c.Actor, readProfile(in.Body))
		})
	add(a, Op{ID: "change-handle", Method: "PUT", Path: "/me/handle", Door: policy.ForMember, Tag: "me", Summary: "Change my handle",
		Description: "The old one leads members to the new one and is nobody else's for 90 days.", Does: []string{"GET /me/handle", "POST /me/handle"}},
		func(c Call, in *newHandle) (*none, error) {
			return nil, a.Accounts.ChangeHandle(c.Ctx(), c.Actor, in.Body.Handle)
		})
	add(a, Op{ID: "read-reading-places", Method: "GET", Path: "/me/reading-places", Door: policy.ForMember, Tag: "me", Summary: "Whether reading places are kept",
		Description: "Reading places tell how far the member has read each thread.", Does: []string{"GET /me/reading-places"}},
		func(c Call, _ *struct{}) (*given[ReadingPlaces], error) {
			keep, err := a.Threads.KeepsPositions(c.Ctx(), c.Actor)
			return give(ReadingPlaces{keep}, err)
		})
	add(a, Op{ID: "keep-reading-places", Method: "PUT", Path: "/me/reading-places", Door: policy.ForMember, Tag: "me", Summary: "Keep reading places, or forget them",
		Description: "Off forgets what is there.", Does: []string{"POST /me/reading-places"}},
		func(c Call, in *keeping) (*none, error) {
			return nil, a.Threads.KeepPositions(c.Ctx(), c.Actor, in.Body.Keep)
		})
}

func showProfile(p account.Profile) Profile {
	return Profile{Relation: p.Relation, RelationAudience: p.RelationAudience, ForWhom: p.ForWhom, About: p.About, AboutAudience: p.AboutAudience,
		Conditions: p.Conditions, ConditionsAudience: p.ConditionsAudience, Treatments: p.Treatments, TreatmentsAudience: p.TreatmentsAudience,
		Language: p.Language, LanguageAudience: p.LanguageAudience, TimeZone: p.TimeZone, TimeZoneAudience: p.TimeZoneAudience}
}

func readProfile(p Profile) account.Profile {
	return account.Profile{Relation: p.Relation, RelationAudience: p.RelationAudience, ForWhom: line(p.ForWhom), About: text(p.About), AboutAudience: p.AboutAudience,
		Conditions: tagsOf(p.Conditions), ConditionsAudience: p.ConditionsAudience, Treatments: tagsOf(p.Treatments), TreatmentsAudience: p.TreatmentsAudience,
		Language: line(p.Language), LanguageAudience: p.LanguageAudience, TimeZone: line(p.TimeZone), TimeZoneAudience: p.TimeZoneAudience}
}

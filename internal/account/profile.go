package account

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/policy"

	"golang.org/x/text/language"
	"golang.org/x/text/unicode/norm"
)

// Relation is what brings somebody to a place about health.
type Relation string

// The relations. The empty one is not said.
const (
	Unsaid       Relation = ""
	Patient      Relation = "patient"
	Caregiver    Relation = "caregiver"
	Professional Relation = "professional"
	Other        Relation = "other"
)

// Relations lists them in the order in which a form offers them.
var Relations = []Relation{Unsaid, Patient, Caregiver, Professional, Other}

// Audiences lists who may read a field, narrowest first.
var Audiences = []policy.Audience{policy.Nobody, policy.MySpaces, policy.Members}

// Bounds of a profile, in characters.
const (
	MaxAbout    = 600
	MaxForWhom  = 60
	MaxTags     = 20
	MaxTag      = 40
	maxLanguage = 35 // RFC 5646 asks software to take that much
	maxZone     = 50
)

// Profile is what a member says of themselves, each part with its audience.
type Profile struct {
	Relation           Relation
	RelationAudience   policy.Audience // and of ForWhom
	ForWhom            string          // "her father": whom a caregiver cares for
	About              string
	AboutAudience      policy.Audience
	Conditions         []string
	ConditionsAudience policy.Audience
	Treatments         []string
	TreatmentsAudience policy.Audience
	Language           string // a BCP 47 tag
	LanguageAudience   policy.Audience
	TimeZone           string
	TimeZoneAudience   policy.Audience
}

// clean puts a profile into the form in which it is kept.
func (p *Profile) clean() {
	p.About, p.ForWhom = strings.TrimSpace(norm.NFC.String(p.About)), strings.TrimSpace(norm.NFC.String(p.ForWhom))
	if p.Relation != Caregiver {
		p.ForWhom = ""
	}
	p.Conditions, p.Treatments = cleanTags(p.Conditions), cleanTags(p.Treatments)
	if tag, err := language.Parse(p.Language); err == nil && p.Language != "" {
		p.Language = tag.String()
	}
	for _, a := range p.audiences() {
		if *a == "" {
			*a = policy.Nobody
		}
	}
}

func (p *Profile) audiences() map[string]*policy.Audience {
	return map[string]*policy.Audience{
		"relation": &p.RelationAudience, "about": &p.AboutAudience, "conditions": &p.ConditionsAudience,
		"treatments": &p.TreatmentsAudience, "language": &p.LanguageAudience, "time_zone": &p.TimeZoneAudience,
	}
}

// cleanTags folds tags so that equal ones are equal: lower case, one space between words, each once.
func cleanTags(tags []string) []string {
	out := []string{}
	for _, t := range tags {
		t = strings.ToLower(strings.Join(strings.Fields(norm.NFC.String(t)), " "))
		if t != "" && !slices.Contains(out, t) {
			out = append(out, t)
		}
	}
	return out
}

// validate tells what is wrong with a clean profile, field by field.
func (p *Profile) validate() error {
	f := core.Fields{}
	f.Check(slices.Contains(Relations, p.Relation), "relation", "account.profile.relation.choice")
	f.Check(plain(p.About) && utf8.RuneCountInString(p.About) <= MaxAbout, "about", "account.profile.about.length")
	f.Check(plain(p.ForWhom) && !strings.Contains(p.ForWhom, "\n") && utf8.RuneCountInString(p.ForWhom) <= MaxForWhom, "for_whom", "account.profile.for_whom.length")
	checkTags(f, "conditions", p.Conditions)
	checkTags(f, "treatments", p.Treatments)
	f.Check(validZone(p.TimeZone), "time_zone", "account.profile.time_zone")
	_, err := language.Parse(p.Language)
	f.Check(p.Language == "" || err == nil && len(p.Language) <= maxLanguage, "language", "account.profile.language")
	for name, a := range p.audiences() {
		f.Check(slices.Contains(Audiences, *a), name, "account.profile.audience")
	}
	return f.Err()
}

func checkTags(f core.Fields, name string, tags []string) {
	f.Check(len(tags) <= MaxTags, name, "account.profile.tags.many")
	for _, t := range tags {
		n := utf8.RuneCountInString(t)
		f.Check(n >= 2 && n <= MaxTag, name, "account.profile.tags.length")
		f.Check(!strings.ContainsFunc(t, notInTag), name, "account.profile.tags.form")
	}
}

// notInTag tells what a tag must not hold: a tag goes into addresses and between commas.
func notInTag(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) && !strings.ContainsRune(" -'’.+/()", r)
}

// plain tells that a text has no control characters but line breaks, and is text.
func plain(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' })
}

const profileColumns = `relation, relation_audience, for_whom, about, about_audience, conditions, conditions_audience,
	treatments, treatments_audience, language, language_audience, time_zone, time_zone_audience`

func scanProfile(r db.Row) (p Profile, err error) {
	var conditions, treatments string
	err = r.Scan(&p.Relation, &p.RelationAudience, &p.ForWhom, &p.About, &p.AboutAudience, &conditions, &p.ConditionsAudience,
		&treatments, &p.TreatmentsAudience, &p.Language, &p.LanguageAudience, &p.TimeZone, &p.TimeZoneAudience)
	if err != nil {
		return p, err
	}
	if err = json.Unmarshal([]byte(conditions), &p.Conditions); err != nil {
		return p, err
	}
	return p, json.Unmarshal([]byte(treatments), &p.Treatments)
}

// MyProfile gives the actor's own profile, whole.
func (s *Service) MyProfile(ctx context.Context, actor core.Actor) (p Profile, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		p, err = loadProfile(tx, actor.Member)
		return err
	})
	return p, err
}

func loadProfile(tx *db.Tx, id core.ID) (Profile, error) {
	p, err := db.One(tx, scanProfile, "SELECT "+profileColumns+" FROM profile WHERE member = $1", id)
	if core.IsNotFound(err) { // a placeholder has none
		p.clean()
		return p, nil
	}
	return p, err
}

// SaveProfile stores the actor's profile.
func (s *Service) SaveProfile(ctx context.Context, actor core.Actor, p Profile) error {
	if err := policy.Enter(actor, policy.ForMember).Err(); err != nil {
		return err
	}
	p.clean()
	if err := p.validate(); err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error { return storeProfile(tx, actor.Member, p) })
}

func storeProfile(tx *db.Tx, id core.ID, p Profile) error {
	conditions, err := json.Marshal(p.Conditions)
	if err != nil {
		return err
	}
	treatments, err := json.Marshal(p.Treatments)
	if err != nil {
		return err
	}
	return tx.Must(`UPDATE profile SET relation = $2, relation_audience = $3, for_whom = $4, about = $5, about_audience = $6,
			conditions = $7, conditions_audience = $8, treatments = $9, treatments_audience = $10,
			language = $11, language_audience = $12, time_zone = $13, time_zone_audience = $14 WHERE member = $1`,
		id, p.Relation, p.RelationAudience, p.ForWhom, p.About, p.AboutAudience, string(conditions), p.ConditionsAudience,
		string(treatments), p.TreatmentsAudience, p.Language, p.LanguageAudience, p.TimeZone, p.TimeZoneAudience)
}

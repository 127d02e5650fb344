// Package credential is verified professional standings: profession, specialty, country, register number, expiry. An admin grants
// one by hand after looking at the register. It holds until it expires or is revoked; rounds are for those who hold one.
package credential

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"dayroom/internal/core"
	"dayroom/internal/platform/act"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/event"
	"dayroom/internal/platform/keys"
	"dayroom/internal/policy"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// Credential is a verified standing of a member.
type Credential struct {
	ID         core.ID
	Member     core.ID
	Profession string // "Cardiologist", as it stands beside the name
	Specialty  string // "heart failure"; may be empty
	Country    string // of the register, ISO 3166-1 alpha-2
	Expires    time.Time
	GrantedBy  core.ID
	Granted    time.Time
	Revoked    time.Time // zero: not
}

// Holds tells whether it counts at a moment.
func (c Credential) Holds(now time.Time) bool { return c.Revoked.IsZero() && c.Expires.After(now) }

// Input is what an admin enters.
type Input struct {
	Member     core.ID
	Profession string
	Specialty  string
	Country    string
	Register   string // number in the register; sealed, for admins only
	Expires    time.Time
}

// Bounds of a credential. Registers are renewed each year or every few; five years is the longest among those we know.
const (
	maxWords    = 60
	maxRegister = 40
	MaxYears    = 5
)

func (in *Input) clean() {
	in.Profession, in.Specialty = strings.Join(strings.Fields(in.Profession), " "), strings.Join(strings.Fields(in.Specialty), " ")
	in.Country, in.Register = strings.ToUpper(strings.TrimSpace(in.Country)), strings.TrimSpace(in.Register)
}

func (in Input) validate(now time.Time) error {
	f := core.Fields{}
	f.Check(words(in.Profession, 2), "profession", "credential.profession.length")
	f.Check(words(in.Specialty, 0), "specialty", "credential.specialty.length")
	f.Check(KnownCountry(in.Country), "country", "credential.country.unknown")
	f.Check(utf8.RuneCountInString(in.Register) <= maxRegister && plain(in.Register), "register", "credential.register.length")
	f.Check(in.Expires.After(now) && in.Expires.Before(now.AddDate(MaxYears, 0, 1)), "expires", "credential.expires.range")
	return f.Err()
}

func words(s string, least int) bool {
	n := utf8.RuneCountInString(s)
	return n >= least && n <= maxWords && plain(s)
}

func plain(s string) bool { return utf8.ValidString(s) && !strings.ContainsFunc(s, unicode.IsControl) }

// notCountries have a code and a name, and no register of physicians: unions, and islands that the standard only reserves.
var notCountries = []string{"AC", "CP", "DG", "EA", "EU", "EZ", "IC", "TA", "UN"}

// KnownCountry tells whether a code is that of a country that is there today.
func KnownCountry(code string) bool {
	r, err := language.ParseRegion(code)
	if err != nil || len(code) != 2 || r.String() != code || slices.Contains(notCountries, code) {
		return false
	}
	return r.IsCountry() && r.Canonicalize() == r && CountryName("en", code) != code
}

// CountryName says a country's code in a language: "PT" is Portugal, البرتغال. An unknown one stays as it is.
func CountryName(lang, code string) string {
	r, err := language.ParseRegion(code)
	if err != nil {
		return code
	}
	tag, err := language.Parse(lang)
	if err != nil {
		tag = language.English
	}
	if namer := display.Regions(tag); namer != nil {
		if name := namer.Name(r); name != "" {
			return name
		}
	}
	return code
}

// Country is a choice in a form.
type Country struct{ Code, Name string }

// Countries lists all countries by their name in a language.
func Countries(lang string) []Country {
	var out []Country
	for a := 'A'; a <= 'Z'; a++ {
		for b := 'A'; b <= 'Z'; b++ {
			if code := string(a) + string(b); KnownCountry(code) {
				out = append(out, Country{code, CountryName(lang, code)})
			}
		}
	}
	tag, err := language.Parse(lang)
	if err != nil {
		tag = language.English
	}
	order := collate.New(tag)
	slices.SortFunc(out, func(x, y Country) int { return order.CompareString(x.Name, y.Name) })
	return out
}

// Service grants and revokes. Safe for concurrent use.
type Service struct {
	db    *db.DB
	keys  *keys.Store
	ids   *core.IDMaker
	clock core.Clock
}

// New makes the service.
func New(d *db.DB, k *keys.Store, ids *core.IDMaker, clock core.Clock) *Service {
	return &Service{db: d, keys: k, ids: ids, clock: clock}
}

const fieldRegister = "register"

// Kinds of events. The subject is the member.
const (
	EventGranted = "credential.granted" // {credential}
	EventRevoked = "credential.revoked" // {credential}
)

type which struct {
	Credential core.ID `json:"credential"`
}

func (s *Service) tell(tx *db.Tx, kind string, actor core.Actor, member, id core.ID) {
	event.Append(tx, event.Event{At: s.clock.Now(), Kind: kind, Actor: actor.Member, Subject: member}.With(which{id}))
}

const columns = "id, member, profession, specialty, country, expires_at, granted_by, granted_at, revoked_at"

func scan(r db.Row) (c Credential, err error) {
	var expires, granted, revoked int64
	err = r.Scan(&c.ID, &c.Member, &c.Profession, &c.Specialty, &c.Country, &expires, &c.GrantedBy, &granted, &revoked)
	c.Expires, c.Granted, c.Revoked = db.Moment(expires), db.Moment(granted), db.Moment(revoked)
	return c, err
}

// Grant gives a member a credential. Nobody grants one to themselves.
func (s *Service) Grant(ctx context.Context, actor core.Actor, in Input) (id core.ID, err error) {
	in.clean()
	now := s.clock.Now()
	if err := policy.GrantCredential(actor).Err(); err != nil {
		return 0, err
	}
	if in.Member == actor.Member {
		return 0, core.E(core.Forbidden, "policy.not_yourself")
	}
	if err := in.validate(now); err != nil {
		return 0, err
	}
	var sealed []byte
	if in.Register != "" {
		if sealed, err = s.keys.Seal(ctx, in.Member, fieldRegister, []byte(in.Register)); err != nil {
			return 0, err
		}
	}
	id = s.ids.Next()
	return id, s.db.Update(ctx, func(tx *db.Tx) error {
		there, err := db.One(tx, db.Bool, "SELECT EXISTS (SELECT 1 FROM member WHERE id = $1 AND standing IN ('active', 'restricted'))", in.Member)
		if err != nil {
			return err
		}
		if !there {
			return core.Missing("member")
		}
		_, err = tx.Exec(`INSERT INTO credential (id, member, profession, specialty, country, register_sealed, expires_at, granted_by, granted_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
			id, in.Member, in.Profession, in.Specialty, in.Country, sealed, db.Millis(in.Expires), actor.Member, db.Millis(now))
		if err != nil {
			return err
		}
		s.tell(tx, EventGranted, actor, in.Member, id)
		return act.Append(tx, act.Act{At: now, Actor: actor.Member, Kind: EventGranted, Subject: in.Member, Target: in.Profession, Becomes: in.Country})
	})
}

// Revoke ends a credential now, once.
func (s *Service) Revoke(ctx context.Context, actor core.Actor, id core.ID) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		if err := policy.GrantCredential(actor).Err(); err != nil {
			return err
		}
		member, err := db.One(tx, db.ID, "UPDATE credential SET revoked_at = $1 WHERE id = $2 AND revoked_at = 0 RETURNING member", db.Millis(s.clock.Now()), id)
		if err != nil {
			return err
		}
		s.tell(tx, EventRevoked, actor, member, id)
		return act.Append(tx, act.Act{At: s.clock.Now(), Actor: actor.Member, Kind: EventRevoked, Subject: member})
	})
}

// Of lists a member's credentials, those that ended too, newest first: for the member and for admins.
func (s *Service) Of(ctx context.Context, actor core.Actor, member core.ID) (out []Credential, err error) {
	if actor.Member != member || member == 0 {
		if err := policy.GrantCredential(actor).Err(); err != nil {
			return nil, err
		}
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		out, err = db.All(tx, scan, "SELECT "+columns+" FROM credential WHERE member = $1 ORDER BY id DESC", member)
		return err
	})
	return out, err
}

// Ending lists the credentials that hold and end within a while, soonest first, so that an admin can look at registers in time.
func (s *Service) Ending(ctx context.Context, actor core.Actor, within time.Duration) (out []Credential, err error) {
	if err := policy.GrantCredential(actor).Err(); err != nil {
		return nil, err
	}
	now := s.clock.Now()
	err = s.db.View(ctx, func(tx *db.Tx) error {
		out, err = db.All(tx, scan, "SELECT "+columns+" FROM credential WHERE revoked_at = 0 AND expires_at > $1 AND expires_at <= $2 ORDER BY expires_at, id LIMIT 200",
			db.Millis(now), db.Millis(now.Add(within)))
		return err
	})
	return out, err
}

// Register opens the register number of a credential, for admins; empty where none was entered.
func (s *Service) Register(ctx context.Context, actor core.Actor, id core.ID) (string, error) {
	if err := policy.GrantCredential(actor).Err(); err != nil {
		return "", err
	}
	type row struct {
		member core.ID
		sealed []byte
	}
	var got row
	err := s.db.View(ctx, func(tx *db.Tx) (err error) {
		got, err = db.One(tx, func(r db.Row) (v row, err error) { err = r.Scan(&v.member, &v.sealed); return }, "SELECT member, register_sealed FROM credential WHERE id = $1", id)
		return err
	})
	if err != nil || got.sealed == nil {
		return "", err
	}
	plain, err := s.keys.Open(ctx, got.member, fieldRegister, got.sealed)
	return string(plain), err
}

// Tables declares what this package keeps.
var Tables = []db.Table{
	{Name: "credential", Owner: "member", Sealed: []string{"register_sealed"}, Export: "all", Erase: db.Delete, Keep: "while the account exists, also after it ended: whether somebody was verified when they wrote can be asked later"},
}

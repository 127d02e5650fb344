// Package site holds what is true for the whole site: its settings, its pages that an admin may edit, and the counters that slow
// down whoever asks too often.
package site

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"dayroom/internal/core"
	"dayroom/internal/platform/act"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/i18n"
	"dayroom/internal/policy"
)

// SignUpMode says who may open an account.
type SignUpMode string

// The modes.
const (
	SignUpOpen     SignUpMode = "open"
	SignUpApproval SignUpMode = "approval"
	SignUpInvited  SignUpMode = "invited"
)

// Settings are what an admin decides for the site.
type Settings struct {
	Name      string     `json:"name"`
	Languages []string   `json:"languages"` // the first one greets whoever asks for none of them
	AgeLimit  int        `json:"age_limit"` // years
	SignUp    SignUpMode `json:"sign_up"`
	Contact   string     `json:"contact"`    // how to reach the people who run the site, in words
	QuickExit string     `json:"quick_exit"` // where "leave quickly" leads
	Ready     bool       `json:"ready"`      // set-up is done
}

// DefaultQuickExit is a page that looks harmless in any history. It is only ever a link that a person follows.
const DefaultQuickExit = "https://www.wikipedia.org/"

// defaults of a site that nobody has set up: 18, because talk of illness is not written for children and consent to the use of
// health data is an adult's everywhere.
// A function, because whoever reads into the value would otherwise write into everybody's list of languages.
func defaults() Settings {
	return Settings{Name: "Dayroom", Languages: []string{"en"}, AgeLimit: 18, SignUp: SignUpOpen, QuickExit: DefaultQuickExit}
}

// Limits of settings.
const (
	maxName    = 60
	maxContact = 300
	minAge     = 13
	maxAge     = 99
)

// Validate tells what is wrong with settings, field by field.
func (s Settings) Validate() error {
	f := core.Fields{}
	f.Check(strings.TrimSpace(s.Name) != "" && utf8.RuneCountInString(s.Name) <= maxName, "name", "site.name.length")
	f.Check(len(s.Languages) > 0, "languages", "site.languages.none")
	for _, code := range s.Languages {
		f.Check(slices.ContainsFunc(i18n.Languages(), func(l i18n.Language) bool { return l.Code == code }), "languages", "site.languages.unknown")
	}
	f.Check(s.AgeLimit >= minAge && s.AgeLimit <= maxAge, "age_limit", "site.age.range")
	f.Check(s.SignUp == SignUpOpen || s.SignUp == SignUpApproval || s.SignUp == SignUpInvited, "sign_up", "site.sign_up.choice")
	f.Check(utf8.RuneCountInString(s.Contact) <= maxContact, "contact", "site.contact.length")
	f.Check(strings.HasPrefix(s.QuickExit, "https://") && len(s.QuickExit) <= 200 && !strings.ContainsAny(s.QuickExit, " \t\r\n\"<>"), "quick_exit", "site.quick_exit.address")
	return f.Err()
}

// Service reads and changes settings, pages and counters. Safe for concurrent use.
type Service struct {
	db    *db.DB
	clock core.Clock

	mu     sync.Mutex
	kept   Settings
	keptAt time.Time
}

// New makes the service.
func New(d *db.DB, clock core.Clock) *Service { return &Service{db: d, clock: clock} }

// settingsLease is how long settings may be served from memory: the bound that holds for every cache here.
const settingsLease = time.Second

// Settings gives what is in force, at most a second old.
func (s *Service) Settings(ctx context.Context) (Settings, error) {
	s.mu.Lock()
	kept, at := s.kept, s.keptAt
	s.mu.Unlock()
	now := s.clock.Now()
	if age := now.Sub(at); !at.IsZero() && age >= 0 && age < settingsLease {
		return kept, nil
	}
	var out Settings
	err := s.db.View(ctx, func(tx *db.Tx) (err error) {
		out, err = Load(tx)
		return err
	})
	if err != nil {
		return Settings{}, err
	}
	s.keep(out, now)
	return out, nil
}

func (s *Service) keep(out Settings, now time.Time) {
	s.mu.Lock()
	s.kept, s.keptAt = out, now
	s.mu.Unlock()
}

// Load reads the settings inside a transaction.
func Load(tx *db.Tx) (Settings, error) {
	text, err := db.One(tx, db.String, "SELECT value FROM setting WHERE name = 'site'")
	if core.IsNotFound(err) {
		return defaults(), nil
	}
	out := defaults()
	if err != nil {
		return out, err
	}
	if err := json.Unmarshal([]byte(text), &out); err != nil {
		return out, fmt.Errorf("the site's settings cannot be read: %w", err)
	}
	return out, nil
}

// Change stores new settings. Only an admin may.
func (s *Service) Change(ctx context.Context, actor core.Actor, in Settings) error {
	in.Name, in.Contact = strings.TrimSpace(in.Name), strings.TrimSpace(in.Contact)
	err := s.db.Update(ctx, func(tx *db.Tx) error {
		if err := policy.ManageSite(actor).Err(); err != nil {
			return err
		}
		if err := in.Validate(); err != nil {
			return err
		}
		was, err := Load(tx)
		if err != nil {
			return err
		}
		if err := Store(tx, in); err != nil {
			return err
		}
		return act.Append(tx, changes(s.clock.Now(), actor, was, in)...)
	})
	if err == nil {
		s.keep(in, s.clock.Now())
	}
	return err
}

// Store writes settings inside a transaction whose caller has decided that it may.
func Store(tx *db.Tx, in Settings) error {
	text, err := json.Marshal(in)
	if err != nil {
		return err
	}
	_, err = tx.Exec("INSERT INTO setting (name, value) VALUES ('site', $1) ON CONFLICT (name) DO UPDATE SET value = excluded.value", string(text))
	return err
}

// changes tells for the record which settings are others now, one act each.
func changes(now time.Time, actor core.Actor, was, becomes Settings) (out []act.Act) {
	for _, f := range []struct{ name, was, becomes string }{
		{"name", was.Name, becomes.Name},
		{"languages", strings.Join(was.Languages, ", "), strings.Join(becomes.Languages, ", ")},
		{"age_limit", strconv.Itoa(was.AgeLimit), strconv.Itoa(becomes.AgeLimit)},
		{"sign_up", string(was.SignUp), string(becomes.SignUp)},
		{"contact", was.Contact, becomes.Contact},
		{"quick_exit", was.QuickExit, becomes.QuickExit},
	} {
		if f.was != f.becomes {
			out = append(out, act.Act{At: now, Actor: actor.Member, Kind: "settings.changed", Target: f.name, Was: f.was, Becomes: f.becomes})
		}
	}
	return out
}

// Tables declares what this package keeps.
var Tables = []db.Table{
	{Name: "setting", Export: "none", Keep: "always"},
	{Name: "throttle", Export: "none", Keep: "until its window ends, a day at most; keys are keyed hashes"},
	{Name: "process", Export: "none", Keep: "always"},
	{Name: "site_page", Owner: "editor", Export: "none", Erase: db.Retain, Keep: "until replaced"},
}

// Package account is who people are here: signing up and in, what proves it, profiles with audiences, blocks, and leaving.
//
// A member has a handle and at least one of a password and a passkey. What is secret is kept as little as can be: passwords as
// argon2id, tokens and codes as hashes, the e-mail address and the two-step secret sealed under the member's key, addresses of
// the network not at all. Answers to sign-in, recovery and reset are alike in words and work, whoever is asked for.
//
// A sign-in is a random token in a cookie and its hash in a row, looked up with each request; deleting the row ends it at once.
// Whatever changes how somebody signs in asks for proof that is not older than ProofAge, and ends the other sign-ins.
package account

import (
	"context"
	"net"
	"net/url"
	"time"

	"dayroom/internal/account/password"
	"dayroom/internal/core"
	"dayroom/internal/platform/brief"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/event"
	"dayroom/internal/platform/keys"
	"dayroom/internal/site"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
)

// Times of an account's secrets.
const (
	SignInAge     = 30 * 24 * time.Hour // a sign-in ends when it is not used for so long
	ProofAge      = 15 * time.Minute    // after which what changes how one signs in asks for the password again
	touchEvery    = 10 * time.Minute    // how often a sign-in's last use is written down
	CeremonyAge   = 5 * time.Minute     // for a passkey's two requests
	SecondStepAge = 10 * time.Minute    // between the password and the code
	resetAge      = 30 * time.Minute    // of a link in a mail
	mailAge       = 24 * time.Hour      // to confirm an address
	joinedAge     = 15 * time.Minute    // in which a form that was sent twice is known again
	enrolAge      = 30 * time.Minute    // to type in the first code of a two-step device
)

// Letter is a mail to one person.
type Letter struct{ To, Subject, Text string }

// Mailer sends mail. Ready is false where the site has no mail server; nothing here depends on one.
type Mailer interface {
	Ready() bool
	Send(ctx context.Context, l Letter) error
}

// Options are what the composition knows.
type Options struct {
	BaseURL string     // the site's own address, for links in mails and for passkeys
	Mail    Mailer     // nil: no mail
	Tables  []db.Table // of every package: what erasing a member does
	// Leave does what the tables' declarations cannot say, such as deleting files, in the transaction that erases a member and before
	// their rows go. Nil: nothing.
	Leave func(tx *db.Tx, member core.ID) error
	// WhyStopped gives what a moderator wrote to a member whose account is stopped; empty where nothing is known. Nil: nothing is.
	WhyStopped func(tx *db.Tx, member core.ID) (string, error)
	Cost       password.Cost
}

// Service keeps accounts. Safe for concurrent use.
type Service struct {
	db       *db.DB
	keys     *keys.Store
	ids      *core.IDMaker
	clock    core.Clock
	site     *site.Service
	opt      Options
	hash     *password.Hasher
	facts    *brief.Memory[factKey, fact]
	passkeys *webauthn.WebAuthn // nil where the site's address cannot have passkeys
}

// New makes the service.
func New(d *db.DB, k *keys.Store, ids *core.IDMaker, clock core.Clock, s *site.Service, opt Options) (*Service, error) {
	if opt.Cost == (password.Cost{}) {
		opt.Cost = password.Standard
	}
	w, err := relyingParty(opt.BaseURL)
	if err != nil {
		return nil, err
	}
	return &Service{db: d, keys: k, ids: ids, clock: clock, site: s, opt: opt, hash: password.NewHasher(opt.Cost), passkeys: w,
		facts: brief.New[factKey, fact](briefFacts)}, nil
}

// relyingParty prepares passkeys for the site's address. Browsers bind a passkey to a name and refuse bare addresses, so a site
// that is reached as 127.0.0.1 has none.
func relyingParty(base string) (*webauthn.WebAuthn, error) {
	u, err := url.Parse(base)
	if err != nil || u.Hostname() == "" || net.ParseIP(u.Hostname()) != nil {
		return nil, nil
	}
	return webauthn.New(&webauthn.Config{
		RPID: u.Hostname(), RPDisplayName: "Dayroom", RPOrigins: []string{u.Scheme + "://" + u.Host},
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey: protocol.ResidentKeyRequirementRequired, UserVerification: protocol.VerificationPreferred,
		},
	})
}

// PasskeysReady tells whether passkeys can be used at the site's address.
func (s *Service) PasskeysReady() bool { return s.passkeys != nil }

// MailReady tells whether the site can send mail.
func (s *Service) MailReady() bool { return s.opt.Mail != nil && s.opt.Mail.Ready() }

// SetTables tells the service what erasing does, where the composition knows it only after making everything else.
func (s *Service) SetTables(tables []db.Table) { s.opt.Tables = tables }

// now is the clock, to the millisecond that the database keeps.
func (s *Service) now() time.Time { return s.clock.Now().Truncate(time.Millisecond) }

// tell writes an event about a member.
func (s *Service) tell(tx *db.Tx, kind string, actor core.Actor, member core.ID, data any) {
	e := event.Event{At: s.now(), Kind: kind, Actor: actor.Member, Subject: member}
	if data != nil {
		e = e.With(data)
	}
	event.Append(tx, e)
}

// Kinds of events. Data is in parentheses.
const (
	EventJoined   = "member.joined"           // {space, invited_by}: of the invitation, where there was one
	EventApproved = "member.approved"         //
	EventSignedIn = "member.signed_in"        //
	EventStanding = "member.standing_changed" // {standing, until}
	EventRole     = "member.role_changed"     // {role}
	EventHandle   = "member.handle_changed"   //
	EventSecurity = "member.security_changed" // {what}: password, passkey, totp, mail, recovery_codes, recovery_code_used, reset
	EventGone     = "member.gone"             //
)

type what struct {
	What string `json:"what"`
}

// Package notify tells members what happened: on the page of notices, and by mail where they asked for it.
//
// It follows the events that others write and makes notices of them, each exactly once. A notice holds ids and a small fact,
// never words. Whether its reader may know of what it points to is asked twice: when it is made, and each time it is shown, so a
// post that was hidden, moved out of sight or erased meanwhile leaves a notice without words. Blocks and mutes hold. What is held
// tells nobody but those who read it, until somebody has.
//
// Several replies in a thread are one notice while it is unread. Mail says how many notices there are and where to read them:
// no name, no title, no space, since others may see the screen on which it arrives.
package notify

import (
	"context"
	"slices"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/job"
	"dayroom/internal/platform/keys"
	"dayroom/internal/site"
	"dayroom/internal/thread"
)

// Kind says what a notice is about.
type Kind string

// The kinds.
const (
	Reply        Kind = "reply"         // somebody answered the reader
	Mention      Kind = "mention"       // somebody named the reader
	Followed     Kind = "followed"      // something new in a thread that the reader follows
	Decided      Kind = "decision"      // a steward or moderator decided about the reader; Detail is the act
	Approved     Kind = "approved"      // the reader's held post stands now
	ReportUpdate Kind = "report_update" // somebody looked at what the reader reported; Detail is what became of it
	JoinRequest  Kind = "join_request"  // somebody wants to join a space that the reader looks after
	Held         Kind = "held"          // posts wait to be read by the reader
	Reported     Kind = "reported"      // posts were reported where the reader moderates
	Invited      Kind = "invited"       // to a space
	Welcome      Kind = "welcome"       // to the site, to a space (Detail "space"), to an office (Detail "steward")
	Upkeep       Kind = "upkeep"        // something in running the site asks for an admin; Detail says what
)

// Kinds lists what a member can set, in the order of the settings page.
var Kinds = []Kind{Reply, Mention, Followed, Approved, Decided, ReportUpdate, Invited, JoinRequest, Held, Reported, Upkeep}

// Always tells that a kind cannot be switched off on the page: what was decided about somebody they have to be able to know, and
// what asks for an admin must not go unseen.
func (k Kind) Always() bool { return k == Decided || k == Welcome || k == Upkeep }

// What Upkeep tells. Each has a sentence, "notice.upkeep." and its name, and a place where something can be done.
const WebhookPaused = "webhook_paused" // a webhook was paused because nobody answered it

var upkeepPaths = map[string]string{WebhookPaused: "/admin/webhooks"}

// grouped names the column by which unread notices of a kind become one.
var grouped = map[Kind]string{Reply: "thread", Followed: "thread", Held: "space", Reported: "space", JoinRequest: "space"}

// talk are the kinds that a muted thread keeps quiet about.
var talk = []Kind{Reply, Mention, Followed}

func (k Kind) isTalk() bool { return slices.Contains(talk, k) }

// Notice tells one member something. Ids that do not apply are zero.
type Notice struct {
	To     core.ID
	Kind   Kind
	Actor  core.ID // who did it; zero where that is not said
	Space  core.ID
	Thread core.ID
	Post   core.ID
	Detail string // a small fact or a key, never words of a member
	Urgent bool   // mail does not wait to be gathered
}

// Letter is a mail to one person.
type Letter struct {
	To, Subject, Text string
	ID                string // the same for a letter that is sent again
	Unsubscribe       string // an address that ends such letters by one POST
}

// Mailer sends mail. Ready is false where the site has no mail server.
type Mailer interface {
	Ready() bool
	Send(ctx context.Context, l Letter) error
}

// Addresses gives members' confirmed addresses; core.NotFound where there is none. account.Service does.
type Addresses interface {
	MailAddress(ctx context.Context, member core.ID) (string, error)
}

// Options are what mail needs.
type Options struct {
	Keys      *keys.Store
	Site      *site.Service
	Mail      Mailer // nil: no mail
	Addresses Addresses
	BaseURL   string // the site's own address, without a slash at the end
}

// Service keeps notices. Safe for concurrent use.
type Service struct {
	db    *db.DB
	ids   *core.IDMaker
	clock core.Clock
	posts *thread.Service
	opt   Options
}

// New makes the service.
func New(d *db.DB, ids *core.IDMaker, clock core.Clock, posts *thread.Service, opt Options) *Service {
	return &Service{db: d, ids: ids, clock: clock, posts: posts, opt: opt}
}

// now is the clock, to the millisecond that the database keeps.
func (s *Service) now() time.Time { return s.clock.Now().Truncate(time.Millisecond) }

// Jobs registers what runs by itself.
func (s *Service) Jobs(r *job.Runner) {
	r.Every("notice.mail", time.Minute, func(ctx context.Context, _ job.Job) error { return s.SendDue(ctx) })
	r.Every("notice.prune", 24*time.Hour, func(ctx context.Context, _ job.Job) error { return s.Prune(ctx) })
}

// kept is how long a notice stays.
const kept = 90 * 24 * time.Hour

// Prune removes notices that are older than 90 days.
func (s *Service) Prune(ctx context.Context) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec("DELETE FROM notice WHERE at < $1", db.Millis(s.now().Add(-kept)))
		return err
	})
}

// Tables declares what this package keeps.
var Tables = []db.Table{
	{Name: "notice", Owner: "member", Export: "all", Erase: db.Delete, Keep: "90 days; ids only, no words"},
	{Name: "notice_setting", Owner: "member", Export: "all", Erase: db.Delete, Keep: "while the account exists"},
}

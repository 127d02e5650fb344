// Package webhook tells other systems that something happened: a POST with a signed note, tried again until it is taken.
//
// A note says what happened, where and to which post, in ids. It has no words, no name and nobody who did it: whoever receives it asks the
// JSON API, with a token whose holder may read it. So a wrong address, or one that has changed hands, learns nothing that is told in confidence.
//
//	event --Told, in the dispatcher's transaction--> waiting --answer 2xx--> delivered
//	                                                  ^   |
//	                                                  |   +--anything else, attempts left--> waiting (pause)
//	                                                  +---+--none left--> failed --resend--> waiting
//
// Signing and the pauses are those of Standard Webhooks (https://github.com/standard-webhooks/standard-webhooks, spec 1.0.0). Notes are sent
// at least once and mostly in order; a receiver tells a repeated one by its webhook-id. A hook that fails for three days is switched off.
package webhook

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"dayroom/internal/account"
	"dayroom/internal/core"
	"dayroom/internal/credential"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/fetch"
	"dayroom/internal/platform/keys"
	"dayroom/internal/queue"
	"dayroom/internal/space"
	"dayroom/internal/thread"
)

// State of a hook.
type State string

// The states of a hook.
const (
	On  State = "on"
	Off State = "off"
)

// Why a hook is off by itself. A hook that an admin switched off has none.
const (
	WhyFailing  = "failing"  // nothing was taken for three days
	WhyGone     = "gone"     // the other side answered 410: it wants no more
	WhyRestored = "restored" // the site came from a backup: the copy of a site must not speak for it
)

// Hook is where notes go.
type Hook struct {
	ID           core.ID
	Name         string
	URL          string
	Kinds        []string
	Space        core.ID // only what happens there; zero: everywhere
	State        State
	Why          string
	FailingSince time.Time // zero while the last note was taken
	Created      time.Time

	secret, oldSecret []byte // sealed
	oldUntil          time.Time
}

// Wants tells whether the hook is told of a kind of event in a space.
func (h Hook) Wants(kind string, space core.ID) bool {
	if h.Space != 0 && h.Space != space {
		return false
	}
	return slices.Contains(h.Kinds, kind)
}

// DeliveryState is where a note stands.
type DeliveryState string

// The states of a note.
const (
	Waiting   DeliveryState = "waiting"
	Delivered DeliveryState = "delivered"
	Failed    DeliveryState = "failed"
)

// Delivery is a note and how it fared.
type Delivery struct {
	ID      core.ID
	Hook    core.ID
	Kind    string
	Body    string // JSON, as it is signed
	State   DeliveryState
	Attempt int       // how often it was tried
	Next    time.Time // when it is tried next, while it waits
	Status  int       // of HTTP, at the last attempt; zero: there was no answer
	Why     string    // a word of fetch.Why where there was no answer
	Tried   time.Time
	Created time.Time
}

// Kinds are the events that can be told, in the order in which they are offered. Who joins which space is not among them: that is what a
// person is ill with.
var Kinds = []string{
	thread.ThreadCreated, thread.CommentCreated, thread.PostEdited, thread.PostDeleted, thread.PostStateSet, thread.ThreadChanged,
	space.EventCreated, space.EventChanged, space.EventArchived, space.EventReopened,
	queue.EventReported, queue.EventDecided,
	account.EventJoined, account.EventApproved, credential.EventGranted, credential.EventRevoked,
}

// TestKind is the note of the test button.
const TestKind = "webhook.test"

// Poster is the guarded client: *fetch.Client.
type Poster interface {
	Check(address string) error
	Do(ctx context.Context, req *http.Request) (fetch.Response, error)
}

// Client makes the guarded client for webhooks: HTTPS only, the public web only except for hosts that the operator vouches for, no redirect,
// ten seconds, and no more than the beginning of an answer. A closed one goes to those hosts only.
func Client(hosts []fetch.Host, closed bool) *fetch.Client {
	return fetch.New(fetch.Options{Closed: closed, Timeout: 10 * time.Second, MaxBytes: 1 << 10, UserAgent: "Dayroom-Webhook", Hosts: hosts, Secure: true, Stay: true, Start: true})
}

// Service keeps hooks and sends notes. Safe for concurrent use.
type Service struct {
	db    *db.DB
	ids   *core.IDMaker
	clock core.Clock
	keys  *keys.Store
	post  Poster
	base  string // the site's own address
}

// New makes the service.
func New(d *db.DB, ids *core.IDMaker, clock core.Clock, k *keys.Store, post Poster, base string) *Service {
	return &Service{db: d, ids: ids, clock: clock, keys: k, post: post, base: base}
}

const columns = "id, name, url, kinds, space, secret, old_secret, old_until, state, why, failing_since, created_at"

func scan(r db.Row) (h Hook, err error) {
	var kinds string
	var until, failing, created int64
	if err = r.Scan(&h.ID, &h.Name, &h.URL, &kinds, &h.Space, &h.secret, &h.oldSecret, &until, &h.State, &h.Why, &failing, &created); err != nil {
		return h, err
	}
	h.oldUntil, h.FailingSince, h.Created = db.Moment(until), db.Moment(failing), db.Moment(created)
	return h, json.Unmarshal([]byte(kinds), &h.Kinds)
}

// Tables declares what this package keeps.
var Tables = []db.Table{
	{Name: "webhook_delivery", Export: "none", Keep: "30 days; ids and kinds only, no words"},
	{Name: "webhook", Export: "none", Keep: "until removed; secrets are sealed under the site's key, no member's"},
}

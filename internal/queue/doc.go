// Package queue is where posts wait for a person: those that are held until somebody has read them, and those that were reported.
//
// Several reports of a post are one item, as urgent as the most urgent of them. What was reported is kept as it was. Whoever
// decides gives a reason that the author reads; each decision is a row in the log, two people cannot decide the same item, and a
// slip can be taken back for ten minutes. An author never learns who reported, and nobody decides about their own post.
//
// Stewards see what waits in their spaces, greeters and staff what is held in theirs, moderators everything; of rounds, a
// moderator without a credential sees reported posts only, one at a time, and each look is in the log.
package queue

import (
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/policy"
	"dayroom/internal/space"
	"dayroom/internal/thread"
)

// Kind says why something waits.
type Kind string

// The kinds.
const (
	Held     Kind = "held"   // its author is new, or unknown
	Reported Kind = "report" // somebody told us about it
)

// State is where an item stands.
type State string

// The states.
const (
	Open    State = "open"
	Decided State = "decided"
	Settled State = "settled" // the author took the post back before anybody decided
)

// Item is a post that waits, or waited, for a person.
type Item struct {
	ID        core.ID
	Kind      Kind
	Thread    core.ID
	Post      core.ID
	Author    core.ID // zero: a visitor
	Urgency   int
	State     State
	OpenedAt  time.Time
	DecidedAt time.Time
}

const itemColumns = "i.id, i.kind, i.thread, i.post, i.author, i.urgency, i.state, i.opened_at, i.decided_at"

func scanItem(r db.Row) (i Item, err error) {
	var opened, decided int64
	err = r.Scan(&i.ID, &i.Kind, &i.Thread, &i.Post, &i.Author, &i.Urgency, &i.State, &opened, &decided)
	i.OpenedAt, i.DecidedAt = db.Moment(opened), db.Moment(decided)
	return i, err
}

// Standings restricts and bans members; account.Service does.
type Standings interface {
	SetStanding(tx *db.Tx, actor core.Actor, member core.ID, to core.Standing, until time.Time) error
}

// Service is the queue. Safe for concurrent use.
type Service struct {
	db        *db.DB
	ids       *core.IDMaker
	clock     core.Clock
	posts     *thread.Service
	standings Standings
}

// New makes the service.
func New(d *db.DB, ids *core.IDMaker, clock core.Clock, posts *thread.Service, standings Standings) *Service {
	return &Service{db: d, ids: ids, clock: clock, posts: posts, standings: standings}
}

// now is the clock, to the millisecond that the database keeps.
func (s *Service) now() time.Time { return s.clock.Now().Truncate(time.Millisecond) }

// scene is an item with the facts that decisions about it rest on. A thread may have moved since the item was opened, so the
// space is the one that the thread is in now.
type scene struct {
	Item  Item
	Space space.Space
	Ties  policy.Ties
	Post  thread.Post // zero where nothing is left of it
}

// gone tells that nothing is left of the post.
func (sc scene) gone() bool { return sc.Post.Thread.ID == 0 }

// scene loads an item that the actor may look at.
func (s *Service) scene(tx *db.Tx, a core.Actor, id core.ID) (sc scene, err error) {
	if sc.Item, err = db.One(tx, scanItem, "SELECT "+itemColumns+" FROM queue_item i WHERE i.id = $1", id); err != nil {
		return sc, err
	}
	in, err := db.One(tx, db.ID, "SELECT t.space FROM thread t WHERE t.id = $1", sc.Item.Thread)
	if err != nil {
		return sc, err
	}
	if sc.Space, sc.Ties, err = space.Peek(tx, s.now(), a, "s.id = $1", in); err != nil {
		return sc, err
	}
	if err := handle(a, sc.Space.Facts(), sc.Ties, sc.Item).Err(); err != nil {
		return scene{}, err
	}
	if sc.Post, err = s.posts.Peek(tx, a, sc.Item.Post); core.IsNotFound(err) {
		err = nil
	}
	return sc, err
}

// Tables declares what this package keeps. The words of a report's copy are the author's: they go with the author too.
var Tables = []db.Table{
	{Name: "report", Owner: "reporter", Export: "all but the copy of the post", Erase: db.Overwrite, EraseSet: "note = ''", Keep: wordsKept},
	{Name: "report", Owner: "author", Export: "none: it would tell who reported", Erase: db.Overwrite, EraseSet: "title = '', body = ''", Keep: wordsKept},
	{Name: "decision", Owner: "member", Export: "all but who decided", Erase: db.Overwrite, EraseSet: "reason = ''", Keep: "always: the record of what was done to whom"},
	{Name: "queue_item", Owner: "author", Export: "none", Erase: db.Retain, Keep: "always; ids and times only"},
}

const wordsKept = "its words 90 days after the item was decided; that there was a report, always"

package queue

import (
	"strings"
	"time"
	"unicode/utf8"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/event"
	"dayroom/internal/platform/markup"
	"dayroom/internal/policy"
)

// Decision is a row of the log.
type Decision struct {
	ID         core.ID
	Item       core.ID // zero: nothing waited
	Moderator  core.ID
	By         string // the moderator's handle; empty where they left
	Act        Act
	Reason     string // what the member reads
	Member     core.ID
	MemberName string // handle; empty for a visitor or somebody who is gone
	Space      core.ID
	SpaceName  string
	Thread     core.ID
	Post       core.ID
	Until      time.Time
	At         time.Time
	UndoneAt   time.Time

	was policy.PostState // of the post, before
}

const decisionSelect = `SELECT d.id, d.item, d.moderator, COALESCE(b.handle, ''), d.act, d.reason, d.member, COALESCE(m.handle, ''), d.space,
		COALESCE(sp.name, ''), d.thread, d.post, d.until, d.at, d.undone_at, d.was
	FROM decision d LEFT JOIN member b ON b.id = d.moderator AND b.standing <> 'gone' LEFT JOIN member m ON m.id = d.member AND m.standing <> 'gone'
	LEFT JOIN space sp ON sp.id = d.space WHERE `

func scanDecision(r db.Row) (d Decision, err error) {
	var until, at, undone int64
	err = r.Scan(&d.ID, &d.Item, &d.Moderator, &d.By, &d.Act, &d.Reason, &d.Member, &d.MemberName, &d.Space,
		&d.SpaceName, &d.Thread, &d.Post, &until, &at, &undone, &d.was)
	d.Until, d.At, d.UndoneAt = db.Moment(until), db.Moment(at), db.Moment(undone)
	return d, err
}

// Ruling is what somebody decides.
type Ruling struct {
	Act    Act
	Reason string    // what the member reads; Approve and Undo may go without
	Until  time.Time // end of a Restrict, or of a Ban that ends
	// Seen is how many reports the page showed. Where more came since, nobody is decided about unread words; zero does not ask.
	Seen int
}

// Limits of a ruling.
const (
	minReason   = 3
	maxReason   = 1000
	maxRestrict = 366 * 24 * time.Hour // longer is a ban
)

func (in *Ruling) tidy() { in.Reason = strings.TrimSpace(markup.Normalize(in.Reason)) }

func (in Ruling) validate(now time.Time) error {
	f := core.Fields{}
	n := utf8.RuneCountInString(in.Reason)
	f.Check(n >= minReason || n == 0 && in.Act == Approve, "reason", "queue.reason.needed")
	f.Check(n <= maxReason, "reason", "queue.reason.long")
	switch in.Act {
	case Restrict:
		f.Check(in.Until.After(now) && in.Until.Before(now.Add(maxRestrict)), "until", "queue.until.needed")
	case Ban:
		f.Check(in.Until.IsZero() || in.Until.After(now), "until", "queue.until.past")
	default:
		f.Check(in.Until.IsZero(), "until", "error.form")
	}
	return f.Err()
}

// write puts a decision into the log.
func (s *Service) write(tx *db.Tx, d *Decision) error {
	d.ID, d.At = s.ids.Next(), s.now()
	_, err := tx.Exec(`INSERT INTO decision (id, item, moderator, act, reason, member, space, thread, post, until, at, was)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`, d.ID, d.Item, d.Moderator, d.Act, d.Reason, d.Member, d.Space, d.Thread,
		d.Post, db.Millis(d.Until), db.Millis(d.At), d.was)
	return err
}

// note logs an act that changes nothing.
func (s *Service) note(tx *db.Tx, a core.Actor, sc scene, act Act) error {
	return s.write(tx, &Decision{Item: sc.Item.ID, Moderator: a.Member, Act: act, Member: sc.Item.Author, Space: sc.Space.ID,
		Thread: sc.Item.Thread, Post: sc.Item.Post})
}

// tell writes the event of a decision.
func tell(tx *db.Tx, kind string, d Decision, reporters []core.ID) {
	subject := d.Post
	if subject == 0 {
		subject = d.Member
	}
	event.Append(tx, event.Event{At: d.At, Kind: kind, Actor: d.Moderator, Space: d.Space, Thread: d.Thread, Subject: subject}.With(
		DecidedData{Decision: d.ID, Item: d.Item, Act: d.Act, Member: d.Member, Reporters: reporters}))
}

package notify

import (
	"dayroom/internal/account"
	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/event"
	"dayroom/internal/policy"
	"dayroom/internal/queue"
	"dayroom/internal/space"
	"dayroom/internal/thread"
)

// Subscribe makes notices of what happens from now on.
func (s *Service) Subscribe(d *event.Dispatcher) {
	d.Subscribe("notify", s.handle, thread.ThreadCreated, thread.CommentCreated, thread.PostStateSet,
		queue.EventReported, queue.EventDecided, queue.EventUndone,
		space.EventAsked, space.EventInvited, space.EventJoined, space.EventStewardAdded,
		account.EventJoined, account.EventApproved)
}

func (s *Service) handle(tx *db.Tx, e event.Event) error {
	about := Notice{Space: e.Space, Thread: e.Thread, Post: e.Subject}
	switch e.Kind {
	case thread.ThreadCreated, thread.CommentCreated:
		return s.written(tx, e)
	case thread.PostStateSet:
		return s.approved(tx, e)
	case queue.EventReported:
		return s.reported(tx, e, about)
	case queue.EventDecided:
		return s.decided(tx, e, about)
	case queue.EventUndone:
		return s.undone(tx, e)
	case space.EventAsked:
		return s.toStewards(tx, Notice{Kind: JoinRequest, Space: e.Space})
	case space.EventInvited:
		return s.Deliver(tx, Notice{To: e.Subject, Kind: Invited, Space: e.Space})
	case space.EventStewardAdded:
		return s.Deliver(tx, Notice{To: e.Subject, Kind: Welcome, Space: e.Space, Detail: "steward"})
	case space.EventJoined:
		if e.Actor == e.Subject {
			return nil // they know
		}
		return s.Deliver(tx, Notice{To: e.Subject, Kind: Welcome, Space: e.Space, Detail: "space"})
	case account.EventJoined, account.EventApproved: // whoever waits is no member yet, and is welcomed once approved
		return s.Deliver(tx, Notice{To: e.Subject, Kind: Welcome})
	}
	return nil
}

// written tells of a new post: its readers, or those who have to read it first.
func (s *Service) written(tx *db.Tx, e event.Event) error {
	var made thread.Created
	if err := e.Decode(&made); err != nil {
		return err
	}
	if made.State == policy.Held {
		return s.held(tx, e)
	}
	if made.State != policy.Open {
		return nil
	}
	return s.tellTalk(tx, e, made.Mentions, made.ParentAuthor)
}

// approved tells of a post that was held and stands now, as if it had just been written.
func (s *Service) approved(tx *db.Tx, e event.Event) error {
	var set thread.StateSet
	if err := e.Decode(&set); err != nil {
		return err
	}
	if set.From != policy.Held || set.To != policy.Open {
		return nil
	}
	answered := core.ID(0)
	p, err := s.posts.Peek(tx, core.Actor{}, e.Subject)
	if err == nil && p.Comment != nil {
		answered = p.Thread.Author
		if p.Comment.Parent != 0 {
			var parent thread.Post
			parent, err = s.posts.Peek(tx, core.Actor{}, p.Comment.Parent)
			answered = parent.Facts().Author
		}
	}
	if err != nil && !core.IsNotFound(err) {
		return err
	}
	return s.tellTalk(tx, e, set.Mentions, answered)
}

// tellTalk tells everybody whom a post concerns, each in one way: who is named before who is answered before who follows.
func (s *Service) tellTalk(tx *db.Tx, e event.Event, mentions []core.ID, answered core.ID) error {
	p, err := s.posts.Peek(tx, core.Actor{}, e.Subject)
	if core.IsNotFound(err) {
		return nil // taken back before anybody was told
	}
	if err != nil {
		return err
	}
	n := Notice{Actor: p.Author(), Space: p.Space.ID, Thread: p.Thread.ID, Post: e.Subject}
	told := map[core.ID]bool{0: true, p.Author(): true}
	tell := func(kind Kind, ids []core.ID) error {
		var fresh []core.ID
		for _, id := range ids {
			if !told[id] {
				told[id] = true
				fresh = append(fresh, id)
			}
		}
		n.Kind = kind
		return s.deliver(tx, n, fresh)
	}
	if err := tell(Mention, mentions); err != nil || p.Comment == nil {
		return err
	}
	if err := tell(Reply, []core.ID{answered}); err != nil {
		return err
	}
	followers, err := db.All(tx, db.ID, "SELECT member FROM follow WHERE thread = $1 AND level = 'follow'", p.Thread.ID)
	if err != nil {
		return err
	}
	return tell(Followed, followers)
}

// held tells those who read what is held. Moderators of the whole site have the queue: what newcomers write is not an alarm.
func (s *Service) held(tx *db.Tx, e event.Event) error {
	readers, err := db.All(tx, db.ID, `SELECT m.member FROM membership m WHERE m.space = $1 AND m.state = 'joined' AND m.role = 'steward'
		UNION SELECT m.member FROM membership m WHERE m.space = $1 AND m.state = 'joined' AND m.greeter
		UNION SELECT f.member FROM staff f JOIN space s ON s.organisation = f.organisation WHERE s.id = $1 AND s.kind = 'channel'`, e.Space)
	if err != nil {
		return err
	}
	return s.deliver(tx, Notice{Kind: Held, Space: e.Space}, readers)
}

func (s *Service) toStewards(tx *db.Tx, n Notice) error {
	stewards, err := db.All(tx, db.ID, "SELECT member FROM membership WHERE space = $1 AND state = 'joined' AND role = 'steward'", n.Space)
	if err != nil {
		return err
	}
	return s.deliver(tx, n, stewards)
}

// reported tells those who may decide, all but the author.
func (s *Service) reported(tx *db.Tx, e event.Event, about Notice) error {
	var data queue.ReportedData
	if err := e.Decode(&data); err != nil {
		return err
	}
	people, err := db.All(tx, db.ID, `SELECT member FROM membership WHERE space = $1 AND state = 'joined' AND role = 'steward'
		UNION SELECT id FROM member WHERE role <> ''`, e.Space)
	if err != nil {
		return err
	}
	var others []core.ID
	for _, id := range people {
		if id != data.Author {
			others = append(others, id)
		}
	}
	return s.deliver(tx, Notice{Kind: Reported, Space: about.Space, Urgent: data.Urgency >= queue.Urgent}, others)
}

// outcomes are what a reporter is told became of a report.
var outcomes = map[queue.Act]string{
	queue.Hide: "hidden", queue.Restrict: "hidden", queue.Ban: "hidden", queue.Warn: "warned", queue.Dismiss: "kept", queue.Restore: "kept",
}

func (s *Service) decided(tx *db.Tx, e event.Event, about Notice) error {
	var d queue.DecidedData
	if err := e.Decode(&d); err != nil {
		return err
	}
	if e.Thread == 0 {
		about.Post = 0 // the subject is the member
	}
	author := about
	author.To = d.Member
	switch d.Act {
	case queue.Approve:
		author.Kind = Approved
	case queue.Dismiss:
		author.To = 0 // nothing was done, so there is nothing to know
	default:
		author.Kind, author.Detail = Decided, string(d.Act)
	}
	if author.To != 0 {
		if err := s.Deliver(tx, author); err != nil {
			return err
		}
	}
	about.Kind, about.Detail = ReportUpdate, outcomes[d.Act]
	return s.deliver(tx, about, d.Reporters)
}

// undone takes back what was told of a slip. Mail about it has not left yet.
func (s *Service) undone(tx *db.Tx, e event.Event) error {
	var d queue.DecidedData
	if err := e.Decode(&d); err != nil {
		return err
	}
	_, err := tx.Exec("DELETE FROM notice WHERE post = $1 AND kind IN ('decision', 'approved', 'report_update') AND at >= $2",
		e.Subject, db.Millis(d.Decision.Time()))
	return err
}

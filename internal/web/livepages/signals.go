package livepages

import (
	"dayroom/internal/account"
	"dayroom/internal/core"
	"dayroom/internal/credential"
	"dayroom/internal/notify"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/event"
	"dayroom/internal/platform/live"
	"dayroom/internal/policy"
	"dayroom/internal/queue"
	"dayroom/internal/space"
	"dayroom/internal/thread"
)

func inThread(e event.Event) live.Signal {
	return live.Signal{Topic: live.Topic{Kind: ThreadTopic, ID: e.Thread}}
}

func inSpace(id core.ID) live.Signal { return live.Signal{Topic: live.Topic{Kind: SpaceTopic, ID: id}} }

// signalsOf tells which pages an event may have changed. That a post waits, or is changed while nobody sees it, is told only to those
// who may know, and to whoever did it.
func signalsOf(tx *db.Tx, e event.Event) ([]live.Signal, error) {
	talk := []live.Signal{inThread(e), inSpace(e.Space)}
	switch e.Kind {
	case thread.ThreadCreated, thread.CommentCreated:
		var c thread.Created
		err := e.Decode(&c)
		return hush(talk, c.State != policy.Open, e.Actor), err
	case thread.PostEdited, thread.PostRedacted:
		state, err := thread.StateOf(tx, e.Subject)
		return hush(talk, state != policy.Open, e.Actor), err
	case thread.PostDeleted:
		var r thread.Removed
		err := e.Decode(&r)
		return hush(talk, r.From != policy.Open, e.Actor), err
	case thread.PostStateSet:
		var s thread.StateSet
		err := e.Decode(&s)
		return hush(talk, s.From != policy.Open && s.To != policy.Open, s.Author), err
	case thread.ThreadChanged:
		var c thread.Changed
		err := e.Decode(&c)
		if c.From != 0 {
			talk = append(talk, inSpace(c.From))
		}
		return talk, err
	case thread.PostHelped:
		return talk, nil
	case thread.PostReacted, thread.PostUnreacted, thread.PollVoted:
		return talk[:1], nil
	case notify.EventTold:
		return told(e)
	}
	return nil, nil
}

func hush(signals []live.Signal, inside bool, by core.ID) []live.Signal {
	for i := range signals {
		signals[i].Inside, signals[i].By = inside, by
	}
	return signals
}

// told is for those whose notices changed.
func told(e event.Event) (out []live.Signal, err error) {
	var t notify.Told
	err = e.Decode(&t)
	for _, id := range t.To {
		out = append(out, live.Signal{Topic: live.Topic{Kind: NoticeTopic, ID: id}})
	}
	return out, err
}

// doubts are whose right to listen has to be looked at again.
type doubts struct {
	all     bool
	places  map[core.ID]bool // spaces, or threads
	members map[core.ID]bool
}

func (d *doubts) any() bool { return d.all || len(d.places) > 0 || len(d.members) > 0 }

// settled are events that change nobody's right to listen. Every kind that is not here, and that raise does not know, puts everybody in
// doubt: a kind that is new and was forgotten costs time and lets nothing through.
var settled = map[string]bool{
	thread.ThreadCreated: true, thread.CommentCreated: true, thread.PostEdited: true, thread.PostReacted: true, thread.PostUnreacted: true,
	thread.PostHelped: true, thread.PostRedacted: true, thread.PollVoted: true, notify.EventTold: true,
	queue.EventReported: true, queue.EventDecided: true, queue.EventUndone: true, space.EventCreated: true,
	account.EventSignedIn: true, account.EventHandle: true, account.EventJoined: true, // sign-ins are looked up all the time
}

// raise notes whom an event puts in doubt.
func (d *doubts) raise(e event.Event) {
	if settled[e.Kind] {
		return
	}
	switch e.Kind {
	case space.EventChanged, space.EventArchived, space.EventReopened:
		d.place(e.Space)
	case thread.PostStateSet, thread.PostDeleted:
		if e.Subject == e.Thread {
			d.place(e.Thread)
		}
	case thread.ThreadChanged:
		var c thread.Changed
		if e.Decode(&c) != nil || c.From != 0 {
			d.place(e.Thread)
		}
	case space.EventJoined, space.EventLeft, space.EventAsked, space.EventDeclined, space.EventInvited, space.EventRemoved,
		space.EventStewardAdded, space.EventStewardRemoved, account.EventApproved, account.EventStanding, account.EventRole,
		account.EventSecurity, account.EventGone, credential.EventGranted, credential.EventRevoked:
		d.member(e.Subject)
		d.member(e.Actor)
	default:
		d.all = true
	}
}

func (d *doubts) place(id core.ID) {
	if d.places == nil {
		d.places = map[core.ID]bool{}
	}
	d.places[id] = true
}

func (d *doubts) member(id core.ID) {
	if id == 0 {
		return
	}
	if d.members == nil {
		d.members = map[core.ID]bool{}
	}
	d.members[id] = true
}

// about tells whether a stream is in doubt.
func (d *doubts) about(member core.ID, grants []live.Grant) bool {
	if d.all || d.members[member] {
		return true
	}
	for _, g := range grants {
		if d.places[g.Place] || d.places[g.ID] {
			return true
		}
	}
	return false
}

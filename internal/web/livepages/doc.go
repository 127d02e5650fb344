// Package livepages keeps open pages up to date: GET /live is the stream on which a browser hears that something happened, and one
// follower for the whole process reads the events and tells the streams.
//
// What travels on a stream is the name of a topic: a thread ("t123"), a space ("s45"), somebody's own notices ("n67"). The page then
// asks for itself anew, by its own address, and puts what changed into its place: the same route, the same templates, the same policy,
// at the moment of asking.
//
// Who may listen is decided by policy when a stream is opened, again whenever something happened that could change it, and each sign-in
// is looked up at least every half second while its stream is open. Nothing is told on the strength of an older look.
package livepages

import (
	"log/slog"

	"dayroom/internal/account"
	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/live"
	"dayroom/internal/policy"
	"dayroom/internal/space"
	"dayroom/internal/thread"
	"dayroom/internal/web/shell"
)

// Kinds of topics.
const (
	ThreadTopic = 't' // something in the thread
	SpaceTopic  = 's' // something in the lists of the space
	NoticeTopic = 'n' // the member's notices
)

// Deps are what the package needs.
type Deps struct {
	DB       *db.DB
	Hub      *live.Hub
	Accounts *account.Service
	Threads  *thread.Service
	Spaces   *space.Service
	Log      *slog.Logger
}

// Pages answers, and follows. Safe for concurrent use.
type Pages struct {
	Deps
	follower
}

// New makes it. Run has to run for the streams to hear anything.
func New(d Deps) *Pages { return &Pages{Deps: d, follower: newFollower()} }

// Routes lists the pages.
func (p *Pages) Routes() []shell.Route {
	return []shell.Route{{Method: "GET", Path: "/live", Access: policy.ForPublic, Handle: p.Open}}
}

// grant tells whether somebody may hear of a topic; nil where they may not.
func (p *Pages) grant(tx *db.Tx, a core.Actor, t live.Topic) (*live.Grant, error) {
	g := &live.Grant{Topic: t}
	var err error
	switch t.Kind {
	case ThreadTopic:
		g.Place, g.Inside, err = p.Threads.Listen(tx, a, t.ID)
	case SpaceTopic:
		g.Place = t.ID
		g.Inside, err = p.Spaces.Listen(tx, a, t.ID)
	case NoticeTopic:
		if !a.IsMember() || a.Member != t.ID {
			return nil, nil
		}
	default:
		return nil, nil
	}
	switch core.CodeOf(err) {
	case core.NotFound, core.Forbidden, core.Unauthenticated:
		return nil, nil
	}
	return g, err
}

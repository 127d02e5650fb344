package api

import (
	"context"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/policy"
	"dayroom/internal/queue"
)

// Decision is a row of the log.
type Decision struct {
	ID        core.ID   `json:"id" doc:"The decision."`
	Act       queue.Act `json:"act" enum:"approve,hide,restore,warn,dismiss,restrict,ban,lift,looked,redact,undo" doc:"What was done."`
	Reason    string    `json:"reason,omitempty" doc:"What the member reads."`
	Moderator string    `json:"moderator,omitempty" doc:"Who decided, by handle; not told to the member."`
	Member    string    `json:"member,omitempty" doc:"Whom it is about, by handle."`
	Space     string    `json:"space,omitempty" doc:"The space's name."`
	Thread    core.ID   `json:"thread,omitzero" doc:"The thread."`
	Post      core.ID   `json:"post,omitzero" doc:"The post; absent: it was about the member."`
	Until     time.Time `json:"until,omitzero" doc:"When a restriction or a ban ends."`
	At        time.Time `json:"at" doc:"When."`
	Undone    time.Time `json:"undone,omitzero" doc:"When it was taken back."`
	MayUndo   bool      `json:"may_undo" doc:"Whether the reader may still take it back."`
}

func showDecision(c Call) func(queue.Decision) Decision {
	return func(d queue.Decision) Decision {
		return Decision{ID: d.ID, Act: d.Act, Reason: d.Reason, Moderator: d.By, Member: d.MemberName, Space: d.SpaceName, Thread: d.Thread, Post: d.Post,
			Until: d.Until, At: d.At, Undone: d.UndoneAt, MayUndo: d.MayUndo(c.Actor, c.Now)}
	}
}

// Ruling is what somebody decides.
type Ruling struct {
	Act    queue.Act `json:"act" enum:"approve,hide,restore,warn,dismiss,restrict,ban,lift" doc:"One of the acts that the read offered."`
	Reason string    `json:"reason,omitempty" doc:"What the member reads, at most 1000 characters. Only approve can go without."`
	Until  time.Time `json:"until,omitzero" doc:"When a restriction ends, or a ban that does."`
	Seen   int       `json:"seen,omitempty" minimum:"0" doc:"How many reports were read: where more came since, the answer is 409, so that nobody is decided about unread words."`
}

func (r Ruling) ruling() queue.Ruling {
	return queue.Ruling{Act: r.Act, Reason: text(r.Reason), Until: r.Until, Seen: r.Seen}
}

type atDecision struct {
	Decision ref `path:"decision" doc:"The decision."`
}

type spaceLog struct {
	AtSpace
	Paging
}

type postRuling struct {
	AtPost
	Body struct {
		Act    queue.Act `json:"act" enum:"hide,restore,warn" doc:"What is done."`
		Reason string    `json:"reason" doc:"What the author reads, at most 1000 characters."`
	}
}

type reportInput struct {
	AtPost
	Body struct {
		Reason queue.Reason `json:"reason" enum:"crisis,dangerous,harassment,privacy,misinformation,selling,sponsor,spam,other" doc:"What is wrong. crisis: somebody may be in danger; it comes before everything."`
		Note   string       `json:"note,omitempty" doc:"In own words, at most 600 characters. The author never reads it."`
	}
}

func (a *API) decisions() {
	add(a, Op{ID: "report-post", Method: "POST", Path: "/posts/{post}/reports", Door: policy.ForMember, Tag: "care", Summary: "Report a post",
		Description: "Tells the people who look after the space. Reporting again while it waits changes one's reason and note.",
		Does:        []string{"GET /report/{post}", "POST /report/{post}"}},
		func(c Call, in *reportInput) (*none, error) {
			_, err := a.Queue.Report(c.Ctx(), c.Actor, in.Post.ID, in.Body.Reason, text(in.Body.Note))
			return nil, err
		})
	add(a, Op{ID: "decide-post", Method: "POST", Path: "/posts/{post}/decisions", Door: policy.ForSteward, Tag: "care", Status: 201, Once: true, Summary: "Hide, restore, warn",
		Description: "What a steward does about a post that nobody reported.", Does: []string{"POST /report/{post}"}}, a.decidePost)
	add(a, Op{ID: "undo-decision", Method: "POST", Path: "/decisions/{decision}/undo", Door: policy.ForSteward, Tag: "care", Summary: "Take a decision back",
		Description: "One's own, within ten minutes. The item waits again.", Does: []string{"POST /queue/undo"}},
		func(c Call, in *atDecision) (*none, error) {
			_, err := a.Queue.Undo(c.Ctx(), c.Actor, in.Decision.ID)
			return nil, err
		})
	add(a, Op{ID: "list-space-decisions", Method: "GET", Path: "/spaces/{slug}/decisions", Door: policy.ForSteward, Tag: "care", Summary: "The log of a space",
		Description: "What was decided in it, the latest first.", Does: []string{"GET /log/{slug}"}},
		func(c Call, in *spaceLog) (*given[listOf[Decision]], error) {
			page, err := in.page()
			if err != nil {
				return nil, err
			}
			_, rows, err := a.Queue.Log(c.Ctx(), c.Actor, in.Slug, page)
			return listed(rows, showDecision(c), err)
		})
	add(a, Op{ID: "list-site-decisions", Method: "GET", Path: "/admin/decisions", Door: policy.ForModerator, Tag: "care", Summary: "The log of the site",
		Description: "What was decided anywhere, the latest first. Of spaces that the reader may not read, only that something was done.", Does: []string{"GET /log"}},
		func(c Call, in *Paging) (*given[listOf[Decision]], error) {
			page, err := in.page()
			if err != nil {
				return nil, err
			}
			rows, err := a.Queue.LogOfSite(c.Ctx(), c.Actor, page)
			return listed(rows, showDecision(c), err)
		})
	add(a, Op{ID: "list-my-decisions", Method: "GET", Path: "/me/decisions", Door: policy.ForMember, Tag: "care", Summary: "What was decided about me",
		Description: "What was done, where and why, and not who did it.", Does: []string{"GET /me/decisions"}},
		func(c Call, in *Paging) (*given[listOf[Decision]], error) {
			page, err := in.page()
			if err != nil {
				return nil, err
			}
			rows, err := a.Queue.LogOfMember(c.Ctx(), c.Actor, page)
			return listed(rows, showDecision(c), err)
		})
	a.files()
}

func (a *API) decidePost(c Call, in *postRuling) (*given[Made], error) {
	act := map[queue.Act]func(context.Context, core.Actor, core.ID, string) (queue.Decision, error){
		queue.Hide: a.Queue.HidePost, queue.Restore: a.Queue.RestorePost, queue.Warn: a.Queue.WarnAuthor,
	}[in.Body.Act]
	d, err := act(c.Ctx(), c.Actor, in.Post.ID, text(in.Body.Reason))
	return give(Made{ID: d.ID}, err)
}

// File is what is known about a member to moderators.
type File struct {
	Author  QueueAuthor `json:"member" doc:"The member."`
	History []Decision  `json:"history" doc:"What was decided about them, the latest first."`
	Acts    []queue.Act `json:"acts" enum:"restrict,ban,lift" doc:"What the reader may do."`
}

// QueueAuthor is what whoever decides may know of who wrote.
type QueueAuthor struct {
	ID       core.ID       `json:"id,omitzero" doc:"The member; absent: a visitor, or somebody who has left."`
	Handle   string        `json:"handle,omitempty" doc:"The name that others see."`
	Visitor  string        `json:"visitor,omitempty" doc:"The name that a visitor gave."`
	Role     string        `json:"role,omitempty" enum:"moderator,admin" doc:"An office on the whole site."`
	Standing core.Standing `json:"standing,omitempty" enum:"waiting,active,restricted,banned,gone,placeholder" doc:"What they may do on the site."`
	Until    time.Time     `json:"until,omitzero" doc:"When a restriction or a ban ends."`
	Joined   time.Time     `json:"joined,omitzero" doc:"When they came to the site."`
	Since    time.Time     `json:"since,omitzero" doc:"Since when they are in the space."`
	Approved int           `json:"approved" doc:"How many of their posts stood in the space."`
}

type memberRuling struct {
	AtMember
	Body Ruling
}

func (a *API) files() {
	add(a, Op{ID: "read-file", Method: "GET", Path: "/members/{handle}/file", Door: policy.ForModerator, Tag: "care", Summary: "A member's file",
		Description: "What to know before deciding about somebody's standing. What happened in rounds stays in rounds.", Does: []string{"GET /m/{handle}/standing"}},
		func(c Call, in *AtMember) (*given[File], error) {
			f, err := a.Queue.File(c.Ctx(), c.Actor, in.Handle)
			return give(File{showAuthor(f.Author), each(f.History, showDecision(c)), list(f.Acts)}, err)
		})
	add(a, Op{ID: "decide-standing", Method: "POST", Path: "/members/{handle}/decisions", Door: policy.ForModerator, Tag: "care", Status: 201, Once: true,
		Summary: "Restrict, ban, lift", Description: "On the whole site. A ban ends the member's sign-ins and tokens at once.", Does: []string{"POST /m/{handle}/standing"}},
		func(c Call, in *memberRuling) (*given[Made], error) {
			f, err := a.Queue.File(c.Ctx(), c.Actor, in.Handle)
			if err != nil {
				return nil, err
			}
			d, err := a.Queue.Discipline(c.Ctx(), c.Actor, f.ID, in.Body.ruling())
			return give(Made{ID: d.ID}, err)
		})
}

func showAuthor(a queue.Author) QueueAuthor {
	return QueueAuthor{a.ID, a.Handle, a.Visitor, string(a.Role), a.Standing, a.Until, a.Joined, a.Since, a.Approved}
}

package api

import (
	"time"

	"dayroom/internal/core"
	"dayroom/internal/policy"
	"dayroom/internal/queue"
)

// QueueItem is a post that waits, or waited, for a person.
type QueueItem struct {
	ID      core.ID     `json:"id" doc:"The item."`
	Kind    queue.Kind  `json:"kind" enum:"held,report" doc:"held: its author is new, or unknown. report: somebody told us about it."`
	Thread  core.ID     `json:"thread" doc:"The thread."`
	Post    core.ID     `json:"post" doc:"The post."`
	Urgency int         `json:"urgency" doc:"How soon somebody should look, to 100; from 80, now."`
	State   queue.State `json:"state" enum:"open,decided,settled" doc:"settled: its author took the post back first."`
	Opened  time.Time   `json:"opened" doc:"Since when it waits."`
	Decided time.Time   `json:"decided,omitzero" doc:"When it was decided."`
}

// QueueRow is an item in the list.
type QueueRow struct {
	QueueItem
	Space     string         `json:"space" doc:"The space's name in addresses."`
	Title     string         `json:"title,omitempty" doc:"The thread's title."`
	IsReply   bool           `json:"is_reply" doc:"The post is a comment."`
	Author    string         `json:"author,omitempty" doc:"Who wrote it, by handle."`
	Visitor   string         `json:"visitor,omitempty" doc:"The name that a visitor gave."`
	Reports   int            `json:"reports" doc:"How many reported it."`
	Reasons   []queue.Reason `json:"reasons" doc:"Why, each once, the most urgent first."`
	Concealed bool           `json:"concealed" doc:"A post of rounds that the reader may look at only by opening the item, which is logged."`
}

// QueuePost is the post that an item is about, as it is now.
type QueuePost struct {
	Title   string           `json:"title" doc:"The thread's title."`
	IsReply bool             `json:"is_reply" doc:"It is a comment."`
	Body    string           `json:"body" doc:"The words, as Markdown."`
	HTML    string           `json:"html" doc:"The words, as HTML that is safe to show."`
	State   policy.PostState `json:"state" enum:"open,held,hidden,deleted" doc:"Whether it stands."`
	Version int64            `json:"version" doc:"Counts its edits, from 1."`
	Answers string           `json:"answers,omitempty" doc:"The words of the comment that it answers, as Markdown, where the reader may read them."`
	Opening string           `json:"opening,omitempty" doc:"For a comment that answers no other: the words of the thread's opening post, as Markdown."`
}

// QueueReport is what one member said about a post, with the post as it was then.
type QueueReport struct {
	Reporter string       `json:"reporter,omitempty" doc:"By handle. The author never learns it."`
	Reason   queue.Reason `json:"reason" enum:"crisis,dangerous,harassment,privacy,misinformation,selling,sponsor,spam,other" doc:"What is wrong."`
	Note     string       `json:"note,omitempty" doc:"In the reporter's words."`
	Title    string       `json:"title,omitempty" doc:"The title then."`
	Body     string       `json:"body" doc:"The words then, as Markdown."`
	At       time.Time    `json:"at" doc:"When."`
	Changed  bool         `json:"changed" doc:"The post was edited since."`
}

// QueueView is an item with all its context.
type QueueView struct {
	QueueItem
	Space     string        `json:"space" doc:"The space's name in addresses."`
	Words     *QueuePost    `json:"words,omitempty" doc:"The post; absent where its author took it back or has left."`
	Author    QueueAuthor   `json:"author" doc:"Who wrote it."`
	Reports   []QueueReport `json:"reports" doc:"Who said what about it."`
	Earlier   []Decision    `json:"earlier" doc:"What was decided about this post."`
	History   []Decision    `json:"history" doc:"What was decided about other posts of the author."`
	Acts      []queue.Act   `json:"acts" enum:"approve,hide,restore,warn,dismiss,restrict,ban,lift" doc:"What the reader may do."`
	Concealed bool          `json:"concealed" doc:"Of rounds that the reader is not in: this look was logged."`
}

// QueuePlace is a space with something waiting in it.
type QueuePlace struct {
	ID    core.ID `json:"id" doc:"The space."`
	Name  string  `json:"name" doc:"Its name."`
	Count int     `json:"count" doc:"How much waits there for the reader."`
}

type queueFilter struct {
	Paging
	Kind  queue.Kind `query:"kind" enum:"held,report" doc:"Only of this kind."`
	Space ref        `query:"space" doc:"Only in this space."`
}

// AtItem is an address with an item in it.
type AtItem struct {
	Item ref `path:"item" doc:"The item."`
}

type itemRuling struct {
	AtItem
	Body Ruling
}

func (a *API) waiting() {
	add(a, Op{ID: "list-queue", Method: "GET", Path: "/queue", Door: policy.ForSteward, Tag: "care", Summary: "What waits for me",
		Description: "Posts that are held or were reported, the most urgent first, then the oldest.", Does: []string{"GET /queue"}}, a.listQueue)
	add(a, Op{ID: "list-queue-places", Method: "GET", Path: "/queue/places", Door: policy.ForSteward, Tag: "care", Summary: "Where something waits for me",
		Description: "Spaces, for narrowing the list.", Does: []string{"GET /queue"}},
		func(c Call, _ *struct{}) (*given[listOf[QueuePlace]], error) {
			rows, err := a.Queue.Places(c.Ctx(), c.Actor)
			return whole(rows, func(p queue.Place) QueuePlace { return QueuePlace(p) }, err)
		})
	add(a, Op{ID: "read-item", Method: "GET", Path: "/queue/{item}", Door: policy.ForSteward, Tag: "care", Summary: "An item with its context",
		Description: "A moderator's look at a reported post of rounds is logged.", Does: []string{"GET /queue/{item}"}},
		func(c Call, in *AtItem) (*given[QueueView], error) {
			v, err := a.Queue.Open(c.Ctx(), c.Actor, in.Item.ID)
			return give(showQueueView(c, v), err)
		})
	add(a, Op{ID: "decide-item", Method: "POST", Path: "/queue/{item}/decisions", Door: policy.ForSteward, Tag: "care", Status: 201, Once: true, Summary: "Decide an item",
		Description: "Of two who decide at once, the second gets a conflict that says what was decided.", Does: []string{"POST /queue/{item}"}},
		func(c Call, in *itemRuling) (*given[Made], error) {
			d, err := a.Queue.Decide(c.Ctx(), c.Actor, in.Item.ID, in.Body.ruling())
			return give(Made{ID: d.ID}, err)
		})
}

func (a *API) listQueue(c Call, in *queueFilter) (*given[listOf[QueueRow]], error) {
	page, err := in.page()
	if err != nil {
		return nil, err
	}
	rows, err := a.Queue.List(c.Ctx(), c.Actor, queue.Filter{Space: in.Space.ID, Kind: in.Kind}, page)
	return listed(rows, func(r queue.Row) QueueRow {
		return QueueRow{showItem(r.Item), r.SpaceSlug, r.Title, r.IsReply, r.Author, r.Visitor, r.Reports, list(r.Reasons), r.Concealed}
	}, err)
}

func showItem(i queue.Item) QueueItem {
	return QueueItem{i.ID, i.Kind, i.Thread, i.Post, i.Urgency, i.State, i.OpenedAt, i.DecidedAt}
}

func showQueueView(c Call, v queue.View) QueueView {
	out := QueueView{
		QueueItem: showItem(v.Item), Space: v.Space.Slug, Author: showAuthor(v.Author), Earlier: each(v.Earlier, showDecision(c)), History: each(v.History, showDecision(c)),
		Acts: list(v.Acts), Concealed: v.Concealed,
		Reports: each(v.Reports, func(r queue.Report) QueueReport {
			return QueueReport{r.Reporter, r.Reason, r.Note, r.Title, r.Body, r.At, r.Changed}
		}),
	}
	if !v.Gone {
		out.Words = showWords(v)
	}
	return out
}

func showWords(v queue.View) *QueuePost {
	p := v.Post
	out := &QueuePost{Title: p.Thread.Title, IsReply: p.Comment != nil, Body: p.Body(), HTML: p.HTML(), State: p.Facts().State, Version: p.Version()}
	if v.Answers != nil {
		out.Answers = v.Answers.Body
	}
	if v.Opening != nil {
		out.Opening = v.Opening.Body
	}
	return out
}

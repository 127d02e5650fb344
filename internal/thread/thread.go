// Package thread is the conversation: threads, comments, and what people do with them.
//
// A post is a thread's opening text or a comment. Its words are rendered to safe HTML once, when they are written. A comment has
// an id that never changes, and a place, which is where it lies: the thread's small number and a sequence within the thread.
// Comments of a thread so lie side by side, and a page of them is read without jumping about.
//
// Whether a new post stands at once or waits for a reader is the Gate's decision, made in the same transaction; the package
// itself knows nothing of newcomers or queues.
package thread

import (
	"context"
	"encoding/json"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/brief"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/keys"
	"dayroom/internal/policy"
	"dayroom/internal/space"
)

// MaxDepth is how deep replies are set in: deeper ones were a word wide on a phone. What answers a comment at that depth stands
// beside it and says whom it answers.
const MaxDepth = 4

// Limits of what a post holds, in characters unless said otherwise. The body's limit is markup.MaxBytes.
const (
	minTitle   = 3
	maxTitle   = 140
	maxTags    = 6
	maxTag     = 40
	maxWarning = 60
	maxForWhom = 40
	maxVisitor = 40
	maxMedia   = 8 // images in a post
)

// placeBits is how many bits of a place count comments within a thread: a million each.
const placeBits = 20

// Thread is a conversation with its opening post.
type Thread struct {
	ID           core.ID
	No           int64
	Space        core.ID
	Kind         policy.ThreadKind
	Author       core.ID // zero: a visitor
	VisitorName  string
	Organisation core.ID // in whose name it speaks, or zero
	Title        string
	Body         string // Markdown
	HTML         string
	Excerpt      string
	Tags         []string
	Warning      string // content warning, or empty
	ForWhom      string // whom a caregiver writes for, or empty
	State        policy.PostState
	ClosedAt     time.Time
	PinnedAt     time.Time
	Version      int64
	CreatedAt    time.Time
	EditedAt     time.Time
	ActiveAt     time.Time
	Replies      int
	Helped       int   // comments that helped
	Last         int64 // the place of the newest comment, or the thread's own beginning
	Reactions    Counts
}

// Facts is what policy wants to know of the opening post.
func (t Thread) Facts() policy.Post {
	return policy.Post{Author: t.Author, State: t.State, Closed: !t.ClosedAt.IsZero()}
}

// Path is the address of the thread's page.
func (t Thread) Path() string { return "/t/" + t.ID.String() }

// Comment is a reply.
type Comment struct {
	ID           core.ID
	Place        int64
	Thread       core.ID
	Root         int64 // place of the comment that began the branch
	Parent       core.ID
	Depth        int
	Author       core.ID
	VisitorName  string
	Organisation core.ID
	Body         string
	HTML         string
	Warning      string
	ForWhom      string
	State        policy.PostState
	Version      int64
	CreatedAt    time.Time
	EditedAt     time.Time
	AuthorHelped bool // the asker says that it helped
	Reactions    Counts
}

// Facts is what policy wants to know of a comment.
func (c Comment) Facts() policy.Post { return policy.Post{Author: c.Author, State: c.State} }

// Counts are the reactions to a post.
type Counts struct{ Same, Thanks, Helped int }

// Reaction is a reaction with a meaning.
type Reaction string

// The reactions.
const (
	SameHere   Reaction = "same"
	ThankYou   Reaction = "thanks"
	HelpedThis Reaction = "helped"
)

// reactionColumns are the counters of the reactions, and the list of what exists.
var reactionColumns = map[Reaction]string{SameHere: "n_same", ThankYou: "n_thanks", HelpedThis: "n_helped"}

// Gate decides about new posts. Approval implements it; app brings the two together.
type Gate interface {
	// Admit says whether a new post stands at once or is held, or refuses it.
	Admit(tx *db.Tx, e Entry) (policy.PostState, error)
	// Placed is told, in the same transaction, that the post was written with the state that Admit gave.
	Placed(tx *db.Tx, e Entry) error
	// Settled is told that a post was deleted by its author: nothing needs to wait for it any more.
	Settled(tx *db.Tx, post core.ID) error
}

// Entry is a new post as the Gate sees it.
type Entry struct {
	Now     time.Time
	Actor   core.Actor
	Space   space.Space
	Ties    policy.Ties
	Thread  core.ID
	Post    core.ID // the thread's id or the comment's
	IsReply bool
	Links   int // addresses out of the site
	Media   int
	State   policy.PostState // in Placed: what Admit gave
}

// Shelf holds the files of images; media.Store is one.
type Shelf interface {
	Put(ctx context.Context, name string, data []byte) error
	Delete(ctx context.Context, names ...string) error
}

// Service is the conversation. Safe for concurrent use.
type Service struct {
	db    *db.DB
	ids   *core.IDMaker
	clock core.Clock
	keys  *keys.Store
	gate  Gate
	shelf Shelf
	reads *positions
	tags  *brief.Memory[core.ID, []string] // which tags a space uses; everybody who may see it sees the same ones
	pages *brief.Memory[pageKey, []Comment]
}

// Bounds of what is told again (see package brief): some tags of each space, and pages of at most some 50 KB.
const (
	briefTags  = 1000
	briefPages = 64
)

// New makes the service.
func New(d *db.DB, ids *core.IDMaker, clock core.Clock, k *keys.Store, gate Gate, shelf Shelf) *Service {
	return &Service{db: d, ids: ids, clock: clock, keys: k, gate: gate, shelf: shelf, reads: newPositions(),
		tags: brief.New[core.ID, []string](briefTags), pages: brief.New[pageKey, []Comment](briefPages)}
}

const threadColumns = `t.id, t.no, t.space, t.kind, t.author, t.visitor_name, t.organisation, t.title, t.body, t.html, t.excerpt, t.tags,
	t.warning, t.for_whom, t.state, t.closed_at, t.pinned_at, t.version, t.created_at, t.edited_at, t.active_at, t.replies, t.helped,
	t.next_seq, t.n_same, t.n_thanks, t.n_helped`

func scanThread(r db.Row) (t Thread, err error) {
	err = t.scan(r)
	return t, err
}

// scan reads threadColumns, and further columns that follow them.
func (t *Thread) scan(r db.Row, more ...any) error {
	var tags string
	var closed, pinned, created, edited, active, next int64
	err := r.Scan(append([]any{&t.ID, &t.No, &t.Space, &t.Kind, &t.Author, &t.VisitorName, &t.Organisation, &t.Title, &t.Body, &t.HTML, &t.Excerpt, &tags,
		&t.Warning, &t.ForWhom, &t.State, &closed, &pinned, &t.Version, &created, &edited, &active, &t.Replies, &t.Helped,
		&next, &t.Reactions.Same, &t.Reactions.Thanks, &t.Reactions.Helped}, more...)...)
	if err != nil {
		return err
	}
	t.ClosedAt, t.PinnedAt, t.CreatedAt = db.Moment(closed), db.Moment(pinned), db.Moment(created)
	t.EditedAt, t.ActiveAt = db.Moment(edited), db.Moment(active)
	t.Last = t.No<<placeBits | (next - 1)
	return json.Unmarshal([]byte(tags), &t.Tags)
}

const commentColumns = `c.id, c.place, c.thread, c.root, c.parent, c.depth, c.author, c.visitor_name, c.organisation, c.body, c.html,
	c.warning, c.for_whom, c.state, c.version, c.created_at, c.edited_at, c.author_helped, c.n_same, c.n_thanks, c.n_helped`

func scanComment(r db.Row) (c Comment, err error) {
	var created, edited int64
	err = r.Scan(&c.ID, &c.Place, &c.Thread, &c.Root, &c.Parent, &c.Depth, &c.Author, &c.VisitorName, &c.Organisation, &c.Body, &c.HTML,
		&c.Warning, &c.ForWhom, &c.State, &c.Version, &created, &edited, &c.AuthorHelped,
		&c.Reactions.Same, &c.Reactions.Thanks, &c.Reactions.Helped)
	c.CreatedAt, c.EditedAt = db.Moment(created), db.Moment(edited)
	return c, err
}

// Tables declares what this package keeps.
var Tables = []db.Table{
	{Name: "reaction", Owner: "member", Export: "all", Erase: db.Delete, Keep: "until taken back"},
	{Name: "follow", Owner: "member", Export: "all", Erase: db.Delete, Keep: "until ended"},
	{Name: "bookmark", Owner: "member", Export: "all", Erase: db.Delete, Keep: "until removed"},
	{Name: "read_position", Owner: "member", Export: "all", Erase: db.Delete, Keep: "90 days; none while the member has switched it off"},
	{Name: "draft", Owner: "member", Sealed: []string{"sealed"}, Export: "all", Erase: db.Delete, Keep: "90 days after the last change"},
	{Name: "poll_vote", Owner: "member", Export: "all", Erase: db.Delete, Keep: "as long as the thread"},
	{Name: "poll", Export: "with the thread", Keep: "as long as the thread"},
	{Name: "media", Owner: "owner", Export: "all", Erase: db.Delete, Keep: "as long as the post; a day when never posted"},
	{Name: "post_version", Owner: "editor", Export: "all", Erase: db.Delete, Keep: "as long as the post"},
	{Name: "comment", Owner: "author", Export: "all", Erase: db.Overwrite, EraseSet: tombstoneComment, Keep: "until deleted"},
	{Name: "thread", Owner: "author", Export: "all", Erase: db.Overwrite, EraseSet: tombstoneThread, Keep: "until deleted"},
	{Name: "thread_tag", Export: "with the thread", Keep: "as long as the thread"},
}

// What stays of an erased post: its place in the conversation, nothing of its words or its author.
const (
	tombstoneComment = "state = 'deleted', body = '', html = '', warning = '', for_whom = '', visitor_name = '', author = 0"
	tombstoneThread  = "state = 'deleted', title = '', body = '', html = '', excerpt = '', warning = '', for_whom = '', visitor_name = '', tags = '[]', author = 0"
)

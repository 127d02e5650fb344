package api

import (
	"time"

	"dayroom/internal/core"
	"dayroom/internal/policy"
	"dayroom/internal/thread"
)

// Post is what an opening post and a comment share.
type Post struct {
	ID        core.ID           `json:"id" doc:"The post."`
	Author    Person            `json:"author" doc:"Who wrote it."`
	Body      string            `json:"body" doc:"The words, as Markdown."`
	HTML      string            `json:"html" doc:"The words, as HTML that is safe to show."`
	Warning   string            `json:"warning,omitempty" doc:"A content warning: fold the words behind it."`
	State     policy.PostState  `json:"state" enum:"open,held,hidden,deleted" doc:"Whether it stands. A deleted one keeps its place without its words."`
	Version   int64             `json:"version" doc:"Counts its edits, from 1."`
	Created   time.Time         `json:"created" doc:"When it was written."`
	Edited    time.Time         `json:"edited,omitzero" doc:"When it was changed last."`
	Same      int               `json:"same" doc:"How many said: same here."`
	Thanks    int               `json:"thanks" doc:"How many said: thank you."`
	Helped    int               `json:"helped" doc:"How many said: this helped."`
	Mine      []thread.Reaction `json:"mine" doc:"The reader's own reactions: same, thanks, helped."`
	Bookmark  bool              `json:"bookmark" doc:"Whether the reader has bookmarked it."`
	MayEdit   bool              `json:"may_edit" doc:"Whether the reader may change it."`
	MayDelete bool              `json:"may_delete" doc:"Whether the reader may delete it."`
	MayReact  bool              `json:"may_react" doc:"Whether the reader may react to it."`
}

// Comment is a reply.
type Comment struct {
	Post
	Thread       core.ID `json:"thread" doc:"The thread that it is in."`
	Parent       core.ID `json:"parent,omitzero" doc:"The comment that it answers; absent: the opening post."`
	Depth        int     `json:"depth" doc:"How deep it stands under its branch, from 0 to 4."`
	AuthorHelped bool    `json:"author_helped" doc:"Whoever asked says that this helped."`
	New          bool    `json:"new" doc:"Written since the reader was here last."`
}

// ThreadSummary is a thread in a list.
type ThreadSummary struct {
	ID      core.ID           `json:"id" doc:"The thread."`
	Space   string            `json:"space" doc:"The space's name in addresses." example:"heart-to-heart"`
	Kind    policy.ThreadKind `json:"kind" enum:"discussion,question,experience,case,announcement,live" doc:"What kind of conversation it is."`
	Title   string            `json:"title" doc:"Its title."`
	Excerpt string            `json:"excerpt" doc:"How its opening post begins, as plain text."`
	Author  Person            `json:"author" doc:"Who began it."`
	Tags    []string          `json:"tags" doc:"Its tags."`
	Warning string            `json:"warning,omitempty" doc:"A content warning: fold the excerpt behind it."`
	State   policy.PostState  `json:"state" enum:"open,held,hidden,deleted" doc:"Whether it stands."`
	Created time.Time         `json:"created" doc:"When it was begun."`
	Active  time.Time         `json:"active" doc:"When the newest comment came."`
	Closed  time.Time         `json:"closed,omitzero" doc:"Since when nobody can reply."`
	Pinned  time.Time         `json:"pinned,omitzero" doc:"Since when it stands on top of its space."`
	Replies int               `json:"replies" doc:"How many comments stand in it."`
	Helped  int               `json:"helped" doc:"How many of them helped."`
	New     int               `json:"new" doc:"Comments by others since the reader was here last."`
}

// ThreadPage is a thread with a page of its comments.
type ThreadPage struct {
	Thread   ThreadSummary `json:"thread" doc:"The thread."`
	Opening  Post          `json:"opening" doc:"Its opening post, whose id is the thread's."`
	Poll     *Poll         `json:"poll,omitempty" doc:"Its poll, on the first page."`
	Helped   []core.ID     `json:"what_helped" doc:"The comments that helped most, on the first page."`
	Level    thread.Level  `json:"follow" enum:",follow,mute" doc:"Whether the reader follows or has muted it."`
	May      ThreadMay     `json:"may" doc:"What the reader may do here."`
	Comments []Comment     `json:"items" doc:"Comments: branches in the order in which they began, answers behind what they answer."`
	Next     string        `json:"next,omitempty" doc:"The cursor of the next page; absent on the last."`
}

func (t ThreadPage) nextCursor() string { return t.Next }

// ThreadMay is what the reader may do in a thread.
type ThreadMay struct {
	Reply    bool   `json:"reply" doc:"Reply."`
	Why      string `json:"why,omitempty" doc:"The key of the reason why not."`
	Close    bool   `json:"close" doc:"Close it, or open it again."`
	Speak    bool   `json:"speak_as_organisation" doc:"Write in the name of the organisation."`
	Moderate bool   `json:"moderate" doc:"Pin, move and redact."`
}

// Poll is a question with choices.
type Poll struct {
	Question string    `json:"question" doc:"What is asked."`
	Options  []string  `json:"options" doc:"The choices."`
	Votes    []int     `json:"votes" doc:"How many chose each."`
	Mine     *int      `json:"mine,omitempty" doc:"The reader's choice, counted from 0."`
	Closes   time.Time `json:"closes,omitzero" doc:"When it ends."`
	Closed   bool      `json:"closed" doc:"Whether it has ended."`
}

func showPoll(p *thread.Poll) *Poll {
	if p == nil {
		return nil
	}
	out := &Poll{Question: p.Question, Options: list(p.Options), Votes: list(p.Votes), Closes: p.ClosesAt, Closed: p.Closed}
	if p.Mine >= 0 {
		out.Mine = &p.Mine
	}
	return out
}

// summary shows a thread without its words.
func summary(t thread.Thread, slug string, who Person, news int) ThreadSummary {
	return ThreadSummary{
		ID: t.ID, Space: slug, Kind: t.Kind, Title: t.Title, Excerpt: t.Excerpt, Author: who, Tags: list(t.Tags), Warning: t.Warning,
		State: t.State, Created: t.CreatedAt, Active: t.ActiveAt, Closed: t.ClosedAt, Pinned: t.PinnedAt, Replies: t.Replies,
		Helped: t.Helped, New: news,
	}
}

// showOpening shows a thread's opening post.
func showOpening(c Call, v thread.View, people cast) Post {
	t := v.Thread
	may := v.May(c.Actor, t.Facts(), t.Organisation)
	return Post{
		ID: t.ID, Author: people.person(opener(t)), Body: t.Body, HTML: t.HTML, Warning: t.Warning, State: t.State, Version: t.Version,
		Created: t.CreatedAt, Edited: t.EditedAt, Same: t.Reactions.Same, Thanks: t.Reactions.Thanks, Helped: t.Reactions.Helped,
		Mine: list(v.Mine[t.ID]), Bookmark: v.Bookmarked[t.ID], MayEdit: may.Edit, MayDelete: may.Delete, MayReact: may.React,
	}
}

// showComment shows a comment, or what stands in its place where the reader may not read it.
func showComment(c Call, v thread.View, people cast, k thread.Comment) Comment {
	may := v.May(c.Actor, k.Facts(), k.Organisation)
	out := Comment{
		Post: Post{
			ID: k.ID, Author: people.person(commenter(k)), Body: k.Body, HTML: k.HTML, Warning: k.Warning, State: k.State, Version: k.Version,
			Created: k.CreatedAt, Edited: k.EditedAt, Same: k.Reactions.Same, Thanks: k.Reactions.Thanks, Helped: k.Reactions.Helped,
			Mine: list(v.Mine[k.ID]), Bookmark: v.Bookmarked[k.ID], MayEdit: may.Edit, MayDelete: may.Delete, MayReact: may.React,
		},
		Thread: k.Thread, Parent: k.Parent, Depth: k.Depth, AuthorHelped: k.AuthorHelped,
	}
	out.New = v.ReadTo > 0 && k.Place > v.ReadTo && k.Author != c.Actor.Member
	return out
}

// showPage shows a page of a thread.
func (a *API) showPage(c Call, v thread.View) (ThreadPage, error) {
	writers := make([]writer, 0, len(v.Comments)+1)
	writers = append(writers, opener(v.Thread))
	for _, k := range v.Comments {
		writers = append(writers, commenter(k))
	}
	people, err := a.castOf(c, v.Space, writers)
	if err != nil {
		return ThreadPage{}, err
	}
	out := ThreadPage{
		Thread: summary(v.Thread, v.Space.Slug, people.person(writers[0]), 0), Opening: showOpening(c, v, people), Poll: showPoll(v.Poll),
		Helped: []core.ID{}, Level: v.Level, Next: v.Next.String(), Comments: make([]Comment, 0, len(v.Comments)),
		May: ThreadMay{Reply: v.Can.Reply, Close: v.Can.Close, Speak: v.Can.ForOrganisation, Moderate: v.Can.Moderate},
	}
	if !v.Can.Reply {
		out.May.Why = v.Can.ReplyWhy
	}
	for _, k := range v.Helped {
		out.Helped = append(out.Helped, k.ID)
	}
	for _, k := range v.Comments {
		row := showComment(c, v, people, k)
		if row.New {
			out.Thread.New++
		}
		out.Comments = append(out.Comments, row)
	}
	return out, nil
}

package ui

import (
	"time"

	"github.com/a-h/templ"
)

// ThreadItem is a thread in a list.
type ThreadItem struct {
	Href    string
	Title   string
	First   string // the first line, plain text; hidden while a Warning stands
	Who     Person
	When    time.Time
	Space   Link   // in lists over several spaces
	Kind    string // "question", "case", …: said before the title when it is not a plain discussion
	Replies int
	New     int // comments since the reader was there

	Unanswered bool
	Helped     bool   // the author marked what helped
	Pinned     bool   // at the top of its space
	Held       bool   // waits for a moderator
	Closed     bool   // nobody can reply
	Warning    string // what the content is about, for those who would rather not
}

func (t ThreadItem) kindWord(v Voice) string {
	if t.Kind == "" || t.Kind == "discussion" {
		return ""
	}
	return v.T("thread.kind." + t.Kind)
}

// PostView is a post as one reader sees it: the opening text of a thread, or a comment with its replies.
type PostView struct {
	ID      string // its anchor in the page
	Href    string // its own address
	Who     Person
	When    time.Time
	Edited  time.Time // zero when it never was
	Body    string    // HTML that was sanitised when it was written
	Warning string    // folds the body away
	Folded  string    // folds it away for another reason, which it says: its author is blocked

	Opening bool // the thread's opening text: larger room, no indentation
	Helped  bool // marked by the author of the thread
	Held    bool // waits for a moderator; its author sees it
	NewHere bool // the first one since the reader was here: a ruled line stands before it
	Gone    Gone // a tombstone instead of the body

	ReactURL  string // posts "reaction"; empty shows the counts only
	Reactions []Reaction
	ReplyHref string // leads to the reply box
	Actions   []Action
	Strips    templ.Component // labels on this post: a note, a claim's verdict
	Replies   []PostView
	Below     templ.Component // at the end of the branch: the reply box
}

// Gone is why a post is no longer there.
type Gone string

// The reasons.
const (
	Here             Gone = ""
	GoneByAuthor     Gone = "author"
	GoneByModerator  Gone = "moderator"
	GoneWithTheOwner Gone = "member" // who wrote it has left
)

// Reaction is a word that readers can put under a post, and how many did.
type Reaction struct {
	Key   string
	Label string // "Thank you"
	Count int
	Mine  bool
}

// Action is a line in a menu: a link, or an act when Post is set.
type Action struct {
	Label   string
	Href    string
	Icon    Icon
	Post    bool
	Hidden  []Hidden
	Bad     bool   // takes something away
	Confirm string // asked first where there is script
}

// shown leaves out reactions that nobody gave where the reader cannot give one either.
func (p PostView) shown() []Reaction {
	if p.ReactURL != "" {
		return p.Reactions
	}
	var given []Reaction
	for _, r := range p.Reactions {
		if r.Count > 0 {
			given = append(given, r)
		}
	}
	return given
}

// fold says why the body is folded away.
func (p PostView) fold(v Voice) string {
	if p.Folded != "" {
		return p.Folded
	}
	return v.T("thread.warning", p.Warning)
}

func pressed(is bool) string {
	if is {
		return "true"
	}
	return "false"
}

package search

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/space"
)

// Order is how hits are sorted.
type Order string

// The orders.
const (
	Newest Order = "newest"
	Best   Order = "best" // the best of the newest hits
)

// rankAmong is how many of the newest hits are looked at for the best ones: a reader does not go through more, and the work is the
// same on a site of any size.
const rankAmong = 1000

// PageSize is how many hits a page has.
const PageSize = 20

// Service finds. Safe for concurrent use.
type Service struct {
	db    *db.DB
	clock core.Clock
	ids   *core.IDMaker
	wait  func(context.Context, time.Duration) error
}

// New makes the service.
func New(d *db.DB, clock core.Clock, ids *core.IDMaker) *Service {
	return &Service{db: d, clock: clock, ids: ids, wait: wait}
}

// Request is a search.
type Request struct {
	Text  string
	Order Order
	Page  core.Page
}

// Found is what a search gave.
type Found struct {
	Query     Query
	Hits      core.List[Hit]
	Corrected []Correction // nothing was found for these words; shown is what was found for others
	Some      bool         // no post has all of the words; these have most of them
	Filling   bool         // the index is not whole yet
}

// Correction is a word for which nothing was found, and those that were looked for instead.
type Correction struct {
	Word string
	To   []string
}

// Search finds posts that the actor may read.
func (s *Service) Search(ctx context.Context, a core.Actor, in Request) (out Found, err error) {
	defer core.Wrap(&err, "search.Search") // without the words: they are the reader's own
	out.Query = Parse(in.Text)
	err = s.db.View(ctx, func(tx *db.Tx) error {
		out.Filling, err = filling(tx)
		if err != nil || len(out.Query.Terms) == 0 && !out.Query.filtered() {
			return err
		}
		return search(tx, a, in, &out)
	})
	return out, err
}

func search(tx *db.Tx, a core.Actor, in Request, out *Found) error {
	sc, err := scopeOf(tx, a, &out.Query)
	if err != nil || sc.nowhere {
		return err
	}
	nodes, err := nodesOf(tx, out.Query.Terms)
	if err != nil {
		return err
	}
	match, err := out.Query.whole(tx, nodes)
	if err != nil {
		return err
	}
	hits, err := page(tx, sc, match, in, out.Query)
	if err == nil && len(hits.Items) == 0 && len(nodes) > 0 {
		if match, err = out.mend(tx, sc, nodes, match); err == nil {
			hits, err = page(tx, sc, match, in, out.Query)
		}
	}
	if err != nil {
		return err
	}
	out.Hits.Next = hits.Next
	out.Hits.Items, err = load(tx, hits.Items, out.wanted())
	return err
}

// page gives a page of the hits of a question.
func page(tx *db.Tx, sc scope, match node, in Request, query Query) (core.List[hit], error) {
	size := in.Page.Size()
	if in.Page.Limit == 0 {
		size = PageSize
	}
	if in.Order == Best {
		return bestHits(tx, sc, match, query, in.Page.After, size)
	}
	return newestHits(tx, sc, match, in.Page.After, size)
}

func newestHits(tx *db.Tx, sc scope, match node, after core.Cursor, size int) (core.List[hit], error) {
	q := sc.query(match, size+1)
	if !after.IsZero() {
		q.below = after.Sort
	}
	rows, err := engineOf(tx).hits(tx, q)
	return core.CutList(rows, size, func(h hit) core.Cursor { return core.Cursor{Sort: h.no, ID: 1} }), err
}

// scope is where is looked: what the actor may see, and the filters of the query.
type scope struct {
	condition string
	args      []any
	marks     []node // filters that the index knows
	from, to  int64
	nowhere   bool // a filter names what is not there, or not for the actor
}

func (sc *scope) arg(v any) string {
	sc.args = append(sc.args, v)
	return "$" + strconv.Itoa(firstArg-1+len(sc.args))
}

// visibleTo begins every scope: that it is asked for cannot be forgotten.
func visibleTo(a core.Actor) scope {
	visible, args := space.VisibleTo(a, firstArg)
	sc := scope{condition: "d.space IN (SELECT s.id FROM space s WHERE " + visible + ")", args: args}
	if a.Member != 0 { // whoever blocked somebody does not want to read them
		sc.condition += " AND d.author NOT IN (SELECT b.blocked FROM block b WHERE b.member = " + sc.arg(a.Member) + ")"
	}
	return sc
}

func (sc scope) query(match node, limit int) hitQuery {
	kids := append([]node{match}, sc.marks...)
	return hitQuery{match: allOf(kids...), visible: sc.condition, args: sc.args, from: sc.from, below: sc.to, limit: limit}
}

// any tells whether there is a hit that the actor may see.
func (sc scope) any(tx *db.Tx, match node) (bool, error) {
	found, err := engineOf(tx).hits(tx, sc.query(match, 1))
	return len(found) > 0, err
}

// scopeOf resolves the filters of a query.
func scopeOf(tx *db.Tx, a core.Actor, q *Query) (scope, error) {
	sc := visibleTo(a)
	if !q.After.IsZero() {
		sc.from = number(q.After.UnixMilli(), 0)
	}
	if !q.Before.IsZero() {
		sc.to = number(q.Before.UnixMilli(), 0)
		if sc.to <= sc.from {
			sc.nowhere = true
		}
	}
	if q.Unanswered {
		sc.condition += ` AND EXISTS (SELECT 1 FROM thread t WHERE t.id = d.post AND t.replies = 0 AND t.closed_at = 0
			AND t.kind IN ('question', 'experience', 'discussion'))`
		sc.marks = append(sc.marks, phraseOf(markThread))
	}
	for _, tag := range q.Tag {
		sc.condition += ` AND EXISTS (SELECT 1 FROM thread_tag g JOIN search_tag k ON k.tag = g.tag
			WHERE g.thread = d.thread AND k.space = d.space AND k.key = ` + sc.arg(labelKey(tag)) + ")"
	}
	if len(q.Kind) > 0 {
		var kinds []node
		for _, k := range q.Kind {
			kinds = append(kinds, phraseOf(markKind(string(k))))
		}
		sc.marks = append(sc.marks, oneOf(kinds...))
	}
	if err := sc.inSpaces(tx, a, q); err != nil {
		return sc, err
	}
	return sc, sc.fromMembers(tx, a, q)
}

// inSpaces finds the spaces that "in:" names, among those that the actor may see. Where there is none, nothing is found, as if it
// were empty.
func (sc *scope) inSpaces(tx *db.Tx, a core.Actor, q *Query) error {
	if len(q.In) == 0 {
		return nil
	}
	spaces, err := spacesOf(tx, a)
	if err != nil {
		return err
	}
	var marks []node
	for _, name := range q.In {
		found := false
		for _, s := range spaces {
			if s.Slug == name || s.label == labelKey(name) {
				marks, found = append(marks, phraseOf(markSpace(s.ID))), true
			}
		}
		if !found {
			q.note("search.note.space", name)
		}
	}
	sc.nowhere = sc.nowhere || len(marks) == 0
	if len(marks) > 0 {
		sc.marks = append(sc.marks, oneOf(marks...))
	}
	return nil
}

func (sc *scope) fromMembers(tx *db.Tx, a core.Actor, q *Query) error {
	if len(q.From) == 0 {
		return nil
	}
	var marks []node
	for _, handle := range q.From {
		id, err := memberNamed(tx, a, handle)
		if err != nil {
			return err
		}
		if id != 0 {
			marks = append(marks, phraseOf(markAuthor(id)))
		}
	}
	sc.nowhere = sc.nowhere || len(marks) == 0
	if len(marks) > 0 {
		sc.marks = append(sc.marks, oneOf(marks...))
	}
	return nil
}

// maxCompletions is how many words a beginning stands for: those in most posts.
const maxCompletions = 40

// nodeOf makes the question for a term. A beginning becomes the words that begin so.
func nodeOf(tx *db.Tx, t Term) (node, error) {
	if !t.Prefix {
		return phraseOf(t.Tokens...), nil
	}
	last := len(t.Tokens) - 1
	words, err := db.All(tx, db.String, fmt.Sprintf("SELECT term FROM search_term WHERE term >= $1 AND term < $2 ORDER BY docs DESC, term LIMIT %d", maxCompletions),
		t.Tokens[last], t.Tokens[last]+"\U0010FFFF")
	if err != nil || len(words) == 0 {
		return phraseOf(t.Tokens...), err
	}
	kids := make([]node, len(words))
	for i, w := range words {
		kids[i] = phraseOf(append(append([]string{}, t.Tokens[:last]...), w)...)
	}
	return oneOf(kids...), nil
}

func nodesOf(tx *db.Tx, terms []Term) ([]node, error) {
	out := make([]node, len(terms))
	for i, t := range terms {
		var err error
		if out[i], err = nodeOf(tx, t); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// everything is the question for all posts.
func everything() node { return oneOf(phraseOf(markThread), phraseOf(markComment)) }

// whole is the question for posts that have all of the words.
func (q Query) whole(tx *db.Tx, nodes []node) (node, error) {
	if len(nodes) == 0 {
		return q.without(tx, everything())
	}
	return q.without(tx, allOf(nodes...))
}

// without takes posts with some words out of a question.
func (q Query) without(tx *db.Tx, match node) (node, error) {
	if len(q.Not) == 0 {
		return match, nil
	}
	nots, err := nodesOf(tx, q.Not)
	return node{op: butNot, kids: append([]node{match}, nots...)}, err
}

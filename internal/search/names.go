package search

import (
	"context"
	"strconv"
	"strings"
	"unicode/utf8"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/space"
)

// How many of each are shown. Members are found by whoever knows how a handle begins; there is no list of them.
const (
	maxSpaces  = 5
	maxTags    = 8
	maxMembers = 5
	minName    = 2 // characters before names are looked for
)

// Names are the spaces, tags and members that a text may mean.
type Names struct {
	Spaces  []Place
	Tags    []string
	Members []Member
}

// Empty tells that there are none.
func (n Names) Empty() bool { return len(n.Spaces)+len(n.Tags)+len(n.Members) == 0 }

// Member is somebody whose handle begins with what was typed.
type Member struct {
	ID     core.ID
	Handle string
}

// Names finds spaces, tags and members by the beginnings of their names.
func (s *Service) Names(ctx context.Context, a core.Actor, text string) (out Names, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		out, err = namesFor(tx, a, text)
		return err
	})
	return out, err
}

func namesFor(tx *db.Tx, a core.Actor, text string) (out Names, err error) {
	if utf8.RuneCountInString(strings.TrimSpace(text)) < minName {
		return out, nil
	}
	key := labelKey(text)
	if key == "" {
		return out, nil
	}
	spaces, err := spacesOf(tx, a)
	if err != nil {
		return out, err
	}
	for _, s := range spaces {
		if len(out.Spaces) < maxSpaces && s.named(key) {
			out.Spaces = append(out.Spaces, s.Place)
		}
	}
	if out.Tags, err = tagsNamed(tx, a, key); err != nil {
		return out, err
	}
	out.Members, err = membersNamed(tx, a, text)
	return out, err
}

// labelled is a space with the words that it is found by.
type labelled struct {
	Place
	label string // of its name
	about string // of its tags and its address
}

// named tells whether every word of key begins a word of the space's name or of what it is about.
func (s labelled) named(key string) bool {
	all := " " + s.label + " " + s.about
	for _, word := range strings.Fields(key) {
		if !strings.Contains(all, " "+word) {
			return false
		}
	}
	return true
}

// maxSpacesRead bounds the list of spaces that names are compared with.
const maxSpacesRead = 500

func spacesOf(tx *db.Tx, a core.Actor) ([]labelled, error) {
	visible, args := space.VisibleTo(a, 1)
	return db.All(tx, func(r db.Row) (s labelled, err error) {
		var tags string
		err = r.Scan(&s.ID, &s.Slug, &s.Name, &s.Kind, &tags)
		s.label, s.about = labelKey(s.Name), labelKey(tags+" "+s.Slug)
		return s, err
	}, "SELECT s.id, s.slug, s.name, s.kind, s.tags FROM space s WHERE "+visible+" ORDER BY s.archived_at, s.name, s.id LIMIT "+strconv.Itoa(maxSpacesRead), args...)
}

// tagsNamed gives tags that open threads of visible spaces have, those of most threads first.
func tagsNamed(tx *db.Tx, a core.Actor, key string) ([]string, error) {
	visible, args := space.VisibleTo(a, 4)
	return db.All(tx, db.String, `SELECT x.tag FROM (SELECT k.tag AS tag, SUM(k.threads) AS n FROM search_tag k JOIN space s ON s.id = k.space
		WHERE k.key >= $1 AND k.key < $2 AND k.threads > 0 AND `+visible+` GROUP BY k.tag) x ORDER BY x.n DESC, x.tag LIMIT $3`,
		append([]any{key, key + "\U0010FFFF", maxTags}, args...)...)
}

// membersNamed gives members whose handles begin with a text; for members only, and never across a block.
func membersNamed(tx *db.Tx, a core.Actor, text string) ([]Member, error) {
	key := strings.ToLower(strings.TrimPrefix(strings.TrimSpace(text), "@"))
	if !a.IsMember() || len(key) < minName || strings.Trim(key, "abcdefghijklmnopqrstuvwxyz0123456789_") != "" {
		return nil, nil
	}
	column := engineOf(tx).binary("m.handle_key")
	return db.All(tx, func(r db.Row) (m Member, err error) { err = r.Scan(&m.ID, &m.Handle); return },
		`SELECT m.id, m.handle FROM member m WHERE `+column+` >= $1 AND `+column+` < $2 AND m.standing IN ('active', 'restricted')
			AND NOT EXISTS (SELECT 1 FROM block b WHERE b.member = $3 AND b.blocked = m.id OR b.member = m.id AND b.blocked = $3)
			ORDER BY `+column+` LIMIT $4`, key, key+"\x7f", a.Member, maxMembers)
}

// memberNamed finds the member of "from:". Zero is nobody, or nobody whom the actor may know by that name.
func memberNamed(tx *db.Tx, a core.Actor, handle string) (core.ID, error) {
	if a.IsMember() && strings.EqualFold(handle, "me") {
		return a.Member, nil
	}
	id, err := db.One(tx, db.ID, `SELECT m.id FROM member m WHERE m.handle_key = $1 AND m.standing <> 'gone'
		AND NOT EXISTS (SELECT 1 FROM block b WHERE b.member = m.id AND b.blocked = $2)`, strings.ToLower(handle), a.Member)
	if core.IsNotFound(err) {
		return 0, nil
	}
	return id, err
}

// Suggestion is something that what is being typed may mean.
type Suggestion struct {
	Kind string // "space", "tag", "member" or "thread"
	Text string
	Path string
}

// maxThreads is how many threads are suggested: with the names, what fits above a phone's keyboard.
const maxThreads = 4

// Suggest gives what a text that is still being typed may mean.
func (s *Service) Suggest(ctx context.Context, a core.Actor, text string) (out []Suggestion, err error) {
	defer core.Wrap(&err, "search.Suggest")
	q := Parse(text)
	if !q.Bare() {
		return nil, nil
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		names, err := namesFor(tx, a, text)
		if err != nil {
			return err
		}
		for _, p := range names.Spaces {
			out = append(out, Suggestion{"space", p.Name, p.Path()})
		}
		for _, m := range names.Members {
			out = append(out, Suggestion{"member", m.Handle, "/m/" + m.Handle})
		}
		for _, tag := range names.Tags[:min(len(names.Tags), maxThreads)] {
			out = append(out, Suggestion{"tag", tag, ""})
		}
		q.Terms[len(q.Terms)-1].Prefix = true
		threads, err := titled(tx, a, q)
		out = append(out, threads...)
		return err
	})
	return out, err
}

// titled gives threads that have all the words, best first.
func titled(tx *db.Tx, a core.Actor, q Query) (out []Suggestion, err error) {
	sc := visibleTo(a)
	sc.marks = []node{phraseOf(markThread)}
	nodes, err := nodesOf(tx, q.Terms)
	if err != nil {
		return nil, err
	}
	best, err := bestHits(tx, sc, allOf(nodes...), q, core.Cursor{}, maxThreads)
	if err != nil {
		return nil, err
	}
	hits, err := load(tx, best.Items, &wanted{})
	for _, h := range hits {
		out = append(out, Suggestion{"thread", plainTitle(h), h.Path()})
	}
	return out, err
}

func plainTitle(h Hit) string {
	var b strings.Builder
	for _, p := range h.Title {
		b.WriteString(p.Text)
	}
	return b.String()
}

// Bounds of looking for similar threads.
const (
	maxSimilar   = 5
	similarWords = 6 // the words of the title that say most
)

// Similar gives threads that may answer what somebody is about to ask: those that have most of the words of the title that say
// something, in spaces that the actor may see, best first.
func (s *Service) Similar(ctx context.Context, a core.Actor, title string) (out []Hit, err error) {
	defer core.Wrap(&err, "search.Similar")
	err = s.db.View(ctx, func(tx *db.Tx) error {
		out, err = similar(tx, a, title)
		return err
	})
	return out, err
}

func similar(tx *db.Tx, a core.Actor, title string) ([]Hit, error) {
	said, err := sayingMost(tx, Parse(strings.Map(neutral, title)))
	if err != nil || len(said.Terms) == 0 {
		return nil, err
	}
	sc := visibleTo(a)
	sc.marks = []node{phraseOf(markThread)}
	nodes, err := nodesOf(tx, said.Terms)
	if err != nil {
		return nil, err
	}
	fewest := min(2, len(nodes)) // one word in common is chance, where there are more
	for n := len(nodes); n >= fewest; n-- {
		groups := choose(nodes, n)
		if len(groups) == 0 {
			continue
		}
		best, err := bestHits(tx, sc, oneOf(groups...), said, core.Cursor{}, maxSimilar)
		if err != nil {
			return nil, err
		}
		if len(best.Items) > 0 {
			f := Found{Query: said}
			return load(tx, best.Items, f.wanted())
		}
	}
	return nil, nil
}

// neutral takes the signs that mean something in a query out of a title.
func neutral(r rune) rune {
	if strings.ContainsRune(`":*-“”„«»`, r) {
		return ' '
	}
	return r
}

// sayingMost keeps the words that stand in few posts, and in any.
func sayingMost(tx *db.Tx, q Query) (Query, error) {
	type word struct {
		Term
		docs int64
	}
	var words []word
	for _, t := range q.Terms {
		condition, list := engineOf(tx).among("term", 1, t.Tokens)
		docs, err := db.One(tx, db.Int64, "SELECT COALESCE(MIN(docs), 0) FROM search_term WHERE "+condition, list)
		if err != nil {
			return q, err
		}
		if docs > 0 && (utf8.RuneCountInString(t.Tokens[0]) > 2 || len(t.Tokens) > 1) {
			words = append(words, word{t, docs})
		}
	}
	for len(words) > similarWords || len(words) > 2 && anyCommon(words, func(w word) bool { return w.docs >= manyPosts && len(w.Tokens[0]) <= 4 }) {
		most := 0
		for i, w := range words {
			if w.docs > words[most].docs || w.docs == words[most].docs && len(w.Tokens[0]) < len(words[most].Tokens[0]) {
				most = i
			}
		}
		words = append(words[:most], words[most+1:]...)
	}
	q.Terms = nil
	for _, w := range words {
		q.Terms = append(q.Terms, w.Term)
	}
	return q, nil
}

func anyCommon[T any](list []T, is func(T) bool) bool {
	for _, v := range list {
		if is(v) {
			return true
		}
	}
	return false
}

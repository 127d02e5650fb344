package search

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"dayroom/internal/platform/markup"
	"dayroom/internal/policy"
)

// Bounds of what is looked at of a query: what is longer was pasted.
const (
	maxQuery  = 400 // characters
	maxTerms  = 12
	maxPieces = 24 // of a phrase
	minPrefix = 2  // letters before a *
)

// Query is what somebody asks for, as a tree of one level: everything has to hold.
type Query struct {
	Text       string // as it was typed, in one line
	Terms      []Term
	Not        []Term
	In         []string // spaces, by name in the address or by their name
	Kind       []policy.ThreadKind
	Tag        []string
	From       []string // handles
	Before     time.Time
	After      time.Time
	Unanswered bool
	Notes      []Note
}

// Term is a word, or several that stand side by side.
type Term struct {
	Text   string   // as it was typed
	Tokens []string // as the index knows it
	Prefix bool     // the last token is a beginning
}

// Note is something that was not understood as it was meant. Key is a sentence of the catalogue, Arg what it is about.
type Note struct{ Key, Arg string }

// Empty tells that there is nothing to look for.
func (q Query) Empty() bool { return len(q.Terms) == 0 && len(q.Not) == 0 && !q.filtered() }

func (q Query) filtered() bool {
	return len(q.In)+len(q.Kind)+len(q.Tag)+len(q.From) > 0 || !q.Before.IsZero() || !q.After.IsZero() || q.Unanswered
}

// Bare tells that the query is words alone, with which spaces, members and tags can be looked for.
func (q Query) Bare() bool { return len(q.Terms) > 0 && len(q.Not) == 0 && !q.filtered() }

// Parse reads a query. Nothing is an error: what is not understood is looked for as words, and a note says so.
func Parse(text string) Query {
	text = markup.Line(text)
	q := Query{Text: text}
	if utf8.RuneCountInString(text) > maxQuery {
		text = cutRunes(text, maxQuery)
		q.Text = text
		q.note("search.note.long", "")
	}
	for rest := text; rest != ""; {
		var p part
		p, rest = next(rest)
		q.take(p)
	}
	return q
}

// part is a piece of a query between spaces.
type part struct {
	not    bool
	name   string // of a filter, before the colon
	value  string
	quoted bool
	star   bool
	text   string // all of it, as it was typed
}

// next takes a part off the beginning of a query. Quotes hold spaces together; one without an end goes to the end.
func next(s string) (p part, rest string) {
	s = strings.TrimLeft(s, " ")
	begin := s
	if len(s) > 1 && s[0] == '-' && s[1] != ' ' {
		p.not, s = true, s[1:]
	}
	if i := strings.IndexAny(s, ` ":“”„«`); i > 0 && s[i] == ':' && isName(s[:i]) {
		p.name, s = strings.ToLower(s[:i]), s[i+1:]
	}
	if inside, after, ok := quoted(s); ok {
		p.value, p.quoted, s = inside, true, after
	} else if i := strings.IndexByte(s, ' '); i >= 0 {
		p.value, s = s[:i], s[i:]
	} else {
		p.value, s = s, ""
	}
	if !p.quoted && strings.HasSuffix(p.value, "*") {
		p.value, p.star = strings.TrimRight(p.value, "*"), true
	} else if p.quoted && strings.HasPrefix(s, "*") {
		p.star, s = true, s[1:]
	}
	p.text = strings.TrimSpace(begin[:len(begin)-len(s)])
	return p, s
}

func isName(s string) bool {
	return strings.Trim(strings.ToLower(s), "abcdefghijklmnopqrstuvwxyz") == ""
}

// quotes are the signs that open a quotation, and those that close it: keyboards put in what their language writes.
var quotes = map[rune]string{'"': `"”“`, '“': `”“"`, '„': `“”"`, '«': `»"`, '”': `”"`}

func quoted(s string) (inside, rest string, ok bool) {
	open, size := utf8.DecodeRuneInString(s)
	closing, ok := quotes[open]
	if !ok {
		return "", s, false
	}
	s = s[size:]
	if i := strings.IndexAny(s, closing); i >= 0 {
		_, size := utf8.DecodeRuneInString(s[i:])
		return s[:i], s[i+size:], true
	}
	return s, "", true
}

func (q *Query) note(key, arg string) {
	if n := (Note{key, arg}); !slices.Contains(q.Notes, n) && len(q.Notes) < maxTerms {
		q.Notes = append(q.Notes, n)
	}
}

// take puts a part into the query.
func (q *Query) take(p part) {
	if p.name != "" {
		if q.filter(p) {
			return
		}
		p.value = p.name + " " + p.value // looked for as words
	}
	t := Term{Text: p.value, Tokens: tokensOf(p.value, maxPieces), Prefix: p.star}
	if len(t.Tokens) == 0 {
		return // signs without a word
	}
	if last := t.Tokens[len(t.Tokens)-1]; t.Prefix && utf8.RuneCountInString(last) < minPrefix && len(t.Tokens) == 1 && !unpaired(last) {
		t.Prefix = false
		q.note("search.note.prefix", p.text)
	}
	if p.star && p.quoted || len(t.Tokens) == 1 && unpaired(t.Tokens[0]) {
		t.Prefix = true // a single character of a script that is kept in pairs: it begins one
	}
	terms := []Term{t}
	if !p.quoted { // "fever,cough" without a space is two words
		terms = apart(p.value, t.Prefix)
	}
	for _, t := range terms {
		q.add(t, p.not)
	}
}

func (q *Query) add(t Term, not bool) {
	list := &q.Terms
	if not {
		list = &q.Not
	}
	same := func(o Term) bool { return slices.Equal(o.Tokens, t.Tokens) && o.Prefix == t.Prefix }
	switch {
	case slices.ContainsFunc(*list, same):
	case len(q.Terms)+len(q.Not) >= maxTerms:
		q.note("search.note.many", strconv.Itoa(maxTerms))
	default:
		*list = append(*list, t)
	}
}

// apart makes a term of each compound of a text: what is glued stays together.
func apart(text string, prefix bool) (out []Term) {
	Words(text, func(w Word) bool {
		if w.Glued && len(out) > 0 {
			last := &out[len(out)-1]
			if len(last.Tokens) < maxPieces {
				last.Tokens = append(last.Tokens, w.Token)
				last.Text = text[strings.Index(text, last.Text):w.End]
			}
			return true
		}
		out = append(out, Term{Text: text[w.Start:w.End], Tokens: []string{w.Token}})
		return len(out) <= maxTerms
	})
	if len(out) > 0 {
		out[len(out)-1].Prefix = prefix
	}
	return out
}

// unpaired tells that a token is one character of a script that the index keeps in pairs.
func unpaired(token string) bool {
	r, size := utf8.DecodeRuneInString(token)
	return size == len(token) && classOf(r) == pair
}

// filter reads a filter; false where it is none.
func (q *Query) filter(p part) bool {
	value := strings.TrimSpace(p.value)
	known := slices.Contains([]string{"in", "kind", "tag", "from", "before", "after", "is"}, p.name)
	if !known {
		if !p.quoted && strings.ContainsFunc(p.value, unicode.IsLetter) {
			q.note("search.note.filter", p.text)
		}
		return false
	}
	if p.not || value == "" {
		q.note("search.note.value", p.text)
		return false
	}
	switch p.name {
	case "in":
		q.In = append(q.In, value)
	case "tag":
		q.Tag = append(q.Tag, value)
	case "from":
		q.From = append(q.From, strings.TrimPrefix(value, "@"))
	case "kind":
		kind := policy.ThreadKind(strings.ToLower(value))
		if !slices.Contains(policy.ThreadKinds, kind) {
			q.note("search.note.value", p.text)
			return false
		}
		q.Kind = append(q.Kind, kind)
	case "is":
		if !strings.EqualFold(value, "unanswered") {
			q.note("search.note.value", p.text)
			return false
		}
		q.Unanswered = true
	case "before", "after":
		return q.date(p, value)
	}
	return true
}

func (q *Query) date(p part, value string) bool {
	for _, form := range []string{"2006-01-02", "2006-01", "2006"} {
		if at, err := time.Parse(form, value); err == nil && at.Year() >= 1970 {
			if p.name == "before" {
				q.Before = at
			} else {
				q.After = at
			}
			return true
		}
	}
	q.note("search.note.date", p.text)
	return false
}

// Filters writes the filters of the query as they would be typed, without those of some names: for links that add or drop one.
func (q Query) Filters(without ...string) string {
	var out []string
	put := func(name, value string) {
		if slices.Contains(without, name) || value == "" {
			return
		}
		if strings.ContainsAny(value, " :") {
			value = `"` + value + `"`
		}
		out = append(out, name+":"+value)
	}
	for _, v := range q.In {
		put("in", v)
	}
	for _, v := range q.Kind {
		put("kind", string(v))
	}
	for _, v := range q.Tag {
		put("tag", v)
	}
	for _, v := range q.From {
		put("from", v)
	}
	if !q.Before.IsZero() {
		put("before", q.Before.Format(time.DateOnly))
	}
	if !q.After.IsZero() {
		put("after", q.After.Format(time.DateOnly))
	}
	if q.Unanswered {
		put("is", "unanswered")
	}
	return strings.Join(out, " ")
}

// Words writes the words of the query as they would be typed, without filters.
func (q Query) Words() string {
	var out []string
	put := func(sign string, t Term) {
		text := t.Text
		if strings.ContainsAny(text, " :") || len(t.Tokens) > 1 && strings.ContainsAny(text, `,;`) {
			text = `"` + text + `"`
		}
		if t.Prefix && !unpaired(t.Tokens[0]) {
			text += "*"
		}
		out = append(out, sign+text)
	}
	for _, t := range q.Terms {
		put("", t)
	}
	for _, t := range q.Not {
		put("-", t)
	}
	return strings.Join(out, " ")
}

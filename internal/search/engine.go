package search

import (
	"fmt"
	"strings"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
)

// engine is what the databases do differently. One method answers each question; everything else is shared.
type engine interface {
	// put writes a post that is not there yet.
	put(tx *db.Tx, no int64, d doc, p prepared) error
	// finish writes what put has kept back until the end of the transaction.
	finish(tx *db.Tx, texts []text) error
	// drop takes a post out.
	drop(tx *db.Tx, no int64) error
	// count adds to the number of posts that words stand in; a word that stands in none any more goes.
	count(tx *db.Tx, by map[string]int) error
	// clear takes everything out.
	clear(tx *db.Tx) error
	// hits gives the newest posts that fit, at most so many, newest first.
	hits(tx *db.Tx, q hitQuery) ([]hit, error)
	// among gives a condition that column is one of a list, and the argument for its placeholder.
	among(column string, place int, list any) (condition string, arg any)
	// rows gives the beginning of a FROM that has a column v for each of a list of ids, first in the plan.
	rows(place int, ids []core.ID) (from string, arg any)
	// binary is a column of text compared by its bytes, so that a range of it is what begins alike.
	binary(column string) string
	// pack does a step of writing the index without what was taken out, and tells when that is done.
	pack(tx *db.Tx) (done bool, err error)
	// bound forbids that a row which was read changes until the transaction ends.
	bound() string
}

func engineOf(tx *db.Tx) engine {
	if tx.Engine() == db.Postgres {
		return postgres{}
	}
	return sqlite{}
}

// hit is a post that was found.
type hit struct {
	no      int64
	post    core.ID
	thread  core.ID
	weights []byte
}

// hitQuery is a question to the index.
type hitQuery struct {
	match   node
	below   int64 // only keys below, or zero
	from    int64 // only keys from here on
	limit   int
	weights bool
	visible string // a condition on a search_doc d; its placeholders begin at firstArg
	args    []any
}

// firstArg is where the placeholders of a hitQuery's conditions begin; the engines have those before.
const firstArg = 5

func scanHit(r db.Row) (h hit, err error) {
	err = r.Scan(&h.no, &h.post, &h.thread, &h.weights)
	return h, err
}

func (q hitQuery) columns() string {
	if q.weights {
		return "d.no, d.post, d.thread, d.weights"
	}
	return "d.no, d.post, d.thread, NULL"
}

// node is a question as a tree, for both engines.
type node struct {
	op     operator
	tokens []string // of a phrase: one or more that stand side by side
	kids   []node
}

type operator byte

const (
	phrase operator = iota
	all
	anyOf
	butNot // kids[0] without any of the others
)

func phraseOf(tokens ...string) node { return node{op: phrase, tokens: tokens} }

func allOf(kids ...node) node { return group(all, kids) }

func oneOf(kids ...node) node { return group(anyOf, kids) }

func group(op operator, kids []node) node {
	if len(kids) == 1 {
		return kids[0]
	}
	return node{op: op, kids: kids}
}

// grammar is how an engine writes a tree.
type grammar struct {
	and, or, not string // between two
	word         func(b *strings.Builder, tokens []string)
}

func (g grammar) write(b *strings.Builder, n node) {
	if n.op == phrase {
		g.word(b, n.tokens)
		return
	}
	between := map[operator]string{all: g.and, anyOf: g.or, butNot: g.not}[n.op]
	b.WriteByte('(')
	for i, k := range n.kids {
		if i > 0 {
			b.WriteString(between)
		}
		g.write(b, k)
	}
	b.WriteByte(')')
}

// number is the key of a post: its moment, then a number that tells it from others of the same moment.
func number(created int64, low int64) int64 { return max(created, 0)<<lowBits | low }

const lowBits = 21

// place finds a key that is free. Posts that were written here have one of their own by the low bits of their id; what comes from
// elsewhere often has the time of a day, and is numbered in the order of arrival.
func place(tx *db.Tx, d doc) (int64, error) {
	low := int64(d.Post) & (1<<lowBits - 1)
	if d.Post.Time().UnixMilli() == d.Created {
		return number(d.Created, low), nil
	}
	first, given := number(d.Created, 0), countsOf(tx).last
	if last := given[first]; last > 0 && last+1 < first+1<<lowBits {
		given[first]++
		return last + 1, nil
	}
	last, err := db.One(tx, db.Int64, "SELECT COALESCE(MAX(no), $1) FROM search_doc WHERE no > $1 AND no < $2", first, first+1<<lowBits)
	if err == nil && last+1 >= first+1<<lowBits {
		err = fmt.Errorf("more posts of one moment than can be told apart")
	}
	given[first] = last + 1
	return last + 1, err
}

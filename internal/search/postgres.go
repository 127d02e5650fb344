package search

import (
	"math/bits"
	"slices"
	"strconv"
	"strings"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
)

// postgres is a tsvector with a GIN index. GIN gives all hits of a word or none, in no order, so each post has marks of the stretches
// of time that it lies in, from about an hour to about a year. The newest hits are looked for in the newest stretch that holds enough
// posts, then in the longer stretch before it, and so on: the work follows the number of hits asked for and not the number there are.
type postgres struct{}

// stretches are the binary logarithms of their lengths, in milliseconds: 70 minutes, 9 hours, 3 days, 25 days, 199 days.
var stretches = []uint{22, 25, 28, 31, 34}

func markStretch(level int, key int64) string {
	return "_b" + strconv.Itoa(level) + strconv.FormatInt(key>>lowBits>>stretches[level], 36)
}

func (postgres) put(tx *db.Tx, no int64, d doc, p prepared) error {
	_, err := tx.Exec("INSERT INTO search_doc (no, post, thread, space, author, weights, words) VALUES ($1, $2, $3, $4, $5, $6, CAST($7 AS TEXT)::tsvector)",
		no, d.Post, d.Thread, d.Space, d.Author, p.Weights, vector(no, p))
	return err
}

// maxPlaces is how many places PostgreSQL keeps of a word.
const maxPlaces = 255

// vector writes a tsvector. Its tokens hold letters, figures and marks, so nothing has to be escaped.
func vector(no int64, p prepared) string {
	places := map[string][]int{}
	for i, t := range p.Tokens {
		if t != "" && len(places[t]) < maxPlaces {
			places[t] = append(places[t], i+1)
		}
	}
	var b strings.Builder
	for _, t := range slices.Sorted(keysOf(places)) {
		b.WriteString("'" + t + "':")
		for i, at := range places[t] {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(strconv.Itoa(at))
		}
		b.WriteByte(' ')
	}
	for _, t := range p.Extra {
		if places[t] == nil {
			b.WriteString("'" + t + "' ")
		}
	}
	for level := range stretches {
		b.WriteString("'" + markStretch(level, no) + "' ")
	}
	return b.String()
}

func keysOf[V any](m map[string]V) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

func (postgres) drop(tx *db.Tx, no int64) error {
	_, err := tx.Exec("DELETE FROM search_doc WHERE no = $1", no)
	return err
}

func (postgres) finish(*db.Tx, []text) error { return nil }

func (postgres) clear(tx *db.Tx) error { return clearTables(tx) }

func (postgres) count(tx *db.Tx, by map[string]int) error {
	words := slices.Sorted(keysOf(by)) // one order for all, so that nobody waits in a circle
	numbers := make([]int64, len(words))
	for i, w := range words {
		numbers[i] = int64(by[w])
	}
	// Words that stand in many posts are left alone, so writers do not wait for each other's "the".
	if _, err := tx.Exec(`INSERT INTO search_term (term, docs)
		SELECT j.key, j.value FROM unnest($1::text[], $2::bigint[]) j (key, value) LEFT JOIN search_term o ON o.term = j.key COLLATE "C"
		WHERE COALESCE(o.docs, 0) < $3 AND (j.value > 0 OR o.term IS NOT NULL) ORDER BY j.key COLLATE "C"
		ON CONFLICT (term) DO UPDATE SET docs = search_term.docs + excluded.docs`, words, numbers, manyPosts); err != nil {
		return err
	}
	if !fewer(by) {
		return nil
	}
	_, err := tx.Exec(`DELETE FROM search_term WHERE term = ANY($1::text[]) AND docs <= 0`, words)
	return err
}

// enough is how many posts the first stretch should hold for each hit that is wanted: most words are not in every post.
const enough = 64

func (e postgres) hits(tx *db.Tx, q hitQuery) ([]hit, error) {
	level, upper, err := e.begin(tx, q)
	if err != nil {
		return nil, err
	}
	var out []hit
	for {
		part := q
		part.below, part.limit = upper, q.limit-len(out)
		lower := int64(0)
		if level < len(stretches) {
			size := int64(1) << (stretches[level] + lowBits)
			last := (upper - 1) / size * size // where the stretch begins that has the upper end
			lower = max(last-size, 0)
			marks := []node{phraseOf(markStretch(level, last))}
			if last > 0 {
				marks = append(marks, phraseOf(markStretch(level, lower)))
			}
			part.match = allOf(oneOf(marks...), q.match)
		}
		part.from = max(q.from, lower)
		found, err := e.within(tx, part)
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
		if len(out) >= q.limit || lower <= q.from {
			return out, nil
		}
		upper = lower
		level++
	}
}

// begin tells which length of stretch to begin with, and above which key there is nothing.
func (postgres) begin(tx *db.Tx, q hitQuery) (level int, upper int64, err error) {
	type span struct{ newest, nth int64 }
	below := q.below
	if below == 0 {
		below = 1<<63 - 1
	}
	s, err := db.One(tx, func(r db.Row) (s span, err error) { err = r.Scan(&s.newest, &s.nth); return },
		`SELECT COALESCE((SELECT no FROM search_doc WHERE no < $1 ORDER BY no DESC LIMIT 1), 0),
			COALESCE((SELECT no FROM search_doc WHERE no < $1 ORDER BY no DESC OFFSET $2 LIMIT 1), 0)`, below, q.limit*enough)
	if err != nil {
		return 0, 0, err
	}
	length := uint(bits.Len64(uint64(s.newest-s.nth) >> lowBits))
	for level < len(stretches) && stretches[level] < length {
		level++
	}
	return level, s.newest + 1, nil
}

func (postgres) within(tx *db.Tx, q hitQuery) ([]hit, error) {
	var match strings.Builder
	postgresGrammar.write(&match, q.match)
	query := "SELECT " + q.columns() + ` FROM search_doc d
		WHERE d.words @@ CAST($1 AS TEXT)::tsquery AND d.no < $2 AND d.no >= $3 AND ` + q.visible + " ORDER BY d.no DESC LIMIT $4"
	return db.All(tx, scanHit, query, append([]any{match.String(), q.below, q.from, q.limit}, q.args...)...)
}

var postgresGrammar = grammar{and: " & ", or: " | ", not: " & !", word: func(b *strings.Builder, tokens []string) {
	if len(tokens) > 1 {
		b.WriteByte('(')
	}
	for i, t := range tokens {
		if i > 0 {
			b.WriteString(" <-> ")
		}
		b.WriteString("'" + t + "'")
	}
	if len(tokens) > 1 {
		b.WriteByte(')')
	}
}}

func (postgres) among(column string, place int, list any) (string, any) {
	kind := "bigint"
	if _, text := list.([]string); text {
		kind = "text"
	}
	return column + " = ANY($" + strconv.Itoa(place) + "::" + kind + "[])", list
}

func (postgres) rows(place int, ids []core.ID) (string, any) {
	numbers := make([]int64, len(ids))
	for i, id := range ids {
		numbers[i] = int64(id)
	}
	return "unnest($" + strconv.Itoa(place) + "::bigint[]) l (v) JOIN", numbers
}

func (postgres) bound() string { return " FOR SHARE" }

func (postgres) binary(column string) string { return column + ` COLLATE "C"` }

// pack has nothing to do: PostgreSQL's own vacuum takes out what was deleted.
func (postgres) pack(tx *db.Tx) (done bool, err error) {
	_, err = tx.Exec("DELETE FROM search_state WHERE name = $1", stateLoose)
	return true, err
}

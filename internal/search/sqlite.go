package search

import (
	"encoding/json"
	"strconv"
	"strings"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
)

// sqlite is FTS5 without content, keyed by search_doc.no: its rows come in the order of the key, so the newest hits of a common word
// are found without looking at the others.
type sqlite struct{}

func (sqlite) put(tx *db.Tx, no int64, d doc, p prepared) error {
	if _, err := tx.Exec("INSERT INTO search_doc (no, post, thread, space, author, weights) VALUES ($1, $2, $3, $4, $5, $6)",
		no, d.Post, d.Thread, d.Space, d.Author, p.Weights); err != nil {
		return err
	}
	var b strings.Builder
	for _, t := range p.Tokens {
		if t == "" {
			t = "_"
		}
		b.WriteString(t)
		b.WriteByte(' ')
	}
	for _, t := range p.Extra {
		b.WriteString("_ ")
		b.WriteString(t)
		b.WriteByte(' ')
	}
	c := countsOf(tx)
	c.texts = append(c.texts, text{no, b.String()})
	return nil
}

// text is what FTS5 gets of a post. It waits until the end of the transaction: FTS5 writes out what it has gathered whenever another
// statement opens a savepoint, and a hundred small pieces have to be merged later.
type text struct {
	no    int64
	words string
}

func (sqlite) finish(tx *db.Tx, texts []text) error {
	for _, t := range texts {
		if _, err := tx.Exec("INSERT INTO search_text (rowid, words) VALUES ($1, $2)", t.no, t.words); err != nil {
			return err
		}
	}
	return nil
}

func (e sqlite) drop(tx *db.Tx, no int64) error {
	c := countsOf(tx)
	if err := e.finish(tx, c.texts); err != nil { // one of them may be what goes
		return err
	}
	c.texts = nil
	if _, err := tx.Exec("DELETE FROM search_text WHERE rowid = $1", no); err != nil {
		return err
	}
	_, err := tx.Exec("DELETE FROM search_doc WHERE no = $1", no)
	return err
}

func (sqlite) clear(tx *db.Tx) error {
	if _, err := tx.Exec("INSERT INTO search_text (search_text) VALUES ('delete-all')"); err != nil {
		return err
	}
	return clearTables(tx)
}

func (sqlite) count(tx *db.Tx, by map[string]int) error {
	list, err := json.Marshal(by)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(`INSERT INTO search_term (term, docs)
		SELECT j.key, j.value FROM json_each($1) j LEFT JOIN search_term o ON o.term = j.key
		WHERE COALESCE(o.docs, 0) < $2 AND (j.value > 0 OR o.term IS NOT NULL) ORDER BY j.key
		ON CONFLICT (term) DO UPDATE SET docs = search_term.docs + excluded.docs`, string(list), manyPosts); err != nil {
		return err
	}
	if fewer(by) {
		_, err = tx.Exec("DELETE FROM search_term WHERE term IN (SELECT j.key FROM json_each($1) j) AND docs <= 0", string(list))
	}
	return err
}

func (sqlite) hits(tx *db.Tx, q hitQuery) ([]hit, error) {
	var match strings.Builder
	sqliteGrammar.write(&match, q.match)
	below := q.below
	if below == 0 {
		below = 1<<63 - 1
	}
	// CROSS JOIN keeps SQLite from beginning with another table.
	query := "SELECT " + q.columns() + ` FROM search_text f CROSS JOIN search_doc d ON d.no = f.rowid
		WHERE f.words MATCH $1 AND f.rowid < $2 AND f.rowid >= $3 AND ` + q.visible + " ORDER BY f.rowid DESC LIMIT $4"
	return db.All(tx, scanHit, query, append([]any{match.String(), below, q.from, q.limit}, q.args...)...)
}

var sqliteGrammar = grammar{and: " AND ", or: " OR ", not: " NOT ", word: func(b *strings.Builder, tokens []string) {
	b.WriteByte('"')
	for i, t := range tokens {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(t)
	}
	b.WriteByte('"')
}}

func (sqlite) among(column string, place int, list any) (string, any) {
	text, err := json.Marshal(list)
	if err != nil {
		text = []byte("[]") // lists of words and numbers can be written
	}
	return column + " IN (SELECT j.value FROM json_each($" + strconv.Itoa(place) + ") j)", string(text)
}

func (sqlite) rows(place int, ids []core.ID) (string, any) {
	numbers := make([]int64, len(ids))
	for i, id := range ids {
		numbers[i] = int64(id)
	}
	text, err := json.Marshal(numbers)
	if err != nil {
		text = []byte("[]")
	}
	return "(SELECT j.value AS v FROM json_each($" + strconv.Itoa(place) + ") j) l CROSS JOIN", string(text)
}

func (sqlite) bound() string { return "" }

func (sqlite) binary(column string) string { return column }

// pack merges the index as FTS5 does it when asked (https://sqlite.org/fts5.html#the_merge_command): a positive number merges pieces of
// a size, a negative one begins to make one piece of all; when nothing changes any more, it is done. Measured at 20,000 posts: a
// word that is in no post is found to be in none within 40 µs, and within 150 before.
func (sqlite) pack(tx *db.Tx) (done bool, err error) {
	loose, err := state(tx, stateLoose)
	if err != nil {
		return false, err
	}
	pages := packPages
	if loose == "yes" {
		pages = -packPages
	}
	if _, err := tx.Exec("INSERT INTO search_text (search_text, rank) VALUES ('usermerge', 2)"); err != nil { // two pieces of a size become one
		return false, err
	}
	before, err := db.One(tx, db.Int64, "SELECT total_changes()")
	if err != nil {
		return false, err
	}
	if _, err := tx.Exec("INSERT INTO search_text (search_text, rank) VALUES ('merge', $1)", pages); err != nil {
		return false, err
	}
	after, err := db.One(tx, db.Int64, "SELECT total_changes()")
	if err != nil {
		return false, err
	}
	if after-before < 2 {
		_, err = tx.Exec("DELETE FROM search_state WHERE name = $1", stateLoose)
		return true, err
	}
	if loose == "" {
		return false, nil
	}
	return false, setState(tx, stateLoose, "packing")
}

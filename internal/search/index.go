package search

import (
	"encoding/json"
	"strings"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/policy"
)

// manyPosts is up to where it is counted in how many posts a word stands: beyond, it is common and stays so.
const manyPosts = 300

// A post is in the index while it is open, in a thread that is open or has left its tombstone.
const (
	threadQuery = `SELECT t.id, t.id, t.space, t.author, t.kind, t.created_at, t.title, t.tags, t.body FROM thread t
		WHERE t.state = 'open' AND t.id = $1`
	commentColumns = `SELECT c.id, c.thread, t.space, c.author, t.kind, c.created_at, '', '[]', c.body FROM comment c JOIN thread t ON t.id = c.thread
		WHERE c.state = 'open' AND t.state IN ('open', 'deleted') AND `
)

func scanDoc(r db.Row) (d doc, err error) {
	var tags string
	if err = r.Scan(&d.Post, &d.Thread, &d.Space, &d.Author, &d.Kind, &d.Created, &d.Title, &tags, &d.Body); err != nil || tags == "[]" {
		return d, err
	}
	var list []string
	err = json.Unmarshal([]byte(tags), &list)
	d.Tags = strings.Join(list, " , ")
	return d, err
}

// docOf reads a post as the index should have it; found is false where it should not be there.
func docOf(tx *db.Tx, post core.ID) (d doc, found bool, err error) {
	d, err = db.One(tx, scanDoc, threadQuery, post)
	if core.IsNotFound(err) {
		d, err = db.One(tx, scanDoc, commentColumns+"c.id = $1", post)
	}
	if core.IsNotFound(err) {
		return d, false, nil
	}
	return d, err == nil, err
}

// Put brings a post into the index after it was written or changed, if it is to be found. What an earlier Put brought in has to be
// taken out by Drop before the change.
func Put(tx *db.Tx, post core.ID) error {
	d, found, err := docOf(tx, post)
	if err != nil || !found {
		return err
	}
	return put(tx, d)
}

// Drop takes a post out of the index before it is changed or removed. One that is not there is no error.
func Drop(tx *db.Tx, post core.ID) error {
	no, err := db.One(tx, db.Int64, "SELECT no FROM search_doc WHERE post = $1", post)
	if core.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return err
	}
	d, found, err := docOf(tx, post)
	if err != nil {
		return err
	}
	if found {
		countTags(tx, d, -1)
		countTerms(tx, d.prepare().Terms, -1)
	}
	if err := setState(tx, stateLoose, "yes"); err != nil {
		return err
	}
	return engineOf(tx).drop(tx, no)
}

func put(tx *db.Tx, d doc) error { return putPrepared(tx, d, d.prepare()) }

func putPrepared(tx *db.Tx, d doc, p prepared) error {
	no, err := place(tx, d)
	if err != nil {
		return err
	}
	if err := engineOf(tx).put(tx, no, d, p); err != nil {
		return err
	}
	countTags(tx, d, 1)
	countTerms(tx, p.Terms, 1)
	return nil
}

// Ready is a text that was taken apart ahead of the transaction that writes its post.
type Ready struct {
	parts prepared
}

// Prepare takes a text apart ahead, for what comes in large numbers: it needs no database, so many can be prepared at once.
func Prepare(title string, tags []string, body string) *Ready {
	return &Ready{taken(doc{Title: title, Tags: strings.Join(tags, " , "), Body: body})}
}

// Post is what the index keeps of a post beside its words.
type Post struct {
	ID, Thread, Space, Author core.ID
	Kind                      policy.ThreadKind
	Created                   time.Time
	Tags                      []string
}

// PutReady is Put for a post that was just written, open and in an open thread, with a text that was prepared.
func PutReady(tx *db.Tx, post Post, r *Ready) error {
	d := doc{Post: post.ID, Thread: post.Thread, Space: post.Space, Author: post.Author, Kind: string(post.Kind), Created: db.Millis(post.Created),
		Tags: strings.Join(post.Tags, " , ")}
	return putPrepared(tx, d, d.marked(r.parts))
}

// DropThread is Drop for a thread with all its comments: before it changes who may read them.
func DropThread(tx *db.Tx, thread core.ID) error { return wholeThread(tx, thread, Drop) }

// PutThread is Put for a thread with all its comments.
func PutThread(tx *db.Tx, thread core.ID) error {
	if err := Put(tx, thread); err != nil {
		return err
	}
	docs, err := db.All(tx, scanDoc, commentColumns+"c.thread = $1 ORDER BY c.place", thread)
	for _, d := range docs {
		if err := put(tx, d); err != nil {
			return err
		}
	}
	return err
}

func wholeThread(tx *db.Tx, thread core.ID, act func(*db.Tx, core.ID) error) error {
	if err := act(tx, thread); err != nil {
		return err
	}
	comments, err := db.All(tx, db.ID, "SELECT c.id FROM comment c WHERE c.thread = $1 AND c.state = 'open' ORDER BY c.place", thread)
	for _, id := range comments {
		if err := act(tx, id); err != nil {
			return err
		}
	}
	return err
}

// DropMember takes all posts of a member out of the index, before they lose their words.
func DropMember(tx *db.Tx, member core.ID) error {
	posts, err := db.All(tx, db.ID, "SELECT id FROM thread WHERE author = $1 AND state = 'open' UNION ALL SELECT id FROM comment WHERE author = $1 AND state = 'open'", member)
	for _, id := range posts {
		if err := Drop(tx, id); err != nil {
			return err
		}
	}
	return err
}

// countKey is where a transaction gathers what it counts, to write each word once.
type countKey struct{}

type tagKey struct {
	key, tag string
	space    core.ID
}

type counts struct {
	terms map[string]int
	tags  map[tagKey]int
	last  map[int64]int64 // the last key that was given at a moment
	texts []text
}

func countsOf(tx *db.Tx) *counts {
	if c, ok := tx.Value(countKey{}).(*counts); ok {
		return c
	}
	c := &counts{terms: map[string]int{}, tags: map[tagKey]int{}, last: map[int64]int64{}}
	tx.SetValue(countKey{}, c)
	tx.BeforeCommit(c.write)
	return c
}

func countTerms(tx *db.Tx, terms []string, by int) {
	c := countsOf(tx)
	for _, t := range terms {
		c.terms[t] += by
	}
}

func countTags(tx *db.Tx, d doc, by int) {
	if d.Tags == "" {
		return
	}
	c := countsOf(tx)
	for _, tag := range strings.Split(d.Tags, " , ") {
		c.tags[tagKey{labelKey(tag), tag, d.Space}] += by
	}
}

// labelKey is the form in which names are looked for by their beginning: their words with one space between them.
func labelKey(name string) string { return strings.Join(tokensOf(name, maxToken), " ") }

func (c *counts) write(tx *db.Tx) error {
	tx.SetValue(countKey{}, nil)
	for t, n := range c.terms {
		if n == 0 {
			delete(c.terms, t)
		}
	}
	if len(c.terms) > 0 {
		if err := engineOf(tx).count(tx, c.terms); err != nil {
			return err
		}
	}
	for k, n := range c.tags {
		if n == 0 {
			continue
		}
		if _, err := tx.Exec(`INSERT INTO search_tag (key, tag, space, threads) VALUES ($1, $2, $3, $4)
			ON CONFLICT (key, tag, space) DO UPDATE SET threads = search_tag.threads + excluded.threads`, k.key, k.tag, k.space, n); err != nil {
			return err
		}
		if n < 0 {
			if _, err := tx.Exec("DELETE FROM search_tag WHERE key = $1 AND tag = $2 AND space = $3 AND threads <= 0", k.key, k.tag, k.space); err != nil {
				return err
			}
		}
	}
	return engineOf(tx).finish(tx, c.texts)
}

// fewer tells whether any word is counted down.
func fewer(by map[string]int) bool {
	for _, n := range by {
		if n < 0 {
			return true
		}
	}
	return false
}

func clearTables(tx *db.Tx) error {
	for _, table := range []string{"search_doc", "search_term", "search_tag", "search_state"} {
		if _, err := tx.Exec("DELETE FROM " + table); err != nil {
			return err
		}
	}
	return nil
}

// What search_state holds.
const (
	stateFilled    = "filled"    // the version of the preparation with which the whole index was made
	statePlace     = "place"     // the thread up to which Fill has come
	statePostponed = "postponed" // the thread of the last Postpone
	stateLoose     = "dropped"   // all of the index has to be written anew: something was taken out, or it was just filled
)

func setState(tx *db.Tx, name, value string) error {
	_, err := tx.Exec("INSERT INTO search_state (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value WHERE search_state.value <> excluded.value", name, value)
	return err
}

func state(tx *db.Tx, name string) (string, error) {
	v, err := db.One(tx, db.String, "SELECT value FROM search_state WHERE name = $1", name)
	if core.IsNotFound(err) {
		return "", nil
	}
	return v, err
}

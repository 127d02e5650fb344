package importer

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/policy"
	"dayroom/internal/search"
	"dayroom/internal/thread"
)

// key is an identity of the file as it is kept: half a SHA-256 of the source, the sort of thing and its identity, so that nobody's
// mail address lies in a table.
type key [16]byte

// String is the form in the table.
func (k key) String() string { return hex.EncodeToString(k[:]) }

func (r *run) key(sort, external string) key {
	whole := sha256.Sum256([]byte(r.in.Source + "\x00" + sort + "\x00" + external))
	return key(whole[:16])
}

// author is a placeholder; one that was erased keeps its id and gets no words any more.
type author struct {
	id   core.ID
	gone bool
}

// outcome is what a transaction did, to be believed once it is committed.
type outcome struct {
	threads, comments, known, made int64
	authors                        map[key]author
	speakers                       map[string]core.ID
	rejected                       []Rejection
}

// store writes a batch inside a transaction. It may run again, so it changes nothing but the database and its result.
func (r *run) store(tx *db.Tx, b *batch) (outcome, error) {
	done := outcome{authors: map[key]author{}, speakers: map[string]core.ID{}}
	fresh, err := r.unknown(tx, b.items)
	if err != nil {
		return done, err
	}
	done.known = int64(len(b.items) - len(fresh))
	if err := r.people(tx, fresh, &done); err != nil {
		return done, err
	}
	if err := r.organisations(tx, fresh, &done); err != nil {
		return done, err
	}
	var made []reference
	for _, it := range fresh {
		if !r.assign(it, &done) {
			continue
		}
		if err := thread.Plant(tx, r.ids, it.plant); err != nil {
			return done, fmt.Errorf("line %d: %w", it.line, err)
		}
		if len(made) == 0 {
			if err := search.Postpone(tx, it.plant.Thread.ID); err != nil {
				return done, err
			}
		}
		made = append(made, reference{it.key, it.plant.Thread.ID})
		done.threads++
		done.comments += int64(len(it.plant.Comments))
	}
	return done, r.remember(tx, made)
}

// unknown leaves out the lines that an earlier run imported, whatever became of their threads since.
func (r *run) unknown(tx *db.Tx, items []ready) ([]ready, error) {
	keys := make([]key, len(items))
	for i, it := range items {
		keys[i] = it.key
	}
	known, err := r.references(tx, keys)
	if err != nil || len(known) == 0 {
		return items, err
	}
	var fresh []ready
	for _, it := range items {
		if _, there := known[it.key]; !there {
			fresh = append(fresh, it)
		}
	}
	return fresh, nil
}

// people finds or makes the placeholders of everybody who writes in the items.
func (r *run) people(tx *db.Tx, items []ready, done *outcome) error {
	names := map[key]string{}
	var order []key
	add := func(p person) {
		k := r.key("author", p.External)
		if _, durable := r.authors[k]; durable || names[k] != "" {
			return
		}
		names[k] = p.Name
		order = append(order, k)
	}
	for _, it := range items {
		add(it.rec.Author)
		for _, c := range it.rec.Comments {
			add(c.Author)
		}
	}
	known, err := r.references(tx, order)
	if err != nil {
		return err
	}
	var made []reference
	for _, k := range order {
		if id, there := known[k]; there {
			standing, err := db.One(tx, db.String, "SELECT standing FROM member WHERE id = $1", id)
			if err != nil && !core.IsNotFound(err) {
				return err
			}
			done.authors[k] = author{id, core.Standing(standing) != core.Placeholder}
			continue
		}
		// The hash keeps two people of one name apart.
		ids, err := r.account.Placeholders(tx, r.in.Source+":"+k.String(), []string{names[k]})
		if err != nil {
			return err
		}
		done.authors[k] = author{id: ids[names[k]]}
		done.made++
		made = append(made, reference{k, ids[names[k]]})
	}
	return r.remember(tx, made)
}

// assign puts the ids of the authors into an item. Whoever was erased here does not come back: a comment of theirs is planted as
// the tombstone that it would be now, a thread of theirs is not planted.
func (r *run) assign(it ready, done *outcome) bool {
	find := func(p person) author {
		k := r.key("author", p.External)
		if a, there := done.authors[k]; there {
			return a
		}
		return r.authors[k]
	}
	speaker := r.speakers[it.rec.Speaker]
	if speaker == 0 {
		speaker = done.speakers[it.rec.Speaker]
	}
	starter := find(it.rec.Author)
	if starter.gone {
		done.rejected = append(done.rejected, Rejection{it.line, "its author was erased on this site"})
		return false
	}
	it.plant.Thread.Author = starter.id
	for i := range it.plant.Comments {
		c, from := &it.plant.Comments[i], find(it.rec.Comments[i].Author)
		c.Author, c.Organisation = from.id, speaker
		if from.gone {
			c.Comment = thread.Comment{State: policy.Deleted, CreatedAt: c.CreatedAt}
		}
	}
	return true
}

// reference ties an identity of the file to what was made of it.
type reference struct {
	key key
	id  core.ID
}

// atOnce is how many references one statement reads or writes.
const atOnce = 200

func (r *run) references(tx *db.Tx, keys []key) (map[key]core.ID, error) {
	out := map[key]core.ID{}
	for len(keys) > 0 {
		n := min(len(keys), atOnce)
		args := make([]any, 0, n+1)
		args = append(args, r.in.Source)
		for _, k := range keys[:n] {
			args = append(args, k.String())
		}
		rows, err := db.All(tx, scanReference, "SELECT external, post FROM import_ref WHERE source = $1 AND external IN ("+places(2, n, 1)+")", args...)
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			out[row.key] = row.id
		}
		keys = keys[n:]
	}
	return out, nil
}

func scanReference(row db.Row) (ref reference, err error) {
	var text string
	if err = row.Scan(&text, &ref.id); err == nil {
		_, err = hex.Decode(ref.key[:], []byte(text))
	}
	return ref, err
}

func (r *run) remember(tx *db.Tx, refs []reference) error {
	for len(refs) > 0 {
		n := min(len(refs), atOnce)
		args := make([]any, 0, 3*n)
		for _, ref := range refs[:n] {
			args = append(args, r.in.Source, ref.key.String(), ref.id)
		}
		if _, err := tx.Exec("INSERT INTO import_ref (source, external, post) VALUES "+places(1, n, 3), args...); err != nil {
			return err
		}
		refs = refs[n:]
	}
	return nil
}

// places writes n groups of width numbered places: "$2, $3" or "($1, $2, $3), ($4, $5, $6)".
func places(first, n, width int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteString(", ")
		}
		for j := range width {
			switch {
			case width > 1 && j == 0:
				b.WriteByte('(')
			case j > 0:
				b.WriteString(", ")
			}
			b.WriteString("$" + strconv.Itoa(first+i*width+j))
		}
		if width > 1 {
			b.WriteByte(')')
		}
	}
	return b.String()
}

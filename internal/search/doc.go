// Package search finds what was said, as far as whoever asks may read it: posts by their words, spaces, members and tags by their
// names.
//
// # What lies where
//
// Text is taken apart in Go, alike when it is indexed and when it is asked for (Words): accents and cases are folded, scripts without
// spaces between words become overlapping pairs of characters, a compound such as "x-ray" becomes parts that stand side by side. The
// engines see plain tokens only: an FTS5 table without content on SQLite, a tsvector with a GIN index on PostgreSQL, behind the small
// interface engine.
//
// search_doc has a row for each open post, keyed by time, so that "newest first" is the order of the key. A post's tokens hold, beside
// its words, marks that no text can hold: its space, author, kind and part (thread or comment), so that a filter narrows inside of the
// index. search_term counts in how many posts a token stands, up to a bound, for completing a word and for forgiving a typing error.
// All of it is derived: no backup holds it, and Fill makes it anew.
//
// # When it is written
//
// Whoever changes a post calls Drop before and Put after, in the same transaction. Both read the post's own row: what is not open, or
// stands in a thread that may not be read, is not in the index, so nothing that was taken down can be found for a moment longer.
//
// # Who finds what
//
// Every query on posts has space.VisibleTo in it, in the same statement, and leaves out whom the reader has blocked. What is counted,
// suggested or corrected is counted, suggested and corrected among those hits alone.
package search

import "dayroom/internal/platform/db"

// Tables declares what this package keeps. All of it is derived from posts.
var Tables = []db.Table{
	{Name: "search_doc", Owner: "author", Export: "none", Erase: db.Delete, Keep: "as long as the post is open"},
	{Name: "search_term", Export: "none", Keep: "as long as a post has the word"},
	{Name: "search_tag", Export: "none", Keep: "as long as an open thread has the tag"},
	{Name: "search_state", Export: "none", Keep: "how far the index has been made"},
}

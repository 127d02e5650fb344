package plans

import (
	"context"
	"fmt"
	"sort"
	"strings"
	"testing"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/sitetest"
)

// The size of the large site of docs/PERFORMANCE.md.
const (
	members  = 50_000
	threads  = 100_000
	comments = 1_000_000
)

// Ids of what is made here begin at these.
const (
	firstMember  = 10_000_000
	firstThread  = 20_000_000
	firstComment = 30_000_000
	firstNo      = 1_000_000
	placeBits    = 20 // of a comment's place: the rest is its thread's number
	newest       = 1_790_000_000_000
)

var ctx = context.Background()

// enlarge makes a PostgreSQL site as large as the large one of the benchmark: copies of rows that are there, with other ids, times and words.
func enlarge(t *testing.T, s *sitetest.Site, space core.ID) {
	t.Helper()
	is := func(format string, args ...any) string { return fmt.Sprintf(format, args...) }
	place := is("((%d + i / 10) << %d) + i %% 10 + 1", firstNo, placeBits)
	when := func(each string) string { return is("%d - %s", int64(newest), each) }
	s.Must(s.DB.Load(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec("SET LOCAL session_replication_role = replica"); err != nil { // references are right by construction
			return err
		}
		for _, first := range []string{ // what the demo has none of
			"INSERT INTO read_position (member, thread, place, at) SELECT author, id, 1, created_at FROM thread LIMIT 1",
			"INSERT INTO notice (id, member, kind, actor, space, thread, post, at) SELECT 1, author, 'reply', author, space, id, id, created_at FROM thread LIMIT 1",
		} {
			if _, err := tx.Exec(first); err != nil {
				return err
			}
		}
		for _, part := range []struct {
			table, which string // what is copied, and which row of it
			n            int
			with         map[string]string
		}{
			{"member", "handle = 'old_oak'", members, map[string]string{"id": is("%d + i", firstMember), "handle": "'member_' || i", "handle_key": "'member_' || i",
				"mail_sealed": "NULL", "mail_index": "NULL", "created_at": when("i * 100000")}},
			{"membership", is("space = %d AND state = 'joined' AND role = ''", space), members, map[string]string{"member": is("%d + i", firstMember)}},
			{"thread", is("space = %d AND state = 'open' AND pinned_at = 0 AND replies > 0", space), threads, map[string]string{
				"id": is("%d + i", firstThread), "no": is("%d + i", firstNo), "author": is("%d + i %% %d", firstMember, members), "title": "'Thread ' || i",
				"kind": "CASE WHEN i % 3 = 0 THEN 'question' ELSE 'discussion' END", "replies": "CASE WHEN i % 50 = 0 THEN 0 ELSE 10 END", "tags": `'["tag-' || i % 300 || '"]'`,
				"created_at": when("i * 600000"), "active_at": when("i * 590000"), "next_seq": "11"}},
			{"comment", "state = 'open' AND parent = 0", comments, map[string]string{
				"id": is("%d + i", firstComment), "thread": is("%d + i / 10", firstThread), "place": place, "root": place, "author": is("%d + (i * 7) %% %d", firstMember, members),
				"created_at": when("i * 60000"), "author_helped": "FALSE", "n_helped": "0"}},
			{"reaction", "TRUE", comments / 2, map[string]string{"post": is("%d + i * 2", firstComment), "thread": is("%d + i / 5", firstThread),
				"member": is("%d + (i * 11) %% %d", firstMember, members)}},
			{"read_position", "TRUE", comments / 2, map[string]string{"member": is("%d + i %% %d", firstMember, members), "thread": is("%d + (i * 13) %% %d", firstThread, threads),
				"place": place, "at": when("i * 1000")}},
			{"notice", "TRUE", comments / 5, map[string]string{"id": is("%d + i", firstComment), "member": is("%d + i %% %d", firstMember, members), "at": when("i * 1000")}},
			{"event", "TRUE", comments, map[string]string{"position": "1000000 + i", "at": when("(1000000 - i) * 1000"), "thread": is("%d + i / 10", firstThread)}},
			{"search_doc", "TRUE", comments, map[string]string{"no": is("%d + i", firstComment), "post": is("%d + i", firstComment), "thread": is("%d + i / 10", firstThread),
				"space": is("%d", space), "author": is("%d + (i * 7) %% %d", firstMember, members),
				"words": "array_to_tsvector(ARRAY['rare' || i % 30000, 'some' || i % 1000, CASE WHEN i % 7 = 0 THEN 'often' ELSE 'else' END, CASE WHEN i % 11 = 0 THEN 'commonly' ELSE 'more' END])"}},
			{"search_term", "TRUE", 31_000, map[string]string{"term": "CASE WHEN i < 1000 THEN 'some' || i ELSE 'rare' || i - 1000 END", "docs": "33"}},
		} {
			columns, err := db.All(tx, db.String, `SELECT column_name FROM information_schema.columns
				WHERE table_schema = current_schema() AND table_name = $1 ORDER BY ordinal_position`, part.table)
			if err != nil {
				return err
			}
			n, err := tx.Exec(copies(part.table, columns, part.which, part.n, part.with))
			if err != nil || n == 0 {
				return fmt.Errorf("%d rows more in %s: %w", n, part.table, err)
			}
		}
		_, err := tx.Exec("INSERT INTO search_term (term, docs) VALUES ('often', 142858), ('commonly', 90910) ON CONFLICT (term) DO UPDATE SET docs = excluded.docs")
		return err
	}))
	s.Must(s.DB.Outside(ctx, "VACUUM ANALYZE"))
}

func copies(table string, columns []string, which string, n int, with map[string]string) string {
	var names, values []string
	for _, c := range columns {
		names = append(names, c)
		value, ok := with[c]
		if !ok {
			value = "one." + c
		}
		values = append(values, value)
		delete(with, c)
	}
	if len(with) > 0 {
		var unknown []string
		for name := range with {
			unknown = append(unknown, name)
		}
		sort.Strings(unknown)
		panic(table + " has no column " + strings.Join(unknown, ", "))
	}
	return fmt.Sprintf("INSERT INTO %s (%s) SELECT %s FROM (SELECT * FROM %s WHERE %s LIMIT 1) one, generate_series(0::bigint, %d) i ON CONFLICT DO NOTHING",
		table, `"`+strings.Join(names, `", "`)+`"`, strings.Join(values, ", "), table, which, n-1)
}

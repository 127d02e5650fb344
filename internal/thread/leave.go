package thread

import (
	"context"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/search"
)

// Leave takes out what the declarations of the tables cannot say, when a member is erased: the files of their images, and what
// belongs to their posts but not to them by a column of its own (earlier texts that staff edited, the words of a poll, tags). It
// runs in the transaction that erases them, before their rows lose their names; the threads that lose words or reactions by it are
// counted anew before it commits.
func (s *Service) Leave(tx *db.Tx, member core.ID) error {
	files, err := db.All(tx, db.String, "SELECT name FROM media WHERE owner = $1 UNION ALL SELECT thumb FROM media WHERE owner = $1", member)
	if err != nil {
		return err
	}
	threads, err := db.All(tx, db.ID, "SELECT thread FROM comment WHERE author = $1 UNION SELECT thread FROM reaction WHERE member = $1", member)
	if err != nil {
		return err
	}
	if err := search.DropMember(tx, member); err != nil {
		return err
	}
	covered, err := db.All(tx, db.ID, "SELECT id FROM thread WHERE author = $1 AND state IN ('held', 'hidden')", member)
	if err != nil {
		return err
	}
	for _, statement := range []string{
		"DELETE FROM post_version WHERE post IN (SELECT id FROM thread WHERE author = $1) OR post IN (SELECT id FROM comment WHERE author = $1)",
		"DELETE FROM thread_tag WHERE thread IN (SELECT id FROM thread WHERE author = $1)",
		"DELETE FROM poll_vote WHERE thread IN (SELECT id FROM thread WHERE author = $1)",
		"DELETE FROM poll WHERE thread IN (SELECT id FROM thread WHERE author = $1)",
	} {
		if _, err := tx.Exec(statement, member); err != nil {
			return err
		}
	}
	tx.BeforeCommit(func(tx *db.Tx) error {
		for _, t := range threads {
			if err := Recount(tx, t); err != nil {
				return err
			}
		}
		for _, t := range covered { // what others said below the tombstone can be read again
			if err := search.PutThread(tx, t); err != nil {
				return err
			}
		}
		return nil
	})
	tx.AfterCommit(func() {
		// Whoever asked may be gone by now; the files go all the same. No row leads to them any more, so nobody can be shown one.
		_ = s.shelf.Delete(context.WithoutCancel(tx.Context()), files...)
	})
	return nil
}

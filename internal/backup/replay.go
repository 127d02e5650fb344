package backup

import (
	"errors"
	"fmt"

	"dayroom/internal/account"
	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/keys"
	"dayroom/internal/queue"
	"dayroom/internal/site"
	"dayroom/internal/thread"
)

// replay erases once more what was erased since the backup, and gives keys to members who have none.
func (r *restore) replay(ledger bool) error {
	store, err := keys.Open(r.ctx, r.to.Keys, r.to.KeyFile) // makes one where there is none: ledgerThere has asked
	if err != nil {
		return err
	}
	err = r.replayFrom(store, ledger)
	return errors.Join(err, store.Close())
}

func (r *restore) replayFrom(store *keys.Store, ledger bool) error {
	entries, err := store.Ledger(r.ctx)
	if err != nil {
		return err
	}
	people, err := account.New(r.db, store, nil, r.Clock, site.New(r.db, r.Clock), account.Options{
		Tables: r.to.Tables, Leave: thread.New(r.db, nil, r.Clock, store, nil, r.media.shelf()).Leave,
	})
	if err != nil {
		return err
	}
	for i, e := range entries {
		version, words := e.Words()
		switch {
		case words:
			err = r.eraseWords(e.ID, version)
		case e.Kind == keys.ErasedPost:
			err = r.erasePost(e.ID)
		case e.Kind == keys.ErasedMedia:
			err = r.eraseImage(e.ID)
		case e.Kind == keys.ErasedMember:
			err = r.eraseMember(people, e.ID)
		default:
			err = fmt.Errorf("the ledger has the kind %q, which this program does not know: use the newer program", e.Kind)
		}
		if err != nil {
			return fmt.Errorf("erase %s %s: %w", e.Kind, e.ID, err)
		}
		r.tell("erasing again", int64(i+1), Erasure)
	}
	return r.renewKeys(store, ledger)
}

// eraseMember erases a member as the site does.
func (r *restore) eraseMember(people *account.Service, id core.ID) error {
	images := int64(0)
	err := r.db.View(r.ctx, func(tx *db.Tx) (err error) {
		images, err = db.One(tx, db.Int64, "SELECT COUNT(*) FROM media WHERE owner = $1", id)
		return err
	})
	if err != nil {
		return err
	}
	err = people.Erase(r.ctx, core.SystemActor, id)
	if core.IsNotFound(err) { // came after the backup, or was erased before it
		return nil
	}
	if err == nil {
		r.report.Erased.Members++
		r.report.Erased.Images += int(images)
	}
	return err
}

func (r *restore) erasePost(id core.ID) error {
	var files []string
	err := r.db.Update(r.ctx, func(tx *db.Tx) (err error) {
		was, err := db.One(tx, db.Bool, `SELECT EXISTS (SELECT 1 FROM thread WHERE id = $1 AND state <> 'deleted')
			OR EXISTS (SELECT 1 FROM comment WHERE id = $1 AND state <> 'deleted')`, id)
		if err != nil {
			return err
		}
		if was {
			r.report.Erased.Posts++
		}
		if files, err = thread.Unwrite(tx, id); err != nil {
			return err
		}
		return queue.Settle(tx, id, r.Clock.Now())
	})
	r.report.Erased.Images += len(files) / 2
	return errors.Join(err, r.removeImages(r.ctx, files))
}

// eraseWords redacts an earlier version again. Where its words are those of now in the backup, the post goes as if it had been deleted.
func (r *restore) eraseWords(post core.ID, version int64) error {
	var files []string
	err := r.db.Update(r.ctx, func(tx *db.Tx) (err error) {
		if files, err = thread.RedactAgain(tx, post, version); err != nil {
			return err
		}
		r.report.Erased.Versions++
		return nil
	})
	r.report.Erased.Images += len(files) / 2
	return errors.Join(err, r.removeImages(r.ctx, files))
}

func (r *restore) eraseImage(id core.ID) error {
	var files []string
	err := r.db.Update(r.ctx, func(tx *db.Tx) (err error) {
		files, err = db.All(tx, db.String, "SELECT name FROM media WHERE id = $1 UNION ALL SELECT thumb FROM media WHERE id = $1", id)
		if err == nil {
			_, err = tx.Exec("DELETE FROM media WHERE id = $1", id)
		}
		return err
	})
	r.report.Erased.Images += len(files) / 2
	return errors.Join(err, r.removeImages(r.ctx, files))
}

// renewKeys gives keys to members whose keys are lost, and takes away the fields that nobody can open any more, so that they can
// use the site. Where nobody at all has a key, the key store is another site's, and going on would make the loss final.
func (r *restore) renewKeys(store *keys.Store, ledger bool) error {
	var members []core.ID
	err := r.db.View(r.ctx, func(tx *db.Tx) (err error) {
		members, err = db.All(tx, db.ID, "SELECT id FROM member WHERE standing NOT IN ('gone', 'placeholder') ORDER BY id")
		return err
	})
	if err != nil {
		return err
	}
	have, err := store.Members(r.ctx)
	if err != nil {
		return err
	}
	known := make(map[core.ID]bool, len(have))
	for _, id := range have {
		known[id] = true
	}
	var lost []core.ID
	for _, id := range members {
		if !known[id] {
			lost = append(lost, id)
		}
	}
	if ledger && len(members) > 0 && len(lost) == len(members) {
		return errors.New("the key store has no key of any member in the backup: it is another site's. Put back the one that belongs to this site")
	}
	for _, id := range lost {
		if err := r.db.Update(r.ctx, func(tx *db.Tx) error { return dropSealed(tx, r.to.Tables, id) }); err != nil {
			return err
		}
		if err := store.Create(r.ctx, id); err != nil {
			return err
		}
	}
	r.report.Renewed = len(lost)
	return nil
}

// dropSealed empties a member's sealed fields. Challenges go with their rows, their secret cannot be empty.
func dropSealed(tx *db.Tx, tables []db.Table, member core.ID) error {
	for _, t := range tables {
		if t.Name == "challenge" {
			continue
		}
		for _, column := range t.Sealed {
			if _, err := tx.Exec("UPDATE "+t.Name+" SET "+column+" = NULL WHERE "+t.Owner+" = $1", member); err != nil {
				return err
			}
		}
	}
	_, err := tx.Exec("UPDATE member SET mail_index = NULL, mail_verified = FALSE, totp_step = 0 WHERE id = $1", member)
	return err
}

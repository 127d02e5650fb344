package thread

import (
	"context"
	"strings"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/event"
	"dayroom/internal/platform/keys"
	"dayroom/internal/policy"
)

// Redact takes the words out of an earlier version, for good: a steward's act for what was written by mistake. Images that only those
// words showed go with them, files and all. It is noted in the erasure ledger first, so that a backup which is restored later loses
// the words too. also is done in the same transaction, such as writing down why; nil does nothing.
func (s *Service) Redact(ctx context.Context, a core.Actor, post core.ID, version int64, also func(*db.Tx, Post) error) (err error) {
	defer core.Wrap(&err, "thread.Redact(%s, %d)", post, version)
	var loose []Image
	err = s.db.View(ctx, func(tx *db.Tx) error {
		if _, err := s.mayRedact(tx, a, post); err != nil {
			return err
		}
		_, err := db.One(tx, db.Int64, "SELECT version FROM post_version WHERE post = $1 AND version = $2", post, version)
		if err == nil {
			loose, err = shownOnlyBy(tx, post, version)
		}
		return err
	})
	if err != nil {
		return err
	}
	now := s.clock.Now()
	if err := s.keys.Erase(ctx, now, keys.ErasedWords(version), post); err != nil {
		return err
	}
	for _, i := range loose {
		if err := s.keys.Erase(ctx, now, keys.ErasedMedia, i.ID); err != nil {
			return err
		}
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		p, err := s.mayRedact(tx, a, post)
		if err != nil {
			return err
		}
		if err := redact(tx, a.Member, post, version); err != nil {
			return err
		}
		for _, i := range loose {
			if _, err := tx.Exec("DELETE FROM media WHERE id = $1 AND post = $2", i.ID, post); err != nil {
				return err
			}
		}
		event.Append(tx, event.Event{At: now, Kind: PostRedacted, Actor: a.Member, Space: p.Space.ID, Thread: p.Thread.ID, Subject: post})
		if also == nil {
			return nil
		}
		return also(tx, p)
	})
	if err != nil {
		return err
	}
	var files []string
	for _, i := range loose {
		files = append(files, i.Name, i.Thumb)
	}
	return s.shelf.Delete(ctx, files...)
}

func (s *Service) mayRedact(tx *db.Tx, a core.Actor, post core.ID) (Post, error) {
	p, err := s.Load(tx, a, post)
	if err == nil {
		err = policy.Moderate(a, p.Space.Facts(), p.Ties).Err()
	}
	return p, err
}

func redact(tx *db.Tx, by, post core.ID, version int64) error {
	return tx.Must("UPDATE post_version SET title = '', body = '', html = '', redacted_by = $1 WHERE post = $2 AND version = $3", by, post, version)
}

// shownOnlyBy gives the images of a post that neither its words of now nor any version but this one shows.
func shownOnlyBy(tx *db.Tx, post core.ID, version int64) (out []Image, err error) {
	images, err := db.All(tx, scanImage, "SELECT "+imageColumns+" FROM media m WHERE m.post = $1", post)
	if err != nil || len(images) == 0 {
		return nil, err
	}
	texts, err := db.All(tx, db.String, `SELECT html FROM post_version WHERE post = $1 AND version <> $2
		UNION ALL SELECT html FROM thread WHERE id = $1 UNION ALL SELECT html FROM comment WHERE id = $1`, post, version)
	for _, i := range images {
		if !strings.Contains(strings.Join(texts, "\n"), i.Name) {
			out = append(out, i)
		}
	}
	return out, err
}

// RedactAgain is what a restore runs for every redaction in the ledger. Where the backup is older than the edit that took the words
// out, they are the post's words of now, and the whole post goes; files are those that go with it.
func RedactAgain(tx *db.Tx, post core.ID, version int64) (files []string, err error) {
	now, err := db.One(tx, db.Int64, "SELECT version FROM thread WHERE id = $1 UNION ALL SELECT version FROM comment WHERE id = $1", post)
	if core.IsNotFound(err) || err == nil && now < version { // it was deleted, or the words came after the backup
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if now == version {
		return Unwrite(tx, post)
	}
	_, err = tx.Exec("UPDATE post_version SET title = '', body = '', html = '', redacted_by = CASE WHEN redacted_by = 0 THEN editor ELSE redacted_by END WHERE post = $1 AND version = $2",
		post, version)
	return nil, err
}

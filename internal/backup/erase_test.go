package backup_test

import (
	"os"
	"strings"
	"testing"

	"dayroom/internal/backup"
	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/keys"
	"dayroom/internal/thread"
)

func TestWhoWasErasedSinceIsErasedAgain(t *testing.T) {
	both(t, func(t *testing.T, from, to bool) {
		s := newSite(t, from)
		other := s.actor("tomasz_k")
		path := s.save()
		s.must(s.Account.Erase(ctx, core.SystemActor, s.ada.Member))
		r, report := s.restore(path, s.target(to), backup.RestoreOptions{KeepSignIns: true})
		if report.Erased.Members != 1 || report.Erased.Images != 1 {
			t.Errorf("%+v", report)
		}
		for what, query := range map[string]string{
			"the member has a name":           "SELECT COUNT(*) FROM member WHERE id = $1 AND (standing <> 'gone' OR handle NOT LIKE 'gone_%')",
			"sealed fields are there":         "SELECT COUNT(*) FROM member WHERE id = $1 AND (mail_sealed IS NOT NULL OR mail_index IS NOT NULL)",
			"drafts are there":                "SELECT COUNT(*) FROM draft WHERE member = $1",
			"a profile is there":              "SELECT COUNT(*) FROM profile WHERE member = $1",
			"threads are in the name":         "SELECT COUNT(*) FROM thread WHERE author = $1",
			"comments are in the name":        "SELECT COUNT(*) FROM comment WHERE author = $1",
			"images are there":                "SELECT COUNT(*) FROM media WHERE owner = $1",
			"reactions are there":             "SELECT COUNT(*) FROM reaction WHERE member = $1",
			"the member is signed in":         "SELECT COUNT(*) FROM sign_in WHERE member = $1",
			"counts of replies are wrong":     "SELECT COUNT(*) FROM thread t WHERE CAST($1 AS BIGINT) > 0 AND replies <> (SELECT COUNT(*) FROM comment c WHERE c.thread = t.id AND c.state = 'open')",
			"the handle may be taken at once": "SELECT 1 - COUNT(*) FROM handle_past WHERE member = $1 AND handle_key LIKE 'gone:%'",
		} {
			if n := r.number(query, s.ada.Member); n != 0 {
				t.Errorf("%s: %d", what, n)
			}
		}
		if n := r.number("SELECT COUNT(*) FROM thread WHERE id = $1 AND title = '' AND body = '' AND state = 'deleted'", s.thread); n != 1 {
			t.Error("the words of the thread came back")
		}
		if r.imageThere() {
			t.Error("the image's files came back")
		}
		if n := r.number("SELECT COUNT(*) FROM member WHERE id = $1 AND standing = 'active'", other.Member); n != 1 {
			t.Error("somebody else is gone")
		}
	})
}

func TestWhatWasDeletedSinceIsDeletedAgain(t *testing.T) {
	each(t, func(t *testing.T, postgres bool) {
		s := newSite(t, postgres)
		comment := s.reply("Better unsaid.")
		path := s.save()
		_, err := s.Thread.Delete(ctx, s.ada, comment)
		s.must(err)
		_, err = s.Thread.Delete(ctx, s.ada, s.thread)
		s.must(err)
		later := s.reply2()
		r, report := s.restore(path, s.target(postgres), backup.RestoreOptions{})
		if report.Erased != (backup.Erased{Posts: 2, Images: 1}) {
			t.Errorf("%+v", report.Erased)
		}
		if n := r.number("SELECT COUNT(*) FROM comment WHERE body LIKE '%unsaid%'") + r.number("SELECT COUNT(*) FROM thread WHERE title = 'A grey square'"); n != 0 {
			t.Errorf("%d deleted posts came back", n)
		}
		if r.imageThere() || r.number("SELECT COUNT(*) FROM media WHERE post = $1", s.thread) != 0 {
			t.Error("the image came back")
		}
		if n := r.number("SELECT COUNT(*) FROM thread WHERE id = $1", later); n != 0 {
			t.Error("what was deleted and never in the backup appeared")
		}
	})
}

func TestWordsThatWereRedactedSinceAreRedactedAgain(t *testing.T) {
	each(t, func(t *testing.T, postgres bool) {
		s := newSite(t, postgres)
		edited, before := s.reply("My sister Jane Roe has it."), s.reply("Call 555 0100.")
		change := func(post core.ID, body string) {
			_, err := s.Thread.Edit(ctx, s.ada, thread.Change{Post: post, Version: 1, Body: body})
			s.must(err)
		}
		change(edited, "My sister has it.")
		path := s.save() // has the one redacted text as a version and the other as the words of now
		change(before, "Call me.")
		for _, post := range []core.ID{edited, before} {
			s.must(s.Thread.Redact(ctx, core.SystemActor, post, 1, nil))
		}
		r, _ := s.restore(path, s.target(postgres), backup.RestoreOptions{})
		if n := r.number("SELECT COUNT(*) FROM post_version WHERE body LIKE '%Jane%' OR html LIKE '%Jane%'"); n != 0 {
			t.Error("a redacted version came back")
		}
		if n := r.number("SELECT COUNT(*) FROM comment WHERE body LIKE '%555%' OR html LIKE '%555%'"); n != 0 {
			t.Error("words that were redacted after the backup stand in the post again")
		}
		if n := r.number("SELECT COUNT(*) FROM comment WHERE id = $1 AND body = 'My sister has it.'", edited); n != 1 {
			t.Error("the post itself is gone")
		}
	})
}

// reply2 notes in the ledger a post that no backup has.
func (s *site) reply2() core.ID {
	s.Helper()
	id := s.Lease.IDs.Next()
	s.must(s.Keys.Erase(ctx, s.Clock.Now(), keys.ErasedPost, id))
	s.must(s.Keys.Erase(ctx, s.Clock.Now(), keys.ErasedMember, s.Lease.IDs.Next()))
	return id
}

func TestAnImageThatWasSweptSinceIsGoneAgain(t *testing.T) {
	s := newSite(t, false)
	path := s.save()
	s.must(s.Keys.Erase(ctx, s.Clock.Now(), keys.ErasedMedia, s.image.ID))
	r, report := s.restore(path, s.target(false), backup.RestoreOptions{})
	if r.imageThere() || report.Erased.Images != 1 || r.number("SELECT COUNT(*) FROM media WHERE id = $1", s.image.ID) != 0 {
		t.Errorf("%+v", report)
	}
}

func TestAnUnknownKindInTheLedgerStopsTheRestore(t *testing.T) {
	s := newSite(t, false)
	path, c := s.save(), s.target(false)
	s.must(s.Keys.Erase(ctx, s.Clock.Now(), "journal", 5))
	_, err := backup.Restore(ctx, path, place(t, c), backup.RestoreOptions{Options: plain})
	if err == nil || !strings.Contains(err.Error(), "newer program") {
		t.Errorf("got %v", err)
	}
	nothingAt(t, c)
}

func TestARestoreWithoutTheKeyStoreHasToBeAskedFor(t *testing.T) {
	each(t, func(t *testing.T, postgres bool) {
		s := newSite(t, false)
		path, c := s.save(), config(t, postgres)
		_, err := backup.Restore(ctx, path, place(t, c), backup.RestoreOptions{Options: plain})
		if err == nil || !strings.Contains(err.Error(), "--without-ledger") {
			t.Fatalf("got %v", err)
		}
		nothingAt(t, c)
		if _, err := os.Stat(c.Keys); err == nil {
			t.Error("a key store was made")
		}
		r, report := s.restore(path, c, backup.RestoreOptions{WithoutLedger: true})
		people := r.number("SELECT COUNT(*) FROM member WHERE standing NOT IN ('gone', 'placeholder')")
		if int64(report.Renewed) != people || people < 40 {
			t.Errorf("%d of %d members have new keys", report.Renewed, people)
		}
		for _, query := range []string{
			"SELECT COUNT(*) FROM member WHERE mail_sealed IS NOT NULL OR mail_index IS NOT NULL OR mail_verified",
			"SELECT COUNT(*) FROM draft WHERE sealed IS NOT NULL",
		} {
			if n := r.number(query); n != 0 {
				t.Errorf("%s: %d", query, n)
			}
		}
		if _, err := r.Keys.Seal(ctx, s.ada.Member, "draft", []byte("new words")); err != nil {
			t.Errorf("the member cannot keep private things any more: %v", err)
		}
	})
}

func TestAnotherSitesKeyStoreIsRefused(t *testing.T) {
	s, other := newSite(t, false), &site{TB: t, App: open(t, config(t, false))}
	s.must(other.FillDemo(ctx))
	path, c := s.save(), config(t, false)
	c.Keys, c.KeyFile = other.Config.Keys, other.Config.KeyFile
	_, err := backup.Restore(ctx, path, place(t, c), backup.RestoreOptions{Options: plain})
	if err == nil || !strings.Contains(err.Error(), "another site's") {
		t.Errorf("got %v", err)
	}
	nothingAt(t, c)
}

func TestAKeyStoreWithoutItsKeyFileIsRefused(t *testing.T) {
	s := newSite(t, false)
	path, c := s.save(), s.target(false)
	c.KeyFile += ".lost"
	_, err := backup.Restore(ctx, path, place(t, c), backup.RestoreOptions{Options: plain, WithoutLedger: true})
	if err == nil || !strings.Contains(err.Error(), "key file") {
		t.Errorf("got %v", err)
	}
	nothingAt(t, c)
}

func TestMembersWhoseKeysAreLostGetNewOnes(t *testing.T) {
	s := newSite(t, false)
	path := s.save()
	d, err := db.Open(ctx, s.Config.Keys)
	s.must(err)
	s.must(d.Outside(ctx, "DELETE FROM member_key WHERE member = "+s.ada.Member.String())) // an older copy of the key store
	s.must(d.Close())
	r, report := s.restore(path, s.target(false), backup.RestoreOptions{})
	if report.Renewed != 1 || r.number("SELECT COUNT(*) FROM member WHERE id = $1 AND mail_sealed IS NULL", s.ada.Member) != 1 {
		t.Errorf("%+v", report)
	}
}

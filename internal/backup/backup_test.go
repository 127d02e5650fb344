package backup_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"dayroom/internal/backup"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/db/dbtest"
)

// both runs a test from and to each engine.
func both(t *testing.T, test func(t *testing.T, from, to bool)) {
	names := map[bool]string{false: "sqlite", true: "postgres"}
	for _, from := range []bool{false, true} {
		for _, to := range []bool{false, true} {
			t.Run(names[from]+" to "+names[to], func(t *testing.T) { test(t, from, to) })
		}
	}
}

func each(t *testing.T, test func(t *testing.T, postgres bool)) {
	t.Run("sqlite", func(t *testing.T) { test(t, false) })
	t.Run("postgres", func(t *testing.T) { test(t, true) })
}

func TestASiteComesBackRowByRowIntoEitherEngine(t *testing.T) {
	both(t, func(t *testing.T, from, to bool) {
		s := newSite(t, from)
		path, want := s.save(), s.rows("challenge")
		high := s.Lease.IDs.High()
		r, report := s.restore(path, s.target(to), backup.RestoreOptions{KeepSignIns: true})
		for table, rows := range r.rows("challenge") {
			if rows != want[table] {
				t.Errorf("table %s differs:\n%.600s\n\n%.600s", table, rows, want[table])
			}
		}
		if report.Images != 2 || !r.imageThere() || report.Erased != (backup.Erased{}) || report.Renewed != 0 {
			t.Errorf("%+v", report)
		}
		if n := r.number("SELECT COUNT(*) FROM challenge"); n != 0 {
			t.Errorf("%d one-time secrets came back", n)
		}
		// Ids go on after those that were given out before.
		if id := r.Lease.IDs.Next(); id.Time().UnixMilli() < high {
			t.Errorf("id %d is older than the backup", id)
		}
		var sealed []byte
		s.must(r.DB.View(ctx, func(tx *db.Tx) (err error) {
			sealed, err = db.One(tx, func(r db.Row) (b []byte, err error) { err = r.Scan(&b); return }, "SELECT mail_sealed FROM member WHERE id = $1", s.ada.Member)
			return err
		}))
		if plain, err := r.Keys.Open(ctx, s.ada.Member, "mail", sealed); err != nil || string(plain) != "ada@example.org" {
			t.Errorf("the sealed address is %q, %v", plain, err)
		}
		r.reply("It goes on.")
	})
}

func TestEverybodySignsInAnewAfterARestore(t *testing.T) {
	s := newSite(t, false)
	r, _ := s.restore(s.save(), s.target(false), backup.RestoreOptions{})
	if n := r.number("SELECT COUNT(*) FROM sign_in"); n != 0 {
		t.Errorf("%d sign-ins came back", n)
	}
}

// The copy of a site must not speak for it.
func TestARestoredSiteHasItsWebhooksOff(t *testing.T) {
	each(t, func(t *testing.T, postgres bool) {
		s := newSite(t, false)
		s.must(s.DB.Update(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec(`INSERT INTO webhook (id, name, url, kinds, space, secret, old_secret, old_until, state, why, failing_since, created_at)
				VALUES (1, 'Press', 'https://example.org/', '[]', 0, $1, $1, 0, 'on', '', 0, 0)`, []byte{1})
			return err
		}))
		r, _ := s.restore(s.save(), s.target(postgres), backup.RestoreOptions{})
		if n := r.number("SELECT COUNT(*) FROM webhook WHERE state = 'off' AND why = 'restored'"); n != 1 {
			t.Errorf("%d webhooks are off because the site was restored", n)
		}
	})
}

func TestABackupIsOneMomentWhileWritesGoOn(t *testing.T) {
	each(t, func(t *testing.T, postgres bool) {
		s := newSite(t, postgres)
		opt, made := plain, 0
		opt.Progress = func(part string, _ int64, _ backup.Unit) {
			if part != "checking" {
				s.reply("Written while the backup is.")
				made++
			}
		}
		path := filepath.Join(t.TempDir(), "b")
		manifest, _, err := backup.ToFile(ctx, s.DB, s.Media, path, opt)
		s.must(err)
		if made < len(manifest.Tables) {
			t.Fatalf("only %d replies were made meanwhile", made)
		}
		r, _ := s.restore(path, s.target(!postgres && os.Getenv(dbtest.PostgresEnv) != ""), backup.RestoreOptions{})
		for what, query := range map[string]string{
			"threads whose count of replies is wrong": "SELECT COUNT(*) FROM thread t WHERE replies <> (SELECT COUNT(*) FROM comment c WHERE c.thread = t.id AND c.state = 'open')",
			"comments beyond their thread's end":      "SELECT COUNT(*) FROM comment c JOIN thread t ON t.id = c.thread WHERE c.place >= t.no * 1048576 + t.next_seq",
			"events beyond the counter":               "SELECT COUNT(*) FROM event WHERE position > (SELECT value FROM counter WHERE name = 'event')",
			"replies from after the beginning":        "SELECT COUNT(*) FROM comment WHERE body LIKE 'Written while%'",
		} {
			if n := r.number(query); n != 0 {
				t.Errorf("%s: %d", what, n)
			}
		}
	})
}

func TestEveryTableIsInTheBackup(t *testing.T) {
	each(t, func(t *testing.T, postgres bool) {
		s := newSite(t, postgres)
		manifest, err := backup.Verify(ctx, s.save(), plain)
		s.must(err)
		names, err := s.DB.TableNames(ctx)
		s.must(err)
		var have []string
		filled := 0
		for _, table := range manifest.Tables {
			have = append(have, table.Name)
			if table.Rows > 0 {
				filled++
			}
		}
		slices.Sort(have)
		names = slices.DeleteFunc(names, db.IsDerived) // made anew from the others
		if !slices.Equal(have, names) {
			t.Errorf("the backup has %v, the schema %v", have, names)
		}
		if filled < 25 {
			t.Errorf("only %d tables have rows: the test says little", filled)
		}
	})
}

func TestTheKeyStoreIsNotInTheBackup(t *testing.T) {
	s := newSite(t, false)
	manifest, err := backup.Verify(ctx, s.save(), plain)
	s.must(err)
	for _, table := range manifest.Tables {
		if strings.Contains(table.Name, "key_") || table.Name == "member_key" || table.Name == "erasure" {
			t.Errorf("table %s is in the backup", table.Name)
		}
	}
}

func TestABackupFileIsPrivateAndNeverWrittenOver(t *testing.T) {
	s := newSite(t, false)
	path := s.save()
	info, err := os.Stat(path)
	s.must(err)
	if info.Mode().Perm() != 0o600 {
		t.Errorf("its mode is %v", info.Mode())
	}
	if _, _, err := backup.ToFile(ctx, s.DB, s.Media, path, plain); err == nil || !strings.Contains(err.Error(), "exists already") {
		t.Errorf("got %v", err)
	}
	again, err := os.Stat(path)
	s.must(err)
	if !again.ModTime().Equal(info.ModTime()) {
		t.Error("it was changed")
	}
	if entries, err := os.ReadDir(filepath.Dir(path)); err != nil || len(entries) != 1 {
		t.Errorf("%v %v", entries, err)
	}
}

func TestAnImageThatIsDeletedMeanwhileIsNoReasonToFail(t *testing.T) {
	s := newSite(t, false)
	s.must(s.Media.Delete(ctx, s.image.Name))
	path := s.save()
	manifest, err := backup.Verify(ctx, path, plain)
	if err != nil || len(manifest.Missing) != 1 || manifest.Missing[0] != s.image.Name {
		t.Fatalf("%v %v", manifest.Missing, err)
	}
	s.restore(path, s.target(false), backup.RestoreOptions{})
}

// failing breaks after some bytes, as a full disk does.
type failing struct{ left int }

var errFull = errors.New("no space left on device")

func (f *failing) Write(p []byte) (int, error) {
	if f.left -= len(p); f.left < 0 {
		return 0, errFull
	}
	return len(p), nil
}

func TestAFullDiskIsToldAndLeavesNothing(t *testing.T) {
	s := newSite(t, false)
	if _, err := backup.Write(ctx, s.DB, s.Media, &failing{left: 1000}, plain); !errors.Is(err, errFull) {
		t.Errorf("got %v", err)
	}
	path := filepath.Join(t.TempDir(), "nowhere", "b")
	if _, _, err := backup.ToFile(ctx, s.DB, s.Media, path, plain); err == nil {
		t.Error("a folder that is not there was written to")
	}
}

func TestAnOlderSchemaIsBroughtUp(t *testing.T) {
	both(t, func(t *testing.T, from, to bool) {
		address := filepath.Join(t.TempDir(), "old.db")
		if from {
			address = dbtest.EmptyPostgres(t)
		}
		s := &site{TB: t, App: open(t, config(t, false))} // for its key store
		old, err := db.Open(ctx, address)
		s.must(err)
		defer old.Close()
		newest, err := old.NewestVersion()
		s.must(err)
		s.must(old.MigrateTo(ctx, newest-1))
		id := s.Lease.IDs.Next()
		s.must(s.Keys.Create(ctx, id))
		s.must(old.Update(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec("INSERT INTO member (id, handle, handle_key, role, standing, created_at) VALUES ($1, 'ada', 'ada', '', 'active', 1)", id)
			return err
		}))
		path := filepath.Join(t.TempDir(), "b")
		_, _, err = backup.ToFile(ctx, old, s.Media, path, plain)
		s.must(err)
		r, report := s.restore(path, s.target(to), backup.RestoreOptions{})
		if report.Migrated != 1 || r.number("SELECT COUNT(*) FROM member WHERE handle = 'ada'") != 1 {
			t.Errorf("%+v", report)
		}
		if v, err := r.DB.Version(ctx); v != newest || err != nil {
			t.Errorf("schema %d, %v", v, err)
		}
	})
}

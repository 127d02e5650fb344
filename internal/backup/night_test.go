package backup_test

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dayroom/internal/app"
	"dayroom/internal/backup"
	"dayroom/internal/figures"
	"dayroom/internal/platform/db"
)

// night is how a site makes backups by itself, at an hour of the test's choice.
func (s *site) night(clock *hour) backup.Night {
	return backup.Night{DB: s.DB, Media: s.Media, Clock: clock, IDs: s.Lease.IDs, Log: slog.New(slog.DiscardHandler), Tables: app.Tables(),
		Folder: filepath.Join(s.TempDir(), "backups"), Since: clock.now, Keep: 2}
}

// hour is a clock that stands still.
type hour struct{ now time.Time }

func (h *hour) Now() time.Time { return h.now }

func at(day, hours int) time.Time { return time.Date(2026, 3, day, hours, 30, 0, 0, time.UTC) }

func (s *site) proven() (b figures.Backup, failed bool) {
	s.must(s.DB.View(ctx, func(tx *db.Tx) (err error) {
		b, failed, err = figures.ReadBackup(tx)
		return err
	}))
	return b, failed
}

func (s *site) files(n backup.Night) (names []string) {
	entries, err := os.ReadDir(n.Folder)
	if err != nil && !os.IsNotExist(err) {
		s.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestABackupCountsOnceItWasRestored(t *testing.T) {
	each(t, func(t *testing.T, postgres bool) {
		s := newSite(t, postgres)
		clock := &hour{at(1, 2)}
		n := s.night(clock)
		keys := s.number("SELECT COUNT(*) FROM member")
		s.must(n.Tonight(ctx))
		b, failed := s.proven()
		if failed || !b.At.Equal(clock.now) || b.Bytes == 0 || b.Took <= 0 {
			t.Errorf("%+v, failed %v", b, failed)
		}
		files := s.files(n)
		if len(files) != 1 || files[0] != "dayroom-2026-03-01T023000.backup" {
			t.Fatalf("in the folder are %q", files)
		}
		// What was proven is what a restore brings back, with the site's own keys.
		r, report := s.restore(filepath.Join(n.Folder, files[0]), s.target(false), backup.RestoreOptions{KeepSignIns: true})
		if report.Renewed != 0 || r.number("SELECT COUNT(*) FROM member") != keys {
			t.Errorf("%+v", report)
		}
	})
}

func TestABackupIsMadeOnceANightAndWhenOneWasMissed(t *testing.T) {
	s := newSite(t, false)
	clock := &hour{at(1, 12)}
	n := s.night(clock)
	for _, step := range []struct {
		at   time.Time
		runs int64
		why  string
	}{
		{at(1, 12), 0, "it is day, and the server has just begun"},
		{at(2, 0), 0, "it is not night yet"},
		{at(2, 1), 1, "night"},
		{at(2, 4), 1, "this night has one"},
		{at(2, 23), 1, "it is late, and not night yet"},
		{at(3, 1), 2, "the next night"},
		{at(4, 12), 3, "a night was missed"},
	} {
		clock.now = step.at
		s.must(n.Tonight(ctx))
		if got := s.number("SELECT COUNT(*) FROM backup_run"); got != step.runs {
			t.Errorf("%s: %d runs, and should be %d: %s", step.at, got, step.runs, step.why)
		}
	}
	if files := s.files(n); len(files) != 2 || !strings.Contains(files[0], "2026-03-03") {
		t.Errorf("kept are %q", files)
	}
}

func TestABackupThatFailsIsSeenTriedAgainAndThenForgotten(t *testing.T) {
	s := newSite(t, false)
	clock := &hour{at(1, 2)}
	n := s.night(clock)
	s.must(os.MkdirAll(filepath.Dir(n.Folder), 0o700))
	s.must(os.WriteFile(n.Folder, []byte("a file stands where the folder should be"), 0o600))
	s.must(n.Tonight(ctx))
	if b, failed := s.proven(); !failed || !b.At.IsZero() {
		t.Errorf("%+v, failed %v", b, failed)
	}
	s.must(os.Remove(n.Folder))
	clock.now = at(1, 3)
	s.must(n.Tonight(ctx))
	if got := s.number("SELECT COUNT(*) FROM backup_run"); got != 1 {
		t.Errorf("it was tried again at once: %d runs", got)
	}
	clock.now = at(1, 6)
	s.must(n.Tonight(ctx))
	if b, failed := s.proven(); failed || !b.At.Equal(clock.now) {
		t.Errorf("%+v, failed %v", b, failed)
	}
}

func TestWhatAnInterruptedRunLeftIsTakenAway(t *testing.T) {
	s := newSite(t, false)
	clock := &hour{at(1, 2)}
	n := s.night(clock)
	s.must(os.MkdirAll(filepath.Join(n.Folder, "proof-123"), 0o700))
	s.must(os.WriteFile(filepath.Join(n.Folder, "mine.txt"), []byte("mine"), 0o600))
	s.must(os.WriteFile(filepath.Join(n.Folder, "dayroom-2026-02-01T000000.backup.part"), nil, 0o600))
	s.must(n.Tonight(ctx))
	if files := s.files(n); strings.Join(files, " ") != "dayroom-2026-03-01T023000.backup mine.txt" {
		t.Errorf("in the folder are %q", files)
	}
}

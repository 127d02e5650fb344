package backup_test

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dayroom/internal/app"
	"dayroom/internal/backup"
	"dayroom/internal/core"
	"dayroom/internal/platform/db"
)

// refused restores a file that must not be restored, and gives what was said.
func refused(t *testing.T, path string, c app.Config) string {
	t.Helper()
	_, err := backup.Restore(ctx, path, place(t, c), backup.RestoreOptions{Options: plain})
	if err == nil {
		t.Fatal("it was restored")
	}
	nothingAt(t, c)
	return err.Error()
}

func TestAFileThatIsCutOffIsRefused(t *testing.T) {
	s := newSite(t, false)
	raw, err := os.ReadFile(s.save())
	s.must(err)
	path, c := filepath.Join(t.TempDir(), "cut"), s.target(false)
	for _, n := range []int{0, 1, 63, 200, len(raw) / 3, len(raw) - 64, len(raw) - 1} {
		s.must(os.WriteFile(path, raw[:n], 0o600))
		if said := refused(t, path, c); !strings.Contains(said, "its end is missing") {
			t.Errorf("%d bytes: %s", n, said)
		}
	}
}

func TestAFileWithOneChangedByteIsRefused(t *testing.T) {
	s := newSite(t, false)
	raw, err := os.ReadFile(s.save())
	s.must(err)
	path := filepath.Join(t.TempDir(), "changed")
	for n := 0; n < len(raw); n += 1 + len(raw)/150 {
		raw[n] ^= 1 << (n % 8)
		s.must(os.WriteFile(path, raw, 0o600))
		if _, err := backup.Verify(ctx, path, plain); err == nil {
			t.Errorf("byte %d of %d was changed and nobody noticed", n, len(raw))
		}
		raw[n] ^= 1 << (n % 8)
	}
	raw[len(raw)/2] ^= 1
	s.must(os.WriteFile(path, raw, 0o600))
	if said := refused(t, path, s.target(false)); !strings.Contains(said, "changed or damaged") {
		t.Error(said)
	}
}

// forge makes an archive with a good seal from a real one, with parts changed by edit.
func forge(t *testing.T, path string, edit func(parts map[string][]byte)) string {
	t.Helper()
	z, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	parts := map[string][]byte{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		b.ReadFrom(r)
		parts[f.Name] = b.Bytes()
	}
	edit(parts)
	return seal(t, parts)
}

func seal(t testing.TB, parts map[string][]byte) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range parts {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write(text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	z.SetComment("Dayroom backup. SHA-256 of every byte before this digest: " + strings.Repeat("0", 64))
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	raw := b.Bytes()
	sum := sha256.Sum256(raw[:len(raw)-64])
	copy(raw[len(raw)-64:], hex.EncodeToString(sum[:]))
	path := filepath.Join(t.TempDir(), "forged")
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// remake changes the manifest of a file, after edit may have changed parts; the hashes of changed parts are put right.
func remake(change func(m map[string]any)) func(map[string][]byte) {
	return func(parts map[string][]byte) {
		var m map[string]any
		json.Unmarshal(parts["manifest.json"], &m)
		for _, list := range []string{"tables", "media"} {
			for _, e := range m[list].([]any) {
				entry := e.(map[string]any)
				if text, there := parts[entry["file"].(string)]; there {
					sum := sha256.Sum256(text)
					entry["bytes"], entry["sha256"] = len(text), hex.EncodeToString(sum[:])
				}
			}
		}
		change(m)
		parts["manifest.json"], _ = json.Marshal(m)
	}
}

func entry(m map[string]any, list string, n int) map[string]any {
	return m[list].([]any)[n].(map[string]any)
}

func named(m map[string]any, table string) map[string]any {
	for _, e := range m["tables"].([]any) {
		if e.(map[string]any)["name"] == table {
			return e.(map[string]any)
		}
	}
	return nil
}

func TestAForgedFileIsRefused(t *testing.T) {
	s := newSite(t, false)
	good := s.save()
	same := remake(func(map[string]any) {})
	if _, err := backup.Verify(ctx, forge(t, good, same), plain); err != nil {
		t.Fatalf("the forger makes no good file: %v", err)
	}
	loaded := map[string]bool{"a wrong count": true, "a number in words": true, "a row that refers to nobody": true, "a part exchanged": true}
	for name, c := range map[string]struct {
		edit func(map[string][]byte)
		want string
	}{
		"a part more":           {func(p map[string][]byte) { p["../../etc/passwd"] = []byte("x") }, "parts"},
		"a part less":           {func(p map[string][]byte) { delete(p, "tables/thread.jsonl") }, "parts"},
		"a part exchanged":      {func(p map[string][]byte) { p["tables/event.jsonl"] = p["tables/job.jsonl"] }, "not what the manifest says"},
		"no manifest":           {func(p map[string][]byte) { delete(p, "manifest.json") }, "not a backup"},
		"nonsense for manifest": {func(p map[string][]byte) { p["manifest.json"] = []byte("[") }, "manifest cannot be read"},
		"a later form":          {remake(func(m map[string]any) { m["format"] = 2 }), "form 2"},
		"a later schema":        {remake(func(m map[string]any) { m["schema"] = 999 }), "newer Dayroom"},
		"a bad path":            {remake(func(m map[string]any) { entry(m, "media", 0)["file"] = "media/../../x.png" }), "bad image"},
		"a table that is a statement": {remake(func(m map[string]any) {
			entry(m, "tables", 0)["name"], entry(m, "tables", 0)["file"] = "a; DROP TABLE member", "tables/a; DROP TABLE member.jsonl"
		}), "bad table"},
		"a column that is a statement": {remake(func(m map[string]any) {
			named(m, "event")["columns"].([]any)[0].(map[string]any)["name"] = "position) VALUES (1); DROP TABLE member; --"
		}), "not that of schema"},
		"a table twice": {remake(func(m map[string]any) { m["tables"].([]any)[1] = m["tables"].([]any)[0] }), "bad entry"},
		"a wrong count": {remake(func(m map[string]any) { named(m, "member")["rows"] = 3 }), "should have 3"},
		"a huge image":  {remake(func(m map[string]any) { entry(m, "media", 0)["bytes"] = 1 << 40 }), "at most"},
		"a packed bomb": {func(p map[string][]byte) { p["tables/event.jsonl"] = make([]byte, 20<<20) }, "event"},
		"a row too wide": {func(p map[string][]byte) {
			p["tables/site_page.jsonl"] = []byte("[1,2,3,4,5,6]\n")
			remake(func(map[string]any) {})(p)
		}, "6 values for 5 columns"},
		"a number in words": {func(p map[string][]byte) {
			p["tables/counter.jsonl"] = []byte(`["event","many"]` + "\n")
			remake(func(map[string]any) {})(p)
		},
			"column value: a value of the wrong kind, want int"},
		"a row that refers to nobody": {func(p map[string][]byte) {
			p["tables/block.jsonl"] = []byte("[5,6,7]\n")
			remake(func(m map[string]any) { named(m, "block")["rows"] = 1 })(p)
		}, "block"},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, postgres bool) {
				if postgres && !loaded[name] {
					return // refused before a database is opened: the engine makes no difference
				}
				if said := refused(t, forge(t, good, c.edit), s.targetOf(t, postgres)); !strings.Contains(said, c.want) {
					t.Errorf("got %s, want %q", said, c.want)
				}
			})
		})
	}
}

func TestNothingIsWrittenOver(t *testing.T) {
	each(t, func(t *testing.T, postgres bool) {
		s := newSite(t, postgres)
		path, before := s.save(), s.rows()
		onto := s.Config
		_, err := backup.Restore(ctx, path, place(t, onto), backup.RestoreOptions{Options: plain})
		if err == nil || !strings.Contains(err.Error(), "never writes over") {
			t.Fatalf("got %v", err)
		}
		onto.Data = t.TempDir() // other images, the same database
		_, err = backup.Restore(ctx, path, place(t, onto), backup.RestoreOptions{Options: plain})
		if err == nil || !strings.Contains(err.Error(), "never writes over a database") {
			t.Fatalf("got %v", err)
		}
		for table, rows := range s.rows() {
			if rows != before[table] {
				t.Errorf("table %s was changed", table)
			}
		}
		if !s.imageThere() {
			t.Error("images are gone")
		}
	})
}

func TestAnEmptySiteMayBeFilled(t *testing.T) {
	each(t, func(t *testing.T, postgres bool) {
		s := newSite(t, false)
		path, c := s.save(), s.target(postgres)
		d, err := db.Open(ctx, c.DB)
		s.must(err)
		if postgres {
			_, err = d.Migrate(ctx)
		} else { // an empty file, as touch makes it
			s.must(os.Remove(c.DB))
			s.must(os.WriteFile(c.DB, nil, 0o600))
		}
		s.must(err)
		s.must(d.Close())
		s.restore(path, c, backup.RestoreOptions{})
	})
}

func TestAnInterruptedRestoreIsNotServedAndCanBeDoneAgain(t *testing.T) {
	each(t, func(t *testing.T, postgres bool) {
		s := newSite(t, false)
		path, c := s.save(), s.target(postgres)
		s.must(s.Account.Erase(ctx, core.SystemActor, s.actor("tomasz_k").Member))
		for _, at := range []string{"member", "thread", "images", "erasing again"} {
			stopped, stop := context.WithCancel(ctx)
			opt := plain
			opt.Progress = func(part string, _ int64, _ backup.Unit) {
				if part == at {
					stop()
				}
			}
			_, err := backup.Restore(stopped, path, place(t, c), backup.RestoreOptions{Options: opt})
			stop()
			if err == nil {
				t.Fatalf("it was not stopped at %s", at)
			}
			nothingAt(t, c)
		}
		r, report := s.restore(path, c, backup.RestoreOptions{})
		if report.Erased.Members != 1 {
			t.Errorf("%+v", report)
		}
		s.must(backup.Unfinished(ctx, r.DB))
	})
}

func TestHalfASiteIsNeitherServedNorSaved(t *testing.T) {
	s := newSite(t, false)
	s.must(s.DB.Update(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec("INSERT INTO setting (name, value) VALUES ('restore', 'unfinished')")
		return err
	}))
	if err := backup.Unfinished(ctx, s.DB); err == nil || !strings.Contains(err.Error(), "interrupted") {
		t.Errorf("got %v", err)
	}
	if _, err := backup.Write(ctx, s.DB, s.Media, io.Discard, plain); err == nil || !strings.Contains(err.Error(), "interrupted") {
		t.Errorf("got %v", err)
	}
}

func TestADatabaseWithoutASiteIsNoBackup(t *testing.T) {
	d, err := db.Open(ctx, filepath.Join(t.TempDir(), "empty.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if _, err := backup.Write(ctx, d, nil, io.Discard, plain); err == nil || !strings.Contains(err.Error(), "no site") {
		t.Errorf("got %v", err)
	}
}

// Whatever a file holds, looking at it ends with an answer.
func FuzzVerify(f *testing.F) {
	raw, err := os.ReadFile(seal(f, map[string][]byte{"manifest.json": []byte(`{"format":1,"schema":1,"tables":[],"media":[]}`)}))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(raw, true)
	f.Add([]byte("PK"), false)
	f.Fuzz(func(t *testing.T, raw []byte, mend bool) {
		if mend && len(raw) > 200 { // so that what lies behind the seal is reached
			sum := sha256.Sum256(raw[:len(raw)-64])
			copy(raw[len(raw)-64:], hex.EncodeToString(sum[:]))
		}
		path := filepath.Join(t.TempDir(), "f")
		if err := os.WriteFile(path, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		if m, err := backup.Verify(ctx, path, plain); err == nil && m.Format != backup.Format {
			t.Error(fmt.Sprint(m))
		}
	})
}

func TestAFolderThatAKilledRestoreLeftIsTakenAway(t *testing.T) {
	s := newSite(t, false)
	path, c := s.save(), s.target(false)
	left := c.Shelf().Address
	s.must(os.MkdirAll(left, 0o700))
	for _, name := range []string{"stray", ".restoring"} {
		s.must(os.WriteFile(filepath.Join(left, name), nil, 0o600))
	}
	r, _ := s.restore(path, c, backup.RestoreOptions{})
	entries, err := os.ReadDir(left)
	s.must(err)
	for _, e := range entries {
		if e.Name() == "stray" || e.Name() == ".restoring" {
			t.Errorf("%s is there", e.Name())
		}
	}
	if !r.imageThere() {
		t.Error("the image is not there")
	}
}

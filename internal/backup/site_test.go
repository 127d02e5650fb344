package backup_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"image"
	"image/png"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"dayroom/internal/app"
	"dayroom/internal/backup"
	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/db/dbtest"
	"dayroom/internal/platform/media"
	"dayroom/internal/policy"
	"dayroom/internal/thread"
)

var ctx = context.Background()

var plain = backup.Options{Clock: core.SystemClock{}}

// site is the demo's site, open, with an image and sealed fields, and not served.
type site struct {
	testing.TB
	*app.App
	ada    core.Actor // who has a sealed address, a draft and a thread with an image
	thread core.ID    // of hers
	image  thread.Image
}

func configIn(dir string) app.Config {
	return app.Config{Addr: "127.0.0.1:0", Data: dir, DB: filepath.Join(dir, "dayroom.db"), Keys: filepath.Join(dir, "keys.db"),
		KeyFile: filepath.Join(dir, "root.key"), BaseURL: "http://localhost", SMTPTLS: "starttls", Log: "text"}
}

// config names a new place of the engine.
func config(t testing.TB, postgres bool) app.Config {
	c := configIn(t.TempDir())
	if postgres {
		c.DB = dbtest.EmptyPostgres(t)
	}
	return c
}

func open(t testing.TB, c app.Config) *app.App {
	t.Helper()
	a, err := app.OpenAt(ctx, c, slog.New(slog.DiscardHandler), core.SystemClock{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	return a
}

// model is a site that was filled once, to be copied for each test: filling takes a second, and ten under the race detector.
type model struct {
	dir, postgres string // the folder, and where the database is not in it, its name on the test server
	ada           core.Actor
	thread        core.ID
	image         thread.Image
}

var models = map[bool]func(testing.TB) model{false: modelOf(false), true: modelOf(true)}

func modelOf(postgres bool) func(testing.TB) model {
	var once sync.Once
	var m model
	return func(t testing.TB) model {
		t.Helper()
		once.Do(func() { m = fill(t, postgres) })
		return m
	}
}

// scratch is the folder of the models, onPostgres the database of one of them; TestMain removes both.
var scratch, onPostgres string

func TestMain(m *testing.M) {
	var err error
	if scratch, err = os.MkdirTemp("", "dayroom-backup-"); err != nil {
		panic(err)
	}
	code := m.Run()
	os.RemoveAll(scratch)
	if onPostgres != "" {
		if d, err := db.Open(ctx, os.Getenv(dbtest.PostgresEnv)); err == nil {
			d.Outside(ctx, "DROP DATABASE IF EXISTS "+onPostgres+" WITH (FORCE)")
			d.Close()
		}
	}
	os.Exit(code)
}

func fill(t testing.TB, postgres bool) model {
	t.Helper()
	m := model{dir: filepath.Join(scratch, fmt.Sprint("postgres-", postgres))}
	c := configIn(m.dir)
	if postgres {
		m.postgres = "dayroom_backup_" + strings.ToLower(rand.Text())
		onServer(t, "CREATE DATABASE "+m.postgres)
		onPostgres, c.DB = m.postgres, serverWith(t, m.postgres)
	}
	a, err := app.OpenAt(ctx, c, slog.New(slog.DiscardHandler), core.SystemClock{})
	if err != nil {
		t.Fatal(err)
	}
	s := &site{TB: t, App: a}
	s.must(s.FillDemo(ctx))
	s.ada = s.actor("maria_hl")
	s.seal(s.ada.Member)
	s.write()
	s.must(a.Close())
	m.ada, m.thread, m.image = s.ada, s.thread, s.image
	return m
}

func newSite(t testing.TB, postgres bool) *site {
	t.Helper()
	if postgres && os.Getenv(dbtest.PostgresEnv) == "" {
		dbtest.EmptyPostgres(t) // skips, or fails where it must not
	}
	m := models[postgres](t)
	c := configIn(t.TempDir())
	if err := os.CopyFS(c.Data, os.DirFS(m.dir)); err != nil {
		t.Fatal(err)
	}
	if postgres {
		name := m.postgres + "_" + strings.ToLower(rand.Text()[:8])
		onServer(t, "CREATE DATABASE "+name+" TEMPLATE "+m.postgres)
		t.Cleanup(func() { onServer(t, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)") })
		c.DB = serverWith(t, name)
	}
	return &site{TB: t, App: open(t, c), ada: m.ada, thread: m.thread, image: m.image}
}

func onServer(t testing.TB, statement string) {
	t.Helper()
	d, err := db.Open(ctx, os.Getenv(dbtest.PostgresEnv))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if err := d.Outside(ctx, statement); err != nil {
		t.Fatal(err)
	}
}

func serverWith(t testing.TB, name string) string {
	t.Helper()
	u, err := url.Parse(os.Getenv(dbtest.PostgresEnv))
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/" + name
	return u.String()
}

func (s *site) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

func (s *site) actor(handle string) core.Actor {
	s.Helper()
	a := core.Actor{Handle: handle, Standing: core.Active}
	s.must(s.DB.View(ctx, func(tx *db.Tx) (err error) {
		a.Member, err = db.One(tx, db.ID, "SELECT id FROM member WHERE handle = $1", handle)
		return err
	}))
	return a
}

// seal gives a member an address, a draft, a sign-in and bytes that are empty.
func (s *site) seal(id core.ID) {
	s.Helper()
	mail, err := s.Keys.Seal(ctx, id, "mail", []byte("ada@example.org"))
	s.must(err)
	draft, err := s.Keys.Seal(ctx, id, "draft", []byte("words"))
	s.must(err)
	s.must(s.DB.Update(ctx, func(tx *db.Tx) error {
		for _, statement := range []struct {
			query string
			args  []any
		}{
			{"UPDATE member SET mail_sealed = $1, mail_index = $2, mail_verified = TRUE WHERE id = $3", []any{mail, s.Keys.Index("mail", "ada@example.org"), id}},
			{"INSERT INTO draft (member, id, space, thread, sealed, updated_at) VALUES ($1, 'a-draft-of-sixteen', 0, 0, $2, 5)", []any{id, draft}},
			{"INSERT INTO sign_in (id, member, token_hash, device, created_at, confirmed_at, seen_at, expires_at) VALUES ($1, $2, $3, 'a \"device\" \u2028', 1, 1, 1, 9000000000000)", []any{s.Lease.IDs.Next(), id, []byte{}}},
			{"INSERT INTO challenge (token_hash, purpose, member, data, expires_at) VALUES ($1, 'x', $2, $3, 9000000000000)", []any{[]byte{0, 255}, id, []byte{}}},
		} {
			if _, err := tx.Exec(statement.query, statement.args...); err != nil {
				return err
			}
		}
		return nil
	}))
}

// write makes a thread with an image and two comments.
func (s *site) write() {
	s.Helper()
	var picture bytes.Buffer
	s.must(png.Encode(&picture, image.NewGray(image.Rect(0, 0, 4, 4))))
	pic := media.Picture{Data: picture.Bytes(), MIME: "image/png", Width: 4, Height: 4}
	var err error
	s.image, err = s.Thread.AddImage(ctx, s.ada, media.Image{Full: pic, Thumb: pic}, "a grey square")
	s.must(err)
	var space core.ID
	s.must(s.DB.View(ctx, func(tx *db.Tx) (err error) {
		space, err = db.One(tx, db.ID, `SELECT m.space FROM membership m JOIN space s ON s.id = m.space
			WHERE m.member = $1 AND m.state = 'joined' AND s.kind = 'community' ORDER BY m.approved DESC LIMIT 1`, s.ada.Member)
		return err
	}))
	t, err := s.Thread.Create(ctx, s.ada, thread.Opening{Space: space, Kind: policy.Discussion, Title: "A grey square",
		Body: "Look:\n\n![a grey square](" + s.image.Path() + ")"})
	s.must(err)
	s.thread = t.ID
	s.reply("One.")
}

func (s *site) reply(body string) core.ID {
	s.Helper()
	c, err := s.Thread.Reply(ctx, s.ada, thread.ReplyInput{Thread: s.thread, Body: body})
	s.must(err)
	return c.ID
}

// save writes a backup and gives its path.
func (s *site) save() string {
	s.Helper()
	path := filepath.Join(s.TempDir(), "site.backup")
	_, _, err := backup.ToFile(ctx, s.DB, s.Media, path, plain)
	s.must(err)
	return path
}

// target is a new place that has a copy of the site's key store, as an operator would put it there.
func (s *site) target(postgres bool) app.Config {
	s.Helper()
	return s.targetOf(s.TB, postgres)
}

// targetOf is target for a test within the one that the site was made for.
func (s *site) targetOf(t testing.TB, postgres bool) app.Config {
	t.Helper()
	c := config(t, postgres)
	c.Keys, c.KeyFile = s.Config.Keys, s.Config.KeyFile
	return c
}

func place(t testing.TB, c app.Config) backup.Target {
	t.Helper()
	to := backup.Target{DB: c.DB, Media: c.Shelf().Address, Keys: c.Keys, KeyFile: c.KeyFile, Tables: app.Tables()}
	if media.IsBucket(to.Media) {
		var err error
		if to.Bucket, err = media.OpenBucket(ctx, c.Shelf()); err != nil {
			t.Fatal(err)
		}
	}
	return to
}

func (s *site) restore(path string, c app.Config, opt backup.RestoreOptions) (*site, backup.Report) {
	s.Helper()
	opt.Options = plain
	report, err := backup.Restore(ctx, path, place(s.TB, c), opt)
	s.must(err)
	r := *s
	r.App = open(s.TB, c)
	return &r, report
}

// rows gives every row of every table as text, but for those that opening a site writes.
func (s *site) rows(without ...string) map[string]string {
	s.Helper()
	out := map[string]string{}
	var names []string
	s.must(s.DB.View(ctx, func(tx *db.Tx) (err error) {
		names, err = tx.TablesInOrder()
		for _, name := range names {
			if err != nil || slices.Contains(append(without, "process"), name) {
				continue
			}
			out[name], err = dump(tx, name)
		}
		return err
	}))
	return out
}

func dump(tx *db.Tx, table string) (string, error) {
	columns, err := tx.Columns(table)
	if err != nil {
		return "", err
	}
	var names []string
	for _, c := range columns {
		names = append(names, c.Name)
	}
	lines, err := db.All(tx, func(r db.Row) (string, error) {
		into := make([]any, len(columns))
		for i, c := range columns {
			into[i] = map[db.Kind]any{db.Integer: new(*int64), db.Text: new(*string), db.Truth: new(*bool), db.Bytes: new(sql.Null[[]byte])}[c.Kind]
		}
		if err := r.Scan(into...); err != nil {
			return "", err
		}
		var b strings.Builder
		for _, v := range into {
			switch v := v.(type) {
			case **int64:
				write(&b, *v)
			case **string:
				write(&b, *v)
			case **bool:
				write(&b, *v)
			case *sql.Null[[]byte]:
				fmt.Fprintf(&b, "|%x %v", v.V, v.Valid)
			}
		}
		return b.String(), nil
	}, "SELECT "+strings.Join(names, ", ")+" FROM "+table)
	slices.Sort(lines)
	return strings.Join(lines, "\n"), err
}

func write[T any](b *strings.Builder, v *T) {
	if v == nil {
		b.WriteString("|NULL")
		return
	}
	fmt.Fprintf(b, "|%#v", *v)
}

func (s *site) number(query string, args ...any) (n int64) {
	s.Helper()
	s.must(s.DB.View(ctx, func(tx *db.Tx) (err error) {
		n, err = db.One(tx, db.Int64, query, args...)
		return err
	}))
	return n
}

func (s *site) imageThere() bool {
	s.Helper()
	there := 0
	for _, name := range []string{s.image.Name, s.image.Thumb} {
		f, err := s.Media.Open(ctx, name)
		if core.IsNotFound(err) {
			continue
		}
		s.must(err)
		s.must(f.Close())
		there++
	}
	return there == 2
}

// nothingAt makes sure that a failed restore left neither database nor images.
func nothingAt(t testing.TB, c app.Config) {
	t.Helper()
	entries, err := os.ReadDir(c.Data)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Name() != "keys.db" && e.Name() != "root.key" {
			t.Errorf("%s was left behind", e.Name())
		}
	}
	if !db.IsPostgres(c.DB) {
		return
	}
	d, err := db.Open(ctx, c.DB)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	names, err := d.TableNames(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if slices.Contains(names, "member") {
		err := d.View(ctx, func(tx *db.Tx) error {
			n, err := db.One(tx, db.Int64, "SELECT COUNT(*) FROM member")
			if n > 0 && backup.Unfinished(ctx, d) == nil {
				t.Errorf("%d members were left behind, and nothing marks them", n)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

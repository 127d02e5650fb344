package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"dayroom/internal/app"
	"dayroom/internal/backup"
	"dayroom/internal/core"
	"dayroom/internal/platform/media"
)

type restoreCmd struct {
	File          string `arg:"" help:"A file that dayroom backup wrote."`
	Check         bool   `help:"Only read the file from end to end and tell what it holds."`
	WithoutLedger bool   `help:"Restore although the site's key store is lost: what members erased since comes back, sealed fields are gone."`
	KeepSignIns   bool   `help:"Leave members signed in: for a move to another machine or engine, when the old site is switched off."`
	JSON          bool   `name:"json" help:"Write the summary as JSON."`
}

// Help is shown by dayroom restore --help.
func (restoreCmd) Help() string {
	return `Puts a site where --data and --db say, and writes over nothing: the database has to be empty and the folder for images too.
The site's own key store and key file have to be in their places first: they have the erasure ledger, and what members erased since
the backup is erased again before anybody can see it.

  dayroom restore site.backup --data /srv/dayroom                 on a new machine, with keys.db and root.key in /srv/dayroom
  dayroom restore site.backup --db postgres://…/dayroom           from SQLite to PostgreSQL

Stop the server first. If a restore is interrupted, run it again; no server starts on half a site.`
}

// Run restores, or only checks.
func (cmd restoreCmd) Run(ctx context.Context, c *cli) error {
	bar := newProgress()
	opt := backup.Options{Clock: core.SystemClock{}, Progress: bar.part}
	if cmd.Check {
		made, err := backup.Verify(ctx, cmd.File, opt)
		bar.end()
		if err != nil {
			return err
		}
		return cmd.tellManifest(made)
	}
	cfg, err := c.load()
	if err != nil {
		return err
	}
	to := backup.Target{DB: cfg.DB, Media: cfg.Media, Keys: cfg.Keys, KeyFile: cfg.KeyFile, Tables: app.Tables()}
	if media.IsBucket(cfg.Media) {
		if to.Bucket, err = media.OpenBucket(ctx, cfg.Shelf()); err != nil {
			return err
		}
	}
	report, err := backup.Restore(ctx, cmd.File, to, backup.RestoreOptions{Options: opt, WithoutLedger: cmd.WithoutLedger, KeepSignIns: cmd.KeepSignIns})
	bar.end()
	if errors.Is(err, context.Canceled) {
		err = errors.New("the restore was stopped; nothing of it can be served. Run the same command again to do it anew")
	}
	if err != nil {
		return err
	}
	return cmd.tell(report, cfg)
}

func (cmd restoreCmd) tellManifest(m backup.Manifest) error {
	if cmd.JSON {
		return writeJSON(m)
	}
	fmt.Printf("%s is whole: made at %s from %s, schema %d, %s in %s and %s.\n", cmd.File, m.Created.Format("2006-01-02 15:04:05 MST"), m.Engine,
		m.Schema, of(m.Rows(), "row", "rows"), of(int64(len(m.Tables)), "table", "tables"), of(int64(len(m.Media)), "image file", "image files"))
	return nil
}

func (cmd restoreCmd) tell(r backup.Report, cfg app.Config) error {
	if cmd.JSON {
		return writeJSON(r)
	}
	fmt.Printf("The site is restored: %s and %s.\n", of(r.Rows, "row", "rows"), of(int64(r.Images), "image file", "image files"))
	if e := r.Erased; e.Members+e.Posts+e.Images > 0 {
		fmt.Printf("Erased again, because it was erased since the backup: %s, %s, %s.\n", of(int64(e.Members), "member", "members"),
			of(int64(e.Posts), "post", "posts"), of(int64(e.Images), "image", "images"))
	}
	if r.Renewed > 0 {
		fmt.Printf("%s keys in the key store: they have new ones, and their mail addresses, two-step secrets and drafts are gone.\n",
			of(int64(r.Renewed), "member had no", "members had no"))
	}
	if !cmd.KeepSignIns {
		fmt.Println("Everybody signs in anew.")
	}
	fmt.Printf("Start it with: dayroom serve --data %s%s\n", cfg.Data, elsewhere(cfg))
	return nil
}

// elsewhere reminds of the settings without which the site that was restored is not found again. An address is not repeated: it may
// hold a password.
func elsewhere(cfg app.Config) (out string) {
	for _, o := range []struct{ flag, value, usual string }{
		{"db", cfg.DB, "dayroom.db"}, {"keys", cfg.Keys, "keys.db"}, {"key-file", cfg.KeyFile, "root.key"},
	} {
		if o.value != filepath.Join(cfg.Data, o.usual) {
			out += ", with --" + o.flag + " as for this restore"
		}
	}
	return out
}

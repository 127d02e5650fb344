package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"dayroom/internal/app"
	"dayroom/internal/backup"
	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/media"
)

type backupCmd struct {
	File string `arg:"" help:"File to write; it must not exist yet. - writes to standard output."`
	JSON bool   `name:"json" help:"Write what is in the backup as JSON."`
}

// Help is shown by dayroom backup --help.
func (backupCmd) Help() string {
	return `The whole site in one file: every table at one moment, and every image. The site can be used meanwhile, and the file can be
restored into SQLite or PostgreSQL, wherever it came from.

The key store and the key file are NOT in it, so that a backup forgets the members who leave. Keep a copy of them in another
place, the newest only: dayroom copy-keys.

  dayroom backup site-$(date +%F).backup
  dayroom restore --check site-2026-11-03.backup      see whether a file is whole`
}

// Run writes a backup.
func (cmd backupCmd) Run(ctx context.Context, c *cli) error {
	cfg, settings, err := app.LoadConfig(c.settings(), os.Getenv)
	if err != nil {
		return err
	}
	d, folder, err := openToRead(ctx, cfg)
	if err != nil {
		return err
	}
	defer d.Close()
	defer folder.Close()
	bar := newProgress()
	opt := backup.Options{Clock: core.SystemClock{}, Progress: bar.part}
	var made backup.Manifest
	var size int64
	if cmd.File == "-" {
		_, err = backup.Write(ctx, d, folder, os.Stdout, opt)
		bar.end()
		return err
	}
	made, size, err = backup.ToFile(ctx, d, folder, cmd.File, opt)
	bar.end()
	if err != nil {
		return err
	}
	if cmd.JSON {
		return writeJSON(struct {
			File  string `json:"file"`
			Bytes int64  `json:"bytes"`
			backup.Manifest
		}{cmd.File, size, made})
	}
	fmt.Printf("%s: %s in %s and %s, %s bytes, read again and found whole.\n", cmd.File, of(made.Rows(), "row", "rows"),
		of(int64(len(made.Tables)), "table", "tables"), of(int64(len(made.Media)), "image file", "image files"), count(size))
	if n := int64(len(made.Missing)); n > 0 {
		fmt.Printf("%s not in the folder any more; that is so when posts were deleted meanwhile.\n", of(n, "image file was", "image files were"))
	}
	fmt.Printf("Not in it: the key store %s and the key file %s; dayroom copy-keys copies the keys.\n", shown(settings, "keys"), cfg.KeyFile)
	return nil
}

// shown gives a setting without the password in it.
func shown(settings []app.Setting, name string) string {
	for _, s := range settings {
		if s.Name == name {
			return s.Value
		}
	}
	return ""
}

// openToRead opens a site's database and images without changing either. A place without a site is an error: opening would make one.
func openToRead(ctx context.Context, cfg app.Config) (*db.DB, media.Shelf, error) {
	if err := wantSite(cfg); err != nil {
		return nil, nil, err
	}
	d, err := db.Open(ctx, cfg.DB)
	if err != nil {
		return nil, nil, err
	}
	folder, err := media.OpenShelf(ctx, cfg.Shelf())
	if err != nil {
		return nil, nil, errors.Join(err, d.Close())
	}
	return d, folder, nil
}

// wantSite refuses a place without a database file.
func wantSite(cfg app.Config) error {
	if db.IsPostgres(cfg.DB) {
		return nil
	}
	_, err := os.Stat(cfg.DB)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is no database at %s: name the site's folder with --data, or its database with --db", cfg.DB)
	}
	return err
}

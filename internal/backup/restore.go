package backup

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/keys"
	"dayroom/internal/platform/media"
)

// Target is where a site is restored to: the places that its configuration names.
type Target struct {
	DB      string        // a file that is not there yet, or the address of an empty PostgreSQL database
	Media   string        // a folder that is not there yet, or is empty
	Bucket  *media.Bucket // where the images go instead, if it is there: a place without images
	Keys    string        // address of the site's key store, with the erasure ledger
	KeyFile string        // the root key of the key store
	Tables  []db.Table    // what every package declares
}

// RestoreOptions say what a restore may do without.
type RestoreOptions struct {
	Options
	// WithoutLedger permits restoring without the site's key store: whatever was erased since the backup comes back, and every
	// sealed field is lost. A ledger that is there is always replayed.
	WithoutLedger bool
	// KeepSignIns leaves members signed in, for a move that ends nothing. Otherwise everybody signs in anew, because a sign-in that
	// was ended since the backup would be good again.
	KeepSignIns bool
}

// Report tells what a restore did.
type Report struct {
	From     Manifest `json:"-"`
	Rows     int64    `json:"rows"`
	Images   int      `json:"images"`
	Migrated int      `json:"migrations"`
	Erased   Erased   `json:"erased"`
	// Renewed counts members whose key the key store lacked: they have a new one, and their sealed fields are gone.
	Renewed int `json:"members_with_new_keys"`
}

// Erased counts what the ledger took out again.
type Erased struct {
	Members int `json:"members"`
	Posts   int `json:"posts"`
	Images  int `json:"images"`
	// Versions counts entries for redacted words, whether or not the backup still had them.
	Versions int `json:"redacted_versions"`
}

// restore is one restoring.
type restore struct {
	RestoreOptions
	ctx    context.Context
	to     Target
	from   *archive
	report Report

	db     *db.DB
	staged string // SQLite: where the file is put together; empty on PostgreSQL
	media  placed
}

const stageSuffix = ".restoring"

// Restore brings a backup back. Nothing is changed unless the file is whole and the target empty; after an error nothing is there
// that could be served.
func Restore(ctx context.Context, path string, to Target, opt RestoreOptions) (report Report, err error) {
	defer core.Wrap(&err, "restore %s", path)
	f, size, err := openFile(path)
	if err != nil {
		return report, err
	}
	defer f.Close()
	r := &restore{RestoreOptions: opt, ctx: ctx, to: to}
	if r.from, err = openArchive(f, size, opt.Options); err != nil {
		return report, err
	}
	ledger, err := r.ledgerThere()
	if err != nil {
		return report, err
	}
	if err := r.prepare(); err != nil {
		return report, err
	}
	err = r.run(ledger)
	if err == nil {
		err = r.finish()
	}
	if err != nil {
		err = errors.Join(err, r.undo())
	}
	return r.report, err
}

// ledgerThere tells whether the site's key store is in its place, and refuses to go on without it unless told to.
func (r *restore) ledgerThere() (bool, error) {
	there, err := keys.Exists(r.ctx, r.to.Keys)
	if err != nil {
		return false, fmt.Errorf("look at the key store: %w", err)
	}
	if _, err := os.Stat(r.to.KeyFile); there && err != nil {
		return false, fmt.Errorf("the key store is there and its key file is not: %w", err)
	}
	if !there && !r.WithoutLedger {
		return false, errors.New("the site's key store is not in its place, or is empty there, as a file is that was copied by hand from a site in use. " +
			"It has the erasure ledger: without it, everything that members erased since the backup would come back, and no sealed field could be " +
			"read. Put back the key store, as dayroom copy-keys copies it, and the key file; if they are lost for good, use --without-ledger")
	}
	return there, nil
}

// prepare refuses a target that holds anything, and opens the place where the site is put together.
func (r *restore) prepare() (err error) {
	if r.media, err = r.to.stage(r.ctx); err != nil {
		return err
	}
	if db.IsPostgres(r.to.DB) {
		r.db, err = db.Open(r.ctx, r.to.DB)
	} else {
		err = r.stageFile()
	}
	if err == nil {
		err = r.wantEmpty()
	}
	if err != nil {
		err = errors.Join(err, r.undo())
	}
	return err
}

// stageFile opens a new SQLite file beside the target.
func (r *restore) stageFile() (err error) {
	switch info, err := os.Stat(r.to.DB); {
	case err == nil && (info.Size() > 0 || !info.Mode().IsRegular()):
		return fmt.Errorf("%s is there already, and a restore never writes over a database. Move it away, or choose another place", r.to.DB)
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return err
	}
	r.staged = r.to.DB + stageSuffix
	if err := removeSQLite(r.staged); err != nil { // of a restore that was killed
		return err
	}
	r.db, err = db.Open(r.ctx, r.staged)
	return err
}

// madeWithSchema are tables that have rows before anything is in them: from making the schema and from looking at it. The index of search
// is made anew after a restore.
var madeWithSchema = map[string]bool{"counter": true, "process": true, "search_state": true}

// wantEmpty makes sure that the database has no rows. What a killed restore left behind is marked, and taken away.
func (r *restore) wantEmpty() error {
	names, err := r.db.TableNames(r.ctx)
	if err != nil || len(names) == 0 {
		return err
	}
	unfinished, err := isMarked(r.ctx, r.db, names)
	if err != nil {
		return err
	}
	if unfinished {
		return r.db.Load(r.ctx, func(tx *db.Tx) error { return empty(tx) })
	}
	return r.db.View(r.ctx, func(tx *db.Tx) error {
		for _, name := range names {
			if madeWithSchema[name] {
				continue
			}
			rows, err := db.One(tx, db.Bool, "SELECT EXISTS (SELECT 1 FROM "+name+")")
			if err != nil {
				return err
			}
			if rows {
				return fmt.Errorf("the database is not empty: its table %s has rows. A restore never writes over a database; give an empty one", name)
			}
		}
		return nil
	})
}

// run fills the target.
func (r *restore) run(ledger bool) error {
	if err := r.makeSchema(); err != nil {
		return err
	}
	if err := r.db.Load(r.ctx, r.load); err != nil {
		return err
	}
	var err error
	if r.report.Migrated, err = r.db.Migrate(r.ctx); err != nil {
		return err
	}
	if err := r.images(); err != nil {
		return err
	}
	if err := r.replay(ledger); err != nil {
		return err
	}
	if err := r.db.Update(r.ctx, r.endSignIns); err != nil {
		return err
	}
	return r.db.Check(r.ctx)
}

// makeSchema makes the schema that the backup was made with.
func (r *restore) makeSchema() error {
	newest, err := r.db.NewestVersion()
	if err != nil {
		return err
	}
	if r.from.Schema > newest {
		return fmt.Errorf("the backup was made by a newer Dayroom (schema %d, this one knows %d): use the newer program", r.from.Schema, newest)
	}
	version, err := r.db.Version(r.ctx)
	if err == nil && version > r.from.Schema {
		return fmt.Errorf("the database has schema %d and the backup %d: give a database without tables", version, r.from.Schema)
	}
	return r.db.MigrateTo(r.ctx, r.from.Schema)
}

// endSignIns ends what a backup must not bring back: sign-ins that were ended since, and one-time secrets.
func (r *restore) endSignIns(tx *db.Tx) error {
	if !r.KeepSignIns {
		for _, table := range []string{"sign_in", "api_token"} {
			if _, err := tx.Exec("DELETE FROM " + table); err != nil {
				return err
			}
		}
	}
	if _, err := tx.Exec("DELETE FROM challenge"); err != nil || r.KeepSignIns || r.from.Schema < schemaWithWebhooks {
		return err
	}
	_, err := tx.Exec("UPDATE webhook SET state = 'off', why = 'restored' WHERE state = 'on'") // a copy of a site must not speak for it
	return err
}

// schemaWithWebhooks is the first that has them.
const schemaWithWebhooks = 10

// finish puts everything in its place. Only then can a server start on it.
func (r *restore) finish() error {
	if r.staged == "" {
		for _, step := range []func() error{r.media.place, r.media.unmark, r.unmark} {
			if err := step(); err != nil {
				return err
			}
		}
		_ = r.db.Close() // the site is there; an error tells of a connection only
		return nil
	}
	for _, step := range []func() error{r.unmark, r.db.Close, r.media.place, r.media.unmark} {
		if err := step(); err != nil {
			return err
		}
	}
	return placeSQLite(r.staged, r.to.DB)
}

func (r *restore) unmark() error { return r.db.Update(r.ctx, unmark) }

// undo takes away what a failed restore made. On PostgreSQL the mark stays, and the next try begins by emptying.
func (r *restore) undo() error {
	var errs []error
	if r.db != nil {
		errs = append(errs, r.db.Close())
	}
	if r.staged != "" {
		errs = append(errs, removeSQLite(r.staged))
	}
	if r.media != nil {
		errs = append(errs, r.media.drop())
	}
	return errors.Join(errs...)
}

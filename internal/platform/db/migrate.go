package db

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"strings"
	"testing/fstest"

	"github.com/pressly/goose/v3"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrate brings the schema up to the newest version and tells how many steps it took. Forward only: an older binary refuses a
// newer database rather than harm it.
func (d *DB) Migrate(ctx context.Context) (steps int, err error) {
	provider, err := d.provider()
	if err != nil {
		return 0, err
	}
	newest := newestOf(provider)
	if version, err := provider.GetDBVersion(ctx); err == nil && version > newest {
		return 0, fmt.Errorf("this database was made by a newer Dayroom (schema %d, this one knows %d): use the newer program", version, newest)
	}
	results, err := provider.Up(ctx)
	if err != nil {
		return 0, fmt.Errorf("migrate: %w", err)
	}
	return len(results), nil
}

// MigrateTo makes the schema of an older version in an empty database, so that a backup of that version fits into it.
func (d *DB) MigrateTo(ctx context.Context, version int64) error {
	provider, err := d.provider()
	if err != nil {
		return err
	}
	if newest := newestOf(provider); version < 1 || version > newest {
		return fmt.Errorf("schema %d is none that this program knows: it knows 1 to %d", version, newest)
	}
	if _, err := provider.UpTo(ctx, version); err != nil {
		return fmt.Errorf("migrate to %d: %w", version, err)
	}
	return nil
}

// NewestVersion is the schema version that this program makes.
func (d *DB) NewestVersion() (int64, error) {
	provider, err := d.provider()
	if err != nil {
		return 0, err
	}
	return newestOf(provider), nil
}

func newestOf(p *goose.Provider) int64 {
	sources := p.ListSources()
	return sources[len(sources)-1].Version
}

// Version is the schema version that the database has.
func (d *DB) Version(ctx context.Context) (int64, error) {
	provider, err := d.provider()
	if err != nil {
		return 0, err
	}
	return provider.GetDBVersion(ctx)
}

func (d *DB) provider() (*goose.Provider, error) {
	files, err := d.dialect()
	if err != nil {
		return nil, err
	}
	dialect := goose.DialectSQLite3
	if d.engine == Postgres {
		dialect = goose.DialectPostgres
	}
	return goose.NewProvider(dialect, d.writer, files, goose.WithDisableGlobalRegistry(true))
}

// dialect writes the two words in which the engines' schemas differ, and leaves out what is between "-- +engine NAME" and the next such
// line for the other engine; NAME "both" ends that. It is for the index of search alone: nothing else differs. BIGKEY is a key of 64 bits that rows lie sorted by:
// SQLite clusters by INTEGER PRIMARY KEY only, which in PostgreSQL would be 32 bits. BYTES is raw bytes.
func (d *DB) dialect() (fs.FS, error) {
	words := strings.NewReplacer("BIGKEY", "INTEGER PRIMARY KEY", "BYTES", "BLOB")
	if d.engine == Postgres {
		words = strings.NewReplacer("BIGKEY", "BIGINT PRIMARY KEY", "BYTES", "BYTEA")
	}
	out := fstest.MapFS{}
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		text, err := migrations.ReadFile(name)
		if err != nil {
			return nil, err
		}
		out[strings.TrimPrefix(name, "migrations/")] = &fstest.MapFile{Data: []byte(words.Replace(forEngine(string(text), d.engine)))}
	}
	return out, nil
}

func forEngine(text string, engine Engine) string {
	var b strings.Builder
	mine := true
	for line := range strings.Lines(text) {
		if name, ok := strings.CutPrefix(strings.TrimSpace(line), "-- +engine "); ok {
			mine = name == "both" || name == string(engine)
		} else if mine {
			b.WriteString(line)
		}
	}
	return b.String()
}

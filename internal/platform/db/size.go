package db

import (
	"errors"
	"io/fs"
	"os"
)

// LogSize is what the write-ahead log beside a SQLite database takes on disk, in bytes. known is false on PostgreSQL, whose log
// belongs to its server and is read by its own administrator only.
func (d *DB) LogSize() (bytes int64, known bool, err error) {
	if d.engine != SQLite {
		return 0, false, nil
	}
	info, err := os.Stat(d.address + "-wal")
	if errors.Is(err, fs.ErrNotExist) {
		return 0, true, nil
	}
	if err != nil {
		return 0, true, err
	}
	return info.Size(), true, nil
}

package keys

import (
	"context"
	"errors"
	"io/fs"
	"os"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
)

// Exists tells whether there is a key store at an address, without making one as Open would.
func Exists(ctx context.Context, address string) (bool, error) {
	if !db.IsPostgres(address) {
		info, err := os.Stat(address)
		if errors.Is(err, fs.ErrNotExist) {
			return false, nil
		}
		if err != nil || info.Size() == 0 {
			return false, err
		}
	}
	d, err := db.Open(ctx, address)
	if err != nil {
		return false, err
	}
	defer d.Close()
	names, err := d.TableNames(ctx)
	if err != nil {
		return false, err
	}
	for _, name := range names {
		if name == "key_check" {
			check, err := readCheck(ctx, d)
			return check != nil, err
		}
	}
	return false, nil
}

// Members gives the ids of all members who have a key.
func (s *Store) Members(ctx context.Context) (out []core.ID, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		out, err = db.All(tx, db.ID, "SELECT member FROM member_key ORDER BY member")
		return err
	})
	return out, err
}

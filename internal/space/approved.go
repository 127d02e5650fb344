package space

import (
	"dayroom/internal/core"
	"dayroom/internal/platform/db"
)

// UncountApproved takes back one CountApproved: an approval was a slip.
func UncountApproved(tx *db.Tx, space, member core.ID) error {
	_, err := tx.Exec("UPDATE membership SET approved = approved - 1 WHERE space = $1 AND member = $2 AND approved > 0", space, member)
	return err
}

package api_test

import (
	"context"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
)

// ban bans a member as an admin does.
func (w *world) ban(member core.ID) error {
	keeper := w.actor("keeper")
	return w.DB.Update(context.Background(), func(tx *db.Tx) error {
		return w.Account.SetStanding(tx, keeper, member, core.Banned, time.Time{})
	})
}

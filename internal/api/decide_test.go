package api_test

import (
	"context"
	"time"

	"dayroom/internal/account"
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

// newMember makes a member and gives their id.
func (w *world) newMember(handle string, standing core.Standing) string {
	w.Helper()
	id, err := w.Account.Create(context.Background(), core.SystemActor, account.NewMember{Handle: handle, Adult: true, Standing: standing})
	w.Must(err)
	return id.String()
}

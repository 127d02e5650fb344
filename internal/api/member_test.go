package api_test

import (
	"context"

	"dayroom/internal/account"
	"dayroom/internal/core"
)

// newMember makes a member and gives their id.
func (w *world) newMember(handle string, standing core.Standing) string {
	w.Helper()
	id, err := w.Account.Create(context.Background(), core.SystemActor, account.NewMember{Handle: handle, Adult: true, Standing: standing})
	w.Must(err)
	return id.String()
}

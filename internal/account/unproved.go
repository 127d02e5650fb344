package account

import (
	"context"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
)

// EnterUnproved signs a member in without any proof. It is for the demo, whose people have no secrets, and for tests; app gives
// it no address on a site that is served.
func (s *Service) EnterUnproved(ctx context.Context, handle string, from From) (e Entry, err error) {
	defer core.Wrap(&err, "account.EnterUnproved")
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		m, err := load(tx, "handle_key = $1", HandleKey(handle))
		if err != nil {
			return err
		}
		e, err = s.admit(tx, m, from)
		return err
	})
	return e, err
}

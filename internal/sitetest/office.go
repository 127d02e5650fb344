package sitetest

import (
	"context"

	"dayroom/internal/core"
	"dayroom/internal/platform/act"
	"dayroom/internal/platform/db"
	"dayroom/internal/webhook"
)

// office is what admins look after behind the scenes: what is told to other systems, what went wrong, and what was changed.
func (c *Cage) office() {
	c.Helper()
	admin := core.Actor{Member: c.Members[keeper], Role: core.RoleAdmin, Standing: core.Active}
	c.hook(admin, c.put("name of a webhook", keeper), "https://example.org/"+c.put("address of a webhook", keeper))
	c.Must(c.DB.Update(context.Background(), func(tx *db.Tx) error {
		_, err := tx.Exec(`INSERT INTO job (id, kind, payload, state, run_at, attempt, lease, last_error, created_at, finished_at)
			VALUES ($1, 'canary.job', $2, 'failed', 1, 12, 0, $3, 1, 1)`, c.Lease.IDs.Next(), `{"id":"`+c.put("payload of a job")+`"}`, c.put("failure of a job", keeper))
		if err != nil {
			return err
		}
		return act.Append(tx, act.Act{At: c.Clock.Now(), Actor: admin.Member, Kind: "settings.changed", Target: "name", Was: c.put("what a setting was", keeper), Becomes: "Dayroom"})
	}))
}

// hook makes a webhook with a note in its log; nothing is sent.
func (s *Site) hook(admin core.Actor, name, url string) core.ID {
	s.Helper()
	h, _, err := s.Webhooks.Create(context.Background(), admin, webhook.Input{Name: name, URL: url, Kinds: webhook.Kinds})
	s.Must(err)
	_, err = s.Webhooks.Test(context.Background(), admin, h.ID)
	s.Must(err)
	return h.ID
}

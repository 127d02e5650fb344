package webhook

import (
	"context"
	"net/http"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/fetch"
	"dayroom/internal/platform/job"
)

// pauses are how long to wait after each attempt that failed (Standard Webhooks, "retry schedule"): three days in all.
var pauses = []time.Duration{5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour, 10 * time.Hour, 14 * time.Hour, 20 * time.Hour, 20 * time.Hour}

// Bounds.
const (
	turn      = 2 * time.Minute // how long one hook may keep a worker
	retention = 30 * 24 * time.Hour
)

// giveUp is how long a hook may take nothing before it is switched off: until a note has had all its attempts.
func giveUp() (sum time.Duration) {
	for _, p := range pauses {
		sum += p
	}
	return sum
}

// DueEvery is how often Due should be called.
const DueEvery = 10 * time.Second

// Due sees to it that notes are sent whose time has come. It writes only where there are some: an idle server must not take the write lock.
func (s *Service) Due(ctx context.Context) error {
	var hooks []core.ID
	err := s.db.View(ctx, func(tx *db.Tx) (err error) {
		hooks, err = db.All(tx, db.ID, `SELECT h.id FROM webhook h WHERE h.state = 'on'
			AND EXISTS (SELECT 1 FROM webhook_delivery d WHERE d.webhook = h.id AND d.state = 'waiting' AND d.next_at <= $1)`, db.Millis(s.clock.Now()))
		return err
	})
	if err != nil || len(hooks) == 0 {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		for _, h := range hooks {
			if err := s.send(tx, h); err != nil {
				return err
			}
		}
		return nil
	})
}

// Deliver is the handler of DeliverJob: it sends what is due to one hook, one note after the other. A hook that does not answer is left
// alone until its pause is over; its other notes wait with it.
func (s *Service) Deliver(ctx context.Context, j job.Job) error {
	var t todo
	if err := j.Decode(&t); err != nil {
		return err
	}
	for began := s.clock.Now(); s.clock.Now().Sub(began) < turn && ctx.Err() == nil; {
		h, d, err := s.next(ctx, t.Hook)
		if core.IsNotFound(err) {
			return nil
		}
		if err != nil {
			return err
		}
		r, err := s.try(ctx, h, d)
		if ctx.Err() != nil { // the server stops: it was no attempt
			return nil
		}
		if err != nil {
			return err
		}
		if err := s.record(ctx, h, d, r); err != nil || r.status == 0 {
			return err
		}
	}
	return nil
}

// next gives the note that has waited longest, or NotFound.
func (s *Service) next(ctx context.Context, hook core.ID) (h Hook, d Delivery, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		if h, err = load(tx, hook); err != nil {
			return err
		}
		if h.State != On {
			return core.Missing("note")
		}
		d, err = db.One(tx, scanDelivery, "SELECT "+deliveryColumns+` FROM webhook_delivery
			WHERE webhook = $1 AND state = 'waiting' AND next_at <= $2 ORDER BY next_at, id LIMIT 1`, hook, db.Millis(s.clock.Now()))
		return err
	})
	return h, d, err
}

// result is how an attempt ended.
type result struct {
	status int    // of HTTP; zero: no answer
	why    string // where there was none
}

func (r result) taken() bool { return r.status >= 200 && r.status < 300 }

// WhyKey is the reason where the secret cannot be read: the key file is another one.
const WhyKey = "key"

// try sends a note. What the other side does wrong is a result; an error is ours.
func (s *Service) try(ctx context.Context, h Hook, d Delivery) (result, error) {
	now := s.clock.Now()
	secret, err := s.keys.OpenSite(purpose(h.ID), h.secret)
	if err != nil {
		return result{why: WhyKey}, nil
	}
	secrets := [][]byte{secret}
	if now.Before(h.oldUntil) {
		if old, err := s.keys.OpenSite(purpose(h.ID), h.oldSecret); err == nil {
			secrets = append(secrets, old)
		}
	}
	req, err := request(h, d, now, secrets)
	if err != nil {
		return result{why: fetch.WhyRefused}, nil
	}
	resp, err := s.post.Do(ctx, req)
	if err != nil {
		return result{why: fetch.Why(err)}, nil
	}
	return result{status: resp.Status}, nil
}

// record writes down how an attempt ended, and what follows from it. A note that an admin had sent again meanwhile is left as it is.
func (s *Service) record(ctx context.Context, h Hook, d Delivery, r result) error {
	now := s.clock.Now()
	return s.db.Update(ctx, func(tx *db.Tx) error {
		state, next := Delivered, now
		switch {
		case r.taken():
		case d.Attempt >= len(pauses):
			state = Failed
		default:
			state, next = Waiting, now.Add(pauses[d.Attempt])
		}
		n, err := tx.Exec(`UPDATE webhook_delivery SET state = $1, attempt = attempt + 1, next_at = $2, status = $3, why = $4, tried_at = $5
			WHERE id = $6 AND state = 'waiting' AND attempt = $7`, state, db.Millis(next), r.status, r.why, db.Millis(now), d.ID, d.Attempt)
		if err != nil || n == 0 {
			return err
		}
		if r.status == 0 && state == Waiting { // nobody answers there: nothing else is tried before
			_, err = tx.Exec("UPDATE webhook_delivery SET next_at = $1 WHERE webhook = $2 AND state = 'waiting' AND next_at < $1", db.Millis(next), h.ID)
			if err != nil {
				return err
			}
		}
		return s.judge(tx, h, r, now)
	})
}

// judge keeps how the hook fares, and switches off what is of no use.
func (s *Service) judge(tx *db.Tx, h Hook, r result, now time.Time) error {
	if r.taken() {
		_, err := tx.Exec("UPDATE webhook SET failing_since = 0 WHERE id = $1 AND failing_since <> 0", h.ID)
		return err
	}
	why := ""
	switch {
	case r.status == http.StatusGone:
		why = WhyGone
	case !h.FailingSince.IsZero() && now.Sub(h.FailingSince) >= giveUp():
		why = WhyFailing
	}
	if why != "" {
		_, err := tx.Exec("UPDATE webhook SET state = 'off', why = $1 WHERE id = $2 AND state = 'on'", why, h.ID)
		if err != nil {
			return err
		}
		return s.note(tx, core.Actor{}, "webhook.stopped", h, string(On), why)
	}
	_, err := tx.Exec("UPDATE webhook SET failing_since = $1 WHERE id = $2 AND failing_since = 0", db.Millis(now), h.ID)
	return err
}

// Prune removes notes that are older than 30 days and gives their number.
func (s *Service) Prune(ctx context.Context) (n int64, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		n, err = tx.Exec("DELETE FROM webhook_delivery WHERE created_at < $1", db.Millis(s.clock.Now().Add(-retention)))
		return err
	})
	return n, err
}

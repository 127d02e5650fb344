// Package job runs work that must happen, later or again and again, and survives a restart.
//
//	waiting --claim--> running --ok--> done
//	   ^                  |
//	   |                  +--error, attempts left--> waiting (backoff)
//	   |                  +--error, none left------> failed --retry--> waiting
//	   +--lease ran out---+   (the server died)
//	waiting, failed --cancel--> cancelled
//
// A job is added in the transaction of what causes it. Claiming is one compare-and-swap UPDATE, so several servers share the
// table. A job may run twice when a server dies after the work and before noting it: handlers are written to bear that.
// Payloads hold ids, never a member's words.
package job

import (
	"encoding/json"
	"fmt"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
)

// State is where a job stands.
type State string

// The states, see the package comment.
const (
	Waiting   State = "waiting"
	Running   State = "running"
	Done      State = "done"
	Failed    State = "failed"
	Cancelled State = "cancelled"
)

// maxAttempts with the backoff below covers about six hours of an absent mail server.
const maxAttempts = 12

// backoff is the pause before the given attempt (1 is the first retry): 10 s, doubling, at most 4 hours.
func backoff(attempt int) time.Duration {
	d := 10 * time.Second << min(attempt-1, 12)
	return min(d, 4*time.Hour)
}

// New is a job to add.
type New struct {
	Kind string
	// Payload is written as JSON.
	Payload any
	// Unique, when not empty, makes adding a no-op while a job with the same text waits or runs.
	Unique string
	// At is when it is due; zero means now.
	At time.Time
}

// Add puts a job into the transaction.
func Add(tx *db.Tx, ids *core.IDMaker, now time.Time, n New) error {
	payload, err := json.Marshal(n.Payload)
	if err != nil {
		return fmt.Errorf("job %s: %w", n.Kind, err)
	}
	if n.At.IsZero() {
		n.At = now
	}
	var unique any
	if n.Unique != "" {
		unique = n.Unique
	}
	_, err = tx.Exec(`INSERT INTO job (id, kind, payload, unique_key, state, run_at, attempt, lease, last_error, created_at, finished_at)
		VALUES ($1, $2, $3, $4, 'waiting', $5, 0, 0, '', $6, 0)
		ON CONFLICT (unique_key) WHERE state IN ('waiting', 'running') DO NOTHING`,
		ids.Next(), n.Kind, string(payload), unique, db.Millis(n.At), db.Millis(now))
	return err
}

// Job is a claimed job.
type Job struct {
	ID      core.ID
	Kind    string
	Payload json.RawMessage
	Attempt int // 1 the first time
}

// Decode reads the payload into v.
func (j Job) Decode(v any) error {
	if err := json.Unmarshal(j.Payload, v); err != nil {
		return fmt.Errorf("job %s %s: %w", j.Kind, j.ID, err)
	}
	return nil
}

// Tables declares what this package keeps.
var Tables = []db.Table{
	{Name: "job", Export: "none", Keep: "7 days after its end; payloads hold ids only"},
}

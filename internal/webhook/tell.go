package webhook

import (
	"encoding/json"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/event"
	"dayroom/internal/platform/job"
	"dayroom/internal/queue"
)

// DeliverJob sends what waits for a hook.
const DeliverJob = "webhook.deliver"

// subscriber is the name under which the reading position is kept.
const subscriber = "webhook"

// Subscribe notes for the hooks what happens.
func (s *Service) Subscribe(d *event.Dispatcher) { d.Subscribe(subscriber, s.told, Kinds...) }

// payload is the body of a note. Ids are texts, as everywhere in the API.
type payload struct {
	Type string    `json:"type"`
	At   time.Time `json:"timestamp"`
	Data facts     `json:"data"`
}

type facts struct {
	ID     core.ID `json:"id,omitzero"`     // the post, space, member, credential or decision that it happened to
	Thread core.ID `json:"thread,omitzero"` // of a post
	Space  core.ID `json:"space,omitzero"`
	Page   string  `json:"page,omitempty"` // where a person sees it who may
	API    string  `json:"api,omitempty"`  // where a program asks for it
}

// told notes an event for each hook that wants it, in the transaction that moves the subscriber on.
func (s *Service) told(tx *db.Tx, e event.Event) error {
	hooks, err := db.All(tx, scan, "SELECT "+columns+" FROM webhook WHERE state = 'on' ORDER BY id")
	if err != nil {
		return err
	}
	for _, h := range hooks {
		if !h.Wants(e.Kind, e.Space) {
			continue
		}
		if _, err := s.put(tx, h, payload{Type: e.Kind, At: e.At, Data: s.facts(e)}); err != nil {
			return err
		}
	}
	return nil
}

// facts are the ids of an event. Who did it is not among them: that may be a member in a space for one illness, or who reported a post.
func (s *Service) facts(e event.Event) facts {
	f := facts{ID: e.Subject, Thread: e.Thread, Space: e.Space}
	switch {
	case e.Kind == queue.EventReported:
		f.Page = s.base + "/queue"
	case e.Kind == queue.EventDecided && e.Thread == 0: // about a member: who is in which space is not told
		f.ID = 0
	case e.Thread != 0 && e.Subject != 0 && e.Subject != e.Thread:
		f.Page, f.API = s.base+"/c/"+e.Subject.String(), s.base+"/api/v1/comments/"+e.Subject.String()
	case e.Thread != 0:
		f.Page, f.API = s.base+"/t/"+e.Thread.String(), s.base+"/api/v1/threads/"+e.Thread.String()
	}
	return f
}

// put lets a note wait, and sees to it that it is sent.
func (s *Service) put(tx *db.Tx, h Hook, p payload) (core.ID, error) {
	body, err := json.Marshal(p)
	if err != nil {
		return 0, err
	}
	id, now := s.ids.Next(), s.clock.Now()
	_, err = tx.Exec(`INSERT INTO webhook_delivery (id, webhook, kind, body, state, attempt, next_at, status, why, tried_at, created_at)
		VALUES ($1, $2, $3, $4, 'waiting', 0, $5, 0, '', 0, $5)`, id, h.ID, p.Type, string(body), db.Millis(now))
	if err != nil {
		return 0, err
	}
	return id, s.send(tx, h.ID)
}

type todo struct {
	Hook core.ID `json:"hook"`
}

func (s *Service) send(tx *db.Tx, hook core.ID) error {
	return job.Add(tx, s.ids, s.clock.Now(), job.New{Kind: DeliverJob, Payload: todo{hook}, Unique: "webhook " + hook.String()})
}

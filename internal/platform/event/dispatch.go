package event

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
)

// Handler reacts to an event inside the transaction that moves its subscriber on.
type Handler func(tx *db.Tx, e Event) error

// Dispatcher feeds events to subscribers, each at its own pace.
type Dispatcher struct {
	// Park puts an event aside that a subscriber cannot handle, in the transaction that moves the subscriber on, so that Again is called for it
	// later. It must be set before Run: one event must not keep all that come after it waiting for ever.
	Park func(tx *db.Tx, subscriber string, position int64) error

	db          *db.DB
	log         *slog.Logger
	subscribers []subscriber
	wake        chan struct{}
	trouble     map[string]trouble // by subscriber; only Drain looks at it
}

// trouble is an event that a subscriber failed at.
type trouble struct {
	position int64
	times    int
}

// patience is how often in a row a subscriber may fail at an event before the event is put aside. A database that is away is waited
// for however long it takes.
const patience = 5

type subscriber struct {
	name   string
	kinds  map[string]bool
	handle Handler
}

// batch is how many events one transaction of a subscriber takes: few enough that a writer never waits long.
const batch = 50

// NewDispatcher makes a dispatcher without subscribers.
func NewDispatcher(d *db.DB, log *slog.Logger) *Dispatcher {
	return &Dispatcher{db: d, log: log, wake: make(chan struct{}, 1), trouble: map[string]trouble{}}
}

// Subscribe registers handle under a name that never changes, since the reading position is kept by it. A new name begins with
// the events that come after its first run.
func (d *Dispatcher) Subscribe(name string, handle Handler, kinds ...string) {
	s := subscriber{name: name, handle: handle, kinds: map[string]bool{}}
	for _, k := range kinds {
		s.kinds[k] = true
	}
	d.subscribers = append(d.subscribers, s)
}

// Wake tells the dispatcher that there may be something new. Never blocks.
func (d *Dispatcher) Wake() {
	select {
	case d.wake <- struct{}{}:
	default:
	}
}

// Run feeds subscribers until ctx ends: on every Wake, and every few seconds for what other servers wrote.
func (d *Dispatcher) Run(ctx context.Context, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		if err := d.Drain(ctx); err != nil && ctx.Err() == nil {
			d.log.Error("events wait", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-d.wake:
		case <-tick.C:
		}
	}
}

// Drain feeds every subscriber all that there is. The first error is given back after the others had their turn.
func (d *Dispatcher) Drain(ctx context.Context) error {
	var first error
	for _, s := range d.subscribers {
		for {
			n := 0
			behind, err := d.behind(ctx, s)
			if err == nil && behind {
				n, err = d.step(ctx, s)
			}
			if err != nil && first == nil {
				first = err
			}
			if err != nil || n < batch {
				break
			}
		}
	}
	return first
}

// behind tells whether there is anything for a subscriber to do: an idle server must not take the write lock every second.
func (d *Dispatcher) behind(ctx context.Context, s subscriber) (yes bool, err error) {
	err = d.db.View(ctx, func(tx *db.Tx) error {
		yes, err = db.One(tx, db.Bool, `SELECT c.value > COALESCE((SELECT r.position FROM event_reader r WHERE r.name = $1), -1)
			FROM counter c WHERE c.name = 'event'`, s.name)
		return err
	})
	return yes, err
}

// step handles one batch of one subscriber. The reader's row is locked by its UPDATE, so two servers never handle an event twice.
func (d *Dispatcher) step(ctx context.Context, s subscriber) (n int, err error) {
	err = d.db.Update(ctx, func(tx *db.Tx) error {
		at, err := db.One(tx, db.Int64, "UPDATE event_reader SET position = position WHERE name = $1 RETURNING position", s.name)
		if core.IsNotFound(err) {
			return start(tx, s.name)
		}
		if err != nil {
			return err
		}
		events, err := After(tx, at, batch)
		if err != nil || len(events) == 0 {
			return err
		}
		for _, e := range events {
			if err := d.hand(tx, s, e); err != nil {
				return err
			}
		}
		n = len(events)
		return tx.Must("UPDATE event_reader SET position = $1 WHERE name = $2", events[n-1].Position, s.name)
	})
	return n, err
}

// hand gives a subscriber an event, or puts the event aside when the subscriber failed at it too often.
func (d *Dispatcher) hand(tx *db.Tx, s subscriber, e Event) error {
	if !s.kinds[e.Kind] {
		return nil
	}
	known := d.trouble[s.name]
	if known.position == e.Position && known.times >= patience && d.Park != nil {
		d.log.Error("an event is put aside", "subscriber", s.name, "event", e.Position, "kind", e.Kind)
		return d.Park(tx, s.name, e.Position)
	}
	err := s.handle(tx, e)
	if err == nil || core.CodeOf(err) == core.Unavailable || tx.Context().Err() != nil {
		return err
	}
	if known.position != e.Position {
		known = trouble{position: e.Position}
	}
	known.times++
	d.trouble[s.name] = known
	return fmt.Errorf("%s, event %d %s: %w", s.name, e.Position, e.Kind, err)
}

// Again gives a subscriber an event that was put aside. An event that is not there any more is done with.
func (d *Dispatcher) Again(ctx context.Context, subscriber string, position int64) error {
	return d.db.Update(ctx, func(tx *db.Tx) error {
		events, err := After(tx, position-1, 1)
		if err != nil || len(events) == 0 || events[0].Position != position {
			return err
		}
		for _, s := range d.subscribers {
			if s.name == subscriber && s.kinds[events[0].Kind] {
				return s.handle(tx, events[0])
			}
		}
		return nil
	})
}

func start(tx *db.Tx, name string) error {
	last, err := Last(tx)
	if err != nil {
		return err
	}
	_, err = tx.Exec("INSERT INTO event_reader (name, position) VALUES ($1, $2) ON CONFLICT DO NOTHING", name, last)
	return err
}

// Start makes every subscriber known now, so that it sees all that happens from here on. Call it before serving.
func (d *Dispatcher) Start(ctx context.Context) error {
	return d.db.Update(ctx, func(tx *db.Tx) error {
		for _, s := range d.subscribers {
			if err := start(tx, s.name); err != nil {
				return err
			}
		}
		return nil
	})
}

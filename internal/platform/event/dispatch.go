package event

import (
	"context"
	"log/slog"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
)

// Handler reacts to an event inside the transaction that moves its subscriber on.
type Handler func(tx *db.Tx, e Event) error

// Dispatcher feeds events to subscribers, each at its own pace.
type Dispatcher struct {
	db          *db.DB
	log         *slog.Logger
	subscribers []subscriber
	wake        chan struct{}
}

type subscriber struct {
	name   string
	kinds  map[string]bool
	handle Handler
}

// batch is how many events one transaction of a subscriber takes: few enough that a writer never waits long.
const batch = 50

// NewDispatcher makes a dispatcher without subscribers.
func NewDispatcher(d *db.DB, log *slog.Logger) *Dispatcher {
	return &Dispatcher{db: d, log: log, wake: make(chan struct{}, 1)}
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
			if s.kinds[e.Kind] {
				if err := s.handle(tx, e); err != nil {
					return err
				}
			}
		}
		n = len(events)
		return tx.Must("UPDATE event_reader SET position = $1 WHERE name = $2", events[n-1].Position, s.name)
	})
	return n, err
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

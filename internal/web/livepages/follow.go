package livepages

import (
	"context"
	"crypto/rand"
	"sync"
	"sync/atomic"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/event"
	"dayroom/internal/platform/live"
)

// The follower's pace.
const (
	pause     = 20 * time.Millisecond  // between two looks, however much is written: what came together is told together
	poll      = 500 * time.Millisecond // where nothing was heard: another program may have written to the same database
	lookAgain = 250 * time.Millisecond // how often sign-ins are looked up at most
	batch     = 500                    // events that are read at once
	relisten  = time.Second            // after the line to the other servers broke
)

// follower reads the events for all streams of the process.
type follower struct {
	wake     chan struct{}
	written  atomic.Bool   // this process wrote something that the other servers have not been told
	position atomic.Int64  // up to which everything is known
	turns    atomic.Uint64 // counts looks that put somebody in doubt
	unsure   atomic.Bool
	name     string // of this process, among the servers

	mu     sync.Mutex
	memory memory

	looked time.Time // when sign-ins were looked up; for the follower's goroutine alone
	away   bool      // the database is; for it alone
}

func newFollower() follower {
	return follower{wake: make(chan struct{}, 1), name: rand.Text()[:12]}
}

// Position is up to which event everything that this process shows is at least; zero while it is not known.
func (f *follower) Position() int64 { return f.position.Load() }

func (f *follower) nudge() {
	select {
	case f.wake <- struct{}{}:
	default:
	}
}

// doubt makes the next look ask for everybody.
func (f *follower) doubt() {
	f.unsure.Store(true)
	f.nudge()
}

// remembers tells whether everything after a position is in memory. A position that is yet to come is not.
func (f *follower) remembers(after int64) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return after >= f.memory.from && after <= f.position.Load()
}

// Start learns where the events stand. Pages that are shown before it carry no position.
func (p *Pages) Start(ctx context.Context) error {
	p.DB.OnChange(func() {
		p.written.Store(true)
		p.nudge()
	})
	return p.DB.View(ctx, func(tx *db.Tx) error {
		last, err := event.Last(tx)
		if err != nil {
			return err
		}
		p.mu.Lock()
		p.memory = memory{from: last}
		p.mu.Unlock()
		p.position.Store(last)
		return nil
	})
}

// Run follows the events until ctx ends, and then tells the streams to come back to another server.
func (p *Pages) Run(ctx context.Context) {
	var others sync.WaitGroup
	others.Go(func() { p.hear(ctx) })
	defer others.Wait()
	defer p.Hub.Stop()
	tick, beat := time.NewTicker(poll), time.NewTicker(time.Second)
	defer tick.Stop()
	defer beat.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-beat.C:
			p.Hub.Beat(p.Position())
			continue
		case <-tick.C:
		case <-p.wake:
			if p.written.Swap(false) {
				p.announce(ctx)
			}
		}
		p.note(ctx, p.look(ctx))
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
	}
}

// note tells the log when the database goes and comes, and not each time that it is not there.
func (p *Pages) note(ctx context.Context, err error) {
	switch {
	case ctx.Err() != nil:
	case err != nil && !p.away:
		p.away = true
		p.Log.Error("live pages wait: events cannot be read", "error", err)
	case err == nil && p.away:
		p.away = false
		p.Log.Info("live pages go on")
	}
}

// announce tells the other servers. When that fails they find out by themselves, a little later.
func (p *Pages) announce(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	_ = p.DB.Signal(ctx, p.name)
}

// hear listens to the other servers.
func (p *Pages) hear(ctx context.Context) {
	for ctx.Err() == nil {
		err := p.DB.Signals(ctx, func(from string) {
			if from != p.name {
				p.nudge()
			}
		})
		if ctx.Err() == nil {
			p.Log.Warn("the line to the other servers broke; live pages ask every half second meanwhile", "error", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(relisten):
		}
	}
}

// found is what one look at the database gives.
type found struct {
	position int64
	born     uint64 // streams that are newer than the snapshot wait for the next look: it may not know their sign-in or their thread
	signals  []mark
	doubts   doubts
	dropped  []*live.Stream
	allowed  []allowed
}

type allowed struct {
	s      *live.Stream
	actor  core.Actor
	grants []live.Grant
}

// look reads what happened since the last time, in one snapshot, and tells the streams.
func (p *Pages) look(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	unsure := p.unsure.Swap(false)
	now := time.Now()
	f := found{position: p.Position(), born: p.Hub.Born(), doubts: doubts{all: unsure}}
	err := p.DB.View(ctx, func(tx *db.Tx) error {
		last, err := event.Last(tx)
		if err != nil {
			return err
		}
		if p.Hub.Open() == 0 {
			f.position = last
			return nil
		}
		if err := p.read(tx, &f, last); err != nil {
			return err
		}
		if f.doubts.any() {
			p.turns.Add(1)
		}
		if f.doubts.any() || len(f.signals) > 0 || now.Sub(p.looked) >= lookAgain {
			return p.decide(tx, &f, now)
		}
		return nil
	})
	if err != nil {
		if unsure {
			p.unsure.Store(true)
		}
		return err
	}
	p.apply(f)
	return nil
}

// read takes what happened up to a position.
func (p *Pages) read(tx *db.Tx, f *found, last int64) error {
	for f.position < last {
		events, err := event.After(tx, f.position, batch)
		if err != nil {
			return err
		}
		if len(events) == 0 { // they were removed
			f.position = last
		}
		for _, e := range events {
			signals, err := signalsOf(tx, e)
			if err != nil {
				p.Log.Error("an event that live pages do not understand", "error", err)
				f.doubts.all = true
			}
			for _, s := range signals {
				f.signals = append(f.signals, mark{e.Position, s})
			}
			f.doubts.raise(e)
			f.position = e.Position
		}
	}
	return nil
}

// apply remembers first and tells then, so that whoever comes in between hears of it at least once.
func (p *Pages) apply(f found) {
	p.mu.Lock()
	if p.Hub.Open() == 0 && len(f.signals) == 0 && f.position != p.position.Load() {
		p.memory = memory{from: f.position} // nobody listened: it was not read
	}
	signals := make([]live.Signal, len(f.signals))
	for i, m := range f.signals {
		p.memory.add(m.position, []live.Signal{m.Signal})
		signals[i] = m.Signal
	}
	p.position.Store(f.position)
	p.mu.Unlock()
	p.Hub.Drop(f.dropped...)
	for _, a := range f.allowed {
		p.Hub.Allow(a.s, a.actor, a.grants)
	}
	p.Hub.Tell(f.position, signals)
}

package app

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"dayroom/internal/figures"
	"dayroom/internal/platform/db"
	"dayroom/internal/thread"
	"dayroom/internal/webhook"
)

// Mode is what a server is for.
type Mode int

// The modes. The demo adds one-click sign-in; nothing can switch that on for a public site.
const (
	Public Mode = iota
	Demo
)

// Bounds against slow clients: a form has to arrive within readTime, an answer has to be taken within writeTime.
const (
	headTime   = 5 * time.Second
	readTime   = 60 * time.Second // an image of 8 MB over a line of 1.2 Mbit/s
	writeTime  = 60 * time.Second
	idleTime   = 2 * time.Minute
	stopTime   = 20 * time.Second
	settleTime = 2 * time.Second // of stopTime: until connections that bring nothing are closed
	maxHeader  = 32 << 10
	eventPause = time.Second
	tendPause  = 5 * time.Second
)

// Serve answers until ctx ends, then lets running requests finish. ready is called once the port is open.
func (a *App) Serve(ctx context.Context, mode Mode, ready func(addr string)) error {
	handler, err := a.Handler(mode)
	if err != nil {
		return err
	}
	doors, err := a.doors(handler)
	if err != nil {
		return err
	}
	if err := errors.Join(a.Events.Start(ctx), a.Live.Start(ctx)); err != nil {
		return err
	}
	if err := a.Search.Begin(ctx); err != nil {
		return err
	}
	work, stop := context.WithCancel(context.WithoutCancel(ctx))
	var background sync.WaitGroup
	a.background(work, &background)
	failed := make(chan error, len(doors))
	for _, d := range doors {
		go func() { failed <- d.serve() }()
	}
	ready(doors[0].listener.Addr().String())
	tellManager("READY=1")
	select {
	case err = <-failed:
	case <-ctx.Done():
		a.Log.Info("stopping: running requests may finish")
		tellManager("STOPPING=1")
		a.stopping.Store(true)
		a.Live.Hub.Stop()
		patience, cancel := context.WithTimeout(context.Background(), stopTime)
		err = shut(patience, doors)
		cancel()
	}
	stop()
	background.Wait()
	if errors.Is(err, http.ErrServerClosed) {
		err = nil
	}
	return err
}

// patience is how long a server waits for its clients.
type patience struct{ head, read, write, idle time.Duration }

func newServer(handler http.Handler, p patience) *http.Server {
	return &http.Server{
		Handler: handler, ReadHeaderTimeout: p.head, ReadTimeout: p.read, WriteTimeout: p.write, IdleTimeout: p.idle, MaxHeaderBytes: maxHeader,
	}
}

// background starts what runs beside the requests.
func (a *App) background(ctx context.Context, wg *sync.WaitGroup) {
	wg.Go(func() { a.Events.Run(ctx, eventPause) })
	wg.Go(func() { a.Live.Run(ctx) })
	wg.Go(func() { a.Jobs.Run(ctx) })
	wg.Go(func() { a.every(ctx, db.LeaseRenewal, "lease", a.Lease.Renew) })
	wg.Go(func() { a.every(ctx, thread.FlushEvery, "read positions", a.Thread.FlushPositions) })
	wg.Go(func() { a.every(ctx, tendPause, "in order", a.tend) })
	wg.Go(func() { a.every(ctx, webhook.DueEvery, "which notes are due", a.Webhooks.Due) })
	wg.Go(func() { a.every(ctx, time.Minute, "how much room is left", a.roomLeft) })
	wg.Go(func() { a.every(ctx, time.Minute, "the tally of letters", a.Letters.Flush) })
}

// tend keeps the database file in order.
func (a *App) tend(ctx context.Context) error {
	t, err := a.DB.Tend(ctx)
	if t.Restarted || t.Freed > 0 {
		a.Log.Info("tended the database", "log_bytes", t.Log, "log_restarted", t.Restarted, "pages_freed", t.Freed)
	}
	return err
}

// roomLeft tells the log when the disk gets full, and when there is room again. The admins' overview says it too.
func (a *App) roomLeft(ctx context.Context) error {
	s, err := figures.ReadStorage(ctx, a.DB, a.Config.Data)
	if err != nil {
		return err
	}
	if low := s.Low(); a.cramped.Swap(low) != low {
		if low {
			a.Log.Warn("there is little room left on the disk; when it is full, nobody can write", "free_bytes", s.Free, "database_bytes", s.Database)
		} else {
			a.Log.Info("there is room on the disk again", "free_bytes", s.Free)
		}
	}
	return nil
}

// every calls act again and again; a failure is logged and tried again at the next turn.
func (a *App) every(ctx context.Context, pause time.Duration, what string, act func(context.Context) error) {
	tick := time.NewTicker(pause)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if err := act(ctx); err != nil && ctx.Err() == nil {
				a.Log.Error("could not write "+what, "error", err)
			}
		}
	}
}

// demoMark is the file that makes a data folder a demo's, which may be thrown away.
const demoMark = "THIS-IS-A-DEMO"

// DemoOnly fails where a data folder holds something that the demo did not make. A folder that is not there, or empty, may become a demo's.
func DemoOnly(c Config) error {
	files, err := os.ReadDir(c.Data)
	if errors.Is(err, os.ErrNotExist) || err == nil && len(files) == 0 {
		return nil
	}
	if err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(c.Data, demoMark)); err != nil {
		return fmt.Errorf("%s was not made by the demo, and is left as it is: choose another folder for the demo with --data", c.Data)
	}
	return nil
}

// DemoConfig is the configuration of a demo: whatever database and keys the environment names, those of a demo lie in its own folder.
func DemoConfig(c Config) Config {
	c.Demo = true // everybody is an admin there: nothing is sent to the web
	c.Media = filepath.Join(c.Data, "media")
	c.DB, c.Keys, c.KeyFile = filepath.Join(c.Data, "dayroom.db"), filepath.Join(c.Data, "keys.db"), filepath.Join(c.Data, "root.key")
	return c
}

// RemoveDemo removes a demo's data folder. A folder that is not a demo's is left alone.
func RemoveDemo(c Config) error {
	if err := DemoOnly(c); err != nil {
		return err
	}
	return os.RemoveAll(c.Data)
}

package livepages

import (
	"errors"
	"net/netip"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/live"
	"dayroom/internal/web/shell"
)

// comeBack is after how long somebody may try again for whom there was no room.
const comeBack = 30 * time.Second

// Open answers with a stream of what the reader may hear of. What they may not hear of is told as gone, whether it exists or not.
func (p *Pages) Open(c *shell.Call) error {
	wants, err := wanted(c)
	if err != nil {
		return err
	}
	address := counted(c.Address())
	if err := p.Hub.Room(address); err != nil {
		return refusal(err)
	}
	o, err := p.opening(c, wants)
	if err != nil {
		return err
	}
	o.Address = address
	if len(o.Grants) == 0 { // nothing to wait for: it is said, and the browser asks no more
		c.W.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
		c.W.Header().Set("Cache-Control", "no-store")
		_, err := c.W.Write(append([]byte("retry: 600000\n\n"), o.Missed()...))
		return err
	}
	return refusal(p.Hub.Serve(c.W, c.R, o))
}

// counted is the address that a stream counts for. This machine is not counted: a proxy may run on it whose visitors could not be told
// apart.
func counted(address string) string {
	if a, err := netip.ParseAddr(address); err == nil && a.IsLoopback() || address == "::/64" {
		return ""
	}
	return address
}

func refusal(err error) error {
	switch {
	case errors.Is(err, live.ErrMany):
		return core.Wait(comeBack, "live.many")
	case errors.Is(err, live.ErrStopped):
		return core.E(core.Unavailable, "error.unavailable")
	}
	return err
}

// wanted reads what the browser asks for. Last-Event-ID is newer than the positions in the address, which stays the same when a
// browser reconnects by itself.
func wanted(c *shell.Call) ([]live.Want, error) {
	wants, err := live.ParseWants(c.Query("on"))
	if err != nil {
		return nil, core.E(core.Invalid, "live.topics").Because(err)
	}
	header := c.R.Header.Get("Last-Event-ID")
	if header == "" {
		return wants, nil
	}
	last, err := live.ParsePosition(header)
	if err != nil {
		return nil, core.E(core.Invalid, "live.topics").Because(err)
	}
	for i := range wants {
		wants[i].After = max(wants[i].After, last)
	}
	return wants, nil
}

// opening decides what may be heard, and finds out what was missed.
func (p *Pages) opening(c *shell.Call, wants []live.Want) (o live.Opening, err error) {
	o.Actor = c.Actor
	known := p.turns.Load()
	after := map[live.Topic]int64{}
	var gone []live.Topic
	var old past
	err = p.DB.View(c.Ctx(), func(tx *db.Tx) error {
		for _, w := range wants {
			g, err := p.grant(tx, c.Actor, w.Topic)
			if err != nil {
				return err
			}
			if g == nil {
				gone = append(gone, w.Topic)
				continue
			}
			o.Grants = append(o.Grants, *g)
			after[w.Topic] = w.After
		}
		old, err = p.longAgo(tx, after)
		return err
	})
	o.Missed = func() []byte {
		if p.turns.Load() != known {
			p.doubt() // something about access happened while it was decided
		}
		return append(live.Gone(gone), p.missed(o, after, old)...)
	}
	return o, err
}

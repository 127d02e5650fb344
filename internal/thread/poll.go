package thread

import (
	"context"
	"encoding/json"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/event"
	"dayroom/internal/platform/markup"
	"dayroom/internal/policy"
)

// Limits of a poll.
const (
	minOptions  = 2
	maxOptions  = 8
	maxOption   = 80
	maxQuestion = 140
	maxPollDays = 90
)

// PollInput is a poll as its author writes it.
type PollInput struct {
	Question string
	Options  []string
	Days     int // open for so many days; 0 is without end
}

func (p *PollInput) validate(f core.Fields) {
	p.Question = markup.Line(p.Question)
	var kept []string
	for _, o := range p.Options {
		if o = markup.Line(o); o != "" {
			kept = append(kept, o)
		}
	}
	p.Options = kept
	f.Check(within(p.Question, minTitle, maxQuestion), "poll_question", "thread.poll.question")
	f.Check(len(kept) >= minOptions && len(kept) <= maxOptions, "poll_options", "thread.poll.options")
	for _, o := range kept {
		f.Check(within(o, 1, maxOption), "poll_options", "thread.poll.option_length")
	}
	f.Check(p.Days >= 0 && p.Days <= maxPollDays, "poll_days", "thread.poll.days")
}

// Poll is a question with choices and how many chose each.
type Poll struct {
	Question string
	Options  []string
	Votes    []int
	Total    int
	ClosesAt time.Time
	Mine     int // the actor's choice, -1 without one
	Closed   bool
}

func insertPoll(tx *db.Tx, thread core.ID, in PollInput, now time.Time) error {
	options, err := json.Marshal(in.Options)
	if err != nil {
		return err
	}
	closes := int64(0)
	if in.Days > 0 {
		closes = db.Millis(now.AddDate(0, 0, in.Days))
	}
	_, err = tx.Exec("INSERT INTO poll (thread, question, options, closes_at) VALUES ($1, $2, $3, $4)", thread, in.Question, string(options), closes)
	return err
}

// loadPoll gives the thread's poll, or nil.
func loadPoll(tx *db.Tx, a core.Actor, thread core.ID, now time.Time) (*Poll, error) {
	p, err := db.One(tx, func(r db.Row) (p Poll, err error) {
		var options string
		var closes int64
		if err = r.Scan(&p.Question, &options, &closes); err != nil {
			return p, err
		}
		p.ClosesAt = db.Moment(closes)
		return p, json.Unmarshal([]byte(options), &p.Options)
	}, "SELECT question, options, closes_at FROM poll WHERE thread = $1", thread)
	if core.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	p.Votes, p.Mine = make([]int, len(p.Options)), -1
	p.Closed = !p.ClosesAt.IsZero() && !now.Before(p.ClosesAt)
	type tally struct{ choice, n, mine int }
	rows, err := db.All(tx, func(r db.Row) (t tally, err error) { err = r.Scan(&t.choice, &t.n, &t.mine); return },
		"SELECT choice, COUNT(*), SUM(CASE WHEN member = $2 THEN 1 ELSE 0 END) FROM poll_vote WHERE thread = $1 GROUP BY choice", thread, a.Member)
	for _, t := range rows {
		if t.choice < 0 || t.choice >= len(p.Votes) {
			continue
		}
		p.Votes[t.choice] = t.n
		p.Total += t.n
		if t.mine > 0 && a.Member != 0 {
			p.Mine = t.choice
		}
	}
	return &p, err
}

// Vote chooses in a poll, or changes the choice, while it is open.
func (s *Service) Vote(ctx context.Context, a core.Actor, thread core.ID, choice int) (err error) {
	defer core.Wrap(&err, "thread.Vote(%s)", thread)
	return s.db.Update(ctx, func(tx *db.Tx) error {
		sc, err := s.scene(tx, a, thread)
		if err != nil {
			return err
		}
		if err := policy.React(a, sc.Space.Facts(), sc.Ties, sc.Thread.Facts()).Err(); err != nil {
			return err
		}
		now := s.clock.Now()
		p, err := loadPoll(tx, a, thread, now)
		switch {
		case err != nil:
			return err
		case p == nil:
			return core.Missing("poll")
		case p.Closed:
			return core.E(core.Forbidden, "thread.poll.closed")
		case choice < 0 || choice >= len(p.Options):
			return core.Field("choice", "thread.poll.choice")
		}
		_, err = tx.Exec(`INSERT INTO poll_vote (thread, member, choice, at) VALUES ($1, $2, $3, $4)
			ON CONFLICT (thread, member) DO UPDATE SET choice = excluded.choice, at = excluded.at`, thread, a.Member, choice, db.Millis(now))
		event.Append(tx, event.Event{At: now, Kind: PollVoted, Actor: a.Member, Space: sc.Space.ID, Thread: thread, Subject: thread})
		return err
	})
}

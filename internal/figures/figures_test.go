package figures_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/figures"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/db/dbtest"
)

var (
	ctx   = context.Background()
	admin = core.Actor{Member: 1, Role: core.RoleAdmin, Standing: core.Active}
	noon  = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
)

type member struct {
	id            int64
	standing      string
	created, seen time.Time
}

type post struct {
	id, thread, author int64 // thread is 0 for a thread itself
	kind, state        string
	closed, imported   bool
	at                 time.Time
}

// site is what lies in the database, once more as values, to count by hand.
type site struct {
	t       *testing.T
	db      *db.DB
	clock   *core.ManualClock
	figures *figures.Service
	members []member
	posts   []post
}

func each(t *testing.T, test func(s *site)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := &site{t: t, db: d, clock: core.NewManualClock(noon)}
		s.figures = figures.New(d, s.clock)
		s.exec("INSERT INTO space (id, slug, kind, name, description, rules, rules_html, visibility, joining, created_at) VALUES (1, 's', 'community', 'S', '', '', '', 'public', 'open', 0)")
		test(s)
	})
}

func (s *site) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *site) exec(query string, args ...any) {
	s.t.Helper()
	s.must(s.db.Update(ctx, func(tx *db.Tx) error { _, err := tx.Exec(query, args...); return err }))
}

func (s *site) member(m member) {
	s.t.Helper()
	s.members = append(s.members, m)
	s.exec("INSERT INTO member (id, handle, handle_key, role, standing, created_at, seen_at) VALUES ($1, $2, $2, '', $3, $4, $5)",
		m.id, fmt.Sprintf("m_%d", m.id), m.standing, db.Millis(m.created), db.Millis(m.seen))
}

func (s *site) post(p post) {
	s.t.Helper()
	s.posts = append(s.posts, p)
	if p.thread == 0 {
		s.exec(`INSERT INTO thread (id, no, space, kind, author, title, body, html, excerpt, state, closed_at, created_at, active_at)
			VALUES ($1, $1, 1, $2, $3, 'T', 'b', 'b', 'b', $4, $5, $6, $6)`, p.id, p.kind, p.author, p.state, map[bool]int64{true: 1}[p.closed], db.Millis(p.at))
		if p.imported {
			s.exec("INSERT INTO import_ref (source, external, post) VALUES ('f', $1, $2)", fmt.Sprint(p.id), p.id)
		}
		return
	}
	s.exec("INSERT INTO comment (place, id, thread, root, author, body, html, state, created_at) VALUES ($1, $1, $2, $1, $3, 'b', 'b', $4, $5)",
		p.id, p.thread, p.author, p.state, db.Millis(p.at))
	if p.state == "open" {
		s.exec("UPDATE thread SET replies = replies + 1 WHERE id = $1", p.thread)
	}
}

// fill makes a site by chance, the same each time.
func (s *site) fill() {
	dice := rand.New(rand.NewPCG(7, 7))
	pick := func(list ...string) string { return list[dice.IntN(len(list))] }
	ago := func(days int) time.Time {
		return noon.Add(-time.Duration(dice.Int64N(int64(days) * int64(24*time.Hour))))
	}
	for id := int64(1); id <= 120; id++ {
		seen := figures.DayOf(ago(2))
		s.member(member{id, pick("active", "active", "active", "restricted", "banned", "waiting", "gone", "placeholder", "placeholder"), ago(40), seen})
	}
	for id := int64(100); id < 220; id++ {
		p := post{id: id, author: 1 + dice.Int64N(60), kind: pick("question", "experience", "discussion", "announcement", "case"),
			state: pick("open", "open", "open", "held", "deleted"), closed: dice.IntN(8) == 0, imported: dice.IntN(6) == 0, at: ago(45)}
		s.post(p)
		for n := range int64(dice.IntN(4)) {
			after := time.Duration(dice.Int64N(int64(50 * time.Hour)))
			if p.at.Add(after).After(noon) {
				continue
			}
			s.post(post{id: id*1000 + n, thread: id, author: pick2(dice, p.author), state: pick("open", "open", "held"), at: p.at.Add(after)})
		}
	}
}

// pick2 is the same person or another.
func pick2(dice *rand.Rand, author int64) int64 {
	if dice.IntN(4) == 0 {
		return author
	}
	return 1 + dice.Int64N(60)
}

func (s *site) standing(id int64) string {
	for _, m := range s.members {
		if m.id == id {
			return m.standing
		}
	}
	return ""
}

func (s *site) counts(p post) bool {
	return p.state == "open" && !p.imported && s.standing(p.author) != "placeholder"
}

func (s *site) waits(p post) bool {
	return p.thread == 0 && s.counts(p) && slices.Contains([]string{"question", "experience", "discussion"}, p.kind)
}

// slowDay counts a day by looking at everything.
func (s *site) slowDay(d time.Time) (out figures.Day) {
	out.Day = d
	in := func(t time.Time) bool { return !t.Before(d) && t.Before(d.AddDate(0, 0, 1)) }
	for _, m := range s.members {
		if in(m.created) && slices.Contains([]string{"active", "restricted", "banned"}, m.standing) {
			out.New++
		}
	}
	for _, p := range s.posts {
		if in(p.at) && s.counts(p) {
			out.Posts++
		}
	}
	return out
}

// slowReplies gives the pauses until the first answer by somebody else, -1 where there was none, of threads that had a day.
func (s *site) slowReplies() (pauses []time.Duration) {
	until := s.clock.Now().Add(-24 * time.Hour)
	for _, p := range s.posts {
		if !s.waits(p) || !p.at.Before(until) || p.at.Before(until.Add(-figures.Shown)) {
			continue
		}
		first := time.Duration(-1)
		for _, c := range s.posts {
			if c.thread == p.id && c.author != p.author && s.counts(c) && (first < 0 || c.at.Sub(p.at) < first) {
				first = c.at.Sub(p.at)
			}
		}
		pauses = append(pauses, first)
	}
	return pauses
}

func (s *site) dashboard() figures.Dashboard {
	s.t.Helper()
	out, err := s.figures.Dashboard(ctx, admin)
	s.must(err)
	return out
}

func TestEveryDayCountsWhatCountingByHandGives(t *testing.T) {
	each(t, func(s *site) {
		s.fill()
		s.must(s.figures.Count(ctx))
		got, total := s.dashboard(), int64(0)
		if len(got.Days) != 31 {
			t.Fatalf("%d days", len(got.Days))
		}
		for _, d := range got.Days {
			want := s.slowDay(d.Day)
			if d.New != want.New || d.Posts != want.Posts {
				s.t.Errorf("%s: %d new and %d posts, want %d and %d", d.Day.Format(time.DateOnly), d.New, d.Posts, want.New, want.Posts)
			}
			total += d.Posts
		}
		if total == 0 {
			s.t.Error("nothing was counted at all")
		}
	})
}

func TestFirstAnswersAreMeasuredAsByHand(t *testing.T) {
	each(t, func(s *site) {
		s.fill()
		s.must(s.figures.Count(ctx))
		pauses := s.slowReplies()
		var hour, day, endless int64
		sorted := []time.Duration{}
		for _, p := range pauses {
			switch {
			case p < 0:
				endless++
				p = 1 << 62
			case p <= time.Hour:
				hour++
				fallthrough
			case p <= 24*time.Hour:
				day++
			}
			sorted = append(sorted, p)
		}
		slices.Sort(sorted)
		want := sorted[(len(sorted)-1)/2]
		if want == 1<<62 {
			want = figures.NoMedian
		}
		got := s.dashboard()
		if got.Asked != int64(len(pauses)) || got.InHour != hour || got.InDay != day || got.Median != want || endless == 0 || hour == 0 {
			s.t.Errorf("%+v, want %d asked, %d and %d answered, median %s", got.Counted, len(pauses), hour, day, want)
		}
	})
}

func TestWhatWaitsAndWhoIsHereIsCountedAsByHand(t *testing.T) {
	each(t, func(s *site) {
		s.fill()
		s.must(s.figures.Count(ctx))
		var people, here, unanswered int64
		for _, m := range s.members {
			if m.standing == "active" || m.standing == "restricted" {
				people++
				if !m.seen.Before(figures.DayOf(noon)) {
					here++
				}
			}
		}
		for _, p := range s.posts {
			answered := slices.ContainsFunc(s.posts, func(c post) bool { return c.thread == p.id && c.state == "open" })
			if s.waits(p) && !p.closed && !answered {
				unanswered++
			}
		}
		got := s.dashboard()
		if here <= figures.FewPeople {
			s.t.Fatalf("the test has %d people here: too few to be told", here)
		}
		if got.Members != people || got.Unanswered != unanswered || got.Days[30].Active != here || unanswered == 0 {
			s.t.Errorf("%+v here %d, want %d members, %d unanswered, %d here", got.Counted, got.Days[30].Active, people, unanswered, here)
		}
	})
}

func TestFewPeopleLookAlike(t *testing.T) {
	each(t, func(s *site) {
		for id := int64(1); id <= 11; id++ {
			s.member(member{id, "active", noon, figures.DayOf(noon)})
			s.must(s.figures.Count(ctx))
			want := int64(figures.AFew)
			if id == 11 {
				want = 11
			}
			if got := s.dashboard().Days[30].Active; got != want {
				s.t.Errorf("%d people show as %d, want %d", id, got, want)
			}
		}
	})
}

func TestAFinishedDayStandsAndTodayGoesOn(t *testing.T) {
	each(t, func(s *site) {
		s.member(member{1, "active", noon, figures.DayOf(noon)})
		s.post(post{id: 100, author: 1, kind: "question", state: "open", at: noon.AddDate(0, 0, -1)})
		s.must(s.figures.Count(ctx))
		s.exec("DELETE FROM thread")
		s.post(post{id: 101, author: 1, kind: "question", state: "open", at: noon})
		s.must(s.figures.Count(ctx))
		got := s.dashboard().Days
		if got[29].Posts != 1 || got[30].Posts != 1 {
			s.t.Errorf("yesterday %d, today %d", got[29].Posts, got[30].Posts)
		}
	})
}

func TestJobsQueueAndLagAreRead(t *testing.T) {
	each(t, func(s *site) {
		for id, j := range map[int64][2]any{1: {"waiting", noon.Add(-time.Hour)}, 2: {"waiting", noon.Add(time.Hour)}, 3: {"running", noon}, 4: {"failed", noon}, 5: {"done", noon}} {
			s.exec("INSERT INTO job (id, kind, payload, state, run_at, attempt, lease, last_error, created_at, finished_at) VALUES ($1, 'k', '1', $2, $3, 0, 0, '', 0, 0)",
				id, j[0], db.Millis(j[1].(time.Time)))
		}
		for id, state := range map[int64]string{1: "open", 2: "open", 3: "decided"} {
			s.exec("INSERT INTO queue_item (id, kind, space, thread, post, author, urgency, state, opened_at) VALUES ($1, 'held', 1, 1, $1, 1, 0, $2, $3)",
				id, state, db.Millis(noon.Add(-time.Duration(id)*time.Hour)))
		}
		s.exec("UPDATE counter SET value = 30 WHERE name = 'event'")
		s.exec("INSERT INTO event_reader (name, position) VALUES ('slow', 10), ('quick', 30)")
		got := s.dashboard()
		want := figures.Jobs{Due: 1, Later: 1, Running: 1, Failed: 1, Oldest: noon.Add(-time.Hour)}
		if got.Jobs != want {
			s.t.Errorf("%+v, want %+v", got.Jobs, want)
		}
		if got.Queue != (figures.Queue{Open: 2, Oldest: noon.Add(-2 * time.Hour)}) {
			s.t.Errorf("%+v", got.Queue)
		}
		if !slices.Equal(got.Lag, []figures.Lag{{Name: "slow", Behind: 20}, {Name: "quick"}}) {
			s.t.Errorf("%+v", got.Lag)
		}
	})
}

func TestLettersAreTalliedOverServersAndDays(t *testing.T) {
	each(t, func(s *site) {
		one, two := figures.NewTally(s.db, s.clock), figures.NewTally(s.db, s.clock)
		lost := errors.New("away")
		if one.Count(nil) != nil || two.Count(lost) != lost {
			s.t.Error("the tally changes what it counts")
		}
		one.Count(nil)
		s.must(one.Flush(ctx))
		s.must(two.Flush(ctx))
		s.must(one.Flush(ctx)) // nothing new
		s.clock.Advance(24 * time.Hour)
		two.Count(nil)
		s.must(two.Flush(ctx))
		if got := s.dashboard().Mail; got != (figures.Mail{Sent: 3, Failed: 1}) || two.Since() != (figures.Mail{Sent: 1, Failed: 1}) {
			s.t.Errorf("%+v, %+v", got, two.Since())
		}
	})
}

func TestWhatCouldNotBeWrittenIsTalliedLater(t *testing.T) {
	s := &site{t: t, db: dbtest.OpenSQLite(t), clock: core.NewManualClock(noon)}
	tally := figures.NewTally(s.db, s.clock)
	tally.Count(nil)
	ended, cancel := context.WithCancel(ctx)
	cancel()
	if tally.Flush(ended) == nil {
		t.Fatal("it was written after the end")
	}
	s.must(tally.Flush(ctx))
	s.figures = figures.New(s.db, s.clock)
	if got := s.dashboard().Mail.Sent; got != 1 {
		t.Errorf("%d letters", got)
	}
}

func TestTheRoomIsMeasured(t *testing.T) {
	each(t, func(s *site) {
		got, err := figures.ReadStorage(ctx, s.db, t.TempDir())
		s.must(err)
		if got.Database <= 0 || got.FreeKnown && got.Free <= 0 || got.LogKnown != (s.db.Engine() == db.SQLite) {
			s.t.Errorf("%+v", got)
		}
		if _, err := figures.ReadStorage(ctx, s.db, filepath.Join(t.TempDir(), "none")); got.FreeKnown && err == nil {
			s.t.Error("a folder that is not there was measured")
		}
	})
}

func TestOnlyAdminsSeeTheFigures(t *testing.T) {
	each(t, func(s *site) {
		for _, a := range []core.Actor{core.Visitor, {Member: 2, Standing: core.Active}, {Member: 3, Role: core.RoleModerator, Standing: core.Active}} {
			if _, err := s.figures.Dashboard(ctx, a); core.CodeOf(err) != core.Forbidden && core.CodeOf(err) != core.Unauthenticated {
				s.t.Errorf("%+v: %v", a, err)
			}
		}
	})
}

func TestLittleRoomIsSaidWhileThereIsStillSome(t *testing.T) {
	for _, c := range []struct {
		s   figures.Storage
		low bool
	}{
		{figures.Storage{Free: 900 << 20, FreeKnown: true}, true},
		{figures.Storage{Free: 2 << 30, FreeKnown: true}, false},
		{figures.Storage{Free: 9 << 30, Database: 5 << 30, FreeKnown: true}, true}, // a backup would not fit
		{figures.Storage{Free: 11 << 30, Database: 5 << 30, FreeKnown: true}, false},
		{figures.Storage{}, false}, // the system does not tell
	} {
		if c.s.Low() != c.low {
			t.Errorf("%+v: low is %v", c.s, !c.low)
		}
	}
}

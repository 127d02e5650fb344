package figures

import (
	"context"
	"slices"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
)

// Names of figures that are kept by day. A name never changes: it is where the past is kept.
const (
	NewMembers = "members.new"    // accounts opened
	Active     = "members.active" // members who were here; see FewPeople
	Members    = "members"        // accounts on that day
	Posts      = "posts"          // threads and comments written, that stand
	Unanswered = "unanswered"     // threads that wait for a first answer, when it was counted
	MailSent   = "mail.sent"
	MailFailed = "mail.failed"

	ReplyAsked  = "reply.asked"  // threads of the 30 days before the last, the basis of the next three
	ReplyHour   = "reply.hour"   // of those, answered within an hour
	ReplyDay    = "reply.day"    // of those, answered within a day
	ReplyMedian = "reply.median" // milliseconds until half of them were answered; NoMedian when fewer were
)

// NoMedian is the median where fewer than half were ever answered.
const NoMedian = -1

// FewPeople is the greatest number of people that is not told: 1 to 10 members who were here look alike.
const FewPeople = 10

// Bounds of what is kept and shown.
const (
	Shown   = 30 * day      // charts, and the threads whose first answer is measured
	kept    = 2 * 365 * day // two winters can be compared
	day     = 24 * time.Hour
	CountIn = 10 * time.Minute // how often the job counts
)

// DayOf is the beginning of a moment's day, in UTC.
func DayOf(t time.Time) time.Time { return t.UTC().Truncate(day) }

// Service counts and keeps. Safe for concurrent use.
type Service struct {
	db    *db.DB
	clock core.Clock
}

// New makes the service.
func New(d *db.DB, clock core.Clock) *Service { return &Service{d, clock} }

// Count brings the figures by day up to now: finished days that are not settled yet, today, and what holds at this moment.
func (s *Service) Count(ctx context.Context) error {
	now := s.clock.Now()
	open, err := s.unsettled(ctx, now)
	if err != nil {
		return err
	}
	for _, d := range open {
		if err := s.countDay(ctx, d, now); err != nil {
			return err
		}
	}
	if err := s.countNow(ctx, now); err != nil {
		return err
	}
	return s.prune(ctx, now)
}

// unsettled are the days of the charts that were never counted after their end; today is one of them.
func (s *Service) unsettled(ctx context.Context, now time.Time) (out []time.Time, err error) {
	first := DayOf(now.Add(-Shown))
	var settled []int64
	err = s.db.View(ctx, func(tx *db.Tx) error {
		settled, err = db.All(tx, db.Int64, "SELECT day FROM figure_day WHERE name = $1 AND day >= $2 AND at >= day + $3", Posts, db.Millis(first), day.Milliseconds())
		return err
	})
	for d := first; !d.After(now); d = d.Add(day) {
		if !slices.Contains(settled, db.Millis(d)) {
			out = append(out, d)
		}
	}
	return out, err
}

// notPlaceholder leaves out what placeholders wrote; the alias of the post is p.
const notPlaceholder = " AND NOT EXISTS (SELECT 1 FROM member m WHERE m.id = p.author AND m.standing = 'placeholder')"

// notImported leaves out threads that came from a file.
const notImported = " AND NOT EXISTS (SELECT 1 FROM import_ref i WHERE i.post = p.id)"

const countPosts = `SELECT (SELECT COUNT(*) FROM comment p WHERE p.created_at >= $1 AND p.created_at < $2 AND p.state = 'open'` + notPlaceholder + `)
	+ (SELECT COUNT(*) FROM thread p WHERE p.created_at >= $1 AND p.created_at < $2 AND p.state = 'open'` + notPlaceholder + notImported + `)`

const countNew = "SELECT COUNT(*) FROM member WHERE created_at >= $1 AND created_at < $2 AND standing IN ('active', 'restricted', 'banned')"

func (s *Service) countDay(ctx context.Context, d, now time.Time) error {
	from, until := db.Millis(d), db.Millis(d.Add(day))
	var posts, fresh int64
	err := s.db.View(ctx, func(tx *db.Tx) (err error) {
		if posts, err = db.One(tx, db.Int64, countPosts, from, until); err != nil {
			return err
		}
		fresh, err = db.One(tx, db.Int64, countNew, from, until)
		return err
	})
	if err != nil {
		return err
	}
	return s.keep(ctx, d, now, map[string]int64{Posts: posts, NewMembers: fresh})
}

// waits are the threads that wait for an answer: the kinds of the list of unanswered ones.
const waits = "p.kind IN ('question', 'experience', 'discussion') AND p.state = 'open'"

// countNow counts what cannot be counted later: who was here today is forgotten when they come again tomorrow.
func (s *Service) countNow(ctx context.Context, now time.Time) error {
	figures := map[string]int64{}
	err := s.db.View(ctx, func(tx *db.Tx) (err error) {
		count := func(name, query string, args ...any) {
			if err == nil {
				figures[name], err = db.One(tx, db.Int64, query, args...)
			}
		}
		count(Members, "SELECT COUNT(*) FROM member WHERE standing IN ('active', 'restricted')")
		count(Active, "SELECT COUNT(*) FROM member WHERE seen_at >= $1 AND standing IN ('active', 'restricted')", db.Millis(DayOf(now)))
		count(Unanswered, "SELECT COUNT(*) FROM thread p WHERE p.replies = 0 AND p.closed_at = 0 AND "+waits+notPlaceholder+notImported)
		if err != nil {
			return err
		}
		return s.countReplies(tx, now, figures)
	})
	if err != nil {
		return err
	}
	return s.keep(ctx, DayOf(now), now, figures)
}

const firstReplies = `SELECT p.created_at, COALESCE((SELECT MIN(c.created_at) FROM comment c WHERE c.thread = p.id AND c.state = 'open' AND c.author <> p.author
		AND NOT EXISTS (SELECT 1 FROM member m WHERE m.id = c.author AND m.standing = 'placeholder')), 0)
	FROM thread p WHERE p.created_at >= $1 AND p.created_at < $2 AND ` + waits + notPlaceholder + notImported

// countReplies measures how soon somebody else answered first, in threads that had a whole day for it.
func (s *Service) countReplies(tx *db.Tx, now time.Time, figures map[string]int64) error {
	until := now.Add(-day)
	pauses, err := db.All(tx, func(r db.Row) (pause int64, err error) {
		var asked, answered int64
		err = r.Scan(&asked, &answered)
		if answered == 0 {
			return NoMedian, err
		}
		return max(0, answered-asked), err
	}, firstReplies, db.Millis(until.Add(-Shown)), db.Millis(until))
	if err != nil {
		return err
	}
	figures[ReplyAsked], figures[ReplyMedian] = int64(len(pauses)), median(pauses)
	figures[ReplyHour], figures[ReplyDay] = within(pauses, time.Hour), within(pauses, day)
	return nil
}

// within counts the pauses that are no longer than a bound.
func within(pauses []int64, bound time.Duration) (n int64) {
	for _, p := range pauses {
		if p >= 0 && p <= bound.Milliseconds() {
			n++
		}
	}
	return n
}

// median is the pause after which half of all were answered: who never was counts as endless. The lower of the two in the middle.
func median(pauses []int64) int64 {
	var answered []int64
	for _, p := range pauses {
		if p >= 0 {
			answered = append(answered, p)
		}
	}
	at := (len(pauses) - 1) / 2
	if len(pauses) == 0 || at >= len(answered) {
		return NoMedian
	}
	slices.Sort(answered)
	return answered[at]
}

const put = "INSERT INTO figure_day (name, day, value, at) VALUES ($1, $2, $3, $4) ON CONFLICT (name, day) DO UPDATE SET "

func (s *Service) keep(ctx context.Context, d, now time.Time, figures map[string]int64) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		for name, value := range figures {
			if _, err := tx.Exec(put+"value = excluded.value, at = excluded.at", name, db.Millis(d), value, db.Millis(now)); err != nil {
				return err
			}
		}
		return nil
	})
}

func addTo(tx *db.Tx, name string, d time.Time, n int64, now time.Time) error {
	_, err := tx.Exec(put+"value = figure_day.value + excluded.value, at = excluded.at", name, db.Millis(d), n, db.Millis(now))
	return err
}

func (s *Service) prune(ctx context.Context, now time.Time) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec("DELETE FROM figure_day WHERE day < $1", db.Millis(DayOf(now.Add(-kept))))
		return err
	})
}

// Tables declares what this package keeps.
var Tables = []db.Table{
	{Name: "figure_day", Export: "none", Keep: "2 years; numbers only"},
}

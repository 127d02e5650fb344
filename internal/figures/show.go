package figures

import (
	"context"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/policy"
)

// Day is one day of the charts. What was never counted is -1.
type Day struct {
	Day    time.Time `json:"day"`
	New    int64     `json:"new_members"`
	Active int64     `json:"active_members"` // 1 to 10 are AFew
	Posts  int64     `json:"posts"`
}

// AFew stands for 1 to FewPeople people.
const AFew = -2

// hide makes small numbers of people alike.
func hide(n int64) int64 {
	if n >= 1 && n <= FewPeople {
		return AFew
	}
	return n
}

// Counted are the figures that the job counted last.
type Counted struct {
	At         time.Time // zero: not counted yet
	Members    int64
	Unanswered int64
	Asked      int64 // threads that had a day to be answered, of 30 days
	InHour     int64 // of them
	InDay      int64
	Median     time.Duration // NoMedian when fewer than half were answered
}

// Dashboard is everything that an admin sees at once.
type Dashboard struct {
	At   time.Time
	Days []Day // the last 30 and today
	Counted
	Jobs
	Queue  Queue
	Mail   Mail // of the last 7 days and today
	Lag    []Lag
	Backup Backup
	// BackupFailed tells that the newest run did not come to its end.
	BackupFailed bool
}

// Dashboard reads it. Only admins may.
func (s *Service) Dashboard(ctx context.Context, actor core.Actor) (out Dashboard, err error) {
	now := s.clock.Now()
	out.At = now
	err = s.db.View(ctx, func(tx *db.Tx) error {
		if err := policy.ManageSite(actor).Err(); err != nil {
			return err
		}
		if err := s.days(tx, now, &out); err != nil {
			return err
		}
		if out.Jobs, err = ReadJobs(tx, now); err != nil {
			return err
		}
		if out.Queue, err = ReadQueue(tx); err != nil {
			return err
		}
		if out.Mail, err = ReadMail(tx, now.Add(-7*day)); err != nil {
			return err
		}
		if out.Lag, err = ReadLag(tx); err != nil {
			return err
		}
		out.Backup, out.BackupFailed, err = ReadBackup(tx)
		return err
	})
	return out, err
}

type row struct {
	name       string
	day, value int64
	at         int64
}

// days reads the charts, and the newest of what holds at a moment.
func (s *Service) days(tx *db.Tx, now time.Time, out *Dashboard) error {
	first := DayOf(now.Add(-Shown))
	rows, err := db.All(tx, func(r db.Row) (v row, err error) {
		err = r.Scan(&v.name, &v.day, &v.value, &v.at)
		return v, err
	}, "SELECT name, day, value, at FROM figure_day WHERE day >= $1 ORDER BY day", db.Millis(first))
	if err != nil {
		return err
	}
	for d := first; !d.After(now); d = d.Add(day) {
		out.Days = append(out.Days, Day{Day: d, New: -1, Active: -1, Posts: -1})
	}
	for _, v := range rows {
		at := int(db.Moment(v.day).Sub(first) / day)
		if at < 0 || at >= len(out.Days) { // another server's clock is ahead
			continue
		}
		out.take(&out.Days[at], v)
	}
	return nil
}

// take puts a row where it belongs; rows come in the order of days, so the newest stays.
func (o *Dashboard) take(d *Day, v row) {
	switch v.name {
	case NewMembers:
		d.New = v.value
	case Active:
		d.Active = hide(v.value)
	case Posts:
		d.Posts = v.value
	case Members:
		o.Members, o.Counted.At = v.value, db.Moment(v.at)
	case Unanswered:
		o.Unanswered = v.value
	case ReplyAsked:
		o.Asked = v.value
	case ReplyHour:
		o.InHour = v.value
	case ReplyDay:
		o.InDay = v.value
	case ReplyMedian:
		o.Median = time.Duration(v.value) * time.Millisecond
		if v.value == NoMedian {
			o.Median = NoMedian
		}
	}
}

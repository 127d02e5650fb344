package queue

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/event"
	"dayroom/internal/platform/markup"
	"dayroom/internal/policy"
	"dayroom/internal/thread"
)

const (
	maxNote    = 600
	maxReports = 20 // a day by one member: nobody reads more than that with care
)

// Report tells the people who look after a space that something is wrong with a post. Reporting a post again while it waits
// changes one's reason and note. How urgent it is follows from the reason.
func (s *Service) Report(ctx context.Context, a core.Actor, post core.ID, reason Reason, note string) (p thread.Post, err error) {
	defer core.Wrap(&err, "queue.Report(%s, %s)", post, reason)
	note = strings.TrimSpace(markup.Normalize(note))
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if p, err = s.posts.Load(tx, a, post); err != nil {
			return err
		}
		if err := policy.ReportPost(a, p.Space.Facts(), p.Ties, p.Facts()).Err(); err != nil {
			return err
		}
		if p.Author() == a.Member {
			return core.E(core.Forbidden, "queue.report.own")
		}
		f := core.Fields{}
		f.Check(slices.Contains(Reasons, reason), "reason", "queue.report.reason")
		f.Check(utf8.RuneCountInString(note) <= maxNote, "note", "queue.report.note")
		f.Check(reason != Other || note != "", "note", "queue.report.what")
		if err := f.Err(); err != nil {
			return err
		}
		if err := s.mayReportMore(tx, a); err != nil {
			return err
		}
		return s.report(tx, a, p, reason, note)
	})
	return p, err
}

func (s *Service) mayReportMore(tx *db.Tx, a core.Actor) error {
	since := s.now().Add(-24 * time.Hour)
	type sum struct{ count, oldest int64 }
	got, err := db.One(tx, func(r db.Row) (n sum, err error) { err = r.Scan(&n.count, &n.oldest); return },
		"SELECT COUNT(*), COALESCE(MIN(at), 0) FROM report WHERE reporter = $1 AND at > $2", a.Member, db.Millis(since))
	if err == nil && got.count >= maxReports {
		err = core.Wait(db.Moment(got.oldest).Sub(since), "queue.report.many")
	}
	return err
}

func (s *Service) report(tx *db.Tx, a core.Actor, p thread.Post, reason Reason, note string) error {
	now := s.now()
	item, err := db.One(tx, db.ID, `INSERT INTO queue_item (id, kind, space, thread, post, author, urgency, state, opened_at)
		VALUES ($1, 'report', $2, $3, $4, $5, $6, 'open', $7)
		ON CONFLICT (post, kind) WHERE state = 'open' DO UPDATE SET
			urgency = CASE WHEN excluded.urgency > queue_item.urgency THEN excluded.urgency ELSE queue_item.urgency END
		RETURNING id`,
		s.ids.Next(), p.Space.ID, p.Thread.ID, p.ID(), p.Author(), reason.Urgency(), db.Millis(now))
	if err != nil {
		return err
	}
	title := ""
	if p.Comment == nil {
		title = p.Thread.Title
	}
	// The copy of a first report stays: the author may have edited the post since.
	_, err = tx.Exec(`INSERT INTO report (id, item, reporter, author, reason, note, title, body, version, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
		ON CONFLICT (item, reporter) DO UPDATE SET reason = excluded.reason, note = excluded.note`,
		s.ids.Next(), item, a.Member, p.Author(), reason, note, title, p.Body(), p.Version(), db.Millis(now))
	if err != nil {
		return err
	}
	event.Append(tx, event.Event{At: now, Kind: EventReported, Space: p.Space.ID, Thread: p.Thread.ID, Subject: p.ID()}.With(
		ReportedData{Item: item, Author: p.Author(), Reason: reason, Urgency: reason.Urgency()}))
	return nil
}

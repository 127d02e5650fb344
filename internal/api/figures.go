package api

import (
	"time"

	"dayroom/internal/policy"
)

// Figures is what an admin sees of how the site lives. Numbers of people who were here are left out from 1 to 10.
type Figures struct {
	At         time.Time   `json:"at" doc:"When this was read."`
	Counted    time.Time   `json:"counted,omitzero" doc:"When members and answers were counted last; absent: not yet."`
	Members    int64       `json:"members" doc:"Members with an account that is not closed."`
	Unanswered int64       `json:"unanswered" doc:"Questions that nobody answered yet."`
	Asked      int64       `json:"asked" doc:"Threads of 30 days that had a day to be answered."`
	InHour     int64       `json:"answered_in_hour" doc:"Of them, answered within an hour."`
	InDay      int64       `json:"answered_in_day" doc:"Of them, answered within a day."`
	QueueOpen  int64       `json:"queue_open" doc:"Items that wait for a steward or moderator."`
	JobsDue    int64       `json:"jobs_due" doc:"Jobs whose time has come."`
	JobsFailed int64       `json:"jobs_failed" doc:"Jobs that were given up in 7 days."`
	MailSent   int64       `json:"mail_sent" doc:"Letters of 7 days that the mail server took."`
	MailFailed int64       `json:"mail_failed" doc:"Letters that it did not take."`
	Proven     time.Time   `json:"backup_proven,omitzero" doc:"When the newest backup was made that was restored and found good; absent: there is none."`
	Bytes      int64       `json:"backup_bytes" doc:"Its size."`
	Failed     bool        `json:"backup_failed" doc:"The newest run failed."`
	Days       []FigureDay `json:"days" doc:"The last 30 days and today, oldest first."`
}

// FigureDay is one day.
type FigureDay struct {
	Day    time.Time `json:"day" doc:"Its beginning, UTC."`
	Posts  *int64    `json:"posts,omitempty" doc:"Posts; absent: not counted."`
	New    *int64    `json:"new_members,omitempty" doc:"New members; absent: not counted."`
	Active *int64    `json:"active_members,omitempty" doc:"Members who were here; absent: not counted, or 1 to 10 of them."`
}

func (a *API) figures() {
	add(a, Op{ID: "read-figures", Method: "GET", Path: "/admin/figures", Door: policy.ForAdmin, Tag: "site", Summary: "Read figures about the site",
		Description: "How many are here, how soon people are answered, and what waits.", Does: []string{"GET /admin/figures"}},
		func(c Call, _ *none) (*given[Figures], error) {
			d, err := a.Numbers.Dashboard(c.Ctx(), c.Actor)
			if err != nil {
				return nil, err
			}
			out := Figures{At: d.At, Counted: d.Counted.At, Members: max(d.Members, 0), Unanswered: max(d.Unanswered, 0), Asked: d.Asked, InHour: d.InHour, InDay: d.InDay,
				QueueOpen: d.Queue.Open, JobsDue: d.Due, JobsFailed: d.Failed, MailSent: d.Mail.Sent, MailFailed: d.Mail.Failed,
				Proven: d.Backup.At, Bytes: d.Backup.Bytes, Failed: d.BackupFailed}
			for _, day := range d.Days {
				out.Days = append(out.Days, FigureDay{day.Day, told(day.Posts), told(day.New), told(day.Active)})
			}
			return &given[Figures]{out}, nil
		})
}

// told leaves out what is not to be told, or not known.
func told(n int64) *int64 {
	if n < 0 {
		return nil
	}
	return &n
}

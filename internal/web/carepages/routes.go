// Package carepages is the pages of looking after each other: the queue, reporting, the log of decisions, and notices.
package carepages

import (
	"time"

	"dayroom/internal/notify"
	"dayroom/internal/policy"
	"dayroom/internal/queue"
	"dayroom/internal/thread"
	"dayroom/internal/web/shell"
	"dayroom/internal/web/ui"
)

type pages struct {
	queue   *queue.Service
	notices *notify.Service
	posts   *thread.Service
}

// Routes lists the pages.
func Routes(q *queue.Service, n *notify.Service, posts *thread.Service) []shell.Route {
	p := &pages{q, n, posts}
	return []shell.Route{
		{Method: "GET", Path: "/queue", Access: policy.ForSteward, Handle: p.list},
		{Method: "GET", Path: "/queue/{item}", Access: policy.ForSteward, Handle: p.item},
		{Method: "POST", Path: "/queue/{item}", Access: policy.ForSteward, Handle: p.decide},
		{Method: "POST", Path: "/queue/undo", Access: policy.ForSteward, Handle: p.undo},
		{Method: "GET", Path: "/log", Access: policy.ForModerator, Handle: p.siteLog},
		{Method: "GET", Path: "/log/{slug}", Access: policy.ForSteward, Handle: p.log},
		{Method: "GET", Path: "/m/{handle}/standing", Access: policy.ForModerator, Handle: p.standing},
		{Method: "POST", Path: "/m/{handle}/standing", Access: policy.ForModerator, Handle: p.discipline},

		{Method: "GET", Path: "/report/{post}", Access: policy.ForMember, Handle: p.reportForm},
		{Method: "POST", Path: "/report/{post}", Access: policy.ForMember, Handle: p.report},
		{Method: "GET", Path: "/me/decisions", Access: policy.ForMember, Handle: p.mine},

		{Method: "GET", Path: "/notices", Access: policy.ForMember, Handle: p.noticeList},
		{Method: "GET", Path: "/notices/bell", Access: policy.ForMember, Handle: p.bell},
		{Method: "POST", Path: "/notices/read", Access: policy.ForMember, Handle: p.readAll},
		{Method: "GET", Path: "/notices/{id}", Access: policy.ForMember, Handle: p.openNotice},
		{Method: "GET", Path: "/notices/settings", Access: policy.ForMember, Handle: p.settings},
		{Method: "POST", Path: "/notices/settings", Access: policy.ForMember, Handle: p.saveSettings},
		{Method: "GET", Path: "/unsubscribe", Access: policy.ForPublic, Handle: p.unsubscribeForm},
		{Method: "POST", Path: "/unsubscribe", Access: policy.ForPublic, Handle: p.unsubscribe},
	}
}

// days is how long something holds, as a form sends it: a number of days, 0 for ever.
func days(now time.Time, n int) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return now.Add(time.Duration(n) * 24 * time.Hour)
}

// frame is the frame of a page of the queue.
func frame(c *shell.Call, title string) ui.Frame {
	f := c.Frame(title)
	f.Active = ui.NavQueue
	return f
}

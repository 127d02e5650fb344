package carepages

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/policy"
	"dayroom/internal/queue"
	"dayroom/internal/web/shell"
	"dayroom/internal/web/ui"
)

// itemView is an item as the page shows it.
type itemView struct {
	queue.View
	Typed    typed
	Mistakes shell.Mistakes
}

// typed is what somebody chose and wrote before the form came back.
type typed struct {
	Act    queue.Act
	Words  string // number of a suggestion, or empty
	Reason string
	Days   string
}

func (p *pages) item(c *shell.Call) error {
	id, err := c.ID("item")
	if err != nil {
		return err
	}
	return p.showItem(c, id, readFilter(c.Query), http.StatusOK, typed{}, shell.Mistakes{})
}

func (p *pages) showItem(c *shell.Call, id core.ID, f filter, status int, t typed, m shell.Mistakes) error {
	v, err := p.queue.Open(c.Ctx(), c.Actor, id)
	if err != nil {
		return err
	}
	page, err := p.queuePage(c, f)
	if err != nil {
		return err
	}
	page.Item = &itemView{v, t, m}
	return c.ShowStatus(status, showQueue(page))
}

func (p *pages) decide(c *shell.Call) error {
	id, err := c.ID("item")
	if err != nil {
		return err
	}
	form, err := c.Form()
	if err != nil {
		return err
	}
	f := readFilter(form.Raw)
	ruling, t := readRuling(c, form)
	d, err := p.queue.Decide(c.Ctx(), c.Actor, id, ruling)
	if err != nil {
		m, rest := c.Mistakes(err)
		if rest != nil {
			return rest
		}
		return p.showItem(c, id, f, m.Status, t, m)
	}
	next, err := p.next(c, f)
	if err != nil {
		return err
	}
	if !slices.Contains(undoable, d.Act) {
		c.Say(ui.Good, "queue.done."+string(d.Act))
		return c.Go(f.path(next, 0))
	}
	return c.Go(f.path(next, d.ID))
}

// undoable are the acts after which the page offers to take them back.
var undoable = []queue.Act{queue.Approve, queue.Hide, queue.Restore, queue.Dismiss}

// field names a field of the form of an act: several such forms stand on one page, and ids must not repeat.
func field(name string, act queue.Act) string { return name + "-" + string(act) }

// suggestions is how many ready wordings the catalogue has at most for an act: queue.words.hide.1 and on.
const suggestions = 6

// readRuling reads the form of an act. One's own words win over a ready wording.
func readRuling(c *shell.Call, form shell.Form) (queue.Ruling, typed) {
	act := queue.Act(form.Line("act"))
	t := typed{Act: act, Words: form.Line(field("words", act)), Reason: form.Text(field("reason", act)), Days: form.Line(field("days", act))}
	in := queue.Ruling{Act: act, Reason: t.Reason}
	if key := "queue.words." + string(act) + "." + t.Words; in.Reason == "" && t.Words != "" && c.Has(key) {
		in.Reason = c.T(key)
	}
	in.Seen, _ = strconv.Atoi(form.Raw("seen"))
	if act == queue.Restrict || act == queue.Ban {
		n, err := strconv.Atoi(t.Days)
		if err == nil && n >= 0 && n <= 366 {
			in.Until = days(c.Now, n)
		}
	}
	return in, t
}

// panel is the form of one act.
type panel struct {
	ui.Voice
	Act      queue.Act
	Label    string
	Key      string
	Open     bool
	Words    ui.Field
	Reason   ui.Field
	Days     ui.Field // of acts that hold for a while
	Optional bool     // no reason is needed
}

// keys are the keys of the acts, always the same: fingers learn them. What lets a post stand is 1, what takes it down 2.
var keys = map[queue.Act]string{
	queue.Approve: "1", queue.Restore: "1", queue.Lift: "1", queue.Hide: "2", queue.Warn: "3", queue.Dismiss: "4", queue.Restrict: "5", queue.Ban: "6",
}

// chosenFirst are the wordings that are chosen already: where the words can hurt nobody. Else whoever decides chooses.
var chosenFirst = map[queue.Act]string{queue.Dismiss: "1", queue.Restore: "1", queue.Lift: "1"}

// crisisWords is the number of the wording for somebody who may be in danger.
const crisisWords = "5"

// panels are the forms of the acts on the item.
func (v itemView) panels(say ui.Voice) []panel {
	list := panels(say, v.Acts, v.Typed, v.Mistakes)
	for i := range list {
		q := &list[i]
		if q.Act == queue.Hide && v.Kind == queue.Held {
			q.Label = say.T("queue.act.refuse") // it never was up
		}
		if q.Act == queue.Warn && v.crisis() && !q.Open {
			q.Words.Value = crisisWords
		}
		if q.Act == queue.Dismiss && v.crisis() && !q.Open {
			q.Words.Value = "" // leaving somebody in danger alone is nobody's first choice
		}
	}
	return list
}

// panels makes the forms of the acts that are open to the reader, with their keys.
func panels(v ui.Voice, offered []queue.Act, t typed, m shell.Mistakes) []panel {
	var out []panel
	for _, act := range offered {
		q := panel{Voice: v, Act: act, Label: v.T("queue.act." + string(act)), Key: keys[act], Open: t.Act == act, Optional: act == queue.Approve}
		chosen, reason := chosenFirst[act], ""
		if q.Open {
			chosen, reason = t.Words, t.Reason
		}
		q.Words = ui.Field{Name: field("words", act), Label: v.T("queue.words"), Value: chosen}
		for n := 1; n <= suggestions; n++ {
			if key := fmt.Sprintf("queue.words.%s.%d", act, n); v.Has(key) {
				q.Words.Options = append(q.Words.Options, ui.Option{Value: strconv.Itoa(n), Label: v.T(key)})
			}
		}
		q.Reason = ui.Field{Name: field("reason", act), Label: v.T("queue.reason"), Hint: v.T("queue.reason.hint"), Value: reason, Rows: 3, Max: 1000, Optional: true}
		q.Days = daysField(v, act, t)
		if q.Open {
			q.Reason.Error, q.Days.Error = m.Of("reason"), m.Of("until")
		}
		out = append(out, q)
	}
	return out
}

func daysField(v ui.Voice, act queue.Act, t typed) ui.Field {
	f := ui.Field{Name: field("days", act), Label: v.T("queue.days")}
	choices := []int{1, 7, 30, 90}
	if act == queue.Ban {
		choices = []int{0, 30, 90, 365}
	}
	for _, n := range choices {
		label := v.T("queue.days.count", n)
		if n == 0 {
			label = v.T("queue.days.ever")
		}
		f.Options = append(f.Options, ui.Option{Value: strconv.Itoa(n), Label: label})
	}
	f.Value = f.Options[0].Value
	if act == queue.Restrict {
		f.Value = "7"
	}
	if t.Act == act && t.Days != "" {
		f.Value = t.Days
	}
	return f
}

func (q panel) timed() bool { return q.Act == queue.Restrict || q.Act == queue.Ban }

func (q panel) look() ui.Look {
	if q.Act == queue.Ban {
		return ui.Danger
	}
	return ui.Primary
}

// tone and headline say why an item waits, at a glance.
func (v itemView) tone() ui.Tone {
	switch {
	case v.State != queue.Open:
		return ui.Good
	case v.Kind == queue.Held:
		return ui.Calm
	case v.Urgency >= queue.Urgent:
		return ui.Important
	}
	return ui.Caution
}

func (v itemView) headline(say ui.Voice) string {
	switch {
	case v.State == queue.Settled:
		return say.T("queue.item.settled")
	case v.State == queue.Decided:
		return say.T("queue.item.decided")
	case v.Kind == queue.Reported:
		return say.T("queue.item.reported", len(v.Reports))
	case v.Item.Author == 0:
		return say.T("queue.item.visitor")
	}
	return say.T("queue.item.newcomer")
}

// crisis tells that somebody may be in danger: then a person comes before a rule.
func (v itemView) crisis() bool {
	return v.State == queue.Open && slices.ContainsFunc(v.Reports, func(r queue.Report) bool { return r.Reason == queue.Crisis })
}

// hidden tells that the post is taken down now.
func (v itemView) hidden() bool { return !v.Gone && v.Post.Facts().State == policy.HiddenP }

// changed tells that the post was edited after it was reported.
func (v itemView) changed() bool {
	return slices.ContainsFunc(v.Reports, func(r queue.Report) bool { return r.Changed })
}

func (v itemView) title(say ui.Voice) string {
	switch {
	case v.Gone && v.Post.Thread.Title == "":
		return say.T("queue.row.gone")
	case v.Post.Comment != nil:
		return say.T("queue.row.reply", v.Post.Thread.Title)
	}
	return v.Post.Thread.Title
}

// person is the author, as whoever decides sees them.
func (v itemView) person(say ui.Voice) ui.Person {
	a := v.View.Author
	p := who(say, a.Handle, a.Visitor)
	p.Newcomer = v.Kind == queue.Held && a.ID != 0
	return p
}

// facts are what is known about the author.
func (v itemView) facts(say ui.Voice) []ui.Term {
	a := v.View.Author
	if a.ID == 0 {
		return nil
	}
	terms := []ui.Term{{Name: say.T("queue.author.joined"), Value: ui.Time(say, a.Joined)}}
	if !a.Since.IsZero() {
		terms = append(terms, ui.Term{Name: say.T("queue.author.since"), Value: ui.Time(say, a.Since)},
			ui.Term{Name: say.T("queue.author.posts"), Text: say.T("queue.author.approved", a.Approved)})
	}
	if a.Standing != core.Active {
		terms = append(terms, ui.Term{Name: say.T("queue.author.standing"), Text: standingWords(say, a)})
	}
	return terms
}

func standingWords(say ui.Voice, a queue.Author) string {
	key := "queue.standing." + string(a.Standing)
	if !say.Has(key) {
		key = "queue.standing.other"
	}
	if a.Until.IsZero() {
		return say.T(key)
	}
	return say.T("queue.standing.until", say.T(key), say.Day(a.Until))
}

// postTime is when the post was written.
func postTime(v itemView) time.Time {
	if v.Post.Comment != nil {
		return v.Post.Comment.CreatedAt
	}
	return v.Post.Thread.CreatedAt
}

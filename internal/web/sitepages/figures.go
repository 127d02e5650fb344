package sitepages

import (
	"fmt"
	"strings"
	"time"

	"dayroom/internal/figures"
	"dayroom/internal/web/shell"
	"dayroom/internal/web/ui"
)

// figuresPage tells an admin how the site lives and whether the machine keeps up.
type figuresPage struct {
	ui.Frame
	figures.Dashboard
	Storage figures.Storage
	Charts  []chart
	// Certificate is when the certificate of HTTPS ends, zero where there is none yet; nil where something else has it.
	Certificate *time.Time
}

// chart is a row of bars, one a day, drawn here: nothing is loaded for it. What the bars say stands in a table too.
type chart struct {
	Title string
	Bars  []bar
}

// bar is a day of a chart; its height is in hundredths of the highest.
type bar struct {
	X, Height int
	Day       time.Time
	Words     string
	Known     bool
}

func (p *pages) figures(c *shell.Call) error {
	page, err := p.measured(c, c.Frame(c.T("site.figures.title")))
	if err != nil {
		return err
	}
	page.Active = ui.NavAdmin
	page.Charts = []chart{
		page.chart("posts", func(d figures.Day) int64 { return d.Posts }),
		page.chart("new", func(d figures.Day) int64 { return d.New }),
		page.chart("active", func(d figures.Day) int64 { return d.Active }),
	}
	return c.Show(showFigures(page))
}

// measured gathers the figures.
func (p *pages) measured(c *shell.Call, f ui.Frame) (page figuresPage, err error) {
	page.Frame = f
	if page.Dashboard, err = p.Figures.Dashboard(c.Ctx(), c.Actor); err != nil {
		return page, err
	}
	if page.Storage, err = figures.ReadStorage(c.Ctx(), p.DB, p.Data); err != nil || p.Certificate == nil {
		return page, err
	}
	end, err := p.Certificate(c.Ctx())
	page.Certificate = &end
	return page, err
}

// barWidth is the room of a day in a chart, in its own units.
const barWidth = 10

func (f figuresPage) chart(name string, value func(figures.Day) int64) chart {
	out := chart{Title: f.T("site.figures." + name)}
	highest := int64(1)
	for _, d := range f.Days {
		highest = max(highest, value(d))
	}
	for i, d := range f.Days {
		n := value(d)
		b := bar{X: i * barWidth, Day: d.Day, Words: f.count(n), Known: n != notCounted}
		switch {
		case n == figures.AFew: // as high as one to ten may be: the bar says no more than the words
			b.Height = int(min(figures.FewPeople*100/max(highest, figures.FewPeople), 100))
		case n > 0:
			b.Height = int(n * 100 / highest)
		}
		out.Bars = append(out.Bars, b)
	}
	return out
}

// notCounted stands for a day that was never counted.
const notCounted = -1

// count says a number, or why there is none.
func (f figuresPage) count(n int64) string {
	switch n {
	case figures.AFew:
		return f.T("site.figures.few")
	case notCounted:
		return f.T("site.figures.not_counted")
	}
	return f.Number(int(n))
}

// line is a figure with its name. Something wrong with it is said in words too.
type line struct {
	Name, Value, Wrong string
}

// share says how many of how many, in words: a percentage of five hides that there were five.
func (f figuresPage) share(part int64) string {
	return f.T("site.figures.of", int(part), int(f.Asked))
}

// people are the figures about what is said and answered.
func (f figuresPage) people() []line {
	out := []line{{Name: f.T("site.figures.members"), Value: f.count(f.Members)}, {Name: f.T("site.figures.unanswered"), Value: f.count(f.Unanswered)}}
	if f.Asked > 0 {
		out = append(out, line{Name: f.T("site.figures.in_hour"), Value: f.share(f.InHour)}, line{Name: f.T("site.figures.in_day"), Value: f.share(f.InDay)})
		median := f.T("site.figures.no_median")
		if f.Median != figures.NoMedian {
			median = f.Span(f.Median)
		}
		out = append(out, line{Name: f.T("site.figures.median"), Value: median})
	}
	queue := line{Name: f.T("site.figures.queue"), Value: f.count(f.Queue.Open)}
	if !f.Queue.Oldest.IsZero() {
		queue.Value = f.T("site.figures.since", int(f.Queue.Open), f.When(f.Queue.Oldest))
	}
	return append(out, queue)
}

// Bounds from which a figure about the machine is pointed out.
const (
	longLog  = 256 << 20
	longWait = 10 * time.Minute
)

// machine are the figures about the server itself.
func (f figuresPage) machine() []line {
	now := f.Dashboard.At
	out := []line{{Name: f.T("site.figures.database"), Value: size(f.Storage.Database)}}
	if f.Storage.LogKnown {
		out = append(out, f.warn(line{Name: f.T("site.figures.log"), Value: size(f.Storage.Log)}, f.Storage.Log > longLog, "log"))
	}
	if f.Storage.FreeKnown {
		out = append(out, f.warn(line{Name: f.T("site.figures.free"), Value: size(f.Storage.Free)}, f.Storage.Low(), "free"))
	}
	jobs := line{Name: f.T("site.figures.jobs"), Value: f.T("site.figures.jobs.value", int(f.Due), int(f.Running), int(f.Failed))}
	out = append(out, f.warn(jobs, f.Failed > 0 || !f.Oldest.IsZero() && now.Sub(f.Oldest) > longWait, "jobs"))
	out = append(out, f.backup())
	if f.Certificate != nil {
		out = append(out, f.certificate(*f.Certificate))
	}
	mail := line{Name: f.T("site.figures.mail"), Value: f.T("site.figures.mail.value", int(f.Mail.Sent), int(f.Mail.Failed))}
	return append(out, f.warn(mail, f.Mail.Failed > 0, "mail"))
}

// oldBackup is from when on a proven backup is too long ago.
const oldBackup = 48 * time.Hour

// backup is the newest that was restored and found good.
func (f figuresPage) backup() line {
	l := line{Name: f.T("site.figures.backup"), Value: f.T("site.figures.backup.none")}
	if b := f.Dashboard.Backup; !b.At.IsZero() {
		l.Value = f.T("site.figures.backup.value", f.When(b.At), size(b.Bytes), f.Span(b.Took))
	}
	switch {
	case f.BackupFailed:
		return f.warn(l, true, "backup")
	case !f.Dashboard.Backup.At.IsZero():
		return f.warn(l, f.Dashboard.At.Sub(f.Dashboard.Backup.At) > oldBackup, "backup.old")
	}
	return l
}

// lateCertificate is how long before its end a certificate should have been renewed.
const lateCertificate = 14 * 24 * time.Hour

func (f figuresPage) certificate(end time.Time) line {
	l := line{Name: f.T("site.figures.certificate"), Value: f.T("site.figures.certificate.none")}
	if !end.IsZero() {
		l.Value = f.T("site.figures.certificate.value", f.When(end))
	}
	return f.warn(l, !end.IsZero() && end.Sub(f.Dashboard.At) < lateCertificate, "certificate")
}

func (f figuresPage) warn(l line, wrong bool, key string) line {
	if wrong {
		l.Wrong = f.T("site.figures." + key + ".wrong")
	}
	return l
}

// size writes bytes as people say them.
func size(n int64) string {
	value, unit := float64(n), "kB"
	for _, u := range []string{"kB", "MB", "GB", "TB"} {
		value, unit = value/1000, u
		if value < 1000 {
			break
		}
	}
	return strings.TrimSuffix(fmt.Sprintf("%.1f", value), ".0") + " " + unit
}

// viewBox is the room of a chart, in its own units.
func (c chart) viewBox() string { return fmt.Sprintf("0 0 %d 100", max(len(c.Bars), 1)*barWidth) }

// summary says the chart to somebody who does not see it.
func (c chart) summary() string {
	if len(c.Bars) == 0 {
		return c.Title
	}
	return c.Title + ": " + c.Bars[len(c.Bars)-1].Words
}

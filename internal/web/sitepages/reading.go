package sitepages

import (
	"net/http"
	"net/url"
	"time"

	"dayroom/internal/platform/i18n"
	"dayroom/internal/web/shell"
	"dayroom/internal/web/ui"
)

// year is how long a browser keeps how its reader likes to read.
const year = 365 * 24 * time.Hour

type readingPage struct {
	ui.Frame
	ui.Problems
	Next string
	Zone string
}

func (p *pages) readingForm(c *shell.Call) error {
	return p.showReading(c, c.Query("next"), c.Zone.String(), ui.Problems{}, http.StatusOK)
}

func (p *pages) showReading(c *shell.Call, next, zone string, wrong ui.Problems, status int) error {
	f := c.Frame(c.T("reading.title"))
	f.NoIndex = false
	return c.ShowStatus(status, showReading(readingPage{Frame: f, Problems: wrong, Next: next, Zone: zone}))
}

func (p *pages) setReading(c *shell.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	c.SetCookie(ui.ReadingCookie, ui.ReadReading(form.Line).String(), year)
	return saved(c, form.Line("next"))
}

// saved leads back to where the reader came from, or to the settings with a word.
func saved(c *shell.Call, next string) error {
	if next != "" {
		return c.Go(next)
	}
	c.Say(ui.Good, "reading.saved")
	return c.Go(ui.PathReading)
}

// setZone remembers where the reader is. A script does so by itself; this is for those without.
func (p *pages) setZone(c *shell.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	zone := form.Line("zone")
	if !isZone(zone) {
		wrong, status, err := c.Problems(zoneUnknown)
		if err != nil {
			return err
		}
		return p.showReading(c, form.Line("next"), zone, wrong, status)
	}
	c.SetCookie(shell.ZoneCookie, zone, year)
	return saved(c, form.Line("next"))
}

// setLanguage remembers the language and goes back to the page where it was chosen.
func (p *pages) setLanguage(c *shell.Call) error {
	for _, l := range i18n.Enabled(c.Settings.Languages) {
		if l.Code == c.Query("to") {
			c.SetCookie(shell.LanguageCookie, l.Code, year)
		}
	}
	return c.Go(cameFrom(c))
}

// cameFrom is the page of ours that led here, else the first one.
func cameFrom(c *shell.Call) string {
	from, err := url.Parse(c.R.Referer())
	if err != nil || from.Host != c.R.Host || from.Path == ui.PathLanguage {
		return ui.PathHome
	}
	return shell.Local(from.RequestURI())
}

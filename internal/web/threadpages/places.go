package threadpages

import (
	"dayroom/internal/web/shell"
	"dayroom/internal/web/ui"
)

const placesPath = "/me/reading-places"

// placesPage lets a member decide whether read positions are kept.
type placesPage struct {
	ui.Frame
	Keep bool
}

func (p *Pages) places(c *shell.Call) error {
	keep, err := p.Threads.KeepsPositions(c.Ctx(), c.Actor)
	if err != nil {
		return err
	}
	f := c.Frame(c.T("threads.places.title"))
	f.Active = ui.NavMe
	return c.Show(showPlaces(placesPage{f, keep}))
}

func (p *Pages) keepPlaces(c *shell.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	keep := form.Has("keep")
	if err := p.Threads.KeepPositions(c.Ctx(), c.Actor, keep); err != nil {
		return err
	}
	if keep {
		c.Say(ui.Good, "threads.places.kept")
	} else {
		c.Say(ui.Good, "threads.places.forgotten")
	}
	return c.Go(placesPath)
}

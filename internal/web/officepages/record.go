package officepages

import (
	"net/url"
	"slices"
	"strings"

	"dayroom/internal/core"
	"dayroom/internal/platform/act"
	"dayroom/internal/web/shell"
	"dayroom/internal/web/ui"
)

type recordPage struct {
	ui.Frame
	Area  string
	Tabs  []ui.Tab
	List  []act.Act
	Names map[core.ID]string
	Newer string
	Older string
}

func recordAt(area string, after core.Cursor) string {
	q := url.Values{}
	if area != "" {
		q.Set("area", area)
	}
	if !after.IsZero() {
		q.Set("after", after.String())
	}
	if len(q) == 0 {
		return recordPath
	}
	return recordPath + "?" + q.Encode()
}

func (p *pages) record(c *shell.Call) error {
	area := c.Query("area")
	if area != "" && !slices.Contains(areas, area) {
		return core.Missing("page")
	}
	after, err := c.Cursor()
	if err != nil {
		return err
	}
	list, err := act.List(c.Ctx(), p.DB, c.Actor, act.Filter{Area: area}, core.Page{After: after})
	if err != nil {
		return err
	}
	page := recordPage{Frame: c.OfficeFrame(c.T("record.title")), Area: area, List: list.Items}
	ids := []core.ID{}
	for _, a := range list.Items {
		ids = append(ids, a.Actor, a.Subject)
	}
	if page.Names, err = p.People.Handles(c.Ctx(), ids); err != nil {
		return err
	}
	page.Tabs = []ui.Tab{{Label: c.T("record.all"), Href: recordPath, Current: area == ""}}
	for _, a := range areas {
		page.Tabs = append(page.Tabs, ui.Tab{Label: c.T("record.area." + a), Href: recordAt(a, core.Cursor{}), Current: a == area})
	}
	if !after.IsZero() {
		page.Newer = recordAt(area, core.Cursor{})
	}
	if !list.Next.IsZero() {
		page.Older = recordAt(area, list.Next)
	}
	return c.Show(showRecord(page))
}

// who names somebody in the record.
func (p recordPage) who(id core.ID) string {
	if id == 0 {
		return p.T("record.server")
	}
	if name := p.Names[id]; name != "" {
		return name
	}
	return p.T("record.gone")
}

// did says what was done. A kind that has no sentence yet is said as it is.
func (p recordPage) did(a act.Act) string {
	if key := "act." + a.Kind; p.Has(key) {
		return p.T(key, p.target(a))
	}
	return a.Kind + " " + a.Target
}

// target is what it was done to, in words where there are some.
func (p recordPage) target(a act.Act) string {
	if key := "record.setting." + a.Target; p.Has(key) {
		return p.T(key)
	}
	if strings.HasPrefix(a.Kind, "job.") {
		return name(p.Voice, a.Target)
	}
	return a.Target
}

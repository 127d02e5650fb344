package officepages

import (
	"net/http"
	"slices"
	"strconv"

	"dayroom/internal/core"
	"dayroom/internal/space"
	"dayroom/internal/web/shell"
	"dayroom/internal/web/ui"
	"dayroom/internal/webhook"
)

// hookForm is the form of a new hook, or of one that is changed.
type hookForm struct {
	ui.Problems
	Name, URL, Space, Kinds ui.Field
}

func (f hookForm) fields() []ui.Field { return []ui.Field{f.Name, f.URL, f.Space, f.Kinds} }

type hooksPage struct {
	ui.Frame
	List []webhook.Hook
	Form hookForm
}

type hookPage struct {
	ui.Frame
	Hook   webhook.Hook
	Secret string // just made: shown this once
	Form   hookForm
	Log    []webhook.Delivery
	Newer  string
	Older  string
}

// path is the address of a hook's page.
func path(id core.ID) string { return hooksPath + "/" + id.String() }

// maxSpaces is how many spaces the form offers.
const maxSpaces = 100

func (p *pages) hookForm(c *shell.Call, in webhook.Input) (f hookForm, err error) {
	spaces, err := p.Spaces.List(c.Ctx(), c.Actor, space.Filter{}, core.Page{Limit: maxSpaces})
	if err != nil {
		return f, err
	}
	f.Name = ui.Field{Name: "name", Label: c.T("webhooks.name"), Hint: c.T("webhooks.name.hint"), Value: in.Name, Required: true, Max: 60}
	f.URL = ui.Field{Name: "url", Label: c.T("webhooks.url"), Hint: c.T("webhooks.url.hint"), Value: in.URL, Type: "url", Required: true, Autocomplete: "off"}
	f.Space = spaceField(c, in.Space, spaces.Items)
	f.Kinds = ui.Field{Name: "kinds", Label: c.T("webhooks.kinds"), Hint: c.T("webhooks.kinds.hint")}
	for _, k := range webhook.Kinds {
		f.Kinds.Options = append(f.Kinds.Options, ui.Option{Value: k, Label: c.T("webhooks.kind." + k), Checked: slices.Contains(in.Kinds, k)})
	}
	return f, nil
}

// everywhere is the choice of no space in particular. It has to be made: what is missing or broken must not widen what is told.
const everywhere = "all"

// spaceField offers spaces. The one that is chosen stands there also where it is closed, or one of very many.
func spaceField(c *shell.Call, chosen core.ID, spaces []space.Card) ui.Field {
	f := ui.Field{Name: "space", Label: c.T("webhooks.space"), Value: everywhere, Options: []ui.Option{{Value: everywhere, Label: c.T("webhooks.space.all")}}}
	listed := chosen == 0
	for _, s := range spaces {
		f.Options = append(f.Options, ui.Option{Value: s.ID.String(), Label: s.Name})
		listed = listed || s.ID == chosen
	}
	if chosen != 0 {
		f.Value = chosen.String()
	}
	if !listed {
		f.Options = append(f.Options, ui.Option{Value: f.Value, Label: c.T("webhooks.space.kept")})
	}
	return f
}

// readHook reads the form. What is typed is given back also where the space is none.
func readHook(f shell.Form) (in webhook.Input, err error) {
	in = webhook.Input{Name: f.Line("name"), URL: f.Line("url"), Kinds: f.All("kinds")}
	if f.Line("space") == everywhere {
		return in, nil
	}
	if in.Space, err = core.ParseID(f.Line("space")); err != nil {
		err = core.Field("space", "webhook.space.unknown")
	}
	return in, err
}

func (p *pages) hooks(c *shell.Call) error {
	return p.showHooks(c, webhook.Input{Kinds: []string{"thread.created", "comment.created"}}, nil)
}

func (p *pages) showHooks(c *shell.Call, in webhook.Input, wrong error) error {
	list, err := p.Webhooks.List(c.Ctx(), c.Actor)
	if err != nil {
		return err
	}
	page := hooksPage{Frame: c.OfficeFrame(c.T("webhooks.title")), List: list}
	if page.Form, err = p.hookForm(c, in); err != nil {
		return err
	}
	status := http.StatusOK
	if wrong != nil {
		if page.Form.Problems, status, err = c.Problems(wrong); err != nil {
			return err
		}
	}
	return c.ShowStatus(status, showHooks(page))
}

// createHook shows the secret as the answer to the form: no address shows it again.
func (p *pages) createHook(c *shell.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	in, err := readHook(form)
	if err != nil {
		return p.showHooks(c, in, err)
	}
	h, secret, err := p.Webhooks.Create(c.Ctx(), c.Actor, in)
	if err != nil {
		return p.showHooks(c, in, err)
	}
	return p.showHook(c, h.ID, nil, secret, nil)
}

func (p *pages) hook(c *shell.Call) error {
	id, err := c.ID("hook")
	if err != nil {
		return err
	}
	return p.showHook(c, id, nil, "", nil)
}

func (p *pages) showHook(c *shell.Call, id core.ID, in *webhook.Input, secret string, wrong error) error {
	h, err := p.Webhooks.Read(c.Ctx(), c.Actor, id)
	if err != nil {
		return err
	}
	after, err := c.Cursor()
	if err != nil {
		return err
	}
	log, err := p.Webhooks.Log(c.Ctx(), c.Actor, id, core.Page{After: after})
	if err != nil {
		return err
	}
	if in == nil {
		in = &webhook.Input{Name: h.Name, URL: h.URL, Kinds: h.Kinds, Space: h.Space}
	}
	page := hookPage{Frame: c.OfficeFrame(h.Name), Hook: h, Secret: secret, Log: log.Items}
	if page.Form, err = p.hookForm(c, *in); err != nil {
		return err
	}
	if !after.IsZero() {
		page.Newer = path(id)
	}
	if !log.Next.IsZero() {
		page.Older = path(id) + "?after=" + log.Next.String()
	}
	status := http.StatusOK
	if wrong != nil {
		if page.Form.Problems, status, err = c.Problems(wrong); err != nil {
			return err
		}
	}
	return c.ShowStatus(status, showHook(page))
}

func (p *pages) changeHook(c *shell.Call) error {
	id, err := c.ID("hook")
	if err != nil {
		return err
	}
	form, err := c.Form()
	if err != nil {
		return err
	}
	in, err := readHook(form)
	if err == nil {
		err = p.Webhooks.Change(c.Ctx(), c.Actor, id, in)
	}
	if err != nil {
		return p.showHook(c, id, &in, "", err)
	}
	c.Say(ui.Good, "webhooks.saved")
	return c.Go(path(id))
}

func (p *pages) testHook(c *shell.Call) error {
	id, err := c.ID("hook")
	if err != nil {
		return err
	}
	if _, err := p.Webhooks.Test(c.Ctx(), c.Actor, id); err != nil {
		return err
	}
	p.Jobs.Wake()
	c.Say(ui.Calm, "webhooks.tested")
	return c.Go(path(id))
}

func (p *pages) switchHook(c *shell.Call) error {
	id, err := c.ID("hook")
	if err != nil {
		return err
	}
	form, err := c.Form()
	if err != nil {
		return err
	}
	to := webhook.State(form.Line("to"))
	if err := p.Webhooks.Switch(c.Ctx(), c.Actor, id, to); err != nil {
		return err
	}
	c.Say(ui.Calm, "webhooks.now."+string(to))
	return c.Go(path(id))
}

func (p *pages) rotateHook(c *shell.Call) error {
	id, err := c.ID("hook")
	if err != nil {
		return err
	}
	secret, err := p.Webhooks.Rotate(c.Ctx(), c.Actor, id)
	if err != nil {
		return err
	}
	return p.showHook(c, id, nil, secret, nil)
}

func (p *pages) removeHook(c *shell.Call) error {
	id, err := c.ID("hook")
	if err != nil {
		return err
	}
	if err := p.Webhooks.Remove(c.Ctx(), c.Actor, id); err != nil {
		return err
	}
	c.Say(ui.Calm, "webhooks.removed")
	return c.Go(hooksPath)
}

func (p *pages) resend(c *shell.Call) error {
	id, err := c.ID("hook")
	if err != nil {
		return err
	}
	form, err := c.Form()
	if err != nil {
		return err
	}
	if err := p.Webhooks.Resend(c.Ctx(), c.Actor, id, form.ID("delivery")); err != nil {
		return err
	}
	p.Jobs.Wake()
	c.Say(ui.Calm, "webhooks.resent")
	return c.Go(path(id))
}

// fared says how a note fared, in words.
func fared(v ui.Voice, d webhook.Delivery) string {
	switch {
	case d.Attempt == 0:
		return v.T("webhooks.fared.not_yet")
	case d.Status == 0:
		return v.T("webhooks.why." + d.Why)
	}
	return v.T("webhooks.fared.answer", strconv.Itoa(d.Status))
}

// stateWords says where a hook stands.
func stateWords(v ui.Voice, h webhook.Hook) string {
	switch {
	case h.State == webhook.Off && h.Why != "":
		return v.T("webhooks.stopped." + h.Why)
	case h.State == webhook.Off:
		return v.T("webhooks.off")
	case !h.FailingSince.IsZero():
		return v.T("webhooks.failing", v.When(h.FailingSince))
	}
	return v.T("webhooks.on")
}

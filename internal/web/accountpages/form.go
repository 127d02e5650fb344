package accountpages

import (
	"net/http"
	"net/url"

	"github.com/a-h/templ"

	"dayroom/internal/account"
	"dayroom/internal/web/shell"
	"dayroom/internal/web/ui"
)

// control is a field and which control it becomes.
type control struct {
	ui.Field
	as string
}

// The controls of a formPage.
const (
	asText     = "text"
	asArea     = "area"
	asSelect   = "select"
	asRadios   = "radios"
	asCheckbox = "checkbox"

	asCheckboxes = "checkboxes"
)

// formPage is a page that is one form: what most pages about an account are.
type formPage struct {
	ui.Frame
	ui.Problems
	Lead     string
	Back     ui.Link // where the page belongs
	Action   string
	Attrs    templ.Attributes
	Hidden   []ui.Hidden
	Controls []control
	Submit   string
	Look     ui.Look // of the button; primary when empty
	Before   templ.Component
	After    templ.Component
}

func (p formPage) look() ui.Look {
	if p.Look == "" {
		return ui.Primary
	}
	return p.Look
}

func (p formPage) fields() []ui.Field {
	list := make([]ui.Field, len(p.Controls))
	for i, c := range p.Controls {
		list[i] = c.Field
	}
	return list
}

// again shows a form that came back, with what is wrong in words beside each field.
func again(c *shell.Call, err error, form func() formPage) error {
	wrong, status, rest := c.Problems(err)
	if rest != nil {
		return rest
	}
	page := form()
	page.Problems = wrong
	return c.ShowStatus(status, showForm(page))
}

func text(name, label, hint, value string) control {
	return control{ui.Field{Name: name, Label: label, Hint: hint, Value: value}, asText}
}

// secret is a field for a password.
func secret(name, label, hint, fill string) control {
	return control{ui.Field{Name: name, Label: label, Hint: hint, Type: "password", Autocomplete: fill, Required: true}, asText}
}

// code is a field for something that is copied letter by letter.
func code(name, label, hint, value string) control {
	return control{ui.Field{Name: name, Label: label, Hint: hint, Value: value, Short: true, Autocomplete: "off",
		Attrs: templ.Attributes{"autocapitalize": "none", "spellcheck": "false"}}, asText}
}

// handleControl is a field for a handle.
func handleControl(c *shell.Call, label, hint, value string) control {
	f := text("handle", c.T(label), hint, value)
	f.Required, f.Autocomplete = true, "username"
	f.Attrs = templ.Attributes{"autocapitalize": "none", "spellcheck": "false", "dir": "ltr"}
	return f
}

// withNext adds where to go on afterwards to an address of ours.
func withNext(path, next string) string {
	if next = shell.Local(next); next == "/" {
		return path
	}
	return path + "?next=" + url.QueryEscape(next)
}

// proof leads to where the password is asked for once more, when that is what err says, and back to path afterwards.
func (p *pages) proof(c *shell.Call, err error, path string) error {
	if account.ProofNeeded(err) {
		return c.Go(withNext("/me/confirm", path))
	}
	return err
}

// passkeyAttrs is what the script for passkeys wants to know of a form.
func passkeyAttrs(c *shell.Call, what, path string) templ.Attributes {
	return templ.Attributes{
		"data-passkey": what, "data-begin-url": path + "/begin", "data-finish-url": path + "/finish",
		"data-word-unsupported": c.T("passkey.unsupported"), "data-word-cancelled": c.T("passkey.cancelled"),
		"data-word-failed": c.T("passkey.failed"), "data-word-busy": c.T("passkey.busy"),
	}
}

// byScript tells whether a request comes from our script; a form that was sent without script comes as a navigation.
func byScript(c *shell.Call) bool { return c.R.Header.Get("Sec-Fetch-Mode") != "navigate" }

// maxCeremony is the most that a browser sends about a passkey, in bytes.
const maxCeremony = 32 << 10

// ceremonyCookie and secondCookie carry the token of what was begun.
const (
	ceremonyCookie = "ceremony"
	secondCookie   = "second"
	nextCookie     = "next" // where a sign-in by passkey leads, since the second request carries the passkey only
)

func cookie(c *shell.Call, name string) string {
	k, err := c.R.Cookie(name)
	if err != nil {
		return ""
	}
	return k.Value
}

// begun answers the first request of a passkey's ceremony.
func (p *pages) begun(c *shell.Call, options any, token string, err error) error {
	if err != nil {
		return p.refuse(c, err)
	}
	c.SetCookie(ceremonyCookie, token, account.CeremonyAge)
	return c.JSON(http.StatusOK, options)
}

// finished answers the second.
func (p *pages) finished(c *shell.Call, way string, err error) error {
	c.DropCookie(ceremonyCookie)
	if err != nil {
		return p.refuse(c, err)
	}
	return c.JSON(http.StatusOK, map[string]string{"redirect": way})
}

// refuse tells our script in words what is wrong.
func (p *pages) refuse(c *shell.Call, err error) error {
	m, rest := c.Mistakes(err)
	if rest != nil {
		return rest
	}
	said := m.Summary
	for _, sentence := range m.Fields {
		said = sentence
	}
	return c.JSON(m.Status, map[string]string{"error": said})
}

package threadpages

import (
	"net/http"
	"slices"

	"dayroom/internal/approval"
	"dayroom/internal/core"
	"dayroom/internal/web/shell"
	"dayroom/internal/web/ui"
)

// signedOut tells that a form came from somebody whose sign-in ended while they wrote: it is not one that visitors have. What
// they must not see looks absent to them now, so that counts too.
func signedOut(c *shell.Call, f shell.Form, err error) bool {
	if c.Actor.Member != 0 {
		return false
	}
	return f.Raw(approval.TokenField) == "" || core.CodeOf(err) == core.Unauthenticated || core.IsNotFound(err)
}

// keptPage gives words back to somebody who has to sign in again before they can be sent.
type keptPage struct {
	ui.Frame
	Action string
	Body   string
	Fields []ui.Hidden
}

// keptFields are the fields that a form of ours may carry beside its body. Whatever else was sent is not sent back.
var keptFields = []string{"space", "parent", "kind", "title", "tags", "warning", "for_whom", "draft", "as_organisation", "version",
	"poll_question", "poll_options", "poll_days"}

func (p *Pages) keepWords(c *shell.Call, f shell.Form) error {
	page := keptPage{Frame: c.Frame(c.T("threads.kept.title")), Action: c.R.URL.Path, Body: f.Text("body")}
	for _, name := range slices.Sorted(slices.Values(keptFields)) {
		for _, v := range f.All(name) {
			page.Fields = append(page.Fields, ui.Hidden{Name: name, Value: v})
		}
	}
	return c.ShowStatus(http.StatusUnauthorized, showKept(page))
}

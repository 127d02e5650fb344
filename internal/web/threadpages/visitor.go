package threadpages

import (
	"context"

	"dayroom/internal/approval"
	"dayroom/internal/core"
	"dayroom/internal/web/shell"
	"dayroom/internal/web/ui"

	"github.com/a-h/templ"
)

// VisitorGuard keeps robots from the form that visitors without an account have; approval.Service is one.
type VisitorGuard interface {
	Again(scope, token string) approval.Challenge
	Check(ctx context.Context, in approval.Sent) error
	Release(ctx context.Context, in approval.Sent) error
}

// Scopes of a form: what is made for one serves no other.
func replyScope(t core.ID) string  { return "thread:" + t.String() }
func writeScope(sp core.ID) string { return "space:" + sp.String() }

// guarded sends what a person wrote. A visitor's form is checked first, and may be sent again when the words were refused for
// another reason; members pass.
func (p *Pages) guarded(c *shell.Call, f shell.Form, scope string, send func() error) error {
	if c.Actor.Member != 0 {
		return send()
	}
	in := approval.Sent{Scope: scope, Token: f.Raw(approval.TokenField), Answer: f.Line(approval.AnswerField),
		Trap: f.Raw(approval.TrapField), Address: c.Address()}
	if err := p.Guard.Check(c.Ctx(), in); err != nil {
		return err
	}
	err := send()
	if err != nil {
		if again := p.Guard.Release(c.Ctx(), in); again != nil {
			return again
		}
	}
	return err
}

// visitorFields are what a visitor's form carries beside the words: the same question again, when it comes back.
func (p *Pages) visitorFields(c *shell.Call, scope string, wrong ui.Problems) templ.Component {
	token := ""
	if c.R.PostForm != nil {
		token = c.R.PostForm.Get(approval.TokenField)
	}
	c.Unshared() // a question is asked of one visitor
	k := p.Guard.Again(scope, token)
	return challenge(c.Voice, k.Token, answerField(c.Voice, c.T(k.Question), wrong))
}

func answerField(v ui.Voice, question string, wrong ui.Problems) ui.Field {
	if question == "" {
		question = v.T("approval.question.label")
	}
	return wrong.Wrong(ui.Field{Name: approval.AnswerField, Label: question, Hint: v.T("threads.visitor.question"), Autocomplete: "off", Short: true, Required: true})
}

package accountpages

import (
	"strconv"

	"dayroom/internal/account"
	"dayroom/internal/core"
	"dayroom/internal/web/shell"
	"dayroom/internal/web/ui"
)

const tokensPath = "/me/tokens"

// defaultTokenDays is what the form offers: a season, after which somebody should look whether the program is still wanted.
const defaultTokenDays = 90

// tokensPage is a member's tokens for programs, and the form for a new one.
type tokensPage struct {
	ui.Frame
	ui.Problems
	Lead   string
	List   []account.Token
	Fields []control
	Token  string // just made: shown this once
	Prove  string // where proof is given before the form is offered; empty where it is fresh
}

// tokenScopes are what the form offers, in the words of JSON. Offices are offered to those who may have one.
func tokenScopes(c *shell.Call) []ui.Option {
	out := []ui.Option{{Value: "write"}, {Value: "moderate"}}
	if c.Actor.IsAdmin() {
		out = append(out, ui.Option{Value: "admin"})
	}
	for i, o := range out {
		out[i].Label = c.T("accounts.tokens.scope." + o.Value)
	}
	return out
}

var scopeOf = map[string]core.Scopes{"write": core.ScopeWrite, "moderate": core.ScopeModerate, "admin": core.ScopeAdmin}

func (p *pages) tokens(c *shell.Call) error {
	return p.showTokens(c, account.TokenInput{Days: defaultTokenDays}, "", nil)
}

func (p *pages) showTokens(c *shell.Call, in account.TokenInput, token string, wrong error) error {
	list, err := p.accounts.Tokens(c.Ctx(), c.Actor)
	if err != nil {
		return err
	}
	name := text("name", c.T("accounts.tokens.name"), c.T("accounts.tokens.name.hint"), in.Name)
	days := text("days", c.T("accounts.tokens.days"), c.T("accounts.tokens.days.hint"), strconv.Itoa(in.Days))
	days.Short, days.InputMode = true, "numeric"
	scopes := control{ui.Field{Name: "scopes", Label: c.T("accounts.tokens.scopes"), Hint: c.T("accounts.tokens.scope.read"), Options: tokenScopes(c)}, asCheckboxes}
	for i, o := range scopes.Options {
		scopes.Options[i].Checked = in.Scopes.Has(scopeOf[o.Value])
	}
	page := tokensPage{Frame: frame(c, "accounts.tokens.title"), Lead: c.T("accounts.tokens.lead"), List: list, Fields: []control{name, scopes, days}, Token: token}
	if err := p.accounts.CheckProof(c.Ctx(), c.Actor); account.ProofNeeded(err) {
		page.Prove = withNext("/me/confirm", tokensPath)
	} else if err != nil {
		return err
	}
	status := 200
	if wrong != nil {
		if page.Problems, status, err = c.Problems(wrong); err != nil {
			return err
		}
	}
	return c.ShowStatus(status, showTokens(page))
}

// makeToken shows the new token as the answer to the form: no address shows it again.
func (p *pages) makeToken(c *shell.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	in := account.TokenInput{Name: form.Line("name")}
	in.Days, _ = strconv.Atoi(form.Line("days")) // zero is refused with the bounds
	for _, s := range form.All("scopes") {
		in.Scopes |= scopeOf[s]
	}
	token, err := p.accounts.MakeToken(c.Ctx(), c.Actor, in)
	if account.ProofNeeded(err) {
		return p.proof(c, err, tokensPath)
	}
	if err == nil {
		in = account.TokenInput{Days: defaultTokenDays}
	}
	return p.showTokens(c, in, token, err)
}

func (p *pages) endToken(c *shell.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	if err := p.accounts.EndToken(c.Ctx(), c.Actor, form.ID("token")); err != nil {
		return err
	}
	c.Say(ui.Calm, "accounts.tokens.ended")
	return c.Go(tokensPath)
}

// scopeWords says what a token may do.
func scopeWords(v ui.Voice, t account.Token) (out []string) {
	out = append(out, v.T("accounts.tokens.scope.read"))
	for _, s := range []string{"write", "moderate", "admin"} {
		if t.Scopes.Has(scopeOf[s]) {
			out = append(out, v.T("accounts.tokens.scope."+s))
		}
	}
	return out
}

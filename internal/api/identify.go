package api

import (
	"strings"

	"dayroom/internal/core"
	"dayroom/internal/web/shell"
)

// manner is how an operation finds out who asks and tells what went wrong.
type manner struct {
	api *API
	op  Op
}

// Identify reads the personal token, counts the call, and asks for the scope that the operation needs. Without a token somebody is a
// visitor; a token that is none ends the call, since a program that believes to be somebody should hear that it is not.
func (m *manner) Identify(c *shell.Call) (core.Actor, error) {
	header := c.R.Header.Get("Authorization")
	if header == "" {
		return core.Visitor, m.api.quota.take(c.W.Header(), "address:"+c.Address(), m.op.changes(), m.api.Clock.Now())
	}
	kind, token, _ := strings.Cut(header, " ")
	actor, err := core.Visitor, error(core.E(core.Unauthenticated, "account.token.wrong"))
	if strings.EqualFold(kind, "bearer") {
		actor, err = m.api.Accounts.AuthenticateToken(c.Ctx(), strings.TrimSpace(token))
	}
	if err != nil { // whoever guesses is counted by address
		if slow := m.api.quota.take(c.W.Header(), "address:"+c.Address(), false, m.api.Clock.Now()); slow != nil {
			return core.Visitor, slow
		}
		return core.Visitor, err
	}
	if err := m.api.quota.take(c.W.Header(), "token:"+actor.Token.String(), m.op.changes(), m.api.Clock.Now()); err != nil {
		return actor, err
	}
	if scope := m.op.Scope(); !actor.Scopes.Has(scope) {
		return actor, core.E(core.Forbidden, "api.scope", scopeName(scope))
	}
	return actor, nil
}

func (op Op) changes() bool { return op.Method != "" && op.Method != "GET" }

// scopeNames are the words for scopes in JSON.
var scopeNames = []struct {
	scope core.Scopes
	name  string
}{{core.ScopeRead, "read"}, {core.ScopeWrite, "write"}, {core.ScopeModerate, "moderate"}, {core.ScopeAdmin, "admin"}}

func scopeName(s core.Scopes) string { return strings.Join(namesOf(s), " ") }

func namesOf(s core.Scopes) []string {
	out := []string{}
	for _, n := range scopeNames {
		if s.Has(n.scope) {
			out = append(out, n.name)
		}
	}
	return out
}

package attack

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"dayroom/internal/account"
	"dayroom/internal/core"
	"dayroom/internal/credential"
	"dayroom/internal/platform/db"
)

// Somebody has got hold of a member's token.

func TestAStolenTokenEndsWithEverySecurityEvent(t *testing.T) {
	ctx := context.Background()
	s := open(t)
	keeper := s.actor("keeper")
	events := map[string]func(a core.Actor) error{
		"its member ends it": func(a core.Actor) error {
			list, err := s.Account.Tokens(ctx, a)
			if err != nil {
				return err
			}
			return s.Account.EndToken(ctx, a, list[0].ID)
		},
		"its time is over": func(a core.Actor) error {
			return s.set("UPDATE api_token SET expires_at = 1 WHERE member = $1", a.Member)
		},
		"the password is changed":     func(a core.Actor) error { return s.Account.ChangePassword(ctx, a, "seven kettles in a row") },
		"the password is reset":       func(a core.Actor) error { return s.reset(keeper, a.Handle) },
		"a recovery code is used":     func(a core.Actor) error { return s.recover(a) },
		"every sign-in is ended":      func(a core.Actor) error { return s.Account.EndOthers(ctx, a) },
		"another browser ends others": func(a core.Actor) error { return s.Account.EndOthers(ctx, s.actor(a.Handle)) },
		"the member is banned":        func(a core.Actor) error { return s.standing(a.Member, core.Banned) },
		"the member leaves":           func(a core.Actor) error { return s.Account.Erase(ctx, a, a.Member) },
		"an admin erases the member":  func(a core.Actor) error { return s.Account.Erase(ctx, keeper, a.Member) },
	}
	n := 0
	for name, happens := range events {
		t.Run(name, func(t *testing.T) {
			n++
			a := s.newMember(fmt.Sprintf("robbed_%d", n))
			thief := s.program(a.Handle, all)
			if got := thief.call("GET", "/me", ""); got.Status != 200 {
				t.Fatalf("before, the token gets %d", got.Status)
			}
			ear := s.Listen(thief.token(), "n"+a.Member.String(), "").Ready()
			s.Must(happens(s.actor(a.Handle)))
			if took, said := ear.Ended(); took > time.Second {
				t.Errorf("its stream ends after %v: %s", took, said)
			}
			if got := thief.call("GET", "/me", ""); got.Status != 401 || got.Key != "account.token.wrong" {
				t.Errorf("afterwards, the token gets %d: %s", got.Status, got.Text)
			}
		})
	}
}

func (s site) set(query string, args ...any) error {
	return s.DB.Update(context.Background(), func(tx *db.Tx) error {
		_, err := tx.Exec(query, args...)
		return err
	})
}

func (s site) standing(member core.ID, to core.Standing) error {
	keeper := s.actor("keeper")
	return s.DB.Update(context.Background(), func(tx *db.Tx) error { return s.Account.SetStanding(tx, keeper, member, to, time.Time{}) })
}

func (s site) reset(keeper core.Actor, handle string) error {
	link, err := s.Account.ResetLink(context.Background(), keeper, handle)
	if err != nil {
		return err
	}
	_, err = s.Account.Reset(context.Background(), link[strings.LastIndex(link, "/")+1:], "seven kettles in a row", account.From{Address: "192.0.2.1"})
	return err
}

func (s site) recover(a core.Actor) error {
	codes, err := s.Account.NewRecoveryCodes(context.Background(), a)
	if err != nil {
		return err
	}
	_, err = s.Account.Recover(context.Background(), a.Handle, codes[0], "seven kettles in a row", account.From{Address: "192.0.2.1"})
	return err
}

func TestATokenLosesTheOfficeWithItsMember(t *testing.T) {
	ctx := context.Background()
	s := open(t)
	keeper, a := s.actor("keeper"), s.newMember("was_moderator")
	s.Must(s.Account.SetRole(ctx, keeper, a.Member, core.RoleModerator))
	p := s.program(a.Handle, all)
	if got := p.call("GET", "/admin/members", ""); got.Status != 200 {
		t.Fatalf("a moderator's token gets %d", got.Status)
	}
	s.Must(s.Account.SetRole(ctx, keeper, a.Member, core.RoleMember))
	if got := p.call("GET", "/admin/members", ""); got.Status != 401 {
		t.Errorf("the token still gets %d", got.Status)
	}
}

func TestATokenOfARestrictedMemberReadsAndWritesNothing(t *testing.T) {
	s := open(t)
	a := s.newMember("told_to_rest")
	p := s.program(a.Handle, all)
	s.Must(s.standing(a.Member, core.Restricted))
	if got := p.call("GET", "/threads", ""); got.Status != 200 {
		t.Errorf("reading gives %d", got.Status)
	}
	got := p.call("POST", "/threads", `{"space":"heart-to-heart","kind":"discussion","title":"I write all the same","body":"See?"}`)
	if got.Status != 403 {
		t.Errorf("writing gives %d: %s", got.Status, got.Text)
	}
}

func TestATokenSeesNoRoundsOnceTheCredentialIsOver(t *testing.T) {
	ctx := context.Background()
	for name, over := range map[string]func(s site, k credential.Credential) error{
		"revoked": func(s site, k credential.Credential) error { return s.Credential.Revoke(ctx, s.actor("keeper"), k.ID) },
		"expired": func(s site, k credential.Credential) error {
			return s.set("UPDATE credential SET expires_at = 1 WHERE id = $1", k.ID)
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			p := s.program("dr_ines", all)
			if got := p.call("GET", "/spaces?kind=rounds", ""); !strings.Contains(got.Text, `"kind":"rounds"`) {
				t.Fatalf("before, no rounds are seen: %s", got.Text)
			}
			held, err := s.Credential.Of(ctx, s.actor("keeper"), s.actor("dr_ines").Member)
			s.Must(err)
			for _, k := range held {
				s.Must(over(s, k))
			}
			if got := p.call("GET", "/spaces?kind=rounds", ""); got.Status != 200 || strings.Contains(got.Text, `"kind":"rounds"`) {
				t.Errorf("rounds are still seen: %d %s", got.Status, got.Text)
			}
			if got := p.call("GET", "/me", ""); !strings.Contains(got.Text, `"verified":false`) {
				t.Errorf("the token still says that its member is verified: %s", got.Text)
			}
		})
	}
}

func TestATokenThatMayReadChangesNothing(t *testing.T) {
	s := open(t)
	p := s.program("keeper", core.ScopeRead)
	before := s.state()
	for _, op := range s.changing() {
		if got := p.call(op.Method, anywhere(op), "{}"); got.Status != 403 || got.Key != "api.scope" {
			t.Errorf("%s: %d %s", op.ID, got.Status, got.Text)
		}
	}
	if s.state() != before {
		t.Error("something changed")
	}
}

func TestATokenWithoutAnOfficeDoesNothingByIt(t *testing.T) {
	s := open(t)
	for scopes, narrower := range map[core.Scopes]core.Scopes{
		core.ScopeWrite:                      core.ScopeModerate | core.ScopeAdmin,
		core.ScopeWrite | core.ScopeModerate: core.ScopeAdmin,
	} {
		p := s.program("keeper", scopes)
		for _, op := range s.API().Operations() {
			if op.Scope()&narrower == 0 {
				continue
			}
			if got := p.call(op.Method, anywhere(op), "{}"); got.Status != 403 || got.Key != "api.scope" {
				t.Errorf("%s: %d %s", op.ID, got.Status, got.Text)
			}
		}
	}
}

func TestAnOrdinaryMembersTokenOpensNoOfficeWhateverItsScopes(t *testing.T) {
	s := open(t)
	a := s.newMember("nobody_special")
	p := s.program(a.Handle, all)
	for _, op := range s.API().Operations() {
		if op.Scope() != core.ScopeAdmin && op.Door != "moderator" {
			continue
		}
		if got := p.call(op.Method, anywhere(op), "{}"); got.Status != 403 && got.Status != 404 {
			t.Errorf("%s: %d %s", op.ID, got.Status, got.Text)
		}
	}
}

func TestNoProgramMakesATokenOrChangesWhatProvesWhoSomebodyIs(t *testing.T) {
	s := open(t)
	p := s.program("keeper", all)
	for _, path := range []string{"/me/tokens", "/me/password", "/me/passkeys", "/me/two-step", "/me/codes", "/me/mail", "/me/leave", "/admin/members/1/reset"} {
		for _, method := range []string{"POST", "PUT", "DELETE"} {
			if got := p.call(method, path, "{}"); got.Status != 404 {
				t.Errorf("%s %s gives %d", method, path, got.Status)
			}
		}
	}
	browser := http.Header{"Authorization": p.header["Authorization"]}
	for _, path := range []string{"/me", "/me/tokens", "/me/password", "/admin", "/queue"} { // pages know no tokens
		req, err := http.NewRequest("GET", s.URL+path, nil)
		s.Must(err)
		req.Header = browser
		resp, err := (&http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}).Do(req)
		s.Must(err)
		_ = resp.Body.Close()
		if resp.StatusCode == 200 {
			t.Errorf("a token opens the page %s", path)
		}
	}
}

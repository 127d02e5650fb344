// Package accountpages is the pages about people: signing up and in, the way back in, one's own settings, members' pages, and
// what the people who run the site do about members, credentials, organisations and invitations.
//
// All of it works without script, except making and using a passkey, which browsers offer to scripts only.
package accountpages

import (
	"dayroom/internal/account"
	"dayroom/internal/core"
	"dayroom/internal/credential"
	"dayroom/internal/organisation"
	"dayroom/internal/policy"
	"dayroom/internal/web/shell"
	"dayroom/internal/web/ui"
)

type pages struct {
	accounts      *account.Service
	credentials   *credential.Service
	organisations *organisation.Service
}

// Routes lists the pages.
func Routes(accounts *account.Service, credentials *credential.Service, organisations *organisation.Service) []shell.Route {
	p := &pages{accounts, credentials, organisations}
	var all []shell.Route
	for _, part := range [][]shell.Route{p.doors(), p.own(), p.factors(), p.office(), p.houses()} {
		all = append(all, part...)
	}
	return all
}

// doors are the ways in. Welcome is for who waits for approval too, so it checks by itself who comes.
func (p *pages) doors() []shell.Route {
	return []shell.Route{
		{Method: "GET", Path: "/join", Access: policy.ForPublic, Handle: p.joinForm},
		{Method: "POST", Path: "/join", Access: policy.ForPublic, Handle: p.join},
		{Method: "POST", Path: "/join/passkey/begin", Access: policy.ForPublic, Handle: p.joinPasskeyBegin},
		{Method: "POST", Path: "/join/passkey/finish", Access: policy.ForPublic, Handle: p.joinPasskeyFinish},
		{Method: "GET", Path: "/welcome", Access: policy.ForPublic, Handle: p.welcome},
		{Method: "POST", Path: "/welcome/codes", Access: policy.ForPublic, Handle: p.welcomeCodes},
		{Method: "GET", Path: "/signin", Access: policy.ForPublic, Handle: p.signInForm},
		{Method: "POST", Path: "/signin", Access: policy.ForPublic, Handle: p.signIn},
		{Method: "POST", Path: "/signin/passkey/begin", Access: policy.ForPublic, Handle: p.signInPasskeyBegin},
		{Method: "POST", Path: "/signin/passkey/finish", Access: policy.ForPublic, Handle: p.signInPasskeyFinish},
		{Method: "GET", Path: "/signin/code", Access: policy.ForPublic, Handle: p.secondForm},
		{Method: "POST", Path: "/signin/code", Access: policy.ForPublic, Handle: p.second},
		{Method: "GET", Path: "/signin/recover", Access: policy.ForPublic, Handle: p.recoverForm},
		{Method: "POST", Path: "/signin/recover", Access: policy.ForPublic, Handle: p.recover},
		{Method: "GET", Path: "/signin/forgot", Access: policy.ForPublic, Handle: p.forgotForm},
		{Method: "POST", Path: "/signin/forgot", Access: policy.ForPublic, Handle: p.forgot},
		{Method: "GET", Path: "/reset/{token}", Access: policy.ForPublic, Handle: p.resetForm},
		{Method: "POST", Path: "/reset/{token}", Access: policy.ForPublic, Handle: p.reset},
		{Method: "GET", Path: "/confirm-mail/{token}", Access: policy.ForPublic, Handle: p.confirmMailForm},
		{Method: "POST", Path: "/confirm-mail/{token}", Access: policy.ForPublic, Handle: p.confirmMail},
		{Method: "POST", Path: "/signout", Access: policy.ForPublic, Handle: p.signOut},
	}
}

// own are a member's own pages, and other members' as they are shown.
func (p *pages) own() []shell.Route {
	return []shell.Route{
		{Method: "GET", Path: "/me", Access: policy.ForMember, Handle: p.me},
		{Method: "GET", Path: "/me/profile", Access: policy.ForMember, Handle: p.profileForm},
		{Method: "POST", Path: "/me/profile", Access: policy.ForMember, Handle: p.saveProfile},
		{Method: "GET", Path: "/me/handle", Access: policy.ForMember, Handle: p.handleForm},
		{Method: "POST", Path: "/me/handle", Access: policy.ForMember, Handle: p.changeHandle},
		{Method: "GET", Path: "/me/blocked", Access: policy.ForMember, Handle: p.blocked},
		{Method: "GET", Path: "/me/invites", Access: policy.ForMember, Handle: p.invites},
		{Method: "POST", Path: "/me/invites", Access: policy.ForMember, Handle: p.invite},
		{Method: "POST", Path: "/me/invites/end", Access: policy.ForMember, Handle: p.endInvite},
		{Method: "GET", Path: "/me/leave", Access: policy.ForMember, Handle: p.leaveForm},
		{Method: "POST", Path: "/me/leave", Access: policy.ForMember, Handle: p.leave},
		{Method: "GET", Path: "/m/{handle}", Access: policy.ForMember, Handle: p.member},
		{Method: "POST", Path: "/m/{handle}/block", Access: policy.ForMember, Handle: p.block},
		{Method: "POST", Path: "/m/{handle}/unblock", Access: policy.ForMember, Handle: p.unblock},
	}
}

// factors are what signs a member in.
func (p *pages) factors() []shell.Route {
	return []shell.Route{
		{Method: "GET", Path: "/me/confirm", Access: policy.ForMember, Handle: p.confirmForm},
		{Method: "POST", Path: "/me/confirm", Access: policy.ForMember, Handle: p.confirm},
		{Method: "POST", Path: "/me/confirm/passkey/begin", Access: policy.ForMember, Handle: p.confirmPasskeyBegin},
		{Method: "POST", Path: "/me/confirm/passkey/finish", Access: policy.ForMember, Handle: p.confirmPasskeyFinish},
		{Method: "GET", Path: "/me/password", Access: policy.ForMember, Handle: p.passwordForm},
		{Method: "POST", Path: "/me/password", Access: policy.ForMember, Handle: p.changePassword},
		{Method: "GET", Path: "/me/passkeys", Access: policy.ForMember, Handle: p.passkeys},
		{Method: "POST", Path: "/me/passkeys/begin", Access: policy.ForMember, Handle: p.passkeyBegin},
		{Method: "POST", Path: "/me/passkeys/finish", Access: policy.ForMember, Handle: p.passkeyFinish},
		{Method: "POST", Path: "/me/passkeys/remove", Access: policy.ForMember, Handle: p.passkeyRemove},
		{Method: "GET", Path: "/me/two-step", Access: policy.ForMember, Handle: p.twoStep},
		{Method: "POST", Path: "/me/two-step", Access: policy.ForMember, Handle: p.twoStepOn},
		{Method: "POST", Path: "/me/two-step/off", Access: policy.ForMember, Handle: p.twoStepOff},
		{Method: "GET", Path: "/me/codes", Access: policy.ForMember, Handle: p.codesForm},
		{Method: "POST", Path: "/me/codes", Access: policy.ForMember, Handle: p.codes},
		{Method: "GET", Path: "/me/mail", Access: policy.ForMember, Handle: p.mailForm},
		{Method: "POST", Path: "/me/mail", Access: policy.ForMember, Handle: p.setMail},
		{Method: "POST", Path: "/me/mail/drop", Access: policy.ForMember, Handle: p.dropMail},
		{Method: "GET", Path: "/me/tokens", Access: policy.ForMember, Handle: p.tokens},
		{Method: "POST", Path: "/me/tokens", Access: policy.ForMember, Handle: p.makeToken},
		{Method: "POST", Path: "/me/tokens/end", Access: policy.ForMember, Handle: p.endToken},
		{Method: "GET", Path: "/me/sign-ins", Access: policy.ForMember, Handle: p.signIns},
		{Method: "POST", Path: "/me/sign-ins/end", Access: policy.ForMember, Handle: p.endSignIn},
		{Method: "POST", Path: "/me/sign-ins/others", Access: policy.ForMember, Handle: p.endOthers},
	}
}

// office are the pages about members for those who run the site.
func (p *pages) office() []shell.Route {
	return []shell.Route{
		{Method: "GET", Path: "/admin/waiting", Access: policy.ForModerator, Handle: p.waiting},
		{Method: "POST", Path: "/admin/waiting", Access: policy.ForModerator, Handle: p.decideWaiting},
		{Method: "GET", Path: "/admin/members", Access: policy.ForModerator, Handle: p.members},
		{Method: "GET", Path: "/admin/members/{member}", Access: policy.ForAdmin, Handle: p.adminMember},
		{Method: "POST", Path: "/admin/members/{member}/role", Access: policy.ForAdmin, Handle: p.setRole},
		{Method: "POST", Path: "/admin/members/{member}/reset", Access: policy.ForAdmin, Handle: p.resetMember},
		{Method: "POST", Path: "/admin/members/{member}/credentials", Access: policy.ForAdmin, Handle: p.grant},
		{Method: "POST", Path: "/admin/members/{member}/credentials/revoke", Access: policy.ForAdmin, Handle: p.revoke},
		{Method: "GET", Path: "/admin/credentials", Access: policy.ForAdmin, Handle: p.ending},
		{Method: "GET", Path: "/admin/invites", Access: policy.ForAdmin, Handle: p.allInvites},
		{Method: "POST", Path: "/admin/invites", Access: policy.ForAdmin, Handle: p.makeInvite},
		{Method: "POST", Path: "/admin/invites/end", Access: policy.ForAdmin, Handle: p.endAnyInvite},
	}
}

// houses are the pages of organisations.
func (p *pages) houses() []shell.Route {
	return []shell.Route{
		{Method: "GET", Path: "/o/{slug}", Access: policy.ForPublic, Shared: true, Handle: p.organisation},
		{Method: "GET", Path: "/admin/organisations", Access: policy.ForAdmin, Handle: p.organisationList},
		{Method: "POST", Path: "/admin/organisations", Access: policy.ForAdmin, Handle: p.createOrganisation},
		{Method: "GET", Path: "/admin/organisations/{slug}", Access: policy.ForAdmin, Handle: p.organisationForm},
		{Method: "POST", Path: "/admin/organisations/{slug}", Access: policy.ForAdmin, Handle: p.changeOrganisation},
		{Method: "POST", Path: "/admin/organisations/{slug}/staff", Access: policy.ForAdmin, Handle: p.addStaff},
		{Method: "POST", Path: "/admin/organisations/{slug}/staff/remove", Access: policy.ForAdmin, Handle: p.removeStaff},
	}
}

// frame is the frame of one of the member's own pages.
func frame(c *shell.Call, title string) ui.Frame {
	f := c.Frame(c.T(title))
	f.Active = ui.NavMe
	return f
}

// from is what of a request the services may know.
func from(c *shell.Call) account.From {
	return account.From{Address: c.Address(), Agent: c.R.UserAgent()}
}

// signedIn is for pages that who waits for approval may see too.
func signedIn(c *shell.Call) error {
	if c.Actor.Member == 0 {
		return core.E(core.Unauthenticated, policy.SignInFirst)
	}
	return nil
}

package api_test

import (
	"cmp"
	"slices"
	"testing"

	"dayroom/internal/app"
	"dayroom/internal/policy"
	"dayroom/internal/sitetest"
)

// Reasons why the work of a page is done by no operation. Each is a rule, not an excuse: what is merely missing has none.
const (
	setUp    = "setting the site up: nobody has a token before"
	entering = "signing in and the ways back in: a token is made by somebody who is in already"
	person   = "changes what proves who somebody is: the pages ask for the password or a passkey once more, which no program has"
	making   = "making a token: a program that could would outlive its own end"
	reader   = "how one browser shows the pages, kept in its cookies"
	machine  = "is for machines already"
	pages    = "keeps an open page up to date; programs ask again, or have webhooks"
	letter   = "a link out of a letter, with its own secret: nobody is signed in there"
	wayToIt  = "a page that only leads to others; what it tells is told by the operations of those"
)

// exceptions are the pages that no operation does, with the reason.
var exceptions = map[string]string{
	"GET /setup": setUp, "POST /setup": setUp,

	"GET /join": entering, "POST /join": entering, "POST /join/passkey/begin": entering, "POST /join/passkey/finish": entering,
	"GET /welcome": entering, "POST /welcome/codes": entering, "GET /signin": entering, "POST /signin": entering,
	"POST /signin/passkey/begin": entering, "POST /signin/passkey/finish": entering, "GET /signin/code": entering, "POST /signin/code": entering,
	"GET /signin/recover": entering, "POST /signin/recover": entering, "GET /signin/forgot": entering, "POST /signin/forgot": entering,
	"GET /reset/{token}": entering, "POST /reset/{token}": entering, "POST /signout": entering,

	"GET /me/confirm": person, "POST /me/confirm": person, "POST /me/confirm/passkey/begin": person, "POST /me/confirm/passkey/finish": person,
	"GET /me/password": person, "POST /me/password": person, "GET /me/passkeys": person, "POST /me/passkeys/begin": person,
	"POST /me/passkeys/finish": person, "POST /me/passkeys/remove": person, "GET /me/two-step": person, "POST /me/two-step": person,
	"POST /me/two-step/off": person, "GET /me/codes": person, "POST /me/codes": person, "GET /me/mail": person, "POST /me/mail": person,
	"POST /me/mail/drop": person, "GET /me/leave": person, "POST /me/leave": person, "POST /admin/members/{member}/reset": person,

	"POST /me/tokens": making,

	"GET /confirm-mail/{token}": letter, "POST /confirm-mail/{token}": letter, "GET /unsubscribe": letter, "POST /unsubscribe": letter,

	"GET /reading": reader, "POST /reading": reader, "POST /zone": reader, "GET /language": reader,

	"GET /readyz": machine, "GET /metrics": machine, "GET /admin/profile/cpu": machine, "GET /admin/profile/trace": machine,
	"GET /admin/profile/{name}": machine,

	"GET /healthz": machine, "GET /robots.txt": machine, "GET /feed.atom": machine, "GET /s/{slug}/feed.atom": machine, "GET /sitemap.xml": machine,
	"GET /s/{slug}/sitemap.xml":     machine,
	"GET /.well-known/security.txt": machine, "GET /notices/bell": pages, "GET /upload": wayToIt, "GET /admin": wayToIt,
}

// Whatever people do in the pages, a program can do for them. A new page comes with its operation, or with a reason in this file.
func TestWhatPeopleDoInThePagesProgramsCanDo(t *testing.T) {
	w := open(t)
	does := map[string]string{}
	for _, op := range w.API().Operations() {
		for _, page := range op.Does {
			does[page] = op.ID
		}
	}
	pages := map[string]bool{}
	for _, r := range w.Routes(app.Public) {
		page := r.Method + " " + r.Path
		if sitetest.IsAPI(r) || r.Method == "" {
			continue
		}
		pages[page] = true
		switch _, excepted := exceptions[page]; {
		case does[page] == "" && !excepted:
			t.Errorf("no operation does the work of %s, and no reason stands among the exceptions", page)
		case does[page] != "" && excepted:
			t.Errorf("%s is done by %s and stands among the exceptions", page, does[page])
		}
	}
	for page, op := range does {
		if !pages[page] {
			t.Errorf("%s does %s, which is no page", op, page)
		}
	}
	for page := range exceptions {
		if !pages[page] {
			t.Errorf("%s is excepted and is no page", page)
		}
	}
}

// What creates something can be sent twice and creates once.
func TestEveryCreationTakesAnIdempotencyKey(t *testing.T) {
	for _, op := range open(t).API().Operations() {
		if creates := op.Status == 201; creates != op.Once {
			t.Errorf("%s: creates %v, takes a key %v", op.ID, creates, op.Once)
		}
		if op.Status == 201 && op.Method != "POST" {
			t.Errorf("%s creates by %s", op.ID, op.Method)
		}
	}
}

// widths are the doors, from the narrowest to the widest.
var widths = []policy.Access{policy.ForAdmin, policy.ForModerator, policy.ForSteward, policy.ForStaff, policy.ForVerified, policy.ForMember, policy.ForPublic}

// What is for few in the pages is for no more among programs.
func TestNoOperationHasAWiderDoorThanItsPages(t *testing.T) {
	w := open(t)
	doors := map[string]policy.Access{}
	for _, r := range w.Routes(app.Public) {
		doors[r.Method+" "+r.Path] = r.Access
	}
	for _, op := range w.API().Operations() {
		widest := -1
		for _, page := range op.Does {
			widest = max(widest, slices.Index(widths, doors[page]))
		}
		if door := cmp.Or(op.Door, policy.ForPublic); widest >= 0 && slices.Index(widths, door) > widest {
			t.Errorf("%s is for %s; its pages are for %s", op.ID, door, widths[widest])
		}
	}
}

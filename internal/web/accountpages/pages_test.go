package accountpages_test

import (
	"context"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"dayroom/internal/account"
	"dayroom/internal/account/password"
	"dayroom/internal/core"
	"dayroom/internal/credential"
	"dayroom/internal/organisation"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/job"
	"dayroom/internal/platform/keys"
	"dayroom/internal/policy"
	"dayroom/internal/site"
	"dayroom/internal/web/accountpages"
	"dayroom/internal/web/shell"
	"dayroom/internal/web/webtest"
)

var ctx = context.Background()

const (
	right = "quiet river stone lamp"
	other = "seven kettles in a row"
)

// house is a site with accounts whose sign-ins are real.
type house struct {
	*webtest.Site
	accounts *account.Service
	post     *postman
}

type postman struct {
	away bool
	sent []account.Letter
}

func (p *postman) Ready() bool { return !p.away }
func (p *postman) Send(_ context.Context, l account.Letter) error {
	p.sent = append(p.sent, l)
	return nil
}

func each(t *testing.T, test func(h *house)) {
	webtest.Each(t, func(s *webtest.Site) {
		dir := t.TempDir()
		k, err := keys.Open(ctx, filepath.Join(dir, s.Name()+"keys.db"), filepath.Join(dir, s.Name()+"root.key"))
		s.Must(err)
		s.Cleanup(func() { k.Close() })
		h := &house{Site: s, post: &postman{}}
		h.accounts, err = account.New(s.DB, k, s.IDs, s.Clock, s.Site, account.Options{
			BaseURL: "http://localhost:8080", Mail: h.post, Cost: password.Cost{Memory: 64, Time: 1, Threads: 1},
			Tables: append(append(organisation.Tables, credential.Tables...), account.Tables...),
		})
		s.Must(err)
		s.Shell.Auth = h.accounts
		s.Serve(accountpages.Routes(h.accounts, credential.New(s.DB, k, s.IDs, s.Clock), organisation.New(s.DB, s.IDs, s.Clock)),
			[]shell.Route{{Method: "GET", Path: "/{$}", Access: policy.ForPublic, Handle: func(c *shell.Call) error {
				return c.JSON(http.StatusOK, map[string]string{"handle": c.Actor.Handle})
			}}})
		test(h)
	})
}

// join signs somebody up over the pages.
func (h *house) join(handle string) *webtest.Browser {
	h.Helper()
	b := h.Visitor()
	b.Get("/join").Want(200).Submit("/join", url.Values{"handle": {handle}, "password": {right}, "old_enough": {"1"}}).WantWay("/welcome").Want(200, "Welcome, "+handle)
	return b
}

func (h *house) signIn(handle, pass string) *webtest.Browser {
	h.Helper()
	b := h.Visitor()
	b.Get("/signin").Submit("/signin", url.Values{"name": {handle}, "password": {pass}}).WantWay("/")
	return b
}

func (h *house) admin(handle string) *webtest.Browser {
	h.Helper()
	b := h.join(handle)
	h.Must(h.accounts.SetRole(ctx, core.SystemActor, h.id(handle), core.RoleAdmin))
	return b
}

func (h *house) id(handle string) (id core.ID) {
	h.Helper()
	h.Must(h.DB.View(ctx, func(tx *db.Tx) (err error) {
		id, err = db.One(tx, db.ID, "SELECT id FROM member WHERE handle_key = $1", handle)
		return err
	}))
	return id
}

func (h *house) deliver() string {
	h.Helper()
	var payloads []string
	h.Update(func(tx *db.Tx) (err error) {
		payloads, err = db.All(tx, db.String, "SELECT payload FROM job ORDER BY id")
		if err == nil {
			_, err = tx.Exec("DELETE FROM job")
		}
		return err
	})
	for _, p := range payloads {
		h.Must(h.accounts.DeliverMail(ctx, job.Job{Payload: []byte(p)}))
	}
	text := h.post.sent[len(h.post.sent)-1].Text
	return strings.Fields(text[strings.Index(text, "http://localhost:8080")+len("http://localhost:8080"):])[0]
}

func TestSomebodyJoinsSignsOutAndIn(t *testing.T) {
	each(t, func(h *house) {
		b := h.join("ada")
		b.Get("/me").Want(200, "You are ada here", "1 device")
		b.Post("/signout", nil).WantWay("/")
		b.Get("/me").WantWay("/signin?next=%2Fme").Want(200, "Sign in")
		again := b.Get("/signin?next=%2Fme%2Fprofile").Submit("/signin", url.Values{"name": {"ada"}, "password": {right}})
		again.WantWay("/me/profile").Want(200, "Your profile")
		b.Get("/signin?next=/me").WantWay("/me")
		b.Get("/join").WantWay("/")
	})
}

func TestTheFormToJoinSaysWhatAHandleIsAndWhatOneAgreesTo(t *testing.T) {
	each(t, func(h *house) {
		page := h.Visitor().Get("/join").Want(200, "Handle: the name that others see", "By joining you agree").Sound()
		if !page.HasLink("/terms") || !page.HasLink("/privacy") {
			t.Error("what one agrees to is not linked")
		}
		if !h.Visitor().Get("/nowhere").Want(404).HasLink("/signin?next=%2Fnowhere") {
			t.Error("a page that is not there, or not for visitors, offers no way in")
		}
	})
}

func TestADoublePressOnJoinJoinsOnce(t *testing.T) {
	each(t, func(h *house) {
		b := h.Visitor()
		page := b.Get("/join").Want(200)
		form := page.Form("/join")
		form.Set("handle", "ada")
		form.Set("password", right)
		form.Set("old_enough", "1")
		answers := make(chan *webtest.Page, 2)
		for range 2 { // two presses, and a browser each, so that neither waits for the other's cookie
			go func() { answers <- h.Visitor().Post("/join", form) }()
		}
		for range 2 {
			answer := <-answers
			answer.WantWay("/welcome").Want(200, "Welcome, ada")
		}
		form.Set("password", "another stone in the river")
		h.Visitor().Post("/join", form).Want(422, "Somebody has this handle")
		form.Set("password", right)
		form.Set("form", strings.Repeat("A", len(form.Get("form"))))
		h.Visitor().Post("/join", form).Want(422, "Somebody has this handle")
		form.Del("form")
		h.Visitor().Post("/join", form).Want(422, "Somebody has this handle")
	})
}

func TestASignUpKeepsWhatWasTypedButNoPassword(t *testing.T) {
	each(t, func(h *house) {
		b := h.Visitor()
		page := b.Get("/join").Submit("/join", url.Values{"handle": {"Ada Lovelace"}, "password": {"short"}})
		page.Want(422, "small letters, digits and _ only", "at least 10 characters", "old enough").WantNot("short")
		if got := page.Form("/join").Get("handle"); got != "Ada Lovelace" {
			h.Errorf("the handle became %q", got)
		}
		if page.Header.Get("Cache-Control") != "no-store" {
			h.Error("the answer may be kept")
		}
	})
}

// Whoever is asked for, an answer has one status and one text.
func TestAnswersDoNotTellWhoIsHere(t *testing.T) {
	each(t, func(h *house) {
		b := h.join("ada")
		b.Get("/me/mail").Submit("/me/mail", url.Values{"mail": {"ada@example.org"}}).WantWay("/me/mail").Want(200, "ada@example.org waits")
		way := h.deliver()
		h.Visitor().Get(way).Submit(way, nil).WantWay("/signin")
		ask := func(path string, form url.Values) (int, string) {
			p := h.Visitor().Post(path, form)
			return p.Status, strings.NewReplacer("ada", "N", "eve", "N").Replace(regexp.MustCompile(`value="[^"]*"`).ReplaceAllString(p.Body, ""))
		}
		for path, form := range map[string]url.Values{
			"/signin": {"password": {other}}, "/signin/forgot": {}, "/signin/recover": {"code": {"abcd-abcd-abcd-abcd"}, "password": {other}},
		} {
			known, unknown := url.Values{"name": {"ada"}, "handle": {"ada"}}, url.Values{"name": {"eve"}, "handle": {"eve"}}
			for name, value := range form {
				known[name], unknown[name] = value, value
			}
			s1, t1 := ask(path, known)
			s2, t2 := ask(path, unknown)
			if s1 != s2 || t1 != t2 {
				h.Errorf("%s: %d and %d; the texts are the same: %v", path, s1, s2, t1 == t2)
			}
		}
	})
}

func TestASignInLeadsNobodyElsewhere(t *testing.T) {
	each(t, func(h *house) {
		h.join("ada")
		for _, evil := range []string{"https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)"} {
			b := h.Visitor()
			b.Get("/signin?next="+url.QueryEscape(evil)).Submit("/signin", url.Values{"name": {"ada"}, "password": {right}, "next": {evil}}).WantWay("/")
			if to := b.Get("/signin?next=" + url.QueryEscape(evil)).Header.Get("Location"); to != "/" {
				h.Errorf("%s leads to %s", evil, to)
			}
		}
	})
}

func TestAPlantedCookieIsReplaced(t *testing.T) {
	each(t, func(h *house) {
		h.join("ada")
		b := h.Visitor()
		b.SetCookie("dayroom", "planted")
		b.Get("/signin").Submit("/signin", url.Values{"name": {"ada"}, "password": {right}}).WantWay("/")
		if b.Cookie("dayroom") == "planted" {
			h.Error("the planted token was taken on")
		}
		thief := h.Visitor()
		thief.SetCookie("dayroom", "planted")
		thief.Get("/me").WantWay("/signin?next=%2Fme")
	})
}

func TestSigningInAnewEndsWhatTheBrowserHadBefore(t *testing.T) {
	each(t, func(h *house) {
		b := h.join("ada")
		before := b.Cookie("dayroom")
		b.Post("/signin", url.Values{"name": {"ada"}, "password": {right}}).WantWay("/")
		old := h.Visitor()
		old.SetCookie("dayroom", before)
		old.Get("/me").WantWay("/signin?next=%2Fme")
	})
}

var codeForm = regexp.MustCompile(`[0-9a-z]{4}(-[0-9a-z]{4}){3}`)

func TestRecoveryCodesAreShownOnceAndLetIn(t *testing.T) {
	each(t, func(h *house) {
		b := h.join("ada")
		page := b.Get("/welcome").Submit("/welcome/codes", nil).Want(200, "shown this once", "For the handle ada")
		codes := codeForm.FindAllString(page.Text(), -1)
		if len(codes) != 10 || page.Header.Get("Cache-Control") != "no-store" {
			h.Fatalf("%d codes, %s", len(codes), page.Header.Get("Cache-Control"))
		}
		if left := codeForm.FindString(b.Get("/welcome").Want(200, "You have recovery codes").Text()); left != "" {
			h.Error("a code is shown again")
		}
		fresh := h.Visitor()
		fresh.Get("/signin/recover").Submit("/signin/recover", url.Values{"handle": {"ada"}, "code": {codes[3]}, "password": {other}}).WantWay("/me").Want(200, "You are in", "9 recovery codes")
		b.Get("/me").WantWay("/signin?next=%2Fme")
		h.Visitor().Post("/signin/recover", url.Values{"handle": {"ada"}, "code": {codes[3]}, "password": {right}}).Want(422, "used already")
	})
}

func TestTheTwoStepSignInOverThePages(t *testing.T) {
	each(t, func(h *house) {
		b := h.join("ada")
		page := b.Get("/me/two-step").Want(200, "Point the app at this picture")
		if !strings.Contains(page.Body, `src="data:image/png;base64,`) {
			h.Error("there is no picture")
		}
		secret := strings.ReplaceAll(regexp.MustCompile(`(?:[A-Z2-7]{4} ){7}[A-Z2-7]{4}`).FindString(page.Text()), " ", "")
		now := func() string {
			code, err := totp.GenerateCode(secret, h.Clock.Now())
			h.Must(err)
			return code
		}
		page.Submit("/me/two-step", url.Values{"code": {"000000"}}).Want(422, "not right", "Point the app at this picture")
		b.Get("/me/two-step").Submit("/me/two-step", url.Values{"code": {now()}}).WantWay("/me").Want(200, "Two-step sign-in is on")
		h.Clock.Advance(time.Minute)
		fresh := h.Visitor()
		step := fresh.Get("/signin?next=%2Fme").Submit("/signin", url.Values{"name": {"ada"}, "password": {right}}).WantWay("/signin/code?next=%2Fme").Want(200, "The second step")
		fresh.Get("/me").WantWay("/signin?next=%2Fme")
		step.Submit("/signin/code", url.Values{"code": {"111111"}}).Want(422, "not right")
		fresh.Get("/signin/code?next=%2Fme").Submit("/signin/code", url.Values{"code": {now()}}).WantWay("/me").Want(200, "You are ada")
		h.Visitor().Get("/signin/code").WantWay("/signin")
		b.Get("/me/two-step").Want(200, "is on").Submit("/me/two-step/off", nil).WantWay("/me")
	})
}

func TestWhatSignsInIsChangedOnlyAfterShowingWhoOneIs(t *testing.T) {
	each(t, func(h *house) {
		b := h.join("ada")
		h.Clock.Advance(16 * time.Minute)
		for _, path := range []string{"/me/password", "/me/passkeys", "/me/two-step", "/me/codes", "/me/mail", "/me/leave"} {
			b.Get(path).WantWay("/me/confirm?next="+url.QueryEscape(path)).Want(200, "Is it you?")
		}
		b.Post("/me/password", url.Values{"password": {other}}).WantWay("/me/confirm?next=%2Fme%2Fpassword")
		h.signIn("ada", right)
		confirm := b.Get("/me/confirm?next=%2Fme%2Fpassword")
		confirm.Submit("/me/confirm", url.Values{"password": {other}}).Want(422, "not your password")
		form := confirm.Submit("/me/confirm", url.Values{"password": {right}}).WantWay("/me/password").Want(200)
		form.Submit("/me/password", url.Values{"password": {"ada2026adaada"}}).Want(422)
		form.Submit("/me/password", url.Values{"password": {other}}).WantWay("/me").Want(200, "new password is set")
		h.signIn("ada", other)
	})
}

func TestAResetOverThePages(t *testing.T) {
	each(t, func(h *house) {
		b := h.join("ada")
		b.Post("/me/mail", url.Values{"mail": {"not an address"}}).Want(422, "does not look like")
		b.Post("/me/mail", url.Values{"mail": {"ada@example.org"}}).WantWay("/me/mail")
		way := h.deliver()
		b.Get(way).Submit(way, nil).WantWay("/me/mail").Want(200, "ada@example.org", "confirmed")
		b.Get(way).Submit(way, nil).Want(410, "does not work any more")
		h.Visitor().Get("/signin/forgot").Submit("/signin/forgot", url.Values{"name": {"ada@example.org"}}).Want(200, "a letter is on its way")
		way = h.deliver()
		fresh := h.Visitor()
		page := fresh.Get(way).Want(200, "For the account ada")
		if page.Header.Get("Referrer-Policy") != "same-origin" {
			h.Error("the link could leak")
		}
		page.Submit(way, url.Values{"password": {"short"}}).Want(422, "at least 10")
		page.Submit(way, url.Values{"password": {other}}).WantWay("/")
		fresh.Get("/me").Want(200, "You are ada")
		b.Get("/me").WantWay("/signin?next=%2Fme")
		fresh.Get(way).Want(410, "does not work any more")
	})
}

func TestWithoutMailThePagesSayWhatHelps(t *testing.T) {
	each(t, func(h *house) {
		h.post.away = true
		b := h.join("ada")
		b.Get("/me/mail").Want(200, "sends no e-mail")
		h.Visitor().Get("/signin/forgot").Want(200, "sends no e-mail", "Use a recovery code")
		if h.Visitor().Get("/signin").HasLink("/signin/forgot") {
			h.Error("a way that leads nowhere is offered")
		}
	})
}

func TestWhoWaitsForApprovalSeesSoAndKeepsTheWayBack(t *testing.T) {
	each(t, func(h *house) {
		admin := h.admin("root_person")
		h.Settings(func(s *site.Settings) { s.SignUp = site.SignUpApproval })
		h.Visitor().Get("/join").Want(200, "look at your account before")
		b := h.join("ada")
		b.Get("/welcome").Want(200, "waits until the people").Submit("/welcome/codes", nil).Want(200, "shown this once")
		b.Get("/me").Want(403, "waits")
		b.Get("/m/root_person").Want(403)
		admin.Get("/admin/waiting").Want(200, "ada").Submit("/admin/waiting", nil).WantWay("/admin/waiting").Want(200, "They can come in now", "Nobody waits")
		b.Get("/me").Want(200, "You are ada")
		b.Get("/admin/waiting").Want(403)
	})
}

func TestDecliningSomebodyTakesTwoPressesAndSaysWhatTheyDeclared(t *testing.T) {
	each(t, func(h *house) {
		admin := h.admin("root_person")
		h.Settings(func(s *site.Settings) { s.SignUp = site.SignUpApproval })
		h.join("ada")
		page := admin.Get("/admin/waiting").Want(200, "ada", "old enough", "English", "erased at once", "Erase the account of ada").Sound()
		ada := h.id("ada").String()
		page.Browser.Post("/admin/waiting", url.Values{"member": {ada}, "act": {"decline"}}).Want(422)
		admin.Get("/admin/waiting").Want(200, "ada")
		page.Browser.Post("/admin/waiting", url.Values{"member": {ada}, "act": {"decline"}, "sure": {"1"}}).WantWay("/admin/waiting").Want(200, "Nobody waits")
	})
}

func TestAProfileShowsToEachReaderWhatIsForThem(t *testing.T) {
	each(t, func(h *house) {
		ada, eve := h.join("ada"), h.join("eve")
		form := ada.Get("/me/profile").Want(200, "At first nobody may")
		form.Submit("/me/profile", url.Values{"relation": {"caregiver"}, "for_whom": {"her father"}, "relation_audience": {"members"}, "conditions": {"Asthma, COPD"},
			"about": {"canary words"}, "language": {"cy"}, "language_audience": {"members"}, "time_zone": {"Europe/Lisbon"}, "time_zone_audience": {"members"}}).
			WantWay("/m/ada").Want(200, "caregiver for her father", "asthma, copd", "canary words", "Cymraeg")
		eve.Get("/m/ada").Want(200, "caregiver for her father", "Cymraeg", "It is 10:00 there (Lisbon, Europe)").WantNot("asthma", "canary words")
		h.Visitor().Get("/m/ada").WantWay("/signin?next=%2Fm%2Fada")
		page := form.Submit("/me/profile", url.Values{"about": {strings.Repeat("x", 601)}, "conditions": {"<script>"}, "time_zone": {"Mars/Base"}}).Want(422, "up to 600", "letters, digits", "time zone")
		if got := page.Form("/me/profile"); got.Get("conditions") != "<script>" || len(got.Get("about")) != 601 || got.Get("time_zone") != "Mars/Base" {
			h.Error("what was typed is lost")
		}
	})
}

func TestBlockingConcealsAndCanBeLifted(t *testing.T) {
	each(t, func(h *house) {
		ada, eve := h.join("ada"), h.join("eve")
		ada.Get("/m/eve").Submit("/m/eve/block", nil).WantWay("/m/eve").Want(200, "You have blocked eve")
		eve.Get("/m/ada").Want(404)
		eve.Post("/m/ada/block", nil).Want(404)
		ada.Get("/me/blocked").Want(200, "eve").Submit("/m/eve/unblock", nil).WantWay("/m/eve")
		eve.Get("/m/ada").Want(200, "ada")
	})
}

func TestAnOldHandleLeadsOn(t *testing.T) {
	each(t, func(h *house) {
		ada, eve := h.join("ada"), h.join("eve")
		ada.Get("/me/handle").Submit("/me/handle", url.Values{"handle": {"admin"}}).Want(422, "could be taken for")
		ada.Get("/me/handle").Submit("/me/handle", url.Values{"handle": {"Ada_L"}}).WantWay("/me").Want(200, "Your handle is ada_l now", "You are ada_l here")
		eve.Get("/m/ada").WantWay("/m/ada_l").Want(200, "ada_l")
		ada.Get("/me/handle").Submit("/me/handle", url.Values{"handle": {"third"}}).Want(429, "less than 30 days ago")
	})
}

func TestInvitationsOverThePages(t *testing.T) {
	each(t, func(h *house) {
		ada, admin := h.join("ada"), h.admin("root_person")
		h.Settings(func(s *site.Settings) { s.SignUp = site.SignUpInvited })
		page := ada.Get("/me/invites").Submit("/me/invites", nil).Want(200, "shown this once", "Open for 1 person")
		code := codeForm.FindString(page.Text())
		ada.Get("/me/invites").Want(200).WantNot(code)
		b := h.Visitor()
		b.Get("/join").Submit("/join", url.Values{"handle": {"eve"}, "password": {right}, "old_enough": {"1"}}).Want(422, "by invitation")
		b.Get("/join?code="+code).Submit("/join", url.Values{"handle": {"eve"}, "password": {right}, "old_enough": {"1"}}).WantWay("/welcome")
		h.Visitor().Get("/join?code="+code).Submit("/join", url.Values{"handle": {"mallory"}, "password": {right}, "old_enough": {"1"}}).Want(422, "used already")
		admin.Get("/admin/invites").Want(200, "ada", "Used").Submit("/admin/invites", url.Values{"uses": {"0"}, "days": {"x"}}).Want(422, "1 to 1000", "1 to 90")
		admin.Get("/admin/invites").Submit("/admin/invites", url.Values{"uses": {"20"}, "days": {"7"}}).Want(200, "Open for 20 people")
		admin.Get("/admin/invites").Submit("/admin/invites/end", nil).WantWay("/admin/invites").Want(200, "has ended")
		ada.Get("/admin/invites").Want(403)
	})
}

func TestSignInsAreListedAndEnded(t *testing.T) {
	each(t, func(h *house) {
		b := h.join("ada")
		phone := h.Visitor()
		phone.Header.Set("User-Agent", "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Mobile/15E148 Safari/604.1")
		phone.Post("/signin", url.Values{"name": {"ada"}, "password": {right}}).WantWay("/")
		b.Get("/me/sign-ins").Want(200, "This device", "Safari on iPhone").Submit("/me/sign-ins/end", nil).WantWay("/me/sign-ins").Want(200, "is signed out")
		phone.Get("/me").WantWay("/signin?next=%2Fme")
		h.signIn("ada", right)
		b.Get("/me/sign-ins").Submit("/me/sign-ins/others", nil).WantWay("/me/sign-ins").Want(200, "All other devices").WantNot("Sign out all other")
	})
}

func TestLeavingNeedsTheHandleAndTakesAll(t *testing.T) {
	each(t, func(h *house) {
		b, eve := h.join("ada"), h.join("eve")
		b.Get("/me/leave").Want(200, "cannot be undone").Submit("/me/leave", url.Values{"handle": {"eve"}}).Want(422, "not your handle")
		b.Get("/me/leave").Submit("/me/leave", url.Values{"handle": {"ADA"}}).WantWay("/")
		eve.Get("/m/ada").Want(404)
		h.Visitor().Post("/signin", url.Values{"name": {"ada"}, "password": {right}}).Want(422)
	})
}

func TestPasskeyCeremoniesBeginAndRefuseInWords(t *testing.T) {
	each(t, func(h *house) {
		b := h.Visitor()
		page := b.Get("/signin").Want(200, "Sign in with a passkey")
		if len(page.All("form", "data-passkey", "get")) != 1 || !strings.Contains(page.Body, "passkey.") {
			h.Error("the script has nothing to work on")
		}
		b.Post("/signin/passkey/begin", url.Values{"next": {"/me"}}).Want(200, `"challenge"`)
		if b.Cookie("ceremony") == "" {
			h.Error("the ceremony is not remembered")
		}
		b.Do("POST", "/signin/passkey/finish", "application/json", strings.NewReader("{}")).Want(422, "did not fit")
		b.Do("POST", "/signin/passkey/finish", "application/json", strings.NewReader("{}")).Want(422, "begin again")
		b.Get("/join?with=passkey").Want(200, "nothing to remember")
		b.Post("/join/passkey/begin", url.Values{"handle": {"x"}, "old_enough": {"1"}}).Want(422, "3 to 24 characters")
		b.Post("/join/passkey/begin", url.Values{"handle": {"ada"}, "old_enough": {"1"}}).Want(200, `"challenge"`, "Test site")
		b.Header.Set("Sec-Fetch-Mode", "navigate") // the form, sent without script
		b.Post("/join/passkey/begin", url.Values{"handle": {"ada"}}).WantWay("/join?with=passkey")
		b.Header.Del("Sec-Fetch-Mode")
		in := h.join("eve")
		in.Get("/me/passkeys").Want(200, "No passkey yet")
		in.Post("/me/passkeys/begin", url.Values{"name": {"phone"}}).Want(200, `"challenge"`)
		in.Post("/me/passkeys/remove", url.Values{"passkey": {"1"}}).Want(404)
	})
}

func TestMembersCredentialsAndOrganisationsAreKept(t *testing.T) {
	each(t, func(h *house) {
		admin, ines := h.admin("root_person"), h.join("dr_ines")
		path := "/admin/members/" + h.id("dr_ines").String()
		admin.Get("/admin/members").Want(200, "dr_ines", "Runs the site")
		admin.Get("/admin/members?group=office").Want(200, "root_person").WantNot("dr_ines")
		admin.Get("/admin/members?handle=dr").Want(200, "dr_ines").WantNot("root_person · ")
		page := admin.Get(path).Want(200, "Grant a credential", "Portugal")
		page.Submit(path+"/credentials", url.Values{"profession": {"C"}, "country": {"XX"}}).Want(422, "2 to 60", "do not know this country")
		page.Submit(path+"/credentials", url.Values{"profession": {"Cardiologist"}, "country": {"PT"}, "register": {"OM-7"}}).WantWay(path).Want(200, "Cardiologist · Portugal", "OM-7")
		ines.Get("/m/root_person").Want(200)
		admin.Get("/m/dr_ines").Want(200, "Verified", "Cardiologist · Portugal")
		h.Clock.Advance(330 * 24 * time.Hour)
		admin = h.signIn("root_person", right)
		admin.Get("/admin/credentials").Want(200, "dr_ines")
		admin.Get(path).Submit(path+"/credentials/revoke", nil).WantWay(path).Want(200, "revoked on")
		admin.Get(path).Submit(path+"/role", url.Values{"role": {"moderator"}}).WantWay(path).Want(200, "Moderator ·")
		self := "/admin/members/" + h.id("root_person").String()
		admin.Get(self).Submit(self+"/role", url.Values{"role": {""}}).Want(422, "only one who runs the site")
		link := admin.Get(path).Submit(path+"/reset", nil).Want(200, "shown this once")
		if !strings.Contains(link.Body, "/reset/") {
			h.Error("there is no link")
		}

		admin.Get("/admin/organisations").Want(200, "No organisation yet").Submit("/admin/organisations", url.Values{"name": {"x"}, "slug": {"A b"}}).Want(422, "2 to 80", "3 to 40")
		house := "/admin/organisations/harbour"
		admin.Get("/admin/organisations").Submit("/admin/organisations", url.Values{"name": {"Harbour Lights"}, "slug": {"harbour"}, "kind": {"charity"}}).WantWay(house)
		admin.Get(house).Submit(house+"/staff", url.Values{"handle": {"nobody_here"}, "role": {"press officer"}}).Want(422, "no member with this handle")
		admin.Get(house).Submit(house+"/staff", url.Values{"handle": {"dr_ines"}, "role": {"press officer"}}).WantWay(house).Want(200, "press officer")
		h.Visitor().Get("/o/harbour").Want(200, "Harbour Lights", "dr_ines", "press officer")
		admin.Get(house).Submit(house, url.Values{"name": {"Harbour Light"}, "about": {"Hearts."}}).WantWay(house)
		admin.Get(house).Submit(house+"/staff/remove", nil).WantWay(house)
		h.Visitor().Get("/o/harbour").Want(200, "Harbour Light", "Nobody is named yet")
	})
}

// Each door of the office is closed to whoever has no office, whatever they send.
func TestTheOfficeIsClosedToOthers(t *testing.T) {
	each(t, func(h *house) {
		h.admin("root_person")
		b, v := h.join("ada"), h.Visitor()
		for _, r := range accountpages.Routes(h.accounts, nil, nil) {
			if !strings.HasPrefix(r.Path, "/admin") {
				continue
			}
			path := strings.NewReplacer("{member}", h.id("root_person").String(), "{slug}", "harbour").Replace(r.Path)
			if r.Method == "GET" {
				b.Get(path).Want(403)
				v.Get(path).WantWay("/signin?next=" + url.QueryEscape(path))
			} else {
				b.Post(path, url.Values{"role": {"admin"}}).Want(403)
				v.Post(path, nil).Want(401)
			}
		}
	})
}

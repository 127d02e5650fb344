package browser

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dayroom/internal/sitetest"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"
)

// submit sends the form that has a field.
func submit(field string) chromedp.Action {
	return chromedp.Evaluate(`document.querySelector('`+field+`').form.querySelector('[type=submit], button:not([type])').click()`, nil)
}

// leave does what leads to another page, and waits until that is there. While a page is being left, the browser answers with
// errors of many kinds: they only mean "not yet".
func leave(act chromedp.Action) chromedp.Action {
	return chromedp.ActionFunc(func(ctx context.Context) error {
		if err := chromedp.Evaluate("window.stillHere = true", nil).Do(ctx); err != nil {
			return err
		}
		if err := act.Do(ctx); err != nil && ctx.Err() != nil {
			return err
		}
		for there := false; !there; {
			if err := chromedp.Evaluate("!window.stillHere && document.readyState === 'complete'", &there).Do(ctx); err != nil && ctx.Err() != nil {
				return err
			}
		}
		return nil
	})
}

func clean(t *testing.T, tabs ...*Tab) {
	t.Helper()
	for _, tab := range tabs {
		for _, p := range tab.TakeProblems() {
			t.Error(p)
		}
	}
}

func TestTwoPeopleHoldAConversation(t *testing.T) {
	site := sitetest.Open(t, "")
	asker, helper := Open(t, site.URL, site.As("maria_hl").Token), Open(t, site.URL, site.As("old_oak").Token)

	asker.Go("/s/heart-to-heart/write?kind=question")
	asker.Do(
		chromedp.SendKeys("[name=title]", "Which shoes when ankles swell by the evening?", chromedp.ByQuery),
		chromedp.SendKeys("textarea[name=body]", "Everything with laces hurts after six.", chromedp.ByQuery),
		leave(submit("[name=title]")))
	var address string
	asker.Do(chromedp.Location(&address))
	path := strings.TrimPrefix(address, site.URL)
	if !strings.HasPrefix(path, "/t/") {
		t.Fatalf("after asking one is at %s: %s", address, asker.Text())
	}

	helper.Go(path)
	helper.Do(
		chromedp.SendKeys("#reply textarea[name=body], textarea[name=body]", "Sandals with velcro, two sizes of adjustment.", chromedp.ByQuery),
		leave(submit("textarea[name=body]")))
	if text := helper.Text(); !strings.Contains(text, "two sizes of adjustment") {
		t.Errorf("the helper does not see the own reply: %s", text)
	}

	site.Must(site.Events.Drain(context.Background()))
	asker.Go("/notices")
	if text := asker.Text(); !strings.Contains(text, "old_oak") {
		t.Errorf("the asker hears nothing of the reply: %s", text)
	}
	asker.Go(path)
	if text := asker.Text(); !strings.Contains(text, "two sizes of adjustment") {
		t.Errorf("the asker does not see the reply: %s", text)
	}
	clean(t, asker, helper)
}

func TestAConversationNeedsNoScript(t *testing.T) {
	site := sitetest.Open(t, "")
	plain := Open(t, site.URL, "")
	plain.Do(emulation.SetScriptExecutionDisabled(true))
	plain.Go("/join")
	plain.Do(
		chromedp.SendKeys("[name=handle]", "no_script_nora", chromedp.ByQuery),
		chromedp.SendKeys("[name=password]", "a kettle and two cups", chromedp.ByQuery),
		chromedp.Click("[name=old_enough]", chromedp.ByQuery),
		leave(submit("[name=handle]")))
	plain.Go("/s/heart-to-heart/join")
	plain.Do(chromedp.Click("main form [name=rules]", chromedp.ByQuery), leave(submit("main form [name=rules]")))
	plain.Go("/s/heart-to-heart/write?kind=question")
	plain.Do(
		chromedp.SendKeys("[name=title]", "Does anybody else hear their pulse at night?", chromedp.ByQuery),
		chromedp.SendKeys("textarea[name=body]", "It began in spring.", chromedp.ByQuery),
		leave(submit("[name=title]")))
	text := plain.Text()
	if !strings.Contains(text, "hear their pulse at night") {
		t.Errorf("the question is not there: %s", text)
	}
	clean(t, plain)
}

func TestAPasskeyOpensAnAccountAndLetsItIn(t *testing.T) {
	site := sitetest.Open(t, "")
	tab := Open(t, site.URL, "")
	tab.Do(webauthn.Enable(), chromedp.ActionFunc(func(ctx context.Context) error {
		_, err := webauthn.AddVirtualAuthenticator(&webauthn.VirtualAuthenticatorOptions{
			Protocol: webauthn.AuthenticatorProtocolCtap2, Transport: webauthn.AuthenticatorTransportInternal, HasResidentKey: true,
			HasUserVerification: true, IsUserVerified: true, AutomaticPresenceSimulation: true,
		}).Do(ctx)
		return err
	}))
	tab.Go("/join?with=passkey")
	tab.Do(
		chromedp.SendKeys("form[data-passkey] [name=handle]", "key_kim", chromedp.ByQuery),
		chromedp.Click("form[data-passkey] [name=old_enough]", chromedp.ByQuery),
		leave(submit("form[data-passkey] [name=handle]")))
	tab.Go("/me")
	tab.Do(leave(chromedp.Click("form[action='/signout'] button", chromedp.ByQuery)))
	tab.Go("/signin")
	tab.Do(leave(chromedp.Click("form[data-passkey='get'] button", chromedp.ByQuery)))
	tab.Go("/me")
	if text := tab.Text(); !strings.Contains(text, "key_kim") {
		t.Errorf("the passkey did not sign in: %s", text)
	}
	clean(t, tab)
}

// ScreenshotsEnv names the folder that the README's pictures go to.
const ScreenshotsEnv = "DAYROOM_SCREENSHOTS"

// The README shows what the browser shows.
func TestScreenshots(t *testing.T) {
	dir := os.Getenv(ScreenshotsEnv)
	if dir == "" {
		dir = t.TempDir()
	}
	site := sitetest.Open(t, "")
	thread, queue := "", ""
	for _, e := range site.Examples() {
		switch e.Route.Path {
		case "/t/{id}":
			thread = e.Path
		case "/queue/{item}":
			queue = e.Path
		}
	}
	for _, shot := range []struct {
		name, path, handle, scheme string
		width                      int64
	}{
		{"home-1280-light", "/", "maria_hl", "light", 1280},
		{"thread-1280-dark", thread, "tomasz_k", "dark", 1280},
		{"thread-360-light", thread, "maria_hl", "light", 360},
		{"signup-360-light", "/join", "", "light", 360},
		{"queue-1280-light", queue, "keeper", "light", 1280},
	} {
		token := ""
		if shot.handle != "" {
			token = site.As(shot.handle).Token
		}
		tab := Open(t, site.URL, token)
		tab.Look(shot.width, shot.scheme)
		tab.Go(shot.path)
		png := tab.Picture(false)
		if len(png) < 10_000 {
			t.Errorf("the picture %s is empty", shot.name)
		}
		site.Must(os.WriteFile(filepath.Join(dir, shot.name+".png"), png, 0o644))
		clean(t, tab)
	}
}

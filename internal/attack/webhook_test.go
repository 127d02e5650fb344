package attack

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/fetch"
	"dayroom/internal/platform/job"
	"dayroom/internal/sitetest"
	"dayroom/internal/webhook"
)

// hooked is a site whose webhooks go out by a given client, with one webhook and a note that waits for it.
func hooked(t *testing.T, client *fetch.Client, address string) (*sitetest.Site, *webhook.Service, core.ID) {
	t.Helper()
	s := sitetest.Open(t, "")
	hooks := webhook.New(s.DB, s.Lease.IDs, s.Clock, s.Keys, client, s.Config.BaseURL)
	admin := core.Actor{System: true}
	h, _, err := hooks.Create(context.Background(), admin, webhook.Input{Name: "Press desk", URL: address, Kinds: []string{"thread.created"}})
	s.Must(err)
	_, err = hooks.Test(context.Background(), admin, h.ID)
	s.Must(err)
	return s, hooks, h.ID
}

// sent delivers what waits, and gives how it fared.
func sent(s *sitetest.Site, hooks *webhook.Service, id core.ID) webhook.Delivery {
	s.Helper()
	s.Must(hooks.Deliver(context.Background(), job.Job{Payload: []byte(`{"hook":"` + id.String() + `"}`)}))
	log, err := hooks.Log(context.Background(), core.Actor{System: true}, id, core.Page{})
	s.Must(err)
	return log.Items[0]
}

// allowing is a client that may reach one server of the test and nothing else of this machine.
func allowing(t *testing.T, address string, timeout time.Duration) *fetch.Client {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	port, err := strconv.ParseUint(u.Port(), 10, 16)
	if err != nil {
		t.Fatal(err)
	}
	return fetch.New(fetch.Options{Timeout: timeout, MaxBytes: 1 << 10, Stay: true, Start: true, Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}, Ports: []uint16{uint16(port)}})
}

// Somebody has a webhook sent on to what only the server can reach.
func TestAWebhookThatRedirectsInwardsReachesNothing(t *testing.T) {
	var reached atomic.Int32
	inside := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Add(1) }))
	defer inside.Close()
	outside := httptest.NewServer(http.RedirectHandler(inside.URL, http.StatusTemporaryRedirect))
	defer outside.Close()
	s, hooks, id := hooked(t, allowing(t, outside.URL, 10*time.Second), outside.URL)
	if d := sent(s, hooks, id); d.State != webhook.Waiting || d.Status != http.StatusTemporaryRedirect || reached.Load() != 0 {
		t.Errorf("the note is %s after %d, and what is inside was reached %d times", d.State, d.Status, reached.Load())
	}
}

// Somebody takes the connection and never answers, to keep the workers of the site busy.
func TestAWebhookThatNeverAnswersIsLeft(t *testing.T) {
	end := make(chan struct{})
	silent := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-end:
		case <-r.Context().Done():
		}
	}))
	defer silent.Close()
	defer close(end)
	s, hooks, id := hooked(t, allowing(t, silent.URL, 200*time.Millisecond), silent.URL)
	if d := sent(s, hooks, id); d.State != webhook.Waiting || d.Why != fetch.WhyTooSlow || d.Attempt != 1 {
		t.Errorf("the note is %+v", d)
	}
}

// Somebody answers with a stream that has no end.
func TestAWebhookThatAnswersForEverIsLeft(t *testing.T) {
	endless := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			if _, err := w.Write(make([]byte, 4096)); err != nil {
				return
			}
		}
	}))
	defer endless.Close()
	s, hooks, id := hooked(t, allowing(t, endless.URL, 10*time.Second), endless.URL)
	if d := sent(s, hooks, id); d.State != webhook.Delivered {
		t.Errorf("the status had been said, and the note is %+v", d)
	}
}

// Somebody tries each way of writing an address that only the server can reach.
func TestAWebhookCannotBeMadeForWhatIsInside(t *testing.T) {
	s := sitetest.Open(t, "")
	keeper := s.As("keeper")
	for _, address := range []string{"http://example.org/", "https://127.1/", "https://0177.0.0.1/", "https://2130706433/", "https://0x7f.1/", "https://[::1]/",
		"https://[::ffff:127.0.0.1]/", "https://[64:ff9b::7f00:1]/", "https://①②⑦.0.0.1/", "https://10.0.0.1/", "https://169.254.169.254/", "https://[fd00:ec2::254]/", "https://user@10.0.0.1/", "https://example.org:5432/"} {
		a := keeper.Post("/admin/webhooks", url.Values{"name": {"Inside"}, "url": {address}, "kinds": {"thread.created"}, "space": {"all"}})
		if a.Status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", address, a.Status)
		}
	}
}

// A name is looked at where it leads when it is connected, not when it is entered.
func TestAWebhookToANameThatLeadsInsideReachesNothing(t *testing.T) {
	s, hooks, id := hooked(t, webhook.Client(nil, false), "https://localhost/")
	if d := sent(s, hooks, id); d.Status != 0 || d.Why != fetch.WhyRefused {
		t.Errorf("the note is %+v", d)
	}
}

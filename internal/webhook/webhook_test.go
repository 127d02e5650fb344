package webhook_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/db/dbtest"
	"dayroom/internal/platform/event"
	"dayroom/internal/platform/fetch"
	"dayroom/internal/platform/job"
	"dayroom/internal/platform/keys"
	"dayroom/internal/webhook"
)

var (
	ctx   = context.Background()
	admin = core.Actor{Member: 1, Role: core.RoleAdmin, Standing: core.Active}
)

// receiver is somebody else's machine.
type receiver struct {
	mu     sync.Mutex
	status int
	got    []*http.Request
	bodies []string
	url    string
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	r.mu.Lock()
	defer r.mu.Unlock()
	body, _ := io.ReadAll(req.Body)
	r.got, r.bodies = append(r.got, req), append(r.bodies, string(body))
	w.WriteHeader(r.status)
}

type world struct {
	*webhook.Service
	t      *testing.T
	db     *db.DB
	clock  *core.ManualClock
	events *event.Dispatcher
	jobs   *job.Runner
	there  *receiver
}

func each(t *testing.T, test func(t *testing.T, w *world)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := &world{t: t, db: d, clock: core.NewManualClock(time.Date(2026, 11, 3, 9, 0, 0, 0, time.UTC)), there: &receiver{status: 204}}
		server := httptest.NewServer(w.there)
		t.Cleanup(server.Close)
		w.there.url = server.URL
		k, err := keys.Open(ctx, filepath.Join(t.TempDir(), "keys.db"), filepath.Join(t.TempDir(), "root.key"))
		w.must(err)
		t.Cleanup(func() { k.Close() })
		ids, err := core.NewIDMaker(w.clock, 1, 0)
		w.must(err)
		hosts, err := fetch.ParseHosts(strings.TrimPrefix(server.URL, "http://"))
		w.must(err)
		quiet := slog.New(slog.DiscardHandler)
		w.events, w.jobs = event.NewDispatcher(d, quiet), job.NewRunner(d, ids, w.clock, quiet)
		w.Service = webhook.New(d, ids, w.clock, k, webhook.Client(hosts, false), "https://room.example.org")
		w.Subscribe(w.events)
		w.jobs.HandleApart(webhook.DeliverJob, w.Deliver)
		w.must(w.events.Start(ctx))
		test(t, w)
	})
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) hook(in webhook.Input) core.ID {
	w.t.Helper()
	if in.URL == "" {
		in.URL = w.there.url + "/in"
	}
	if in.Kinds == nil {
		in.Kinds = []string{"comment.created"}
	}
	in.Name = "Press desk"
	h, _, err := w.Create(ctx, admin, in)
	w.must(err)
	return h.ID
}

// happen lets something happen, and all be done that follows from it now.
func (w *world) happen(e event.Event) {
	w.t.Helper()
	e.At = w.clock.Now()
	w.must(w.db.Update(ctx, func(tx *db.Tx) error { event.Append(tx, e); return nil }))
	w.must(w.events.Drain(ctx))
	w.must(w.jobs.Drain(ctx))
}

// later lets time pass.
func (w *world) later(d time.Duration) {
	w.t.Helper()
	w.clock.Advance(d)
	w.must(w.Due(ctx))
	w.must(w.jobs.Drain(ctx))
}

func (w *world) log(hook core.ID) []webhook.Delivery {
	w.t.Helper()
	list, err := w.Log(ctx, admin, hook, core.Page{})
	w.must(err)
	return list.Items
}

func (w *world) read(hook core.ID) webhook.Hook {
	w.t.Helper()
	h, err := w.Read(ctx, admin, hook)
	w.must(err)
	return h
}

var reply = event.Event{Kind: "comment.created", Actor: 77, Space: 5, Thread: 6, Subject: 7}

func TestWhatHappensIsToldInIDsAndNotWhoDidIt(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		hook := w.hook(webhook.Input{})
		w.happen(reply)
		if len(w.there.got) != 1 {
			t.Fatalf("%d notes came", len(w.there.got))
		}
		var note struct {
			Type      string
			Timestamp time.Time
			Data      map[string]string
		}
		w.must(json.Unmarshal([]byte(w.there.bodies[0]), &note))
		if note.Type != "comment.created" || !note.Timestamp.Equal(w.clock.Now()) || note.Data["id"] != "7" || note.Data["thread"] != "6" || note.Data["space"] != "5" ||
			note.Data["api"] != "https://room.example.org/api/v1/comments/7" {
			t.Errorf("the note is %s", w.there.bodies[0])
		}
		if strings.Contains(w.there.bodies[0], "77") {
			t.Errorf("the note tells who did it: %s", w.there.bodies[0])
		}
		h := w.there.got[0].Header
		if !strings.HasPrefix(h.Get("Webhook-Id"), "msg_") || !strings.HasPrefix(h.Get("Webhook-Signature"), "v1,") || h.Get("Webhook-Timestamp") == "" {
			t.Errorf("the headers are %v", h)
		}
		if log := w.log(hook); len(log) != 1 || log[0].State != webhook.Delivered || log[0].Status != 204 || log[0].Attempt != 1 {
			t.Errorf("the log is %+v", log)
		}
	})
}

func TestAHookHearsOnlyWhatItAskedFor(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.must(w.db.Update(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec(`INSERT INTO space (id, slug, kind, name, description, rules, rules_html, visibility, joining, tags, created_at)
				VALUES (9, 'nine', 'community', 'Nine', '', '', '', 'members', 'open', '[]', 1)`)
			return err
		}))
		w.hook(webhook.Input{Space: 9})
		w.hook(webhook.Input{Kinds: []string{"thread.created"}})
		w.happen(reply)
		if len(w.there.got) != 0 {
			t.Errorf("told of another space or another kind: %v", w.there.bodies)
		}
		elsewhere := reply
		elsewhere.Space = 9
		w.happen(elsewhere)
		if len(w.there.got) != 1 {
			t.Errorf("%d notes of the space that was asked for", len(w.there.got))
		}
	})
}

func TestWhatIsNotTakenIsTriedAgainUnderTheSameID(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		hook := w.hook(webhook.Input{})
		w.there.status = 500
		w.happen(reply)
		w.later(4 * time.Second)
		if len(w.there.got) != 1 {
			t.Fatalf("tried %d times before the first pause was over", len(w.there.got))
		}
		w.there.status = 200
		w.later(2 * time.Second)
		if log := w.log(hook); len(log) != 1 || log[0].State != webhook.Delivered || log[0].Attempt != 2 {
			t.Errorf("the log is %+v", log)
		}
		if a, b := w.there.got[0].Header.Get("Webhook-Id"), w.there.got[1].Header.Get("Webhook-Id"); a != b {
			t.Errorf("the second attempt has another id: %s, %s", a, b)
		}
		if !w.read(hook).FailingSince.IsZero() {
			t.Error("the hook counts as failing though its last note was taken")
		}
	})
}

func TestAHookThatFailsForDaysIsSwitchedOffAndCanBeSwitchedOnAgain(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		hook := w.hook(webhook.Input{})
		w.there.status = 503
		w.happen(reply)
		for range 100 {
			w.later(time.Hour)
		}
		if h := w.read(hook); h.State != webhook.Off || h.Why != webhook.WhyFailing {
			t.Fatalf("the hook is %s, %q", h.State, h.Why)
		}
		tried := len(w.there.got)
		if tried < 9 || tried > 11 {
			t.Errorf("tried %d times in three days", tried)
		}
		w.happen(reply)
		if len(w.there.got) != tried || len(w.log(hook)) != 1 {
			t.Error("a hook that is off is told")
		}
		w.there.status = 200
		w.must(w.Switch(ctx, admin, hook, webhook.On))
		w.must(w.Resend(ctx, admin, hook, w.log(hook)[0].ID))
		w.must(w.jobs.Drain(ctx))
		if log := w.log(hook); log[0].State != webhook.Delivered {
			t.Errorf("what was sent again is %+v", log[0])
		}
	})
}

func TestWhoAnswersGoneIsToldNoMore(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		hook := w.hook(webhook.Input{})
		w.there.status = http.StatusGone
		w.happen(reply)
		if h := w.read(hook); h.State != webhook.Off || h.Why != webhook.WhyGone {
			t.Errorf("the hook is %s, %q", h.State, h.Why)
		}
	})
}

// One dead machine costs one attempt, whatever waits for it, and the notes of the others go on.
func TestWhoDoesNotAnswerIsLeftAloneForAWhile(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		hook := w.hook(webhook.Input{})
		dead := httptest.NewServer(nil)
		url := dead.URL
		dead.Close()
		w.must(w.db.Update(ctx, func(tx *db.Tx) error { return tx.Must("UPDATE webhook SET url = $1 WHERE id = $2", url, hook) }))
		for range 3 {
			w.happen(reply)
		}
		attempts := 0
		for _, d := range w.log(hook) {
			attempts += d.Attempt
		}
		if attempts > 3 || len(w.log(hook)) != 3 {
			t.Errorf("%d attempts at %d notes", attempts, len(w.log(hook)))
		}
		if d := w.log(hook)[2]; d.Status != 0 || d.Why == "" {
			t.Errorf("the log does not say why: %+v", d)
		}
	})
}

// Which member a decision in a space is about would tell who is in it.
func TestADecisionAboutAMemberNamesNobody(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.hook(webhook.Input{Kinds: []string{"queue.decided"}})
		w.happen(event.Event{Kind: "queue.decided", Actor: 77, Space: 5, Subject: 88})
		if len(w.there.bodies) != 1 || strings.Contains(w.there.bodies[0], "88") || !strings.Contains(w.there.bodies[0], `"space":"5"`) {
			t.Errorf("came: %v", w.there.bodies)
		}
	})
}

func TestWhatIsEnteredStaysAsTheCallerHasIt(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		kinds := []string{"thread.created", "comment.created", "thread.created"}
		h := w.read(w.hook(webhook.Input{Kinds: kinds}))
		if kinds[0] != "thread.created" || strings.Join(h.Kinds, " ") != "comment.created thread.created" {
			t.Errorf("entered %v, kept %v", kinds, h.Kinds)
		}
	})
}

func TestAHookForASpaceThatIsNotThereIsRefused(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		_, _, err := w.Create(ctx, admin, webhook.Input{Name: "Press desk", URL: w.there.url, Kinds: []string{"comment.created"}, Space: 404})
		if core.CodeOf(err) != core.Invalid {
			t.Errorf("got %v", err)
		}
	})
}

// In a demo everybody is an admin.
func TestAClosedClientGoesToTheHostsOfTheOperatorOnly(t *testing.T) {
	hosts, err := fetch.ParseHosts("hooks.example.lan")
	if err != nil {
		t.Fatal(err)
	}
	closed := webhook.Client(hosts, true)
	if err := closed.Check("https://example.org/in"); core.CodeOf(err) != core.Invalid {
		t.Errorf("the web: %v", err)
	}
	if err := closed.Check("http://hooks.example.lan/in"); err != nil {
		t.Errorf("a host of the operator: %v", err)
	}
}

func TestTheTestButtonSendsANote(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		hook := w.hook(webhook.Input{})
		_, err := w.Test(ctx, admin, hook)
		w.must(err)
		w.must(w.jobs.Drain(ctx))
		if len(w.there.bodies) != 1 || !strings.Contains(w.there.bodies[0], `"type":"webhook.test"`) {
			t.Errorf("came: %v", w.there.bodies)
		}
	})
}

func TestForADayNotesAreSignedWithBothSecrets(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		hook := w.hook(webhook.Input{})
		_, err := w.Rotate(ctx, admin, hook)
		w.must(err)
		w.happen(reply)
		w.clock.Advance(25 * time.Hour)
		w.happen(reply)
		first, second := w.there.got[0].Header.Get("Webhook-Signature"), w.there.got[1].Header.Get("Webhook-Signature")
		if len(strings.Fields(first)) != 2 || len(strings.Fields(second)) != 1 {
			t.Errorf("signed %q and a day later %q", first, second)
		}
	})
}

func TestAHookLeadsToThePublicWebOnly(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for _, url := range []string{"", "ftp://example.org", "http://example.org/in", "https://127.0.0.1/", "https://0x7f000001/", "https://[::ffff:10.0.0.1]/", "https://169.254.169.254/latest",
			"https://me:secret@example.org/", "https://example.org:22/", "https://2130706433/"} {
			_, _, err := w.Create(ctx, admin, webhook.Input{Name: "Press desk", URL: url, Kinds: []string{"comment.created"}})
			if core.CodeOf(err) != core.Invalid {
				t.Errorf("%q: %v", url, err)
			}
		}
	})
}

func TestOnlyAdminsManageHooks(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		hook := w.hook(webhook.Input{})
		member := core.Actor{Member: 2, Role: core.RoleModerator, Standing: core.Active}
		_, _, create := w.Create(ctx, member, webhook.Input{Name: "Mine", URL: w.there.url, Kinds: []string{"comment.created"}})
		_, read := w.Read(ctx, member, hook)
		_, log := w.Log(ctx, member, hook, core.Page{})
		_, rotate := w.Rotate(ctx, member, hook)
		_, test := w.Test(ctx, member, hook)
		_, list := w.List(ctx, member)
		for what, err := range map[string]error{"create": create, "read": read, "log": log, "rotate": rotate, "test": test, "list": list,
			"change": w.Change(ctx, member, hook, webhook.Input{}), "switch": w.Switch(ctx, member, hook, webhook.Off),
			"remove": w.Remove(ctx, member, hook), "resend": w.Resend(ctx, member, hook, 1)} {
			if core.CodeOf(err) != core.Forbidden {
				t.Errorf("%s: %v", what, err)
			}
		}
	})
}

func TestAHookThatIsRemovedTakesItsLogAlong(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		hook := w.hook(webhook.Input{})
		w.happen(reply)
		w.must(w.Remove(ctx, admin, hook))
		if _, err := w.Read(ctx, admin, hook); !core.IsNotFound(err) {
			t.Errorf("still there: %v", err)
		}
		w.happen(reply)
		if len(w.there.got) != 1 {
			t.Error("it is still told")
		}
	})
}

package notify_test

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/notify"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/event"
	"dayroom/internal/policy"
	"dayroom/internal/queue"
	. "dayroom/internal/queue/queuetest"
	"dayroom/internal/space"
	"dayroom/internal/thread"
)

// post office: a house with notices, and a mailer that keeps what it is given.
type office struct {
	*House
	notify  *notify.Service
	events  *event.Dispatcher
	letters []notify.Letter
	address map[core.ID]string
	broken  error
}

// Ready tells that there is a mail server.
func (o *office) Ready() bool { return true }

// Send keeps a letter.
func (o *office) Send(_ context.Context, l notify.Letter) error {
	if o.broken == nil {
		o.letters = append(o.letters, l)
	}
	return o.broken
}

// MailAddress gives the address of those who have one.
func (o *office) MailAddress(_ context.Context, id core.ID) (string, error) {
	if a := o.address[id]; a != "" {
		return a, nil
	}
	return "", core.Missing("address")
}

func each(t *testing.T, test func(o *office)) {
	Each(t, func(h *House) {
		o := &office{House: h, address: map[core.ID]string{}}
		o.notify = notify.New(h.DB, h.IDs, h.Clock, h.Threads, notify.Options{
			Keys: h.Keys, Site: h.Site, Mail: o, Addresses: o, BaseURL: "https://room.example",
		})
		o.events = event.NewDispatcher(h.DB, slog.New(slog.DiscardHandler))
		o.notify.Subscribe(o.events)
		h.Must(o.events.Start(Ctx()))
		test(o)
	})
}

// drain lets the notices catch up with what happened.
func (o *office) drain() {
	o.Helper()
	o.Must(o.events.Drain(Ctx()))
}

// notices gives what a reader has, after everything was told.
func (o *office) notices(a core.Actor) []notify.View {
	o.Helper()
	o.drain()
	list, err := o.notify.List(Ctx(), a, core.Page{})
	o.Must(err)
	return list.Items
}

// kinds is what a reader has, in short: "reply mention", with the count where there are several.
func (o *office) kinds(a core.Actor) string {
	o.Helper()
	var out []string
	for _, v := range o.notices(a) {
		word := string(v.Kind)
		if v.Count > 1 {
			word += "*"
		}
		if v.Gone {
			word += "(gone)"
		}
		out = append(out, word)
	}
	return strings.Join(out, " ")
}

func (o *office) want(a core.Actor, kinds string) {
	o.Helper()
	if got := o.kinds(a); got != kinds {
		o.Errorf("%s has %q, want %q", a.Handle, got, kinds)
	}
}

// room is a community of regulars.
func (o *office) room(slug string, handles ...string) (space.Space, []core.Actor) {
	s := o.Community(slug)
	var people []core.Actor
	for _, handle := range handles {
		people = append(people, o.Member(handle))
	}
	o.Regulars(s, people...)
	return s, people
}

func TestEverybodyConcernedIsToldOnceAndInOneWay(t *testing.T) {
	each(t, func(o *office) {
		s, p := o.room("asthma", "ada", "bob", "cleo", "dan")
		ada, bob, cleo, dan := p[0], p[1], p[2], p[3]
		q := o.Ask(ada, s, "Night cough", "It keeps me awake.")
		o.Must(o.Threads.Follow(Ctx(), dan, q.ID, thread.Following))
		c := o.Reply(bob, q, 0, "Ask @cleo and @ada about it.")
		o.want(ada, "mention")
		o.want(cleo, "mention")
		o.want(dan, "followed")
		o.want(bob, "")
		o.Reply(cleo, q, c.ID, "Here I am.")
		o.want(bob, "reply")
		o.want(ada, "followed mention")
		o.want(dan, "followed*")
		o.drain()
		o.drain()
		o.want(dan, "followed*")
		v := o.notices(dan)[0]
		if v.Count != 2 || v.Who != "cleo" || v.Title != "Night cough" || v.SpaceName != s.Name || !strings.HasSuffix(v.Path, "/new") {
			t.Errorf("the notice is %+v", v)
		}
	})
}

func TestRepliesGatherWhileUnreadAndBeginAnewAfterwards(t *testing.T) {
	each(t, func(o *office) {
		s, p := o.room("asthma", "ada", "bob")
		ada, bob := p[0], p[1]
		q := o.Ask(ada, s, "Night cough", "It keeps me awake.")
		for range 3 {
			o.Reply(bob, q, 0, "Me too.")
		}
		o.want(ada, "reply*")
		if n, err := o.notify.Unread(Ctx(), ada); n != 1 || err != nil {
			t.Errorf("%d are unread: %v", n, err)
		}
		path, err := o.notify.Open(Ctx(), ada, o.notices(ada)[0].ID)
		o.Must(err)
		if path != q.Path()+"/new" {
			t.Errorf("it leads to %s", path)
		}
		o.Reply(bob, q, 0, "One more.")
		o.want(ada, "reply reply*")
		o.Must(o.notify.Seen(Ctx(), ada, q.ID))
		if n, _ := o.notify.Unread(Ctx(), ada); n != 0 {
			t.Errorf("%d are unread after the thread was seen", n)
		}
		_, err = o.notify.Open(Ctx(), bob, o.notices(ada)[0].ID)
		o.Refused(err, core.NotFound, "")
	})
}

func TestAHeldPostTellsItsReadersOnlyUntilSomebodyHasReadIt(t *testing.T) {
	each(t, func(o *office) {
		s, p := o.room("asthma", "ada", "bob", "gina")
		ada, bob, gina := p[0], p[1], p[2]
		sam, nia := o.Steward(s, "sam"), o.Member("nia")
		o.Must(o.Spaces.SetGreeter(Ctx(), gina, s.Slug, true))
		o.Join(s, nia)
		q := o.Ask(ada, s, "Night cough", "It keeps me awake.")
		c := o.Reply(nia, q, 0, "I am new, hello @bob.")
		o.Ask(nia, s, "Hello", "I am new.")
		o.want(ada, "")
		o.want(bob, "")
		o.want(gina, "held*")
		o.want(sam, "held* welcome")
		d := o.Decide(gina, c.ID, queue.Approve, "")
		o.want(ada, "reply")
		o.want(bob, "mention")
		o.want(nia, "approved")
		o.Must(second(o.Queue.Undo(Ctx(), gina, d.ID)))
		o.want(ada, "reply(gone)")
		o.want(bob, "mention(gone)")
		o.want(nia, "")
		o.Decide(gina, c.ID, queue.Approve, "")
		o.want(ada, "reply")
		o.want(bob, "mention")
		o.want(nia, "approved")
	})
}

func second[T any](_ T, err error) error { return err }

func TestWhatWasHiddenMovedOrErasedLeavesNoWords(t *testing.T) {
	each(t, func(o *office) {
		s, p := o.room("asthma", "ada", "bob")
		ada, bob := p[0], p[1]
		q := o.Ask(ada, s, "A secret title", "It keeps me awake.")
		c := o.Reply(bob, q, 0, "A reply with @ada in it.")
		o.want(ada, "mention")
		gone := func(what string) {
			t.Helper()
			v := o.notices(ada)[0]
			if !v.Gone || v.Who != "" || v.Title != "" || v.SpaceName != "" || v.Actor != 0 || v.Post != 0 || v.Path != "/notices" {
				t.Errorf("%s: the notice still says %+v", what, v)
			}
		}
		o.Must(second(o.Queue.HidePost(Ctx(), o.Admin, c.ID, "Not here.")))
		gone("hidden")
		o.Must(second(o.Queue.RestorePost(Ctx(), o.Admin, c.ID, "A slip.")))
		o.want(ada, "mention")
		o.Exec("UPDATE space SET visibility = 'invited' WHERE id = $1", s.ID)
		o.Must(o.Spaces.Leave(Ctx(), ada, s.Slug))
		gone("left")
		o.Exec("UPDATE space SET visibility = 'members' WHERE id = $1", s.ID)
		o.want(ada, "mention")
		o.Must(second(o.Threads.Delete(Ctx(), bob, c.ID)))
		gone("deleted")
	})
}

func TestNothingIsToldToThoseWhoMayNotReadNorAcrossABlockOrIntoAMutedThread(t *testing.T) {
	each(t, func(o *office) {
		s, p := o.room("asthma", "ada", "bob", "cleo", "dan")
		ada, bob, cleo, dan := p[0], p[1], p[2], p[3]
		outsider := o.Member("olga")
		o.Exec("UPDATE space SET visibility = 'invited' WHERE id = $1", s.ID)
		q := o.Ask(ada, s, "Night cough", "It keeps me awake.")
		o.Must(o.Accounts.Block(Ctx(), ada, bob.Member))
		o.Must(o.Accounts.Block(Ctx(), bob, cleo.Member))
		o.Must(o.Threads.Follow(Ctx(), dan, q.ID, thread.Muted))
		o.Exec("UPDATE member SET standing = 'banned' WHERE handle = 'keeper'")
		o.Reply(bob, q, 0, "Hello @ada @cleo @dan @olga @keeper.")
		for _, a := range []core.Actor{ada, cleo, dan, outsider} {
			o.want(a, "")
		}
		if n := o.Count("SELECT COUNT(*) FROM notice WHERE kind <> 'welcome'"); n != 0 {
			t.Errorf("%d notices were written", n)
		}
	})
}

func TestABlockAfterwardsTakesTheNameAway(t *testing.T) {
	each(t, func(o *office) {
		s, p := o.room("asthma", "ada", "bob")
		q := o.Ask(p[0], s, "Night cough", "It keeps me awake.")
		o.Reply(p[1], q, 0, "Me too.")
		o.drain()
		o.Must(o.Accounts.Block(Ctx(), p[0], p[1].Member))
		if v := o.notices(p[0])[0]; v.Who != "" {
			t.Errorf("the notice names %s", v.Who)
		}
	})
}

func TestAMemberIsToldWhatWasDecidedAndAReporterWhatBecameOfIt(t *testing.T) {
	each(t, func(o *office) {
		s, p := o.room("asthma", "ada", "bob")
		ada, bob, sam := p[0], p[1], o.Steward(s, "sam")
		mod := o.Office("mod", core.RoleModerator)
		q := o.Ask(ada, s, "A miracle cure", "Take ten times the dose.")
		o.Report(bob, q.ID, queue.Dangerous, "Ten times!")
		o.want(sam, "reported welcome")
		o.want(mod, "reported")
		o.want(ada, "")
		d := o.Decide(sam, q.ID, queue.Hide, "No doses, please.")
		o.want(ada, "decision")
		if v := o.notices(ada)[0]; v.Who != "" || v.Actor != 0 || v.Detail != "hide" || v.Path != "/me/decisions" {
			t.Errorf("the author is told %+v", v)
		}
		o.want(bob, "report_update")
		if v := o.notices(bob)[0]; v.Detail != "hidden" || v.Title != "" || v.Who != "" {
			t.Errorf("the reporter is told %+v", v)
		}
		o.Must(second(o.Queue.Undo(Ctx(), sam, d.ID)))
		o.want(ada, "")
		o.want(bob, "")
		o.Decide(sam, q.ID, queue.Dismiss, "A quotation.")
		o.want(ada, "")
		o.want(bob, "report_update")
	})
}

func TestAReportOfAStewardsPostIsNotToldToThatSteward(t *testing.T) {
	each(t, func(o *office) {
		s, p := o.room("asthma", "bob")
		sam, other := o.Steward(s, "sam"), o.Steward(s, "other")
		q := o.Ask(sam, s, "A miracle cure", "Take ten times the dose.")
		o.Report(p[0], q.ID, queue.Dangerous, "")
		o.want(sam, "welcome")
		o.want(other, "reported welcome")
	})
}

func TestStewardsAreToldOfRequestsAndGuestsOfInvitations(t *testing.T) {
	each(t, func(o *office) {
		in := space.DefaultsFor(policy.Community)
		in.Slug, in.Name, in.Joining, in.Visibility = "asthma", "Asthma", policy.JoinRequest, policy.MembersOnly
		s := second1(o.Spaces.Create(Ctx(), o.Admin, in))
		sam, ada, bob, cleo := o.Steward(s, "sam"), o.Member("ada"), o.Member("bob"), o.Member("cleo")
		o.Join(s, ada, bob)
		o.want(sam, "join_request* welcome")
		o.Must(o.Spaces.Decide(Ctx(), sam, s.Slug, ada.Member, true))
		o.want(ada, "welcome")
		o.Must(o.Spaces.Decide(Ctx(), sam, s.Slug, bob.Member, false))
		o.want(bob, "")
		o.Must(o.Spaces.Invite(Ctx(), sam, s.Slug, "cleo"))
		o.want(cleo, "invited")
		if v := o.notices(cleo)[0]; v.Path != "/s/asthma" || v.SpaceName != "Asthma" {
			t.Errorf("the invitation is %+v", v)
		}
	})
}

func second1[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func TestAKindThatIsSwitchedOffIsNotToldButDecisionsAlwaysAre(t *testing.T) {
	each(t, func(o *office) {
		s, p := o.room("asthma", "ada", "bob")
		ada, bob := p[0], p[1]
		var off []notify.Setting
		for _, k := range notify.Kinds {
			off = append(off, notify.Setting{Kind: k})
		}
		o.Must(o.notify.Set(Ctx(), ada, off))
		q := o.Ask(ada, s, "Night cough", "It keeps me awake.")
		o.Reply(bob, q, 0, "Me too, @ada.")
		o.want(ada, "")
		o.Must(second(o.Queue.HidePost(Ctx(), o.Admin, q.ID, "Not here.")))
		o.want(ada, "decision")
		o.Refused(o.notify.Set(Ctx(), ada, []notify.Setting{{Kind: "everything"}}), core.Invalid, "error.bad_form")
		got := second1(o.notify.Settings(Ctx(), ada))
		for _, n := range got {
			if n.Page != n.Kind.Always() || n.Mail {
				t.Errorf("the setting of %s is %+v", n.Kind, n)
			}
		}
	})
}

func TestOldNoticesGo(t *testing.T) {
	each(t, func(o *office) {
		s, p := o.room("asthma", "ada", "bob")
		o.Reply(p[1], o.Ask(p[0], s, "Night cough", "It keeps me awake."), 0, "Me too.")
		o.want(p[0], "reply")
		o.Clock.Advance(90*24*time.Hour + time.Minute)
		o.Must(o.notify.Prune(Ctx()))
		o.want(p[0], "")
		o.Must(o.DB.View(Ctx(), func(tx *db.Tx) error { return nil }))
	})
}

func TestOnlyThoseWhoKeepTheSiteHearOfItsUpkeep(t *testing.T) {
	each(t, func(o *office) {
		ada := o.Member("ada")
		o.Must(o.DB.Update(Ctx(), func(tx *db.Tx) error { return o.notify.TellAdmins(tx, notify.WebhookPaused) }))
		o.want(o.Admin, "upkeep")
		o.want(ada, "")
		if path := o.notices(o.Admin)[0].Path; path != "/admin/webhooks" {
			t.Errorf("it leads to %s", path)
		}
		for _, who := range []core.Actor{o.Admin, ada} {
			settings, err := o.notify.Settings(Ctx(), who)
			o.Must(err)
			offered := slices.ContainsFunc(settings, func(s notify.Setting) bool { return s.Kind == notify.Upkeep })
			if offered != who.IsAdmin() {
				t.Errorf("%s is offered the setting: %v", who.Handle, offered)
			}
		}
		was := o.Admin
		was.Role = core.RoleMember // who keeps it no longer
		o.want(was, "upkeep(gone)")
	})
}

package notify_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/notify"
	"dayroom/internal/queue"
	. "dayroom/internal/queue/queuetest"
	"dayroom/internal/thread"
)

// asks switches mail on for a member with an address.
func (o *office) asks(a core.Actor, kinds ...notify.Kind) {
	o.Helper()
	o.address[a.Member] = a.Handle + "@mail.example"
	for _, k := range kinds {
		o.Must(o.notify.Set(Ctx(), a, []notify.Setting{{Kind: k, Page: true, Mail: true}}))
	}
}

// after lets time pass and mail leave, and gives how many letters were sent so far.
func (o *office) after(d time.Duration) int {
	o.Helper()
	o.drain()
	o.Clock.Advance(d)
	o.Must(o.notify.SendDue(Ctx()))
	return len(o.letters)
}

// talking is a thread of Ada's in which Bob can answer.
func (o *office) talking() (ada, bob core.Actor, q thread.Thread) {
	s, p := o.room("endometriosis", "ada", "bob")
	return p[0], p[1], o.Ask(p[0], s, "A secret title", "It keeps me awake.")
}

func TestALetterSaysHowManyAndWhereAndNothingElse(t *testing.T) {
	each(t, func(o *office) {
		ada, bob, q := o.talking()
		o.asks(ada, notify.Reply, notify.Mention)
		o.Reply(bob, q, 0, "Words of Bob.")
		o.Reply(bob, q, 0, "More words, @ada.")
		if o.after(14*time.Minute) != 0 || o.after(time.Minute) != 1 {
			t.Fatalf("%d letters after 15 minutes", len(o.letters))
		}
		l := o.letters[0]
		if l.To != "ada@mail.example" || l.Subject != "2 new notices" || !strings.Contains(l.Text, "https://room.example/notices") {
			t.Errorf("the letter is %+v", l)
		}
		for _, secret := range []string{"secret", "bob", "Words", "ndometriosis", "ada", q.ID.String()} {
			if strings.Contains(l.Subject+l.Text, secret) {
				t.Errorf("the letter tells %q: %s\n%s", secret, l.Subject, l.Text)
			}
		}
		if !strings.HasPrefix(l.Unsubscribe, "https://room.example/unsubscribe?token=") || !strings.Contains(l.Text, l.Unsubscribe) || l.ID == "" {
			t.Errorf("there is no way out: %+v", l)
		}
	})
}

func TestThereIsOneLetterAnHour(t *testing.T) {
	each(t, func(o *office) {
		ada, bob, q := o.talking()
		o.asks(ada, notify.Mention)
		for range 5 {
			o.Reply(bob, q, 0, "Hello @ada.")
			o.after(16 * time.Minute)
		}
		if len(o.letters) != 2 {
			t.Errorf("%d letters in 80 minutes", len(o.letters))
		}
		if o.after(2*time.Hour) != 2 || !strings.Contains(o.letters[1].Subject, "4 new") {
			t.Errorf("at the end %d letters: %+v", len(o.letters), o.letters)
		}
	})
}

func TestWhatWasReadHiddenOrBlockedMeanwhileIsNotMailed(t *testing.T) {
	each(t, func(o *office) {
		ada, bob, q := o.talking()
		o.asks(ada, notify.Reply, notify.Mention)
		c := o.Reply(bob, q, 0, "Hello @ada.")
		o.drain()
		o.Must(second(o.Queue.HidePost(Ctx(), o.Admin, c.ID, "Not here.")))
		if o.after(time.Hour) != 0 {
			t.Error("a hidden post was mailed about")
		}
		o.Reply(bob, q, 0, "Hello again.")
		o.drain()
		o.Must(o.notify.Seen(Ctx(), ada, q.ID))
		if o.after(time.Hour) != 0 {
			t.Error("something read was mailed about")
		}
		o.Reply(bob, q, 0, "And again, @ada.")
		o.drain()
		o.Must(o.Accounts.Block(Ctx(), ada, bob.Member))
		if o.after(time.Hour) != 0 {
			t.Error("mail came across a block")
		}
	})
}

func TestASlipThatIsTakenBackIsNeverMailed(t *testing.T) {
	each(t, func(o *office) {
		ada, _, q := o.talking()
		o.asks(ada, notify.Decided)
		d, err := o.Queue.HidePost(Ctx(), o.Admin, q.ID, "A slip.")
		o.Must(err)
		o.after(queue.UndoFor - time.Second)
		o.Must(second(o.Queue.Undo(Ctx(), o.Admin, d.ID)))
		if o.after(time.Hour) != 0 {
			t.Error("a slip was mailed")
		}
	})
}

func TestNobodyIsWrittenToWhoDidNotAskOrHasNoConfirmedAddress(t *testing.T) {
	each(t, func(o *office) {
		ada, bob, q := o.talking()
		o.address[ada.Member] = "ada@mail.example" // and did not ask
		o.Reply(bob, q, 0, "Hello @ada.")
		if o.after(time.Hour) != 0 {
			t.Error("mail was sent unasked")
		}
		o.asks(ada, notify.Mention)
		delete(o.address, ada.Member)
		o.Reply(bob, q, 0, "Hello @ada.")
		if o.after(time.Hour) != 0 || o.Count("SELECT COUNT(*) FROM notice WHERE mail_at > 0") != 0 {
			t.Error("mail waits for somebody without an address")
		}
	})
}

func TestALetterThatCannotBeSentIsTriedAgainAndGivenUpAfterADay(t *testing.T) {
	each(t, func(o *office) {
		ada, bob, q := o.talking()
		o.asks(ada, notify.Mention)
		o.broken = errors.New("no line")
		o.Reply(bob, q, 0, "Hello @ada.")
		o.after(20 * time.Minute)
		o.broken = nil
		if o.after(5*time.Minute) != 0 || o.after(6*time.Minute) != 1 {
			t.Errorf("%d letters after the line came back", len(o.letters))
		}
		o.broken = errors.New("no line")
		o.Clock.Advance(time.Hour)
		o.Reply(bob, q, 0, "Hello again @ada.")
		o.after(25 * time.Hour)
		o.broken = nil
		if o.after(time.Hour) != 1 {
			t.Error("a letter of yesterday was sent")
		}
	})
}

func TestTheLinkInALetterEndsLettersAndNothingElse(t *testing.T) {
	each(t, func(o *office) {
		ada, bob, q := o.talking()
		o.asks(ada, notify.Mention)
		o.asks(bob, notify.Reply)
		token := o.notify.UnsubscribeToken(ada.Member)
		for _, bad := range []string{"", "x", ada.Member.String(), token + "A", bob.Member.String() + token[len(ada.Member.String()):], token[:len(token)-1]} {
			o.Refused(o.notify.Unsubscribe(Ctx(), bad), core.Invalid, "notice.unsubscribe.broken")
		}
		c := o.Reply(bob, q, 0, "Hello @ada.")
		o.drain()
		o.Must(o.notify.Unsubscribe(Ctx(), token))
		o.Reply(ada, q, c.ID, "Hello.")
		if o.after(time.Hour) != 1 || o.letters[0].To != "bob@mail.example" {
			t.Errorf("the letters are %+v", o.letters)
		}
		o.want(ada, "mention")
	})
}

func TestACrisisIsMailedAtOnce(t *testing.T) {
	each(t, func(o *office) {
		_, bob, q := o.talking()
		mod := o.Office("mod", core.RoleModerator)
		o.asks(mod, notify.Reported)
		o.Report(bob, q.ID, queue.Crisis, "She says goodbye.")
		if o.after(0) != 1 {
			t.Error("a crisis waits to be gathered")
		}
	})
}

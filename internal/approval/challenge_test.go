package approval_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"dayroom/internal/approval"
	"dayroom/internal/core"
	"dayroom/internal/platform/i18n"
	. "dayroom/internal/queue/queuetest"
)

// answered gives the form as a person sends it who answers in a language.
func answered(c approval.Challenge, language string) approval.Sent {
	answer, _, _ := strings.Cut(i18n.For(language).T(strings.Replace(c.Question, "question", "answer", 1)), "|")
	return approval.Sent{Scope: "thread:1", Token: c.Token, Answer: answer, Address: "192.0.2.1"}
}

func TestAPersonPassesTheVisitorsForm(t *testing.T) {
	Each(t, func(h *House) {
		for i, language := range []string{"en", "pt", "ar"} {
			c := h.Gate.Challenge("thread:1")
			h.Clock.Advance(4 * time.Second)
			in := answered(c, language)
			in.Answer, in.Address = "  "+strings.ToUpper(in.Answer)+". ", fmt.Sprint("192.0.2.", i)
			h.Must(h.Gate.Check(Ctx(), in))
		}
	})
}

func TestARobotDoesNotPassTheVisitorsForm(t *testing.T) {
	Each(t, func(h *House) {
		c := h.Gate.Challenge("thread:1")
		h.Refused(h.Gate.Check(Ctx(), answered(c, "en")), core.TooSoon, "approval.form.fast")
		h.Clock.Advance(4 * time.Second)
		for name, spoil := range map[string]func(*approval.Sent){
			"a filled trap":        func(in *approval.Sent) { in.Trap = "https://buy.example" },
			"another form's token": func(in *approval.Sent) { in.Scope = "thread:2" },
			"a made-up token":      func(in *approval.Sent) { in.Token = strings.Repeat("A", len(in.Token)) },
			"a changed token":      func(in *approval.Sent) { in.Token = "B" + in.Token[1:] },
			"no token":             func(in *approval.Sent) { in.Token = "" },
		} {
			in := answered(c, "en")
			spoil(&in)
			if err := h.Gate.Check(Ctx(), in); core.CodeOf(err) != core.Invalid {
				t.Errorf("%s gave %v", name, err)
			}
		}
		wrong := answered(c, "en")
		for _, answer := range []string{"", "purple", strings.Repeat("Tuesday ", 60)} {
			wrong.Answer = answer
			h.Refused(h.Gate.Check(Ctx(), wrong), core.Invalid, "approval.answer.wrong")
		}
	})
}

func TestAFormIsSentOnceAndNotKeptForLater(t *testing.T) {
	Each(t, func(h *House) {
		c := h.Gate.Challenge("thread:1")
		h.Clock.Advance(4 * time.Second)
		in := answered(c, "en")
		h.Must(h.Gate.Check(Ctx(), in))
		h.Refused(h.Gate.Check(Ctx(), in), core.Conflict, "approval.form.used")
		if again := h.Gate.Again("thread:1", c.Token); again != c {
			t.Error("a form that comes back asks something else")
		}
		h.Must(h.Gate.Release(Ctx(), in)) // the post was refused for another reason
		h.Must(h.Gate.Check(Ctx(), in))
		old := h.Gate.Challenge("thread:1")
		h.Clock.Advance(2*time.Hour + time.Second)
		h.Refused(h.Gate.Check(Ctx(), answered(old, "en")), core.Invalid, "approval.form.old")
		if again := h.Gate.Again("thread:1", old.Token); again.Token == old.Token {
			t.Error("an old form comes back old")
		}
	})
}

func TestOneAddressDoesNotSendWithoutEnd(t *testing.T) {
	Each(t, func(h *House) {
		for range 10 {
			c := h.Gate.Challenge("thread:1")
			h.Clock.Advance(4 * time.Second)
			h.Must(h.Gate.Check(Ctx(), answered(c, "en")))
		}
		c := h.Gate.Challenge("thread:1")
		h.Clock.Advance(4 * time.Second)
		h.Refused(h.Gate.Check(Ctx(), answered(c, "en")), core.TooSoon, "")
		other := answered(c, "en")
		other.Address = "192.0.2.9"
		h.Must(h.Gate.Check(Ctx(), other))
		if n := h.Count("SELECT COUNT(*) FROM throttle WHERE key LIKE '%192.0%'"); n != 0 {
			t.Error("an address is kept")
		}
	})
}

func TestEachLanguageAsksWhatItCanAnswer(t *testing.T) {
	for _, l := range i18n.Languages() {
		p := i18n.For(l.Code)
		for n := 1; n <= approval.Questions; n++ {
			for _, key := range []string{"approval.question.", "approval.answer."} {
				if !p.Has(fmt.Sprint(key, n)) || l.Code != "en" && p.T(fmt.Sprint(key, n)) == i18n.For("en").T(fmt.Sprint(key, n)) && key == "approval.question." {
					t.Errorf("%s lacks %s%d", l.Code, key, n)
				}
			}
		}
	}
}

package sitetest_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"dayroom/internal/account"
	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/db/dbtest"
	"dayroom/internal/policy"
	"dayroom/internal/sitetest"
	"dayroom/internal/space"
	"dayroom/internal/thread"
)

// talk is a thread in a public community of the demo, with people who may write there.
type talk struct {
	*sitetest.Site
	id    core.ID
	space core.ID
	topic string
}

func actorOf(s *sitetest.Site, handle string) core.Actor {
	s.Helper()
	a, err := s.Account.Authenticate(context.Background(), s.As(handle).Token)
	s.Must(err)
	return a
}

func openTalk(s *sitetest.Site) talk {
	s.Helper()
	about, err := s.Space.About(context.Background(), core.Visitor, "heart-to-heart")
	s.Must(err)
	th, err := s.Thread.Create(context.Background(), actorOf(s, "maria_hl"), thread.Opening{Space: about.ID, Kind: policy.Question, Title: "Does it get lighter?", Body: "By evening."})
	s.Must(err)
	s.Settled()
	return talk{s, th.ID, about.ID, "t" + th.ID.String()}
}

func (k talk) reply(handle, body string) thread.Comment {
	k.Helper()
	c, err := k.Thread.Reply(context.Background(), actorOf(k.Site, handle), thread.ReplyInput{Thread: k.id, Body: body})
	k.Must(err)
	return c
}

func TestAStreamHearsWhatHappensAndCarriesNoWord(t *testing.T) {
	sitetest.Each(t, func(t *testing.T, s *sitetest.Site) {
		k := openTalk(s)
		member := s.As("old_oak").Listen(k.topic+" s"+k.space.String(), "").Ready()
		visitor := s.Visitor().Listen(k.topic, "").Ready()
		c := k.reply("old_oak", "A word that is nobody's on a stream.")
		for _, st := range []*sitetest.Stream{member, visitor} {
			if said := st.Hear(k.topic); strings.Contains(said, "nobody") {
				t.Errorf("a stream carries words: %s", said)
			}
		}
		for what, act := range map[string]func() error{
			"an edit": func() error {
				_, err := s.Thread.Edit(context.Background(), actorOf(s, "old_oak"), thread.Change{Post: c.ID, Version: c.Version, Body: "Other words."})
				return err
			},
			"a reaction": func() error {
				_, err := s.Thread.React(context.Background(), actorOf(s, "maria_hl"), c.ID, thread.ThankYou, true)
				return err
			},
		} {
			if err := act(); err != nil {
				t.Fatalf("%s: %v", what, err)
			}
			member.Hear(k.topic)
			visitor.Hear(k.topic)
		}
		_, err := s.Thread.Delete(context.Background(), actorOf(s, "old_oak"), c.ID)
		s.Must(err)
		visitor.Hear(k.topic)
	})
}

func TestNoticesAreToldToTheirMember(t *testing.T) {
	sitetest.Each(t, func(t *testing.T, s *sitetest.Site) {
		k := openTalk(s)
		maria := actorOf(s, "maria_hl")
		mine, theirs := "n"+maria.Member.String(), "n"+actorOf(s, "old_oak").Member.String()
		st := s.As("maria_hl").Listen(mine+" "+theirs, "")
		if said := st.Hear(theirs); !strings.Contains(said, "event: gone") {
			t.Errorf("somebody else's notices: %s", said)
		}
		st.Ready()
		k.reply("old_oak", "Yes.")
		s.Must(s.Events.Drain(context.Background()))
		st.Hear(mine)
		s.Must(s.Notify.ReadAll(context.Background(), maria))
		st.Hear(mine)
	})
}

func TestAReconnectMissesNothing(t *testing.T) {
	sitetest.Each(t, func(t *testing.T, s *sitetest.Site) {
		k := openTalk(s)
		st := s.Visitor().Listen(k.topic, "").Ready()
		st.Close()
		for i := range 3 {
			k.reply("old_oak", fmt.Sprint("While the line was down: ", i))
		}
		back := s.Visitor().Listen(k.topic, st.LastID)
		back.Hear(k.topic)
		again := s.Visitor().Listen(k.topic, back.LastID)
		if m, _ := again.Next(); strings.Contains(m, k.topic) {
			t.Errorf("nothing happened, and the stream says %s", m)
		}
		// What was asked for by the page's own position is told too: it happened between the page and its stream.
		s.Visitor().Listen(k.topic+"@"+st.LastID, "").Hear(k.topic)
	})
}

func TestAServerThatWasStartedAnewKnowsWhatWasMissed(t *testing.T) {
	sitetest.Each(t, func(t *testing.T, s *sitetest.Site) {
		k := openTalk(s)
		st := s.Visitor().Listen(k.topic, "").Ready()
		st.Close()
		k.reply("old_oak", "While the server was down.")
		s.Must(s.Live.Start(context.Background())) // forgets all that it had in memory
		s.Visitor().Listen(k.topic, st.LastID).Hear(k.topic)
	})
}

func TestAPositionThatIsTooOldOrYetToComeMeansReadingAnew(t *testing.T) {
	sitetest.Each(t, func(t *testing.T, s *sitetest.Site) {
		k := openTalk(s)
		for range 3 {
			k.reply("old_oak", "A word.")
		}
		s.Must(s.DB.Update(context.Background(), func(tx *db.Tx) error {
			_, err := tx.Exec("DELETE FROM event WHERE position < (SELECT MAX(position) FROM event)")
			return err
		}))
		for _, id := range []string{"1", "999999999999999999"} {
			st := s.Visitor().Listen(k.topic, id)
			said, _ := st.Next()
			for !strings.Contains(said, "id: ") {
				m, ok := st.Next()
				if !ok {
					break
				}
				said += "\n" + m
			}
			if !strings.Contains(said, "event: anew") {
				t.Errorf("with Last-Event-ID %s: %s", id, said)
			}
		}
	})
}

// Each of these ends somebody's right to listen; the stream or the topic is gone within a second.
func TestWhoLosesAccessLosesTheStreamWithinASecond(t *testing.T) {
	ends := map[string]func(s *sitetest.Site, b *sitetest.Browser, a core.Actor) error{
		"signing out": func(s *sitetest.Site, b *sitetest.Browser, a core.Actor) error { b.Post("/signout", nil); return nil },
		"a sign-in that is ended": func(s *sitetest.Site, _ *sitetest.Browser, a core.Actor) error {
			return s.Account.EndOthers(context.Background(), core.Actor{Member: a.Member, Standing: core.Active})
		},
		"a ban": func(s *sitetest.Site, _ *sitetest.Browser, a core.Actor) error {
			keeper := actorOf(s, "keeper")
			return s.DB.Update(context.Background(), func(tx *db.Tx) error {
				return s.Account.SetStanding(tx, keeper, a.Member, core.Banned, time.Time{})
			})
		},
		"the account goes": func(s *sitetest.Site, _ *sitetest.Browser, a core.Actor) error {
			return s.Account.Erase(context.Background(), a, a.Member)
		},
	}
	sitetest.Each(t, func(t *testing.T, s *sitetest.Site) {
		k := openTalk(s)
		for what, end := range ends {
			handle := "leaves_by_" + strings.ReplaceAll(what[:5], " ", "_")
			_, err := s.Account.Create(context.Background(), core.SystemActor, account.NewMember{Handle: handle, Adult: true})
			s.Must(err)
			b := s.As(handle)
			a, err := s.Account.Authenticate(context.Background(), b.Token)
			s.Must(err)
			st := b.Listen(k.topic, "").Ready()
			if err := end(s, b, a); err != nil {
				t.Fatalf("%s: %v", what, err)
			}
			if took, said := st.Ended(); took > time.Second || strings.Contains(said, "data: 0 "+k.topic) {
				t.Errorf("%s: the stream ended after %s: %s", what, took, said)
			}
		}
	})
}

func TestWhoLosesASpaceLosesItsTopicsWithinASecond(t *testing.T) {
	sitetest.Each(t, func(t *testing.T, s *sitetest.Site) {
		cage := sitetest.BuildCage(s)
		invited := cage.Threads[0]
		room := "s" + s.SpaceID("canary-invited").String()
		insider := s.As("canary_insider").Listen("t"+invited+" "+room, "").Ready()
		steward := actorOf(s, "canary_steward")
		begin := time.Now()
		s.Must(s.Space.Remove(context.Background(), steward, "canary-invited", cage.Members["canary_insider"]))
		said := insider.Hear("t" + invited)
		if took := time.Since(begin); took > time.Second || !strings.Contains(said, "event: gone") || !strings.Contains(said, room) {
			t.Errorf("after %s: %s", took, said)
		}
		id, err := core.ParseID(invited)
		s.Must(err)
		_, err = s.Thread.Reply(context.Background(), steward, thread.ReplyInput{Thread: id, Body: "Among us."})
		s.Must(err)
		keeper := s.As("canary_keeper").Listen("t"+invited+"@1", "")
		keeper.Ready()
		insider.Close()
		if _, said := insider.Ended(); strings.Contains(said, invited) {
			t.Errorf("somebody who was removed still hears: %s", said)
		}
	})
}

func TestAThreadThatIsTakenDownIsGoneForTheOthers(t *testing.T) {
	sitetest.Each(t, func(t *testing.T, s *sitetest.Site) {
		k := openTalk(s)
		visitor, keeper := s.Visitor().Listen(k.topic, "").Ready(), s.As("keeper").Listen(k.topic, "").Ready()
		moderator := actorOf(s, "keeper").Member
		s.Must(s.DB.Update(context.Background(), func(tx *db.Tx) error {
			p, err := s.Thread.Load(tx, core.SystemActor, k.id)
			if err != nil {
				return err
			}
			_, err = s.Thread.SetState(tx, moderator, p, policy.HiddenP, s.Clock.Now())
			return err
		}))
		if said := visitor.Hear(k.topic); !strings.Contains(said, "event: gone") {
			t.Errorf("a visitor still listens to a thread that was taken down: %s", said)
		}
		if said := keeper.Hear(k.topic); strings.Contains(said, "event: gone") {
			t.Errorf("a moderator does not: %s", said)
		}
	})
}

// That a post waits to be read is nobody's business but its author's and those who read it.
func TestAPostThatWaitsIsToldToThoseWhoMayKnow(t *testing.T) {
	sitetest.Each(t, func(t *testing.T, s *sitetest.Site) {
		k := openTalk(s)
		_, err := s.Account.Create(context.Background(), core.SystemActor, account.NewMember{Handle: "brand_new", Adult: true})
		s.Must(err)
		about, err := s.Space.About(context.Background(), core.Visitor, "heart-to-heart")
		s.Must(err)
		_, err = s.Space.Join(context.Background(), actorOf(s, "brand_new"), about.Slug, space.JoinInput{Rules: about.RulesMark()})
		s.Must(err)
		author, visitor, steward := s.As("brand_new").Listen(k.topic, "").Ready(), s.Visitor().Listen(k.topic, "").Ready(), s.As("old_oak").Listen(k.topic, "").Ready()
		c := k.reply("brand_new", "My first words here.")
		if c.State != policy.Held {
			t.Fatalf("a newcomer's post is %s", c.State)
		}
		author.Hear(k.topic)
		steward.Hear(k.topic)
		k.reply("old_oak", "Welcome.")
		if said := visitor.Hear(k.topic); strings.Count(said, k.topic) != 1 {
			t.Errorf("a visitor hears of a post that waits: %s", said)
		}
		visitor.Close()
		if _, rest := visitor.Ended(); strings.Contains(rest, k.topic) {
			t.Errorf("a visitor heard twice: %s", rest)
		}
	})
}

// Streams of every kind of actor, asking for everything, while something happens everywhere: no canary, and no topic that they may not
// see.
func TestStreamsCarryNoCanary(t *testing.T) {
	sitetest.Each(t, func(t *testing.T, s *sitetest.Site) {
		cage := sitetest.BuildCage(s)
		var topics []string
		for _, id := range cage.Threads {
			topics = append(topics, "t"+id)
		}
		for _, slug := range cage.Spaces {
			topics = append(topics, "s"+s.SpaceID(slug).String())
		}
		for _, id := range cage.Members {
			topics = append(topics, "n"+id.String())
		}
		all := strings.Join(topics, " ")
		streams := map[string]*sitetest.Stream{}
		for _, handle := range cage.Seekers {
			b := s.Visitor()
			if handle != "" {
				b = s.As(handle)
			}
			streams[handle] = b.Listen(all, "")
		}
		keeper := actorOf(s, "canary_author")
		for _, id := range cage.Threads {
			thread1, err := core.ParseID(id)
			s.Must(err)
			_, _ = s.Thread.Reply(context.Background(), keeper, thread.ReplyInput{Thread: thread1, Body: "Something happens."})
		}
		for handle, st := range streams {
			st.Close()
			_, said := st.Ended()
			for _, k := range cage.Canaries {
				if strings.Contains(said, k.Text) {
					t.Errorf("%q meets the %s on the stream", handle, k.Where)
				}
			}
			if handle == "" && !strings.Contains(said, "event: gone") {
				t.Errorf("a visitor may listen to everything: %s", said)
			}
		}
	})
}

func TestACommentReachesAStreamOnAnotherServer(t *testing.T) {
	address := dbtest.PostgresAddress(t)
	first := sitetest.Open(t, address)
	second := sitetest.Beside(first)
	k := openTalk(first)
	st := second.Visitor().Listen(k.topic, "").Ready()
	begin := time.Now()
	k.reply("old_oak", "From the other house.")
	st.Hear(k.topic)
	if took := time.Since(begin); took > 400*time.Millisecond {
		t.Errorf("it took %s: the other server was not told, and found out by asking", took)
	}
	member := first.As("maria_hl")
	on2 := second.AsToken(member.Token).Listen(k.topic, "").Ready()
	member.Post("/signout", nil)
	if took, _ := on2.Ended(); took > time.Second {
		t.Errorf("signing out at one server ended the stream at the other after %s", took)
	}
}

func TestAServerThatStopsSendsItsStreamsElsewhere(t *testing.T) {
	s := sitetest.Open(t, "")
	k := openTalk(s)
	st := s.Visitor().Listen(k.topic, "").Ready()
	s.Live.Hub.Stop()
	if _, said := st.Ended(); !strings.Contains(said, "retry: ") {
		t.Errorf("the stream ended without a word: %q", said)
	}
	if got := s.Visitor().Get("/live?on=" + k.topic); got.Status != 503 {
		t.Errorf("a server that stops opens a stream: %d", got.Status)
	}
}

package notify

import (
	"context"
	"crypto/hmac"
	"encoding/base64"
	"errors"
	"net/url"
	"strings"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/i18n"
	"dayroom/internal/site"
)

var (
	limitMail  = site.Limit{Name: "notice.mail", Count: 1, Window: time.Hour}
	again      = 10 * time.Minute // after a letter could not be sent
	stale      = 24 * time.Hour   // after which a letter tells nothing new
	lettersRun = 500              // in one run; the rest has its turn a minute later
)

// MailReady tells whether the site can send mail.
func (s *Service) MailReady() bool { return s.opt.Mail != nil && s.opt.Mail.Ready() }

// SendDue writes to everybody for whom notices wait to be mailed: 15 minutes after the first, and not more than once an hour.
func (s *Service) SendDue(ctx context.Context) error {
	if err := s.dropStale(ctx); err != nil || !s.MailReady() {
		return err
	}
	var due []core.ID
	err := s.db.View(ctx, func(tx *db.Tx) (err error) {
		due, err = db.All(tx, db.ID, "SELECT DISTINCT member FROM notice WHERE mail_at > 0 AND mail_at <= $1 LIMIT $2", db.Millis(s.now()), lettersRun)
		return err
	})
	if err != nil {
		return err
	}
	for _, member := range due {
		if err := s.write(ctx, member); err != nil { // one that fails keeps the others waiting for nothing
			if ctx.Err() != nil {
				return err
			}
			if err := s.putOff(ctx, member, again); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *Service) dropStale(ctx context.Context) error {
	before := db.Millis(s.now().Add(-stale))
	found := false
	err := s.db.View(ctx, func(tx *db.Tx) (err error) {
		found, err = db.One(tx, db.Bool, "SELECT EXISTS (SELECT 1 FROM notice WHERE mail_at > 0 AND at < $1)", before)
		return err
	})
	if err != nil || !found {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec("UPDATE notice SET mail_at = 0 WHERE mail_at > 0 AND at < $1", before)
		return err
	})
}

// post is what a letter is made of.
type post struct {
	actor    core.Actor
	language string
	ids      []core.ID // of the notices that it tells
	until    time.Time // it tells what happened up to here
}

// write sends one member a letter, unless nothing is left to tell, there is nowhere to send it, or the last one was just now.
func (s *Service) write(ctx context.Context, member core.ID) error {
	p, err := s.gatherFor(ctx, member)
	if err != nil {
		return err
	}
	to, err := s.opt.Addresses.MailAddress(ctx, member)
	if core.IsNotFound(err) || err == nil && len(p.ids) == 0 {
		return s.clear(ctx, member, p.until)
	}
	if err != nil {
		return err
	}
	err = s.opt.Site.Throttle(ctx, limitMail, member.String())
	if wait, soon := tooSoon(err); soon {
		return s.putOff(ctx, member, wait)
	}
	if err != nil {
		return err
	}
	letter, err := s.letter(ctx, p, to)
	if err == nil {
		err = s.opt.Mail.Send(ctx, letter)
	}
	if err != nil {
		if e := s.opt.Site.Unthrottle(ctx, limitMail, member.String()); e != nil {
			return e
		}
		return err
	}
	return s.clear(ctx, member, p.until)
}

// gatherFor finds what there is to tell a member now: unread, still wanted by mail, and still theirs to know.
func (s *Service) gatherFor(ctx context.Context, member core.ID) (p post, err error) {
	p.until = s.now()
	err = s.db.View(ctx, func(tx *db.Tx) error {
		people, err := s.recipients(tx, Notice{}, []core.ID{member})
		if err != nil || len(people) == 0 || !people[0].actor.IsMember() {
			return err
		}
		p.actor = people[0].actor
		rows, err := db.All(tx, scanRow, rowSelect+"n.member = $1 AND n.mail_at > 0 AND n.read_at = 0 ORDER BY n.id LIMIT 1000", member)
		if err != nil {
			return err
		}
		views, err := s.resolve(tx, p.actor, rows)
		for i, v := range views {
			if !v.Gone && !rows[i].blocked {
				p.ids = append(p.ids, v.ID)
			}
		}
		if err != nil {
			return err
		}
		p.language, err = db.One(tx, db.String, "SELECT COALESCE((SELECT language FROM profile WHERE member = $1), '')", member)
		return err
	})
	return p, err
}

// letter says how many notices there are and where to read them, and nothing else.
func (s *Service) letter(ctx context.Context, p post, to string) (Letter, error) {
	settings, err := s.opt.Site.Settings(ctx)
	if err != nil {
		return Letter{}, err
	}
	say := i18n.Match("", p.language, settings.Languages)
	leave := s.opt.BaseURL + UnsubscribePath(s.UnsubscribeToken(p.actor.Member))
	text := strings.Join([]string{
		say.T("notice.mail.body", len(p.ids), settings.Name),
		say.T("notice.mail.read", s.opt.BaseURL+"/notices"),
		say.T("notice.mail.why", s.opt.BaseURL+"/notices/settings"),
		say.T("notice.mail.leave", leave),
	}, "\n\n") + "\n"
	return Letter{To: to, Subject: say.T("notice.mail.subject", len(p.ids)), Text: text,
		ID: "notice-" + p.ids[len(p.ids)-1].String(), Unsubscribe: leave}, nil
}

// clear ends what was told; what came while the letter was on its way waits for the next one.
func (s *Service) clear(ctx context.Context, member core.ID, until time.Time) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec("UPDATE notice SET mail_at = 0 WHERE member = $1 AND mail_at > 0 AND at <= $2", member, db.Millis(until))
		return err
	})
}

func (s *Service) putOff(ctx context.Context, member core.ID, by time.Duration) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec("UPDATE notice SET mail_at = $1 WHERE member = $2 AND mail_at > 0", db.Millis(s.now().Add(by)), member)
		return err
	})
}

func tooSoon(err error) (time.Duration, bool) {
	var e *core.Error
	if errors.As(err, &e) && e.Code == core.TooSoon {
		return e.RetryAfter, true
	}
	return 0, false
}

// UnsubscribePath is the address within the site that ends mail to the member of a token.
func UnsubscribePath(token string) string { return "/unsubscribe?token=" + url.QueryEscape(token) }

// UnsubscribeToken lets whoever has a letter end such letters without signing in. It does nothing else, so it does not end.
func (s *Service) UnsubscribeToken(member core.ID) string {
	return member.String() + "." + base64.RawURLEncoding.EncodeToString(s.opt.Keys.Index("unsubscribe", member.String())[:16])
}

// CheckUnsubscribe tells whether a token is one of ours.
func (s *Service) CheckUnsubscribe(token string) (core.ID, error) {
	number, _, _ := strings.Cut(token, ".")
	id, err := core.ParseID(number)
	if err != nil || !hmac.Equal([]byte(token), []byte(s.UnsubscribeToken(id))) {
		return 0, core.E(core.Invalid, "notice.unsubscribe.broken")
	}
	return id, nil
}

// Unsubscribe ends all mail about notices to the member of a token. What is on the page stays.
func (s *Service) Unsubscribe(ctx context.Context, token string) error {
	id, err := s.CheckUnsubscribe(token)
	if err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec("UPDATE notice_setting SET mail = FALSE WHERE member = $1", id); err != nil {
			return err
		}
		_, err := tx.Exec("UPDATE notice SET mail_at = 0 WHERE member = $1 AND mail_at > 0", id)
		return err
	})
}

package account

import (
	"context"
	"encoding/hex"
	"regexp"
	"slices"
	"strings"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
)

// Bounds of a handle. 24 characters stand beside a relation and a time on a phone.
const (
	minHandle, maxHandle = 3, 24
	handleRest           = 90 * 24 * time.Hour // how long a handle that was given up is nobody else's
	handlePause          = 30 * 24 * time.Hour // between two changes of one's handle
)

var handleForm = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

// reserved are names that would let somebody speak for the site, or that clash with its words.
var reserved = []string{
	"admin", "administrator", "administration", "moderator", "moderation", "mod", "steward", "staff", "team", "dayroom", "system",
	"support", "help", "helpdesk", "helpline", "official", "root", "security", "abuse", "postmaster", "webmaster", "info", "contact",
	"everyone", "all", "here", "nobody", "visitor", "anonymous", "anon", "guest", "member", "members", "newcomer", "placeholder",
	"doctor", "nurse", "hospital", "emergency", "crisis", "null", "undefined", "me", "you", "deleted", "unknown", "editor", "host",
}

// HandleKey is the form in which handles are compared.
func HandleKey(handle string) string { return strings.ToLower(strings.TrimSpace(handle)) }

// CheckHandle gives the key of the sentence that tells what is wrong with a handle, or an empty string.
func CheckHandle(handle string) string {
	key := HandleKey(handle)
	switch {
	case len(key) < minHandle || len(key) > maxHandle:
		return "account.handle.length"
	case !handleForm.MatchString(key):
		return "account.handle.form"
	}
	bare := strings.Trim(strings.ReplaceAll(key, "_", ""), "0123456789")
	if slices.Contains(reserved, bare) || strings.HasPrefix(key, "gone_") {
		return "account.handle.reserved"
	}
	return ""
}

// rests tells whether a handle was given up by somebody else not long ago. On PostgreSQL it has to run after the statement that
// took the handle: that one waits for whoever is giving it up. The handle of a member who left is known by its blind index only.
func (s *Service) rests(tx *db.Tx, key string, member core.ID) (bool, error) {
	return db.One(tx, db.Bool, `SELECT EXISTS (SELECT 1 FROM handle_past WHERE handle_key IN ($1, $2) AND member <> $3 AND until > $4)`,
		key, s.goneKey(key), member, db.Millis(s.now()))
}

// goneKey is how the handle of a member who left is kept from others for a while without being kept. The colon keeps it apart
// from every handle.
func (s *Service) goneKey(key string) string {
	return "gone:" + hex.EncodeToString(s.keys.Index("handle", key))
}

// take ends a change that gave key to member: it refuses a handle that rests, and forgets that it ever led to somebody else.
func (s *Service) take(tx *db.Tx, key string, member core.ID) error {
	rests, err := s.rests(tx, key, member)
	if err != nil {
		return err
	}
	if rests {
		return errTaken
	}
	_, err = tx.Exec("DELETE FROM handle_past WHERE handle_key IN ($1, $2)", key, s.goneKey(key))
	return err
}

var errTaken = core.Field("handle", "account.handle.taken")

// ChangeHandle gives the actor another handle; the old one leads members to the new one and is nobody else's for 90 days.
func (s *Service) ChangeHandle(ctx context.Context, actor core.Actor, handle string) error {
	key := HandleKey(handle)
	if problem := CheckHandle(handle); problem != "" {
		return core.Field("handle", problem)
	}
	if err := mayWrite(actor); err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		m, err := load(tx, "id = $1", actor.Member)
		if err != nil || key == m.key {
			return err
		}
		if err := s.mayRename(tx, m); err != nil {
			return err
		}
		return s.rename(tx, actor, m, key)
	})
}

// mayRename refuses a second change within a month. When the last one was follows from how long its handle rests.
func (s *Service) mayRename(tx *db.Tx, m member) error {
	last, err := db.One(tx, db.Int64, "SELECT COALESCE(MAX(until), 0) FROM handle_past WHERE member = $1", m.ID)
	if err != nil || last == 0 {
		return err
	}
	if wait := db.Moment(last).Add(handlePause - handleRest).Sub(s.now()); wait > 0 {
		return core.Wait(wait, "account.handle.too_soon")
	}
	return nil
}

func (s *Service) rename(tx *db.Tx, actor core.Actor, m member, key string) error {
	taken, err := db.One(tx, db.Bool, "SELECT EXISTS (SELECT 1 FROM member WHERE handle_key = $1)", key)
	if err != nil {
		return err
	}
	if taken {
		return errTaken
	}
	// Two at once: the unique index decides, and the loser gets a conflict.
	if err := tx.Must("UPDATE member SET handle = $1, handle_key = $1 WHERE id = $2 AND handle_key = $3", key, m.ID, m.key); err != nil {
		return err
	}
	if err := s.take(tx, key, m.ID); err != nil {
		return err
	}
	_, err = tx.Exec("INSERT INTO handle_past (handle_key, member, until) VALUES ($1, $2, $3)", m.key, m.ID, db.Millis(s.now().Add(handleRest)))
	if err != nil {
		return err
	}
	s.tell(tx, EventHandle, actor, m.ID, nil)
	return nil
}

// ByHandle finds a member by handle, for addresses and mentions: past says that the handle is one given up, and the page should
// lead on. Only members learn of past handles. Who is gone or waits is not found.
func (s *Service) ByHandle(tx *db.Tx, actor core.Actor, handle string) (id core.ID, now string, past bool, err error) {
	key := HandleKey(handle)
	m, err := load(tx, "handle_key = $1", key)
	if core.IsNotFound(err) && (actor.IsMember() || actor.System) {
		past = true
		m, err = load(tx, "id = (SELECT member FROM handle_past WHERE handle_key = $1)", key)
	}
	if err == nil && (m.Standing == core.Gone || m.Standing == core.Waiting) {
		err = core.Missing("member")
	}
	return m.ID, m.Handle, past, err
}

package webhook

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"dayroom/internal/core"
	"dayroom/internal/platform/act"
	"dayroom/internal/platform/db"
	"dayroom/internal/policy"
)

// Input is what an admin enters.
type Input struct {
	Name  string
	URL   string
	Kinds []string
	Space core.ID // zero: everywhere
}

// Bounds.
const (
	maxName  = 60
	maxHooks = 50
	overlap  = 24 * time.Hour // how long the secret before is still used beside the new one
)

func (s *Service) check(tx *db.Tx, in *Input) error {
	in.Name, in.URL = strings.Join(strings.Fields(in.Name), " "), strings.TrimSpace(in.URL)
	in.Kinds = slices.Compact(slices.Sorted(slices.Values(in.Kinds))) // a copy: the caller's own stays in its order
	f := core.Fields{}
	n := utf8.RuneCountInString(in.Name)
	f.Check(n >= 2 && n <= maxName && utf8.ValidString(in.Name) && !strings.ContainsFunc(in.Name, unicode.IsControl), "name", "webhook.name.length")
	f.Check(len(in.Kinds) > 0, "kinds", "webhook.kinds.none")
	for _, k := range in.Kinds {
		f.Check(slices.Contains(Kinds, k), "kinds", "webhook.kinds.unknown")
	}
	if err := s.post.Check(in.URL); err != nil {
		f.Check(false, "url", "webhook.url."+urlProblem(err))
	}
	if in.Space != 0 {
		there, err := db.One(tx, db.Bool, "SELECT EXISTS (SELECT 1 FROM space WHERE id = $1)", in.Space)
		if err != nil {
			return err
		}
		f.Check(there, "space", "webhook.space.unknown")
	}
	return f.Err()
}

// urlProblem is what is wrong with an address, in a word of ours.
func urlProblem(err error) string {
	var e *core.Error
	if errors.As(err, &e) {
		switch e.Key {
		case "fetch.insecure":
			return "insecure"
		case "fetch.refused":
			return "refused"
		case "fetch.closed":
			return "closed"
		}
	}
	return "form"
}

// manage is Update for those who may manage the site.
func (s *Service) manage(ctx context.Context, actor core.Actor, do func(tx *db.Tx) error) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		if err := policy.ManageSite(actor).Err(); err != nil {
			return err
		}
		return do(tx)
	})
}

func (s *Service) note(tx *db.Tx, actor core.Actor, kind string, h Hook, was, becomes string) error {
	return act.Append(tx, act.Act{At: s.clock.Now(), Actor: actor.Member, Kind: kind, Target: h.Name, Was: was, Becomes: becomes})
}

// Create makes a hook that is on, and gives its secret, which is not told again. Only admins may.
func (s *Service) Create(ctx context.Context, actor core.Actor, in Input) (h Hook, secret string, err error) {
	raw := newSecret()
	h = Hook{ID: s.ids.Next(), State: On, Created: s.clock.Now()}
	err = s.manage(ctx, actor, func(tx *db.Tx) error {
		if err := s.check(tx, &in); err != nil {
			return err
		}
		n, err := db.One(tx, db.Int64, "SELECT COUNT(*) FROM webhook")
		if err != nil {
			return err
		}
		if n >= maxHooks {
			return core.E(core.Conflict, "webhook.many")
		}
		h.Name, h.URL, h.Kinds, h.Space = in.Name, in.URL, in.Kinds, in.Space
		kinds, err := json.Marshal(in.Kinds)
		if err != nil {
			return err
		}
		_, err = tx.Exec("INSERT INTO webhook ("+columns+") VALUES ($1, $2, $3, $4, $5, $6, $7, 0, 'on', '', 0, $8)",
			h.ID, h.Name, h.URL, string(kinds), h.Space, s.keys.SealSite(purpose(h.ID), raw), []byte{}, db.Millis(h.Created))
		if err != nil {
			return err
		}
		return s.note(tx, actor, "webhook.created", h, "", h.URL)
	})
	return h, secretText(raw), err
}

// purpose binds a sealed secret to its hook.
func purpose(id core.ID) string { return "webhook " + id.String() }

func load(tx *db.Tx, id core.ID) (Hook, error) {
	return db.One(tx, scan, "SELECT "+columns+" FROM webhook WHERE id = $1", id)
}

// Change stores what an admin entered.
func (s *Service) Change(ctx context.Context, actor core.Actor, id core.ID, in Input) error {
	return s.manage(ctx, actor, func(tx *db.Tx) error {
		h, err := load(tx, id)
		if err != nil {
			return err
		}
		if err := s.check(tx, &in); err != nil {
			return err
		}
		kinds, err := json.Marshal(in.Kinds)
		if err != nil {
			return err
		}
		if err := tx.Must("UPDATE webhook SET name = $1, url = $2, kinds = $3, space = $4 WHERE id = $5", in.Name, in.URL, string(kinds), in.Space, id); err != nil {
			return err
		}
		return s.note(tx, actor, "webhook.changed", h, h.URL, in.URL)
	})
}

// Switch turns a hook on or off. While it is off nothing is noted for it; what waits goes on when it is on again.
func (s *Service) Switch(ctx context.Context, actor core.Actor, id core.ID, to State) error {
	return s.manage(ctx, actor, func(tx *db.Tx) error {
		h, err := load(tx, id)
		if err != nil {
			return err
		}
		if to != On && to != Off {
			return core.E(core.Invalid, "webhook.state")
		}
		if h.State == to {
			return nil
		}
		if err := tx.Must("UPDATE webhook SET state = $1, why = '', failing_since = 0 WHERE id = $2", to, id); err != nil {
			return err
		}
		return s.note(tx, actor, "webhook.switched", h, string(h.State), string(to))
	})
}

// Rotate gives a hook a new secret, which is not told again. For a day notes are signed with both.
func (s *Service) Rotate(ctx context.Context, actor core.Actor, id core.ID) (secret string, err error) {
	raw := newSecret()
	err = s.manage(ctx, actor, func(tx *db.Tx) error {
		h, err := load(tx, id)
		if err != nil {
			return err
		}
		err = tx.Must("UPDATE webhook SET old_secret = secret, old_until = $1, secret = $2 WHERE id = $3",
			db.Millis(s.clock.Now().Add(overlap)), s.keys.SealSite(purpose(id), raw), id)
		if err != nil {
			return err
		}
		return s.note(tx, actor, "webhook.rotated", h, "", "")
	})
	return secretText(raw), err
}

// Remove removes a hook and its log.
func (s *Service) Remove(ctx context.Context, actor core.Actor, id core.ID) error {
	return s.manage(ctx, actor, func(tx *db.Tx) error {
		h, err := load(tx, id)
		if err != nil {
			return err
		}
		if _, err := tx.Exec("DELETE FROM webhook_delivery WHERE webhook = $1", id); err != nil {
			return err
		}
		if err := tx.Must("DELETE FROM webhook WHERE id = $1", id); err != nil {
			return err
		}
		return s.note(tx, actor, "webhook.removed", h, h.URL, "")
	})
}

// look is View for those who may manage the site.
func (s *Service) look(ctx context.Context, actor core.Actor, do func(tx *db.Tx) error) error {
	return s.db.View(ctx, func(tx *db.Tx) error {
		if err := policy.ManageSite(actor).Err(); err != nil {
			return err
		}
		return do(tx)
	})
}

// List gives all hooks, the oldest first. Only admins may see them.
func (s *Service) List(ctx context.Context, actor core.Actor) (out []Hook, err error) {
	err = s.look(ctx, actor, func(tx *db.Tx) error {
		out, err = db.All(tx, scan, "SELECT "+columns+" FROM webhook ORDER BY id")
		return err
	})
	return out, err
}

// Read gives one.
func (s *Service) Read(ctx context.Context, actor core.Actor, id core.ID) (h Hook, err error) {
	err = s.look(ctx, actor, func(tx *db.Tx) error {
		h, err = load(tx, id)
		return err
	})
	return h, err
}

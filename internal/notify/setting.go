package notify

import (
	"context"
	"slices"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/policy"
)

// Setting says how a member is told of one kind of thing.
type Setting struct {
	Kind Kind
	Page bool
	Mail bool
}

// Settings gives the actor's settings for every kind: on the page unless switched off, by mail only where asked for.
func (s *Service) Settings(ctx context.Context, a core.Actor) (out []Setting, err error) {
	defer core.Wrap(&err, "notify.Settings")
	if !a.IsMember() {
		return nil, core.E(core.Unauthenticated, policy.SignInFirst)
	}
	for _, k := range Kinds {
		if k != Upkeep || a.IsAdmin() {
			out = append(out, Setting{Kind: k, Page: true})
		}
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		stored, err := db.All(tx, func(r db.Row) (n Setting, err error) { err = r.Scan(&n.Kind, &n.Page, &n.Mail); return },
			"SELECT kind, page, mail FROM notice_setting WHERE member = $1", a.Member)
		for _, n := range stored {
			if at := slices.IndexFunc(out, func(o Setting) bool { return o.Kind == n.Kind }); at >= 0 {
				n.Page = n.Page || n.Kind.Always()
				out[at] = n
			}
		}
		return err
	})
	return out, err
}

// Set stores settings. What is not on the page is not mailed either: a mail leads there. Mail that waits for a kind that was
// switched off does not leave.
func (s *Service) Set(ctx context.Context, a core.Actor, settings []Setting) (err error) {
	defer core.Wrap(&err, "notify.Set")
	if !a.IsMember() {
		return core.E(core.Unauthenticated, policy.SignInFirst)
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		for _, n := range settings {
			if !slices.Contains(Kinds, n.Kind) {
				return core.E(core.Invalid, "error.bad_form")
			}
			n.Page = n.Page || n.Kind.Always()
			n.Mail = n.Mail && n.Page
			_, err := tx.Exec(`INSERT INTO notice_setting (member, kind, page, mail) VALUES ($1, $2, $3, $4)
				ON CONFLICT (member, kind) DO UPDATE SET page = excluded.page, mail = excluded.mail`, a.Member, n.Kind, n.Page, n.Mail)
			if err != nil {
				return err
			}
			if n.Mail {
				continue
			}
			if _, err := tx.Exec("UPDATE notice SET mail_at = 0 WHERE member = $1 AND kind = $2 AND mail_at > 0", a.Member, n.Kind); err != nil {
				return err
			}
		}
		return nil
	})
}

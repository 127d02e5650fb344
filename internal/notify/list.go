package notify

import (
	"context"
	"strconv"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/policy"
	"dayroom/internal/space"
)

// View is a notice as its reader sees it now.
type View struct {
	Notice
	ID        core.ID
	Count     int // how many it stands for
	At        time.Time
	Read      bool
	Gone      bool   // the reader may not know any more of what it points to: no words are given
	Who       string // handle; empty for a visitor, somebody who left, or where it is not said
	SpaceName string
	SpaceKind policy.SpaceKind
	Title     string // of the thread
	Path      string // where it leads
}

type row struct {
	View
	handle  string
	blocked bool
}

const rowSelect = `SELECT n.id, n.member, n.kind, n.actor, n.space, n.thread, n.post, n.count, n.detail, n.at, n.read_at, COALESCE(m.handle, ''),
		EXISTS (SELECT 1 FROM block b WHERE b.member = n.member AND b.blocked = n.actor OR b.member = n.actor AND b.blocked = n.member)
	FROM notice n LEFT JOIN member m ON m.id = n.actor AND m.standing <> 'gone' WHERE `

func scanRow(r db.Row) (v row, err error) {
	var at, read int64
	err = r.Scan(&v.ID, &v.To, &v.Kind, &v.Actor, &v.Space, &v.Thread, &v.Post, &v.Count, &v.Detail, &at, &read, &v.handle, &v.blocked)
	v.At, v.Read = db.Moment(at), read > 0
	return v, err
}

// List gives the actor's notices, the latest first. What each points to is looked at again.
func (s *Service) List(ctx context.Context, a core.Actor, page core.Page) (out core.List[View], err error) {
	defer core.Wrap(&err, "notify.List")
	if !a.IsMember() {
		return out, core.E(core.Unauthenticated, policy.SignInFirst)
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		where, args := "n.member = $1", []any{a.Member}
		if after := page.After; !after.IsZero() {
			where += " AND (n.at < $2 OR n.at = $2 AND n.id < $3)"
			args = append(args, after.Sort, after.ID)
		}
		size := page.Size()
		rows, err := db.All(tx, scanRow, rowSelect+where+" ORDER BY n.at DESC, n.id DESC LIMIT "+strconv.Itoa(size+1), args...)
		if err != nil {
			return err
		}
		cut := core.CutList(rows, size, func(v row) core.Cursor { return core.Cursor{Sort: db.Millis(v.At), ID: int64(v.ID)} })
		out.Next = cut.Next
		out.Items, err = s.resolve(tx, a, cut.Items)
		return err
	})
	return out, err
}

// resolve fills in the words, as far as the reader may read them now.
func (s *Service) resolve(tx *db.Tx, a core.Actor, rows []row) ([]View, error) {
	see, spaces := s.sight(tx), map[core.ID]space.Space{}
	out := make([]View, 0, len(rows))
	for _, r := range rows {
		v := r.View
		if !r.blocked {
			v.Who = r.handle
		}
		if err := s.words(see, a, &v, spaces); err != nil {
			return nil, err
		}
		if v.Gone {
			v = View{Notice: Notice{To: v.To, Kind: v.Kind}, ID: v.ID, Count: v.Count, At: v.At, Read: v.Read, Gone: true, Path: "/notices"}
		}
		out = append(out, v)
	}
	return out, nil
}

func (s *Service) words(see *sight, a core.Actor, v *View, spaces map[core.ID]space.Space) error {
	may, err := see.may(a, v.Notice)
	if err != nil {
		return err
	}
	post := v.Post
	if !may && v.Kind.isTalk() && v.Count > 1 { // the others that it stands for may still be there
		post, v.Post, v.Who, v.Actor = v.Thread, 0, "", 0
		may, err = see.reads(a, post)
	}
	if err != nil || !may {
		v.Gone = true
		return err
	}
	if v.Space != 0 {
		if err := s.place(see.tx, a, v, spaces); err != nil {
			return err
		}
	}
	title := ""
	if post != 0 {
		readable, err := see.reads(a, post)
		if err != nil {
			return err
		}
		if readable {
			p := see.post[post]
			title, v.Path = p.Thread.Title, p.Path()
			v.SpaceName, v.SpaceKind = p.Space.Name, p.Space.Kind // where it is now
		}
	}
	v.Title = title
	v.lead(spaces)
	return nil
}

// place names the space, where the reader may know of it.
func (s *Service) place(tx *db.Tx, a core.Actor, v *View, spaces map[core.ID]space.Space) error {
	sp, known := spaces[v.Space]
	if !known {
		var ties policy.Ties
		var err error
		sp, ties, err = space.Peek(tx, s.now(), a, "s.id = $1", v.Space)
		if err != nil && !core.IsNotFound(err) {
			return err
		}
		seen := policy.SeeSpace(a, sp.Facts(), ties).OK() || policy.ModerateItem(a, sp.Facts(), ties).OK()
		if err != nil || !seen {
			sp = space.Space{}
		}
		spaces[v.Space] = sp
	}
	v.SpaceName, v.SpaceKind = sp.Name, sp.Kind
	return nil
}

// lead says where a notice leads.
func (v *View) lead(spaces map[core.ID]space.Space) {
	slug := spaces[v.Space].Slug
	switch v.Kind {
	case Reply, Followed:
		if v.Count > 1 {
			v.Path = "/t/" + v.Thread.String() + "/new"
		}
	case Decided:
		v.Path = "/me/decisions"
	case Held:
		v.Path = "/queue?kind=held&space=" + v.Space.String()
	case Reported:
		v.Path = "/queue?kind=report&space=" + v.Space.String()
	case JoinRequest:
		v.Path = "/s/" + slug + "/members?group=asked"
	case Upkeep:
		v.Path = upkeepPaths[v.Detail]
	case Invited, Welcome:
		v.Path = "/"
		if slug != "" {
			v.Path = "/s/" + slug
		}
	}
	if v.Path == "" {
		v.Path = "/notices"
	}
}

// Unread counts the actor's unread notices: for the frame around pages.
func (s *Service) Unread(ctx context.Context, a core.Actor) (n int, err error) {
	if !a.IsMember() {
		return 0, nil
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		count, err := db.One(tx, db.Int64, "SELECT COUNT(*) FROM notice WHERE member = $1 AND read_at = 0", a.Member)
		n = int(count)
		return err
	})
	return n, err
}

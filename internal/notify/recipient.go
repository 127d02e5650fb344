package notify

import (
	"strconv"
	"strings"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/policy"
	"dayroom/internal/space"
	"dayroom/internal/thread"
)

// recipient is somebody who may be told, with what decides whether they are.
type recipient struct {
	actor      core.Actor
	blocked    bool // one of the two has blocked the other
	muted      bool
	page, mail bool
}

// sizes are the lengths of lists in statements: a few, so that statements can be kept prepared.
var sizes = []int{1, 8, 64, 256}

// recipients loads members in the order of their ids; who is not there is left out.
func (s *Service) recipients(tx *db.Tx, n Notice, ids []core.ID) (out []recipient, err error) {
	for len(ids) > 0 {
		take := min(len(ids), sizes[len(sizes)-1])
		part, err := s.loadRecipients(tx, n, ids[:take])
		if err != nil {
			return nil, err
		}
		out, ids = append(out, part...), ids[take:]
	}
	return out, nil
}

func (s *Service) loadRecipients(tx *db.Tx, n Notice, ids []core.ID) ([]recipient, error) {
	now := db.Millis(s.now())
	args := []any{now, n.Actor, n.Thread, n.Kind}
	var marks []string
	for i := range sizeFor(len(ids)) {
		id := core.ID(0)
		if i < len(ids) {
			id = ids[i]
		}
		args = append(args, id)
		marks = append(marks, "$"+strconv.Itoa(len(args)))
	}
	return db.All(tx, func(r db.Row) (p recipient, err error) {
		var until int64
		a := &p.actor
		err = r.Scan(&a.Member, &a.Handle, &a.Role, &a.Standing, &until, &a.Verified, &p.blocked, &p.muted, &p.page, &p.mail)
		if (a.Standing == core.Restricted || a.Standing == core.Banned) && until > 0 && until <= now {
			a.Standing = core.Active
		}
		p.page = p.page || n.Kind.Always()
		return p, err
	}, `SELECT m.id, m.handle, m.role, m.standing, m.standing_until,
			EXISTS (SELECT 1 FROM credential c WHERE c.member = m.id AND c.revoked_at = 0 AND c.expires_at > $1),
			EXISTS (SELECT 1 FROM block b WHERE b.member = m.id AND b.blocked = $2 OR b.member = $2 AND b.blocked = m.id),
			EXISTS (SELECT 1 FROM follow f WHERE f.member = m.id AND f.thread = $3 AND f.level = 'mute'),
			COALESCE(n.page, TRUE), COALESCE(n.mail, FALSE)
		FROM member m LEFT JOIN notice_setting n ON n.member = m.id AND n.kind = $4
		WHERE m.id IN (`+strings.Join(marks, ", ")+") ORDER BY m.id", args...)
}

func sizeFor(n int) int {
	for _, size := range sizes {
		if n <= size {
			return size
		}
	}
	return n
}

// wants tells whether somebody wants to be told at all.
func (p recipient) wants(n Notice) bool {
	return p.actor.IsMember() && p.page && !p.blocked && p.actor.Member != n.Actor && (!p.muted || !n.Kind.isTalk())
}

// sight answers whether somebody may know of what a notice points to. It keeps what it has read, for many recipients of one
// notice.
type sight struct {
	s    *Service
	tx   *db.Tx
	post map[core.ID]thread.Post
}

func (s *Service) sight(tx *db.Tx) *sight {
	return &sight{s: s, tx: tx, post: map[core.ID]thread.Post{}}
}

// may decides by kind. What was decided about oneself can always be known.
func (g *sight) may(a core.Actor, n Notice) (bool, error) {
	switch n.Kind {
	case Decided, ReportUpdate:
		return true, nil
	case Reply, Mention, Followed, Approved:
		return g.reads(a, n.Post)
	case Upkeep:
		return a.IsAdmin(), nil
	}
	if n.Space == 0 {
		return n.Kind == Welcome, nil
	}
	sp, ties, err := space.Peek(g.tx, g.s.now(), a, "s.id = $1", n.Space)
	if core.IsNotFound(err) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	facts := sp.Facts()
	switch n.Kind {
	case JoinRequest:
		return policy.ManageSpace(a, facts, ties).OK(), nil
	case Held:
		return policy.Greet(a, facts, ties).OK(), nil
	case Reported:
		return policy.ModerateItem(a, facts, ties).OK(), nil
	case Invited, Welcome:
		return policy.SeeSpace(a, facts, ties).OK(), nil
	}
	return false, nil
}

// reads tells whether somebody may read a post. Ties to a space only ever add to what one may read, so most answers need none.
func (g *sight) reads(a core.Actor, post core.ID) (bool, error) {
	p, known := g.post[post]
	if !known {
		var err error
		if p, err = g.s.posts.Peek(g.tx, core.Actor{}, post); err != nil && !core.IsNotFound(err) {
			return false, err
		}
		g.post[post] = p
	}
	if p.Thread.ID == 0 {
		return false, nil
	}
	opening := p.Thread.Facts()
	if policy.ReadThread(a, p.Space.Facts(), policy.Ties{}, opening).OK() && policy.ReadPost(a, p.Space.Facts(), policy.Ties{}, p.Facts()).OK() {
		return true, nil
	}
	_, err := g.s.posts.Load(g.tx, a, post)
	if core.IsNotFound(err) || core.CodeOf(err) == core.Forbidden {
		return false, nil
	}
	return err == nil, err
}

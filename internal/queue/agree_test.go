package queue_test

import (
	"fmt"
	"testing"

	"dayroom/internal/core"
	"dayroom/internal/policy"
	"dayroom/internal/queue"
	. "dayroom/internal/queue/queuetest"
	"dayroom/internal/space"
)

func newcomer(h *House, handle string) core.Actor {
	h.Helper()
	a := h.Member(handle)
	h.Exec("INSERT INTO membership (space, member, state, role, since) SELECT id, $1, 'joined', '', 0 FROM space", a.Member)
	return a
}

// TestTheListAndTheRuleAgree compares the SQL of the list with opening each item, for every kind of actor, space and item.
func TestTheListAndTheRuleAgree(t *testing.T) {
	Each(t, func(h *House) {
		staff := h.Member("staff")
		spaces := []space.Space{h.Community("open"), h.Community("closed"), h.Space("rounds", policy.Rounds, 0), h.Space("secret", policy.Rounds, 0), h.Channel("channel", staff)}
		h.Exec("UPDATE space SET visibility = 'invited' WHERE slug IN ('closed', 'secret')")
		var posts []core.ID
		writer, reporter := h.Clinician("writer"), h.Clinician("reporter")
		for _, s := range spaces {
			h.Exec("INSERT INTO membership (space, member, state, role, since, approved) VALUES ($1, $2, 'joined', '', 0, 9), ($1, $3, 'joined', '', 0, 9)",
				s.ID, writer.Member, reporter.Member)
			q := h.Ask(writer, s, "Question "+s.Slug, "A question.")
			h.Report(reporter, q.ID, queue.Spam, "")
			posts = append(posts, q.ID)
			held := h.Ask(writer, s, "Held "+s.Slug, "A question.")
			h.Exec("UPDATE thread SET state = 'held' WHERE id = $1", held.ID)
			h.Exec(`INSERT INTO queue_item (id, kind, space, thread, post, author, urgency, state, opened_at) VALUES ($1, 'held', $2, $3, $3, $4, 10, 'open', 0)`,
				h.IDs.Next(), s.ID, held.ID, writer.Member)
			posts = append(posts, held.ID)
		}
		actors := []core.Actor{core.Visitor, h.Member("nobody"), writer, reporter, staff, h.Admin, h.Office("mod", core.RoleModerator)}
		verified := h.Clinician("verified_mod")
		verified.Role = core.RoleModerator
		restricted := h.Office("restricted_mod", core.RoleModerator)
		restricted.Standing = core.Restricted
		actors = append(actors, verified, restricted)
		for i, role := range []string{"'joined', 'steward', FALSE, 9", "'joined', '', TRUE, 9", "'joined', '', TRUE, 2", "'invited', '', FALSE, 0", "'asked', '', TRUE, 9"} {
			for _, a := range []core.Actor{h.Member(fmt.Sprint("plain", i)), h.Clinician(fmt.Sprint("doctor", i))} {
				h.Exec("INSERT INTO membership (space, member, since, state, role, greeter, approved) SELECT id, $1, 0, "+role+" FROM space", a.Member)
				actors = append(actors, a)
			}
		}
		compare(h, actors, len(posts))
	})
}

func compare(h *House, actors []core.Actor, items int) {
	all := []core.ID{}
	for id := range items {
		all = append(all, core.ID(h.Count("SELECT id FROM queue_item ORDER BY id LIMIT 1 OFFSET $1", id)))
	}
	for _, a := range actors {
		listed := map[core.ID]bool{}
		for _, row := range h.Waiting(a) {
			listed[row.ID] = true
		}
		if n, err := h.Queue.Count(Ctx(), a); err != nil || n != len(listed) {
			h.Errorf("%s counts %d of %d: %v", a.Handle, n, len(listed), err)
		}
		for _, id := range all {
			v, err := h.Queue.Open(Ctx(), a, id)
			if err != nil && !core.IsNotFound(err) {
				h.Fatal(err)
			}
			if (err == nil) != listed[id] {
				h.Errorf("%q: item %s of kind %s in %s is listed %v, opened %v", a.Handle, id, v.Kind, v.Space.Slug, listed[id], err == nil)
			}
		}
	}
}

package thread

import (
	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/policy"
)

// Listen tells whether the actor may hear that something happens in a thread, which is whoever may read it: it gives the thread's
// space, and whether the actor also may know of posts that wait or were taken down.
func (s *Service) Listen(tx *db.Tx, a core.Actor, id core.ID) (space core.ID, inside bool, err error) {
	sc, err := s.scene(tx, a, id)
	if err != nil {
		return 0, false, err
	}
	facts := sc.Space.Facts()
	inside = policy.Moderate(a, facts, sc.Ties).OK() || policy.Greet(a, facts, sc.Ties).OK() || policy.SpeakForOrganisation(a, facts, sc.Ties).OK()
	return sc.Space.ID, inside, nil
}

// StateOf tells how a post stands; nothing where it is gone.
func StateOf(tx *db.Tx, post core.ID) (policy.PostState, error) {
	state, err := db.One(tx, db.String, "SELECT COALESCE((SELECT state FROM comment WHERE id = $1), (SELECT state FROM thread WHERE id = $1), '')", post)
	return policy.PostState(state), err
}

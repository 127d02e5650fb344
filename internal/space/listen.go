package space

import (
	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/policy"
)

// Listen tells whether the actor may hear that something happens in a space, which is whoever may see it, and whether they also may
// know of posts that wait or were taken down there.
func (s *Service) Listen(tx *db.Tx, a core.Actor, id core.ID) (inside bool, err error) {
	sp, ties, err := Load(tx, s.clock.Now(), a, id)
	if err != nil {
		return false, err
	}
	facts := sp.Facts()
	return policy.Moderate(a, facts, ties).OK() || policy.Greet(a, facts, ties).OK() || policy.SpeakForOrganisation(a, facts, ties).OK(), nil
}

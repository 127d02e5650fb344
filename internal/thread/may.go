package thread

import (
	"dayroom/internal/core"
	"dayroom/internal/policy"
)

// MayPost is what the actor may do with one post of a View, for the page to offer.
type MayPost struct{ Edit, Delete, React, Report bool }

// May tells what an actor may do with a post of the page. The services decide again.
func (v View) May(a core.Actor, p policy.Post, organisation core.ID) MayPost {
	s := v.Space.Facts()
	return MayPost{
		Edit:   policy.EditPost(a, s, v.Ties, p, organisation != 0).OK(),
		Delete: policy.DeletePost(a, s, v.Ties, p).OK(),
		React:  policy.React(a, s, v.Ties, p).OK() && a.Member != 0 && a.Member != p.Author,
		Report: policy.ReportPost(a, s, v.Ties, p).OK() && a.Member != p.Author,
	}
}

// MayEdit tells whether the actor may change a post, for a page to offer. Edit decides again.
func (s *Service) MayEdit(a core.Actor, p Post) bool {
	organisation := p.Thread.Organisation
	if p.Comment != nil {
		organisation = p.Comment.Organisation
	}
	return policy.EditPost(a, p.Space.Facts(), p.Ties, p.Facts(), organisation != 0).OK()
}

// MayDelete tells whether the actor may delete a post. Delete decides again.
func (s *Service) MayDelete(a core.Actor, p Post) bool {
	return policy.DeletePost(a, p.Space.Facts(), p.Ties, p.Facts()).OK()
}

// MayRedact tells whether the actor may take words out of earlier versions. Redact decides again.
func (s *Service) MayRedact(a core.Actor, p Post) bool {
	return policy.Moderate(a, p.Space.Facts(), p.Ties).OK()
}

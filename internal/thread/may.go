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

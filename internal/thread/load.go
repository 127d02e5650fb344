package thread

import (
	"context"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/policy"
	"dayroom/internal/space"
)

// scene is a thread with the facts that decisions about it rest on.
type scene struct {
	Space  space.Space
	Ties   policy.Ties
	Thread Thread
}

// scene loads a thread that the actor may read. A deleted thread is given to whoever may see the space: it is a tombstone while
// it has replies, and gone otherwise.
func (s *Service) scene(tx *db.Tx, a core.Actor, id core.ID) (scene, error) {
	sc, err := s.peek(tx, a, id)
	if err != nil {
		return scene{}, err
	}
	if sc.Thread.State == policy.Deleted {
		if sc.Thread.Replies == 0 {
			return scene{}, core.Missing("thread")
		}
		return sc, policy.SeeSpace(a, sc.Space.Facts(), sc.Ties).Err()
	}
	return sc, policy.ReadThread(a, sc.Space.Facts(), sc.Ties, sc.Thread.Facts()).Err()
}

// peek loads a thread and its space without deciding anything.
func (s *Service) peek(tx *db.Tx, a core.Actor, id core.ID) (scene, error) {
	t, err := db.One(tx, scanThread, "SELECT "+threadColumns+" FROM thread t WHERE t.id = $1", id)
	if err != nil {
		return scene{}, err
	}
	sp, ties, err := space.Peek(tx, s.clock.Now(), a, "s.id = $1", t.Space)
	return scene{sp, ties, t}, err
}

// Post is either a thread's opening post (Comment is nil) or a comment, with what surrounds it.
type Post struct {
	Space   space.Space
	Ties    policy.Ties
	Thread  Thread
	Comment *Comment
}

// ID is the post's own id.
func (p Post) ID() core.ID {
	if p.Comment != nil {
		return p.Comment.ID
	}
	return p.Thread.ID
}

// Facts is what policy wants to know of the post.
func (p Post) Facts() policy.Post {
	if p.Comment != nil {
		return p.Comment.Facts()
	}
	return p.Thread.Facts()
}

// Author is who wrote it, zero for a visitor.
func (p Post) Author() core.ID { return p.Facts().Author }

// Body is its Markdown.
func (p Post) Body() string {
	if p.Comment != nil {
		return p.Comment.Body
	}
	return p.Thread.Body
}

// HTML is its rendered body.
func (p Post) HTML() string {
	if p.Comment != nil {
		return p.Comment.HTML
	}
	return p.Thread.HTML
}

// Version counts its edits, from 1.
func (p Post) Version() int64 {
	if p.Comment != nil {
		return p.Comment.Version
	}
	return p.Thread.Version
}

// Path is the address at which it can be read.
func (p Post) Path() string {
	if p.Comment != nil {
		return CommentPath(p.Comment.ID)
	}
	return p.Thread.Path()
}

// CommentPath is the address of a comment; it leads to the page of its thread that has it.
func CommentPath(id core.ID) string { return "/c/" + id.String() }

// Find reads a post that the actor may read.
func (s *Service) Find(ctx context.Context, a core.Actor, id core.ID) (p Post, err error) {
	defer core.Wrap(&err, "thread.Find(%s)", id)
	err = s.db.View(ctx, func(tx *db.Tx) error {
		p, err = s.Load(tx, a, id)
		return err
	})
	return p, err
}

// Load reads a post that the actor may read; core.NotFound otherwise. Inside a transaction, for packages that act on posts.
func (s *Service) Load(tx *db.Tx, a core.Actor, id core.ID) (Post, error) {
	p, err := s.Peek(tx, a, id)
	if err != nil {
		return Post{}, err
	}
	if p.Comment != nil { // a comment is read in its thread: both have to be readable
		t := p.Thread.Facts()
		if t.State == policy.Deleted {
			t.State = policy.Open // its tombstone stands
		}
		if err := policy.ReadThread(a, p.Space.Facts(), p.Ties, t).Err(); err != nil {
			return Post{}, err
		}
	}
	return p, policy.ReadPost(a, p.Space.Facts(), p.Ties, p.Facts()).Err()
}

// Peek reads a post without deciding whether the actor may; for callers that decide by another rule, such as the queue.
func (s *Service) Peek(tx *db.Tx, a core.Actor, id core.ID) (Post, error) {
	sc, err := s.peek(tx, a, id)
	if err == nil {
		return Post{Space: sc.Space, Ties: sc.Ties, Thread: sc.Thread}, nil
	}
	if !core.IsNotFound(err) {
		return Post{}, err
	}
	c, err := db.One(tx, scanComment, "SELECT "+commentColumns+" FROM comment c WHERE c.id = $1", id)
	if err != nil {
		return Post{}, err
	}
	if sc, err = s.peek(tx, a, c.Thread); err != nil {
		return Post{}, err
	}
	return Post{Space: sc.Space, Ties: sc.Ties, Thread: sc.Thread, Comment: &c}, nil
}

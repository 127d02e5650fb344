package threadpages

import (
	"net/url"

	"dayroom/internal/core"
	"dayroom/internal/policy"
	"dayroom/internal/space"
	"dayroom/internal/thread"
	"dayroom/internal/web/shell"
	"dayroom/internal/web/ui"
)

// openingAnchor is where the opening post stands on the page of its thread.
const openingAnchor = "opening"

func commentAnchor(id core.ID) string { return "c" + id.String() }

// pagePath is the address of a page of a thread.
func pagePath(t core.ID, after core.Cursor) string {
	path := "/t/" + t.String()
	if after.IsZero() {
		return path
	}
	return path + "?after=" + after.String()
}

// back is where a post is read: the page of its thread that has it, and the post there.
func (p *Pages) back(c *shell.Call, post thread.Post) (string, error) {
	if post.Comment == nil {
		return post.Thread.Path() + "#" + openingAnchor, nil
	}
	t, after, err := p.Threads.FindComment(c.Ctx(), c.Actor, post.Comment.ID)
	if err != nil {
		return "", err
	}
	return pagePath(t, after) + "#" + commentAnchor(post.Comment.ID), nil
}

// goBack leads back to a post after an act on it.
func (p *Pages) goBack(c *shell.Call, post thread.Post) error {
	path, err := p.back(c, post)
	if err != nil {
		return err
	}
	return c.Go(path)
}

// signInPath leads to signing in and back to where one was.
func signInPath(f ui.Frame) string { return ui.PathSignIn + "?next=" + url.QueryEscape(f.Path) }

// frameIn is the frame of a page within a space.
func frameIn(c *shell.Call, sp space.Space, title string) ui.Frame {
	f := c.Frame(title)
	f.Active, f.ShowQuickExit = ui.NavSpaces, true
	f.SearchText = "in:" + sp.Slug + " "
	if f.Viewer.SignedIn {
		f.WritePath = sp.Path() + "/write"
	}
	for i := range f.Spaces {
		f.Spaces[i].Current = f.Spaces[i].Slug == sp.Slug
	}
	return f
}

// firstWords are what may be seen of a thread before its page is opened: nothing where a content warning stands.
func firstWords(t thread.Thread) string {
	if t.Warning != "" {
		return ""
	}
	return t.Excerpt
}

// publish tells the outside of a page of a space that everybody may read: it has a feed and a preview. Search engines may find a page of
// a channel. Of a community a preview shows what the space is about and no word of a member, and search engines are asked to stay away.
func publish(c *shell.Call, f *ui.Frame, sp space.Space, path, description string) {
	if sp.Visibility != policy.Public {
		return
	}
	f.Feed = ui.SpaceFeed(sp.Slug)
	f.Card = ui.Preview{Title: sp.Name, Words: sp.Description, Base: c.BaseURL(), Path: path}
	if sp.Kind != policy.Channel {
		return
	}
	f.NoIndex, f.Canonical, f.Description = false, c.BaseURL()+path, description
	f.Card.Title, f.Card.Words = f.Title, description
}

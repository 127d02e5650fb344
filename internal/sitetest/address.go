package sitetest

import (
	"context"
	"fmt"
	"strings"

	"dayroom/internal/api"
	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/policy"
	"dayroom/internal/web/shell"
)

// choices gives, for a part of an address with a name in it, what can stand there. The key is the address up to and with the
// name. A route whose name is not here fails the crawl: whoever adds a page tells how to reach it.
func (c *Cage) choices() map[string][]string {
	handles, members := []string{}, []string{}
	for handle, id := range c.Members {
		handles, members = append(handles, handle), append(members, id.String())
	}
	posts := append(append([]string{}, c.Threads...), c.Comments...)
	out := map[string][]string{
		"/t/{id}":                              c.Threads,
		"/c/{id}":                              c.Comments,
		"/s/{slug}":                            c.Spaces,
		"/log/{slug}":                          c.Spaces,
		"/o/{slug}":                            c.list("SELECT slug FROM organisation"),
		"/admin/organisations/{slug}":          c.list("SELECT slug FROM organisation"),
		"/m/{handle}":                          handles,
		"/admin/members/{member}":              members,
		"/admin/pages/{name}":                  {"privacy", "terms"},
		"/queue/{item}":                        c.Items,
		"/report/{post}":                       posts,
		"/notices/{id}":                        c.list("SELECT CAST(n.id AS TEXT) FROM notice n ORDER BY n.id DESC LIMIT 5"),
		"/media/{id}/{name}":                   c.list("SELECT CAST(m.id AS TEXT) || '/' || m.name FROM media m"),
		"/reset/{token}":                       {"unknown-token"},
		"/confirm-mail/{token}":                {"unknown-token"},
		"/s/{slug}/settings/stewards/{member}": {"canary-open/settings/stewards/" + c.Members[caretaker].String()},
		"/admin/profile/{name}":                {"goroutine", "heap"},
		"/admin/webhooks/{hook}":               c.list("SELECT CAST(w.id AS TEXT) FROM webhook w"),
		"/demo/{persona}":                      {"nobody"}, // the crawl must not change who it is
	}
	c.choicesOfPrograms(out, handles, members, posts)
	return out
}

// choicesOfPrograms adds those of the API. What the crawl must not do is given a name that is nobody's.
func (c *Cage) choicesOfPrograms(out map[string][]string, handles, members, posts []string) {
	inSpace := func(rest string) (paths []string) {
		for _, slug := range c.Spaces {
			paths = append(paths, slug+rest)
		}
		return paths
	}
	first := posts[0]
	for pattern, choices := range map[string][]string{
		"/threads/{thread}":                            c.Threads,
		"/comments/{comment}":                          c.Comments,
		"/posts/{post}":                                posts,
		"/posts/{post}/reactions/{kind}":               {first + "/reactions/thanks"},
		"/posts/{post}/versions/{version}":             {first + "/versions/1"},
		"/spaces/{slug}":                               c.Spaces,
		"/spaces/{slug}/members/{member}":              inSpace("/members/" + c.Members[insider].String()),
		"/spaces/{slug}/stewards/{member}":             inSpace("/stewards/" + c.Members[caretaker].String()),
		"/members/{handle}":                            handles,
		"/me/blocks/{handle}":                          handles,
		"/me/drafts/{draft}":                           {"canary-draft-0123456789"},
		"/me/invitations/{ref}":                        {"00"},
		"/me/notices/{notice}":                         c.list("SELECT CAST(n.id AS TEXT) FROM notice n ORDER BY n.id DESC LIMIT 5"),
		"/me/sign-ins/{sign_in}":                       {"1"},
		"/me/tokens/{token}":                           {"1"},
		"/images/{image}/{name}":                       c.list("SELECT CAST(m.id AS TEXT) || '/' || m.name FROM media m"),
		"/queue/{item}":                                c.Items,
		"/decisions/{decision}":                        {"1"},
		"/organisations/{slug}":                        c.list("SELECT slug FROM organisation"),
		"/admin/organisations/{slug}":                  c.list("SELECT slug FROM organisation"),
		"/admin/organisations/{slug}/staff/{member}":   {"harbour-lights/staff/" + c.Members[staff].String()},
		"/admin/members/{member}":                      members,
		"/admin/credentials/{credential}":              c.list("SELECT CAST(k.id AS TEXT) FROM credential k"),
		"/admin/webhooks/{hook}":                       c.list("SELECT CAST(w.id AS TEXT) FROM webhook w"),
		"/admin/webhooks/{hook}/deliveries/{delivery}": c.list("SELECT CAST(d.webhook AS TEXT) || '/deliveries/' || CAST(d.id AS TEXT) FROM webhook_delivery d"),
		"/admin/jobs/{job}":                            {"1"},
		"/texts/{name}":                                {"privacy", "terms"},
		"/admin/texts/{name}":                          {"privacy", "terms"},
	} {
		out[api.Prefix+pattern] = choices
	}
}

// questions are what can be asked of a page behind its address.
func (c *Cage) questions(pattern string) []string {
	switch pattern {
	case "/t/{id}":
		out := []string{""}
		for _, post := range append(append([]string{}, c.Comments...), c.Threads...) {
			out = append(out, "?reply="+post, "?quote="+post)
		}
		return out
	case "/s/{slug}":
		out := []string{"", "?show=unanswered", "?show=following"}
		for _, k := range c.Canaries {
			if strings.HasPrefix(k.Where, "tag") {
				out = append(out, "?tag="+k.Text)
			}
		}
		return out
	case "/search", "/search/suggest", "/search/similar", "/api/v1/search", "/api/v1/search/suggestions", "/api/v1/search/similar":
		return c.searches(pattern)
	case "/s/{slug}/members":
		return []string{"", "?group=asked", "?group=invited", "?group=removed"}
	case "/admin/profile/cpu", "/admin/profile/trace":
		return []string{"?seconds=1"}
	case "/admin/jobs", "/api/v1/admin/jobs":
		return []string{"", "?state=failed", "?state=waiting", "?state=done"}
	case "/admin/record", "/api/v1/admin/record":
		return []string{"", "?area=settings", "?area=webhook"}
	case "/spaces":
		return []string{"", "?kind=community", "?kind=rounds", "?kind=channel"}
	case "/api/v1/threads":
		out := []string{"", "?order=unanswered", "?order=new", "?order=following", "?order=announced", "?mine=true"}
		for _, slug := range c.Spaces {
			out = append(out, "?space="+slug)
		}
		return append(out, "?author="+c.Members[author].String())
	case "/api/v1/spaces":
		return []string{"", "?mine=true", "?kind=rounds"}
	case "/api/v1/spaces/{slug}/members":
		return []string{"", "?group=asked", "?group=invited", "?group=removed"}
	case "/api/v1/queue":
		return []string{"", "?kind=held", "?kind=report"}
	case "/api/v1/admin/members":
		return []string{"", "?standing=waiting", "?office=true", "?handle=canary"}
	case "/drafts", "/s/{slug}/write":
		return []string{"", "?draft=canary-draft-0123456789", "?kind=question"}
	}
	return []string{""}
}

// searches ask for what nobody else should find. The index takes a canary apart where letters become figures, so all of them are found
// by their first part, and by a slip in it; no question has the whole of one, which might stand in the answer for that reason.
func (c *Cage) searches(pattern string) (out []string) {
	field := "q"
	if strings.HasSuffix(pattern, "similar") {
		field = "title"
	}
	out = []string{""}
	for _, text := range []string{"canary", "canari", "cana*", "ca", "canary+in+rounds", "tag:canary", "from:" + author, "canary_auth"} {
		out = append(out, "?"+field+"="+text)
	}
	if field == "q" {
		out = append(out, "?order=best&q=canary", "?q=-nothing+kind:question+canary")
	}
	for _, slug := range c.Spaces {
		out = append(out, "?"+field+"=in:"+slug)
	}
	return out
}

func (c *Cage) list(query string) (out []string) {
	c.Helper()
	c.Must(c.DB.View(context.Background(), func(tx *db.Tx) (err error) {
		out, err = db.All(tx, db.String, query)
		return err
	}))
	return out
}

// Addresses gives every address that a route can have in the cage.
func (c *Cage) Addresses(route shell.Route) (out []string) {
	c.Helper()
	paths, err := expand(route.Path, c.choices())
	if err != nil {
		c.Errorf("%s %s: %v", route.Method, route.Path, err)
	}
	for _, path := range paths {
		for _, q := range c.questions(route.Path) {
			out = append(out, path+q)
		}
	}
	return out
}

// expand puts choices into the names of a pattern.
func expand(pattern string, choices map[string][]string) ([]string, error) {
	pattern = strings.TrimSuffix(pattern, "{$}")
	if !strings.Contains(pattern, "{") {
		return []string{pattern}, nil
	}
	best := ""
	for prefix := range choices {
		if (pattern == prefix || strings.HasPrefix(pattern, prefix+"/")) && len(prefix) > len(best) {
			best = prefix
		}
	}
	rest := strings.TrimPrefix(pattern, best)
	if best == "" || strings.Contains(rest, "{") {
		return nil, fmt.Errorf("nobody told how to reach it: see choices in internal/sitetest/address.go")
	}
	fixed := best[:strings.Index(best, "{")]
	var out []string
	for _, choice := range choices[best] {
		out = append(out, fixed+choice+rest)
	}
	return out, nil
}

// Example is a page worth looking at, and who looks.
type Example struct {
	Route  shell.Route
	Path   string
	Handle string // empty: a visitor
}

// Examples gives one address of each page of the demo, with somebody who may open it.
func (s *Site) Examples() (out []Example) {
	s.Helper()
	choices := s.examples()
	for _, r := range s.Routes(0) {
		if r.Method != "GET" || notPages[r.Path] || IsAPI(r) {
			continue
		}
		paths, err := expand(r.Path, choices)
		if err != nil {
			s.Errorf("%s: %v", r.Path, err)
			continue
		}
		for _, path := range paths {
			out = append(out, Example{r, path, looker(r)})
		}
	}
	return out
}

// IsAPI tells whether a route is for programs, which come with a token and not with a cookie.
func IsAPI(r shell.Route) bool { return strings.HasPrefix(r.Path, api.Prefix) }

// notPages are answers for machines, and ways that lead on at once.
var notPages = map[string]bool{
	"/healthz": true, "/robots.txt": true, "/feed.atom": true, "/s/{slug}/feed.atom": true, "/sitemap.xml": true, "/s/{slug}/sitemap.xml": true,
	"/.well-known/security.txt": true, "/media/{id}/{name}": true, "/c/{id}": true,
	"/notices/{id}": true, "/language": true, "/zone": true, "/t/{id}/new": true, "/setup": true,
	"/readyz": true, "/metrics": true, "/admin/profile/cpu": true, "/admin/profile/trace": true, "/admin/profile/{name}": true,
	"/search/suggest": true, "/search/similar": true, "/notices/bell": true, // what a script asks for, to put it into a page
}

// looker is somebody of the demo who may pass the route's door and has something to see there.
func looker(r shell.Route) string {
	switch {
	case strings.HasPrefix(r.Path, "/signin"), strings.HasPrefix(r.Path, "/join"), strings.HasPrefix(r.Path, "/reset"):
		return ""
	case strings.HasPrefix(r.Path, "/queue"), r.Access == policy.ForAdmin || r.Access == policy.ForModerator:
		return "keeper"
	case r.Access == policy.ForSteward || r.Access == policy.ForStaff:
		return "old_oak"
	case r.Access == policy.ForVerified:
		return "dr_ines"
	case r.Access == policy.ForMember:
		return "maria_hl"
	}
	return ""
}

func (s *Site) one(query string) []string {
	s.Helper()
	var id core.ID
	s.Must(s.DB.View(context.Background(), func(tx *db.Tx) (err error) {
		id, err = db.One(tx, db.ID, query)
		return err
	}))
	return []string{id.String()}
}

func (s *Site) examples() map[string][]string {
	mine := "FROM thread t JOIN member m ON m.id = t.author WHERE m.handle = 'maria_hl' AND t.state = 'open' ORDER BY t.id LIMIT 1"
	said := "SELECT c.id FROM comment c JOIN member m ON m.id = c.author WHERE m.handle = 'maria_hl' AND c.state = 'open' ORDER BY c.id LIMIT 1"
	hook := s.hook(core.Actor{System: true}, "Press desk", "https://example.org/in")
	return map[string][]string{
		"/admin/webhooks/{hook}":      {hook.String()},
		"/t/{id}":                     s.one("SELECT t.id FROM thread t ORDER BY t.replies DESC LIMIT 1"),
		"/t/{id}/edit":                s.one("SELECT t.id " + mine),
		"/t/{id}/delete":              s.one("SELECT t.id " + mine),
		"/t/{id}/move":                s.one("SELECT t.id FROM thread t JOIN space s ON s.id = t.space WHERE s.slug = 'heart-to-heart' AND t.state = 'open' ORDER BY t.id LIMIT 1"),
		"/c/{id}":                     s.one(said),
		"/s/{slug}":                   {"heart-to-heart"},
		"/log/{slug}":                 {"heart-to-heart"},
		"/o/{slug}":                   {"harbour-lights"},
		"/admin/organisations/{slug}": {"harbour-lights"},
		"/m/{handle}":                 {"old_oak"},
		"/admin/members/{member}":     s.one("SELECT m.id FROM member m WHERE m.handle = 'tomasz_k'"),
		"/admin/pages/{name}":         {"privacy"},
		"/queue/{item}":               s.one("SELECT q.id FROM queue_item q JOIN space s ON s.id = q.space WHERE s.kind <> 'rounds' AND q.state = 'open' ORDER BY q.urgency DESC, q.id LIMIT 1"),
		"/report/{post}":              s.one("SELECT t.id FROM thread t ORDER BY t.replies DESC LIMIT 1"),
		"/reset/{token}":              {"unknown-token"},
		"/confirm-mail/{token}":       {"unknown-token"},
	}
}

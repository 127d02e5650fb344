package api_test

import (
	"context"
	"strconv"
	"strings"
	"sync"
	"testing"

	"dayroom/internal/account"
	"dayroom/internal/app"
	"dayroom/internal/core"
	"dayroom/internal/sitetest"
)

// aThread gives a thread in a community that a member may write in.
func (w *world) aThread(p *program) string {
	w.Helper()
	type list struct {
		Items []struct{ ID, Title string } `json:"items"`
	}
	return into[list](p.get("/threads?space=heart-to-heart").want(200)).Items[0].ID
}

func TestATokenSaysWhoAsks(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.program("maria_hl", core.ScopeWrite).get("/me").want(200, `"handle":"maria_hl"`, `"scopes":["read","write"]`)
		w.program("keeper", core.ScopeWrite).get("/me").want(200, `"role":"member"`) // the token leaves the office aside
		w.program("keeper", everything).get("/me").want(200, `"role":"admin"`)
	})
}

func TestWithoutATokenNobodyIsAMember(t *testing.T) {
	w := open(t)
	p := w.program("", 0)
	p.get("/me").want(401, `"key":"error.unauthenticated"`, `"code":"unauthenticated"`)
	if got := p.get("/me").Header.Get("WWW-Authenticate"); !strings.HasPrefix(got, "Bearer") {
		t.Errorf("WWW-Authenticate is %q", got)
	}
	cookie := p.with("Cookie", "dayroom="+w.As("keeper").Token)
	cookie.get("/me").want(401)
	p.with("Authorization", "Bearer dayroom_nonsense").get("/spaces").want(401, "account.token.wrong")
	p.with("Authorization", "Basic a2VlcGVyOnB3").get("/spaces").want(401, "account.token.wrong")
	p.with("Authorization", "Bearer "+w.As("keeper").Token).get("/spaces").want(401) // a sign-in's token is none for programs
	w.Visitor().Get("/me")
}

func TestATokenMayNoMoreThanItsScopes(t *testing.T) {
	w := open(t)
	reader := w.program("maria_hl", core.ScopeRead)
	id := w.aThread(reader)
	reader.get("/threads/" + id).want(200)
	reader.post("/threads/"+id+"/comments", object{"body": "I should not be able to say this."}).want(403, "api.scope", "write")
}

func TestMakingATokenAsksForFreshProof(t *testing.T) {
	w := open(t)
	if _, err := w.Account.MakeToken(context.Background(), core.Actor{Member: w.actor("maria_hl").Member}, account.TokenInput{Name: "x", Days: 1}); err == nil {
		t.Error("somebody without a sign-in, such as a program, made a token")
	}
}

func TestWhatNobodyDeclaredIsRefused(t *testing.T) {
	w := open(t)
	p := w.program("maria_hl", core.ScopeWrite)
	id := w.aThread(p)
	p.post("/threads/"+id+"/comments", object{"body": "Hello", "author": "1"}).want(422, `"author":{"key":"api.field.unknown"`)
	p.post("/threads/"+id+"/comments", object{"Body": "Hello"}).want(422, "api.field.unknown", "api.field.required")
	p.post("/threads/"+id+"/comments", object{"body": 7}).want(422, `"body":{"key":"api.field.type"`)
	p.post("/threads/"+id+"/comments", `{"body": "`).want(422, "api.body.broken")
	p.post("/threads/"+id+"/comments", "").want(422, "api.body.required")
	p.post("/threads/"+id+"/comments", "{\"body\": \"\xff\"}").want(422, "error.bad_text")
	p.post("/threads/"+id+"/comments", `{"body": "a\u0000b"}`).want(422, "error.bad_text")
	p.post("/threads/"+id+"/comments", object{"body": " "}).want(422, `"body":{"key":"markup.empty"`)
	p.with("Content-Type", "application/x-www-form-urlencoded").post("/threads/"+id+"/comments", "body=hello").want(422, "api.body.type")
	p.get("/threads?sort=evil").want(422, `"sort":{"key":"api.field.unknown"`)
	p.get("/threads?order=evil").want(422, `"order":{"key":"api.field.choice"`)
	p.get("/threads?after=evil").want(422, "error.page_token")
	p.get("/threads/evil").want(404, "error.not_found")
	p.get("/nothing").want(404, "error.not_found")
	p.post("/threads/"+id+"/comments", object{"body": strings.Repeat("x", 200<<10)}).want(413, "error.too_large")
	p.with("Accept-Language", "pt").get("/threads/evil").want(404, "endereço")
}

func TestTheSameCreationTwiceCreatesOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p := w.program("maria_hl", core.ScopeWrite)
		id := w.aThread(p)
		path, say := "/threads/"+id+"/comments", object{"body": "This is said once, however often it is sent."}
		keyed := p.with("Idempotency-Key", "one-and-only")
		first := keyed.post(path, say).want(201)
		again := keyed.post(path, say).want(201)
		if first.Body != again.Body || again.Header.Get("Idempotency-Replayed") != "true" {
			t.Errorf("the second answer is %s instead of %s", again.Body, first.Body)
		}
		keyed.post(path, object{"body": "Something else."}).want(422, "api.key.other")
		keyed.post(path, object{"body": "Something else.", "author": "1"}).want(422, "api.key.other")

		other := w.program("maria_hl", core.ScopeWrite).with("Idempotency-Key", "one-and-only")
		if second := other.post(path, say).want(201); second.Body == first.Body {
			t.Error("another token's key was taken for this one's")
		}
		failing := p.with("Idempotency-Key", "mended-later")
		failing.post(path, object{"body": ""}).want(422)
		failing.post(path, object{"body": "Now it has words."}).want(201)
	})
}

func TestTwinsAtTheSameMomentCreateOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p := w.program("maria_hl", core.ScopeWrite).with("Idempotency-Key", "twins")
		id := w.aThread(p)
		var wait sync.WaitGroup
		made := make(chan string, 16)
		for range cap(made) {
			wait.Go(func() {
				a := p.post("/threads/"+id+"/comments", object{"body": "Twins say this once."})
				if a.Status == 201 {
					made <- a.Body
				} else if a.Status != 409 || !strings.Contains(a.Body, "api.key.running") || a.Header.Get("Retry-After") == "" {
					t.Errorf("a twin gets %d: %s", a.Status, a.Body)
				}
			})
		}
		wait.Wait()
		close(made)
		var first string
		for body := range made {
			if first == "" {
				first = body
			}
			if body != first {
				t.Errorf("twins made %s and %s", first, body)
			}
		}
		if first == "" {
			t.Error("nobody made anything")
		}
	})
}

func TestAReadThatDidNotChangeIsNotSentAgain(t *testing.T) {
	w := open(t)
	p := w.program("maria_hl", core.ScopeWrite)
	path := "/threads/" + w.aThread(p)
	p.get(path).want(200) // from now on it is read
	tag := p.get(path).want(200).Header.Get("ETag")
	if !strings.HasPrefix(tag, `"`) {
		t.Fatalf("the tag is %q", tag)
	}
	if got := p.with("If-None-Match", tag).get(path).want(304); got.Body != "" {
		t.Errorf("an unchanged thread has a body: %.100s", got.Body)
	}
	if got := w.program("dr_ines", core.ScopeRead).get(path).Header.Get("Cache-Control"); !strings.Contains(got, "private") {
		t.Errorf("Cache-Control is %q", got)
	}
}

func TestAListLeadsToItsNextPage(t *testing.T) {
	w := open(t)
	p := w.program("maria_hl", core.ScopeRead)
	type list struct {
		Items []struct{ ID string } `json:"items"`
		Next  string                `json:"next"`
	}
	seen, next := map[string]bool{}, ""
	for range 100 {
		a := p.get("/threads?limit=7&after=" + next).want(200)
		page := into[list](a)
		for _, i := range page.Items {
			if seen[i.ID] {
				t.Fatalf("%s comes twice", i.ID)
			}
			seen[i.ID] = true
		}
		if (page.Next != "") != strings.Contains(a.Header.Get("Link"), `rel="next"`) {
			t.Errorf("next is %q and Link is %q", page.Next, a.Header.Get("Link"))
		}
		if next = page.Next; next == "" {
			break
		}
	}
	if whole := into[list](p.get("/threads?limit=100").want(200)); len(seen) < len(whole.Items) || len(seen) < 20 {
		t.Errorf("%d threads by pages, %d at once", len(seen), len(whole.Items))
	}
}

func TestTooManyCallsAreToldToWait(t *testing.T) {
	w := &world{sitetest.OpenWith(t, func(c *app.Config) { c.APIRate = "20" })}
	p := w.program("maria_hl", core.ScopeWrite)
	first := p.get("/me").want(200).Header
	if first.Get("RateLimit") == "" || !strings.Contains(first.Get("RateLimit-Policy"), "q=20;w=60") {
		t.Errorf("the limits are told as %q, %q", first.Get("RateLimit"), first.Get("RateLimit-Policy"))
	}
	id := w.aThread(p)
	for range 2 {
		p.put("/threads/"+id+"/follow", object{"level": "follow"}).want(204)
	}
	p.put("/threads/"+id+"/follow", object{"level": "follow"}).want(429, "api.too_many", `"code":"too_soon"`)
	for range 16 { // with the first, the list and two changes: 20
		p.get("/me").want(200)
	}
	late := p.get("/me").want(429, "api.too_many")
	if wait, err := strconv.Atoi(late.Header.Get("Retry-After")); err != nil || wait < 1 || wait > 60 {
		t.Errorf("Retry-After is %q", late.Header.Get("Retry-After"))
	}
	w.program("old_oak", core.ScopeRead).get("/me").want(200) // another token has its own
}

package api_test

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"net/http"
	"strings"
	"testing"
	"time"

	"dayroom/internal/notify"
	"dayroom/internal/platform/db"
)

type made struct{ ID, State, Page, Path, Name, Code, Ref string }

type rows struct {
	Items []struct {
		ID, Ref, Slug, Handle, Name, Act string
		Mine                             any
	}
}

// cast is who calls in the walk.
type cast struct {
	*world
	keeper, oak, maria, tomasz *program
}

// Every operation is carried out once as it should be; TestMain then compares what was sent and answered with the document.
func TestEveryOperationDoesWhatItSays(t *testing.T) {
	each(t, everyOperation)
}

func everyOperation(t *testing.T, w *world) {
	c := cast{w, w.program("keeper", everything), w.program("old_oak", everything), w.program("maria_hl", everything), w.program("tomasz_k", everything)}
	for _, walk := range []func(){c.own, c.entries, c.site, c.houses, c.behind, c.office, c.spaces, c.people, c.finding, c.threads, c.posts, c.drafts, c.images, c.care, c.standing} {
		walk()
	}
	mux, met := http.NewServeMux(), map[string]bool{}
	for _, op := range w.API().Operations() {
		mux.HandleFunc(op.Method+" /api/v1"+op.Path, func(http.ResponseWriter, *http.Request) {})
	}
	for _, k := range calls.all {
		if req, err := http.NewRequest(k.Method, k.URL, nil); err == nil && strings.HasPrefix(k.URL, w.URL) && k.Status < 300 {
			_, pattern := mux.Handler(req)
			met[pattern] = true
		}
	}
	for _, op := range w.API().Operations() {
		if !met[op.Method+" /api/v1"+op.Path] {
			t.Errorf("nobody carried out %s (%s %s)", op.ID, op.Method, op.Path)
		}
	}
}

func (c cast) own() {
	c.maria.get("/me").want(200)
	c.maria.get("/me/security").want(200, `"tokens":1`)
	c.maria.put("/me/profile", c.maria.get("/me/profile").want(200).Body).want(204)
	c.maria.get("/me/reading-places").want(200, `"keep":true`)
	c.maria.put("/me/reading-places", object{"keep": true}).want(204)
	c.maria.get("/members/old_oak").want(200, `"handle":"old_oak"`)
	c.maria.put("/me/blocks/tomasz_k", nil).want(204)
	c.maria.get("/me/blocks").want(200, `"handle":"tomasz_k"`)
	c.maria.del("/me/blocks/tomasz_k").want(204)
	code := into[made](c.maria.post("/me/invitations", nil).want(201)).Code
	if code == "" {
		c.Error("an invitation has no code")
	}
	ref := into[rows](c.maria.get("/me/invitations").want(200)).Items[0].Ref
	c.maria.del("/me/invitations/" + ref).want(204)
	c.maria.get("/me/decisions").want(200)
	c.maria.put("/me/notice-settings", c.maria.get("/me/notice-settings").want(200).Body).want(204)
	maria := c.actor("maria_hl").Member
	c.Must(c.DB.Update(context.Background(), func(tx *db.Tx) error {
		return c.Notify.Deliver(tx, notify.Notice{To: maria, Kind: notify.Welcome})
	}))
	notices := into[rows](c.maria.get("/me/notices").want(200)).Items
	c.maria.post("/me/notices/"+notices[0].ID+"/read", nil).want(200, `"page"`)
	c.maria.post("/me/notices/read", nil).want(204)
}

func (c cast) finding() {
	c.maria.get("/search?q=the&limit=2").want(200, `"mark":true`, `"next"`)
	c.maria.get("/search?q=the&order=best&limit=2").want(200, `"items"`)
	c.maria.get("/search?q=kind:nothing").want(200, `"notes"`)
	c.maria.get("/search/suggestions?q=old_o").want(200, "/m/old_oak")
	c.maria.get("/stream?on=t1").want(200, "event: gone") // nothing that may be heard: the stream ends at once
	c.maria.get("/stream").want(422)
	c.maria.get("/stream?on=everything").want(422)
	c.maria.get("/search/similar?title=How+did+others+sleep+after+the+operation").want(200, `"items"`)
}

func (c cast) entries() {
	c.As("tomasz_k")
	signIns := into[rows](c.tomasz.get("/me/sign-ins").want(200)).Items
	c.tomasz.del("/me/sign-ins/" + signIns[0].ID).want(204)
	other := c.program("tomasz_k", everything)
	for _, token := range into[rows](c.tomasz.get("/me/tokens").want(200)).Items {
		if token.Mine == false {
			c.tomasz.del("/me/tokens/" + token.ID).want(204)
		}
	}
	other.get("/me").want(401)
	other = c.program("tomasz_k", everything)
	c.tomasz.del("/me/sign-ins").want(204)
	other.get("/me").want(401)
	c.tomasz.put("/me/handle", object{"handle": "tomasz_the_second"}).want(204)
	c.tomasz.get("/members/tomasz_k").want(200, `"moved_to":"tomasz_the_second"`)
}

func (c cast) site() {
	c.keeper.put("/admin/settings", c.keeper.get("/site").want(200).Body).want(204)
	c.keeper.get("/admin/figures").want(200, `"queue_open"`, `"days"`)
	c.maria.get("/admin/figures").want(403)
	c.maria.get("/texts/privacy").want(200)
	c.keeper.get("/admin/texts/terms?language=en").want(200)
	c.keeper.put("/admin/texts/terms?language=en", object{"body": "Be kind."}).want(204)
	c.maria.get("/texts/terms").want(200, "Be kind.")
	c.keeper.del("/admin/texts/terms?language=en").want(204)
	c.keeper.post("/admin/invitations", object{"uses": 20, "days": 30}).want(201, `"code"`)
	c.keeper.get("/admin/invitations").want(200, `"left":20`, `"handle":"keeper"`)
}

func (c cast) houses() {
	c.keeper.get("/admin/organisations").want(200, "harbour-lights")
	c.keeper.post("/admin/organisations", object{"slug": "green-ward", "name": "Green Ward", "kind": "hospital"}).want(201)
	c.keeper.put("/admin/organisations/green-ward", object{"name": "The Green Ward"}).want(204)
	c.keeper.post("/admin/organisations/green-ward/staff", object{"handle": "maria_hl", "role": "press officer"}).want(204)
	type page struct{ Staff []made }
	staff := into[page](c.maria.get("/organisations/green-ward").want(200, "The Green Ward", "press officer")).Staff
	c.keeper.del("/admin/organisations/green-ward/staff/" + staff[0].ID).want(204)
}

func (c cast) behind() {
	hook := "/admin/webhooks/" + into[made](c.keeper.post("/admin/webhooks", object{"name": "press desk", "url": "https://example.org/in", "kinds": []string{"thread.created"}}).want(201)).ID
	c.keeper.get("/admin/webhooks").want(200, "press desk")
	c.keeper.put(hook, object{"name": "press", "url": "https://example.org/in", "kinds": []string{"thread.created", "comment.created"}}).want(204)
	c.keeper.get(hook).want(200, `"name":"press"`)
	c.keeper.put(hook+"/secret", object{}).want(200, `"secret":"whsec_`)
	note := into[made](c.keeper.post(hook+"/deliveries", object{}).want(201))
	c.keeper.get(hook+"/deliveries").want(200, note.ID, "webhook.test")
	c.keeper.put(hook+"/deliveries/"+note.ID, object{}).want(204)
	c.keeper.put(hook+"/state", object{"state": "off"}).want(204)
	job := into[rows](c.keeper.get("/admin/jobs?state=waiting").want(200, "webhook.deliver")).Items[0].ID
	c.keeper.put("/admin/jobs/"+job+"/state", object{"state": "cancelled"}).want(204)
	c.keeper.del(hook).want(204)
	c.keeper.get("/admin/record?area=webhook").want(200, "webhook.created", "webhook.removed")
	c.maria.get("/admin/record").want(403)
}

func (c cast) office() {
	list := into[rows](c.keeper.get("/admin/members?handle=maria").want(200)).Items
	maria := "/admin/members/" + list[0].ID
	c.keeper.get(maria).want(200, `"handle":"maria_hl"`)
	granted := into[made](c.keeper.post(maria+"/credentials", object{"profession": "Nurse", "country": "PT", "register": "N-123", "expires": time.Now().AddDate(1, 0, 0).UTC().Format(time.RFC3339)}).want(201))
	c.keeper.get(maria+"/credentials").want(200, `"holds":true`)
	c.keeper.get("/admin/credentials/"+granted.ID+"/register").want(200, "N-123")
	c.keeper.get("/admin/credentials?days=400").want(200, granted.ID)
	c.keeper.del("/admin/credentials/" + granted.ID).want(204)
	c.keeper.put("/admin/members/"+c.newMember("made_moderator", "")+"/role", object{"role": "moderator"}).want(204)
	c.keeper.put("/admin/members/"+c.newMember("one_who_waits", "waiting")+"/approval", object{"approved": true}).want(204)
}

func (c cast) spaces() {
	c.keeper.post("/spaces", object{"slug": "night-owls", "kind": "community", "name": "Night owls", "purpose": "For those who are awake.",
		"rules": "Whisper.", "visibility": "members", "joining": "request"}).want(201)
	c.keeper.get("/admin/spaces").want(200, "night-owls")
	c.keeper.get("/spaces/night-owls/asking").want(200)
	c.keeper.post("/spaces/night-owls/stewards", object{"handle": "old_oak"}).want(204)
	c.keeper.post("/spaces/night-owls/stewards", object{"handle": "maria_hl"}).want(204)
	for _, s := range into[rows](c.keeper.get("/spaces/night-owls/stewards").want(200)).Items {
		if s.Handle == "maria_hl" {
			c.keeper.del("/spaces/night-owls/stewards/" + s.ID).want(204)
		}
	}
	c.oak.put("/spaces/night-owls", object{"name": "Night owls", "purpose": "For those who are awake at night.", "rules": "Whisper.", "visibility": "members", "joining": "request"}).want(204)
	c.keeper.put("/spaces/night-owls/archived", object{"archived": true}).want(204)
	c.keeper.put("/spaces/night-owls/archived", object{"archived": false}).want(204)
	c.maria.get("/spaces").want(200, "heart-to-heart")
	c.maria.get("/spaces/night-owls").want(200, "awake at night")
}

func (c cast) people() {
	type about struct {
		Rules string `json:"rules_mark"`
	}
	mark := into[about](c.tomasz.get("/spaces/night-owls").want(200)).Rules
	c.tomasz.post("/spaces/night-owls/join", object{"rules": mark, "message": "I cannot sleep."}).want(200, "asked")
	tomasz := into[rows](c.oak.get("/spaces/night-owls/members?group=asked").want(200, "I cannot sleep.")).Items[0].ID
	c.oak.put("/spaces/night-owls/members/"+tomasz, object{"accept": true}).want(204)
	c.tomasz.post("/spaces/night-owls/rules", object{"rules": mark}).want(204)
	c.tomasz.post("/spaces/night-owls/leave", nil).want(204)
	c.oak.post("/spaces/night-owls/invitations", object{"handle": "tomasz_the_second"}).want(204)
	c.oak.del("/spaces/night-owls/members/" + tomasz).want(204)
	c.oak.put("/spaces/heart-to-heart/greeter", object{"willing": true}).want(204)
}

func (c cast) threads() {
	poll := object{"question": "Which one?", "options": []string{"The first", "The second"}, "days": 3}
	t := into[made](c.maria.post("/threads", object{"space": "heart-to-heart", "kind": "question", "title": "A walk through everything", "body": "Step by step.",
		"tags": []string{"Walks"}, "poll": poll}).want(201)).ID
	c.maria.get("/threads?space=heart-to-heart&tag=walks").want(200, t)
	c.oak.put("/threads/"+t+"/vote", object{"choice": 1}).want(204)
	c.oak.put("/threads/"+t+"/follow", object{"level": "follow"}).want(204)
	tag := c.maria.get("/threads/"+t).want(200, `"votes":[0,1]`).Header.Get("ETag")
	change := object{"title": "A walk through all of it", "body": "Step by step, again.", "tags": []string{"walks"}}
	c.maria.put("/threads/"+t, change).want(428, "api.if_match")
	c.maria.with("If-Match", tag).put("/threads/"+t, change).want(204)
	c.maria.with("If-Match", tag).put("/threads/"+t, change).want(412, "api.stale", `"code":"conflict"`)
	c.oak.put("/threads/"+t+"/closed", object{"closed": true}).want(204)
	c.oak.put("/threads/"+t+"/closed", object{"closed": false}).want(204)
	c.oak.put("/threads/"+t+"/pinned", object{"pinned": true}).want(204)
	to := into[rows](c.keeper.get("/threads/" + t + "/destinations").want(200)).Items
	c.keeper.post("/threads/"+t+"/move", object{"space": to[0].ID}).want(204)
	c.maria.get("/threads/"+t).want(200, to[0].Slug)
}

func (c cast) posts() {
	t := into[made](c.maria.post("/threads", object{"space": "heart-to-heart", "kind": "question", "title": "What helps at night?", "body": "I wake at three."}).want(201)).ID
	k := into[made](c.oak.post("/threads/"+t+"/comments", object{"body": "Warm milk."}).want(201)).ID
	answer := c.oak.get("/posts/"+k).want(200, "Warm milk.")
	c.oak.with("If-Match", answer.Header.Get("ETag")).put("/comments/"+k, object{"body": "Warm milk, slowly."}).want(204)
	c.oak.with("If-Match", answer.Header.Get("ETag")).put("/threads/"+k, object{"title": "None of these", "body": "A comment is no thread."}).want(404)
	c.maria.get("/posts/"+k+"/versions").want(200, "Warm milk.")
	c.oak.del("/posts/"+k+"/versions/1").want(422, "queue.reason.needed")
	c.oak.del("/posts/" + k + "/versions/1?reason=This+named+somebody.").want(204)
	c.maria.get("/posts/"+k+"/versions").want(200, `"redacted":true`)
	c.maria.put("/posts/"+k+"/reactions/thanks", nil).want(204)
	c.maria.get("/posts/"+k).want(200, `"mine":["thanks"]`)
	c.maria.del("/posts/" + k + "/reactions/thanks").want(204)
	c.maria.put("/posts/"+k+"/helped", object{"helped": true}).want(204)
	c.maria.put("/posts/"+k+"/bookmark", object{"bookmarked": true}).want(204)
	c.maria.get("/me/bookmarks").want(200, "Warm milk, slowly.")
	c.oak.del("/posts/" + k).want(204)
	c.oak.get("/posts/" + k).want(404)
}

func (c cast) drafts() {
	const name = "a-draft-of-a-program-1"
	c.maria.put("/me/drafts/"+name, object{"title": "Half a thought", "body": "It begins"}).want(204)
	c.maria.get("/me/drafts").want(200, "Half a thought")
	c.maria.del("/me/drafts/" + name).want(204)
	c.maria.post("/preview", object{"body": "*so*"}).want(200, `<em>so</em>`)
}

func (c cast) images() {
	var picture bytes.Buffer
	c.Must(png.Encode(&picture, image.NewRGBA(image.Rect(0, 0, 40, 30))))
	c.maria.with("Content-Type", "application/octet-stream").post("/images", picture.Bytes()).want(422, `"alt"`)
	img := into[made](c.maria.with("Content-Type", "application/octet-stream").post("/images?alt=Nothing+but+black", picture.Bytes()).want(201, `"width":40`))
	c.maria.with("Content-Type", "application/octet-stream").post("/images?alt=None", "no picture").want(422, `"body"`)
	got := c.maria.get("/images/" + img.ID + "/" + img.Name).want(200)
	if !strings.HasPrefix(got.Header.Get("Content-Type"), "image/") {
		c.Errorf("a picture is %q", got.Header.Get("Content-Type"))
	}
	c.oak.get("/images/" + img.ID + "/" + img.Name).want(404)
}

func (c cast) care() {
	t := into[made](c.maria.post("/threads", object{"space": "heart-to-heart", "kind": "question", "title": "Something to look at", "body": "Buy my wonder pills."}).want(201)).ID
	c.tomasz.post("/posts/"+t+"/reports", object{"reason": "selling", "note": "Pills."}).want(204)
	c.oak.get("/queue/places").want(200)
	var item string
	type list struct{ Items []struct{ ID, Post string } }
	for _, i := range into[list](c.oak.get("/queue?kind=report").want(200)).Items {
		if i.Post == t {
			item = i.ID
		}
	}
	c.oak.get("/queue/"+item).want(200, "wonder pills", "Pills.", `"reason":"selling"`)
	decided := into[made](c.oak.post("/queue/"+item+"/decisions", object{"act": "hide", "reason": "We do not sell here.", "seen": 1}).want(201)).ID
	c.keeper.post("/queue/"+item+"/decisions", object{"act": "dismiss", "reason": "It is fine."}).want(409, "queue.conflict.hide")
	c.maria.get("/me/decisions").want(200, "We do not sell here.", `"act":"hide"`)
	c.oak.get("/spaces/heart-to-heart/decisions").want(200, decided)
	c.keeper.get("/admin/decisions").want(200, decided)
	c.oak.post("/decisions/"+decided+"/undo", nil).want(204)
	c.oak.post("/posts/"+t+"/decisions", object{"act": "warn", "reason": "Please do not sell."}).want(201)
}

func (c cast) standing() {
	c.newMember("somebody_loud", "")
	c.keeper.get("/members/somebody_loud/file").want(200, `"restrict"`)
	c.keeper.post("/members/somebody_loud/decisions", object{"act": "restrict", "reason": "Please rest for a week.",
		"until": time.Now().Add(7 * 24 * time.Hour).UTC().Format(time.RFC3339)}).want(201)
	c.keeper.get("/members/somebody_loud/file").want(200, `"standing":"restricted"`, "Please rest")
}

package api

import (
	"time"

	"dayroom/internal/core"
	"dayroom/internal/policy"
	"dayroom/internal/webhook"
)

// Webhook is where notes go when something happens.
type Webhook struct {
	ID core.ID `json:"id" doc:"The webhook."`
	WebhookWriting
	State   string    `json:"state" enum:"on,off" doc:"Whether anything is sent."`
	Why     string    `json:"why,omitempty" enum:"failing,gone,restored" doc:"Why it was switched off by itself."`
	Failing time.Time `json:"failing_since,omitzero" doc:"Since when nothing is taken; absent while notes are taken."`
	Created time.Time `json:"created" doc:"When it was made."`
}

// WebhookWriting is what an admin writes about one.
type WebhookWriting struct {
	Name  string   `json:"name" doc:"What it is for; 2 to 60 characters." example:"press desk"`
	URL   string   `json:"url" doc:"Where notes are sent: HTTPS, on the public web, or a host that the operator vouches for." example:"https://example.org/in"`
	Kinds []string `json:"kinds" enum:"thread.created,comment.created,post.edited,post.deleted,post.state_set,thread.changed,space.created,space.changed,space.archived,space.reopened,queue.reported,queue.decided,member.joined,member.approved,credential.granted,credential.revoked" doc:"What is told." example:"[\"thread.created\"]"`
	Space core.ID  `json:"space,omitzero" doc:"Only what happens in this space; absent: everywhere."`
}

// Delivery is a note and how it fared.
type Delivery struct {
	ID      core.ID   `json:"id" doc:"The note. The receiver sees it as webhook-id, with msg_ in front."`
	Kind    string    `json:"kind" doc:"What was told." example:"thread.created"`
	Body    string    `json:"body" doc:"What is sent, word for word."`
	State   string    `json:"state" enum:"waiting,delivered,failed" doc:"Where it stands."`
	Attempt int       `json:"attempts" doc:"How often it was tried."`
	Next    time.Time `json:"next,omitzero" doc:"When it is tried next, while it waits."`
	Status  int       `json:"status,omitempty" doc:"The answer to the last attempt; absent: there was none."`
	Why     string    `json:"why,omitempty" doc:"Where there was no answer: refused, no_host, too_slow, certificate, no_connection or key."`
	Created time.Time `json:"created" doc:"When it happened."`
}

// AtWebhook is an address with a webhook in it.
type AtWebhook struct {
	Hook ref `path:"hook" doc:"The webhook."`
}

type newWebhook struct{ Body WebhookWriting }

type webhookChange struct {
	AtWebhook
	Body WebhookWriting
}

type webhookSwitch struct {
	AtWebhook
	Body struct {
		State string `json:"state" enum:"on,off" doc:"Whether anything is sent."`
	}
}

type webhookLog struct {
	AtWebhook
	Paging
}

type atDelivery struct {
	AtWebhook
	Delivery ref `path:"delivery" doc:"The note."`
}

// Secret is what notes are signed with.
type Secret struct {
	Secret string `json:"secret" doc:"As Standard Webhooks write it. It is not told again." example:"whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"`
}

func (w WebhookWriting) input() webhook.Input {
	return webhook.Input{Name: line(w.Name), URL: line(w.URL), Kinds: w.Kinds, Space: w.Space}
}

func showWebhook(h webhook.Hook) Webhook {
	return Webhook{h.ID, WebhookWriting{h.Name, h.URL, h.Kinds, h.Space}, string(h.State), h.Why, h.FailingSince, h.Created}
}

func showDelivery(d webhook.Delivery) Delivery {
	out := Delivery{ID: d.ID, Kind: d.Kind, Body: d.Body, State: string(d.State), Attempt: d.Attempt, Status: d.Status, Why: d.Why, Created: d.Created}
	if d.State == webhook.Waiting {
		out.Next = d.Next
	}
	return out
}

func (a *API) hooks() {
	const at = "/admin/webhooks"
	op := func(id, method, path, summary, description string, does ...string) Op {
		return Op{ID: id, Method: method, Path: path, Door: policy.ForAdmin, Tag: "office", Summary: summary, Description: description, Does: does}
	}
	add(a, op("list-webhooks", "GET", at, "Webhooks", "The oldest first.", "GET /admin/webhooks"),
		func(c Call, _ *struct{}) (*given[listOf[Webhook]], error) {
			rows, err := a.Webhooks.List(c.Ctx(), c.Actor)
			return whole(rows, showWebhook, err)
		})
	create := op("create-webhook", "POST", at, "Make a webhook", "It is on. Ask for a new secret to learn what its notes are signed with.", "POST /admin/webhooks")
	create.Status, create.Once = 201, true
	add(a, create, func(c Call, in *newWebhook) (*given[Made], error) {
		h, _, err := a.Webhooks.Create(c.Ctx(), c.Actor, in.Body.input())
		return give(Made{ID: h.ID, Page: "/admin/webhooks/" + h.ID.String()}, err)
	})
	add(a, op("read-webhook", "GET", at+"/{hook}", "A webhook", "Never its secret.", "GET /admin/webhooks/{hook}"),
		func(c Call, in *AtWebhook) (*given[Webhook], error) {
			h, err := a.Webhooks.Read(c.Ctx(), c.Actor, in.Hook.ID)
			return give(showWebhook(h), err)
		})
	add(a, op("change-webhook", "PUT", at+"/{hook}", "Change a webhook", "All of what is written about it.", "POST /admin/webhooks/{hook}"),
		func(c Call, in *webhookChange) (*none, error) {
			return nil, a.Webhooks.Change(c.Ctx(), c.Actor, in.Hook.ID, in.Body.input())
		})
	add(a, op("switch-webhook", "PUT", at+"/{hook}/state", "Switch a webhook on or off", "While it is off, nothing is noted for it.", "POST /admin/webhooks/{hook}/switch"),
		func(c Call, in *webhookSwitch) (*none, error) {
			return nil, a.Webhooks.Switch(c.Ctx(), c.Actor, in.Hook.ID, webhook.State(in.Body.State))
		})
	add(a, op("remove-webhook", "DELETE", at+"/{hook}", "Remove a webhook", "And its log.", "POST /admin/webhooks/{hook}/remove"),
		func(c Call, in *AtWebhook) (*none, error) {
			return nil, a.Webhooks.Remove(c.Ctx(), c.Actor, in.Hook.ID)
		})
	a.hookNotes(at, op)
}

// hookNotes are the operations about what is sent.
func (a *API) hookNotes(at string, op func(id, method, path, summary, description string, does ...string) Op) {
	add(a, op("renew-webhook-secret", "PUT", at+"/{hook}/secret", "Give a webhook a new secret", "For a day, notes are signed with the one before too.", "POST /admin/webhooks/{hook}/secret"),
		func(c Call, in *AtWebhook) (*given[Secret], error) {
			secret, err := a.Webhooks.Rotate(c.Ctx(), c.Actor, in.Hook.ID)
			return give(Secret{secret}, err)
		})
	add(a, op("list-webhook-deliveries", "GET", at+"/{hook}/deliveries", "What a webhook was told", "Newest first, of 30 days."),
		func(c Call, in *webhookLog) (*given[listOf[Delivery]], error) {
			page, err := in.page()
			if err != nil {
				return nil, err
			}
			rows, err := a.Webhooks.Log(c.Ctx(), c.Actor, in.Hook.ID, page)
			return listed(rows, showDelivery, err)
		})
	test := op("test-webhook", "POST", at+"/{hook}/deliveries", "Send a webhook a test", "A note that tells of nothing.", "POST /admin/webhooks/{hook}/test")
	test.Status, test.Once = 201, true
	add(a, test, func(c Call, in *AtWebhook) (*given[Made], error) {
		id, err := a.Webhooks.Test(c.Ctx(), c.Actor, in.Hook.ID)
		return give(Made{ID: id, Page: "/admin/webhooks/" + in.Hook.String()}, err)
	})
	add(a, op("resend-webhook-delivery", "PUT", at+"/{hook}/deliveries/{delivery}", "Send a note again", "Under the id that it had.", "POST /admin/webhooks/{hook}/resend"),
		func(c Call, in *atDelivery) (*none, error) {
			return nil, a.Webhooks.Resend(c.Ctx(), c.Actor, in.Hook.ID, in.Delivery.ID)
		})
}

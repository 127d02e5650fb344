// Package api is the edge for programs: what people do in the pages, as JSON under /api/v1, described by OpenAPI 3.1 at
// /api/v1/openapi.json.
//
// An operation goes through the same door, the same service and the same transaction as the page that does the same; nothing is
// decided here. A program comes with a personal token (Authorization: Bearer dayroom_…) that its member made at /me/tokens; cookies do
// not count, so no browser can be led to send anything. What goes wrong is told as application/problem+json (RFC 9457), with the key
// and the fields that a page would show, and the sentence in the language that was asked for.
//
// # How to add an operation
//
// Write a file named by object and verb, or add to the one of the object. Declare what comes in and what goes out as structs, and
// add the operation to the object's list, which New gathers:
//
//	type pinInput struct {
//		Thread ref `path:"thread" doc:"The thread."`
//		Body   struct {
//			Pinned bool `json:"pinned" doc:"Whether it stands on top of its space."`
//		}
//	}
//
//	func (a *API) pins() {
//		add(a, Op{
//			ID: "pin-thread", Method: "POST", Path: "/threads/{thread}/pin", Door: policy.ForSteward, Tag: "threads",
//			Summary: "Pin a thread", Description: "…", Does: []string{"POST /t/{id}/pin"},
//		}, func(c Call, in *pinInput) (*none, error) {
//			return nil, a.Threads.Pin(c.Ctx(), c.Actor, in.Thread.ID, in.Body.Pinned)
//		})
//	}
//
// What follows by itself: the route in the golden file (go test ./internal/sitetest -run Routes -update), the scope that a token needs
// (GET reads, everything else writes; a steward's or moderator's door asks for moderate, an admin's for admin), the limits on requests,
// refusal of fields that nobody declared, the entry in the OpenAPI document, the ETag of a read. What is left to do:
//
//   - Does names the page routes that it does the work of. A test goes through all pages and wants each to be done by an operation or
//     to stand, with a reason, among the exceptions in parity_test.go.
//   - An operation that creates something sets Once and gives a Made: its answer is kept for 24 hours under the Idempotency-Key, so it
//     holds ids and states and no member's words. The kernel claims the key in the first db.Update that the service makes.
//   - A list embeds Paging, gives a listOf with next as the cursor of the next page; the kernel writes the Link header.
//   - A path with a name in it is told to the canary crawl: choicesOfPrograms in internal/sitetest/address.go.
//   - It is carried out once in every_test.go, where what is sent and answered is compared with the document from outside.
//   - What a page asks the password or a passkey for once more is no operation: a token must not be a way to outlive its own end.
//   - A change of what has versions embeds Guarded and answers 428 and 412; what sets something is PUT and can be sent twice.
//   - Every field has a doc; limits that a service checks are told in the doc and left to the service, whose sentence a person knows
//     from the page. Enumerations are the enum tag.
//   - Fields with ids are core.ID in a body, which is a string in JSON, and ref in a path or a query; times are time.Time, RFC 3339.
package api

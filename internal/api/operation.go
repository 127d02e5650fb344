package api

import (
	"context"
	"net/http"

	"dayroom/internal/core"
	"dayroom/internal/policy"
	"dayroom/internal/web/shell"

	"github.com/danielgtaylor/huma/v2"
)

// Op is what is said of an operation beside what goes in and out.
type Op struct {
	ID          string // for the names that client generators make: "read-thread"
	Method      string
	Path        string // behind Prefix
	Door        policy.Access
	Tag         string // the object
	Summary     string
	Description string
	Does        []string // routes of pages whose work it does: "POST /t/{id}/edit"
	Status      int      // of success; zero: 200, or 204 where nothing is given
	Once        bool     // takes an Idempotency-Key; what it gives may be kept for a day
	Body        int64    // the most that may be sent, in bytes; zero: shell.DefaultBody
	Gives       string   // the media type of what is given, where it is no JSON
	Refusals    []int    // statuses of errors, beside those that every operation has
}

func doorOf(op Op) policy.Access {
	if op.Door == "" {
		return policy.ForPublic
	}
	return op.Door
}

// Scope is what a token needs for the operation. It follows from the method and the door, so that it cannot be forgotten.
func (op Op) Scope() core.Scopes {
	switch op.Door {
	case policy.ForAdmin:
		return core.ScopeAdmin
	case policy.ForSteward, policy.ForModerator:
		return core.ScopeModerate
	}
	if op.Method == http.MethodGet || op.Method == "" {
		return core.ScopeRead
	}
	return core.ScopeWrite
}

// Call is one call of an operation, as its function sees it.
type Call struct {
	*shell.Call
	x *exchange
}

// Ctx is the context to call services with: a claimed Idempotency-Key goes along in it.
func (c Call) Ctx() context.Context { return c.x.ctx }

// ref is an id in an address or a query, where it comes as text. A broken one leads nowhere.
type ref struct{ core.ID }

// none is the answer of an operation that has nothing to give.
type none struct{}

// given is an answer with a body.
type given[T any] struct{ Body T }

func give[T any](v T, err error) (*given[T], error) {
	if err != nil {
		return nil, err
	}
	return &given[T]{v}, nil
}

// Made is the answer to a creation: ids and states, no words, because it is kept for a day where an Idempotency-Key was sent.
type Made struct {
	ID    core.ID `json:"id" doc:"What was made."`
	State string  `json:"state,omitempty" doc:"open, or held until somebody has read it." example:"open"`
	Page  string  `json:"page,omitempty" doc:"Where people read it, within the site." example:"/c/217834971234304001"`
}

// Paging is what every list takes. What is embedded in inputs and bodies has to be exported: huma passes over the rest.
type Paging struct {
	After string `query:"after" doc:"The cursor that the page before gave as next; empty for the first page." example:"AAABlQ3vGgAC4h_nJ8BgAQ"`
	Limit int    `query:"limit" minimum:"1" maximum:"100" default:"30" doc:"How many items at most."`
}

func (p Paging) page() (core.Page, error) {
	after, err := core.ParseCursor(p.After)
	return core.Page{After: after, Limit: p.Limit}, err
}

// listOf is a page of a list. Next is absent on the last page.
type listOf[T any] struct {
	Items []T    `json:"items" doc:"In the list's own order."`
	Next  string `json:"next,omitempty" doc:"The cursor of the next page; absent on the last. The Link header has the whole address."`
}

// nextCursor lets the kernel write the Link header.
func (l listOf[T]) nextCursor() string { return l.Next }

// listed makes a page of a list out of what a service gave.
func listed[T, J any](rows core.List[T], show func(T) J, err error) (*given[listOf[J]], error) {
	if err != nil {
		return nil, err
	}
	return &given[listOf[J]]{listOf[J]{Items: each(rows.Items, show), Next: rows.Next.String()}}, nil
}

// whole makes a list that has one page only.
func whole[T, J any](rows []T, show func(T) J, err error) (*given[listOf[J]], error) {
	return listed(core.List[T]{Items: rows}, show, err)
}

// add makes an operation of a function.
func add[I, O any](a *API, op Op, act func(c Call, in *I) (*O, error)) {
	a.ops = append(a.ops, op)
	huma.Register(a.huma, a.described(op), func(ctx context.Context, in *I) (*O, error) {
		x := exchangeIn(ctx)
		out, err := act(Call{x.call, x}, in)
		if err != nil {
			x.err = err
			return nil, errFailed
		}
		if out == nil {
			out = new(O)
		}
		return out, nil
	})
}

package api

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"

	"dayroom/internal/policy"
	"dayroom/internal/web/shell"

	"github.com/danielgtaylor/huma/v2"
)

// book is the huma.API: it describes operations, reads what comes in by their types, and hands what is wrong to the exchange, which
// answers in the manner of the house.
type book struct {
	huma.API
	config huma.Config
}

// Config is asked for by huma.
func (b *book) Config() huma.Config { return b.config }

// Transform sees every body before it is written: an error of huma's goes to the exchange instead, a page of a list tells its next.
func (b *book) Transform(ctx huma.Context, _ string, v any) (any, error) {
	x := exchangeIn(ctx.Context())
	switch v := v.(type) {
	case *huma.ErrorModel:
		if x.err == nil {
			x.err = refused(v)
		}
	case interface{ nextCursor() string }:
		x.next = v.nextCursor()
	case interface{ kept() any }:
		x.kept = v.kept()
	}
	return v, nil
}

// newBook makes the book for an API.
func newBook(a *API) huma.API {
	huma.ValidateStrictCasing = true  // "Title" is no declared field where "title" is
	huma.DefaultArrayNullable = false // our lists are never null
	registry := huma.NewMapRegistry("#/components/schemas/", schemaName)
	config := huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI:    "3.1.0",
			Info:       info(a.Version),
			Servers:    []*huma.Server{{URL: Prefix}},
			Components: &huma.Components{Schemas: registry, SecuritySchemes: security()},
		},
		Formats:                      map[string]huma.Format{"application/json": plainJSON, "json": plainJSON},
		DefaultFormat:                "application/json",
		RejectUnknownQueryParameters: true,
	}
	b := &book{config: config}
	b.API = huma.NewAPI(config, adapter{a})
	return b
}

// plainJSON reads and writes JSON. What knows how to write itself does, because a thread with fifty comments goes out often.
var plainJSON = huma.Format{
	Marshal: func(w io.Writer, v any) error {
		if self, ok := v.(interface{ appendJSON([]byte) []byte }); ok {
			_, err := w.Write(self.appendJSON(make([]byte, 0, 64<<10)))
			return err
		}
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		return enc.Encode(v)
	},
	Unmarshal: func(data []byte, v any) error {
		if !utf8.Valid(data) {
			return errors.New(badText)
		}
		if err := json.Unmarshal(data, v); err != nil {
			return err
		}
		if tree, ok := v.(*any); ok && !isText(*tree) {
			return errors.New(badText)
		}
		return nil
	},
}

// isText tells whether every string of a tree can be stored and shown: no NUL, and nothing that stood for half a character.
func isText(v any) bool {
	switch v := v.(type) {
	case string:
		return !strings.ContainsAny(v, "\x00\ufffd")
	case []any:
		for _, e := range v {
			if !isText(e) {
				return false
			}
		}
	case map[string]any:
		for name, e := range v {
			if !isText(name) || !isText(e) {
				return false
			}
		}
	}
	return true
}

// adapter makes routes of the site out of operations.
type adapter struct{ api *API }

// ServeHTTP is never called: the site's mux serves.
func (adapter) ServeHTTP(w http.ResponseWriter, r *http.Request) { http.NotFound(w, r) }

// Handle is called by huma for each operation.
func (d adapter) Handle(described *huma.Operation, run func(huma.Context)) {
	a, op := d.api, d.api.ops[len(d.api.ops)-1]
	a.routes = append(a.routes, shell.Route{
		Method: op.Method, Path: Prefix + op.Path, Access: doorOf(op), Body: op.Body, Manner: &manner{a, op}, Moment: op.Method == http.MethodGet,
		Handle: func(c *shell.Call) error {
			act := func(x *exchange) { run(x) }
			if op.Once && c.Actor.Token != 0 {
				return a.once(c, op, described, act)
			}
			x := newExchange(c, described, c.Ctx())
			act(x)
			return x.finish()
		},
	})
}

// described is an operation as the document has it.
func (a *API) described(op Op) huma.Operation {
	body := op.Body
	if body == 0 {
		body = shell.DefaultBody
	}
	d := huma.Operation{
		OperationID: op.ID, Method: op.Method, Path: op.Path, Tags: []string{op.Tag}, Summary: op.Summary, Description: describe(op),
		DefaultStatus: op.Status, MaxBodyBytes: body, BodyReadTimeout: -1, // the server's own deadline holds
		Responses: map[string]*huma.Response{}, RejectUnknownQueryParameters: true,
	}
	if doorOf(op) != policy.ForPublic {
		d.Security = []map[string][]string{{tokenScheme: {}}}
	} else {
		d.Security = []map[string][]string{{}, {tokenScheme: {}}}
	}
	for _, status := range refusalsOf(op) {
		d.Responses[strconv.Itoa(status)] = a.problemResponse(status)
	}
	if op.Method == http.MethodGet {
		d.Parameters = append(d.Parameters, ifNoneMatch)
		d.Responses["304"] = &huma.Response{Description: "What the tag names has not changed."}
		d.Responses["200"] = &huma.Response{Description: "OK", Headers: readHeaders}
	}
	if op.Gives != "" {
		d.Responses["200"].Content = map[string]*huma.MediaType{op.Gives: {Schema: &huma.Schema{Type: "string", Format: "binary"}}}
	}
	if op.Once {
		d.Parameters = append(d.Parameters, idempotencyKey)
	}
	return d
}

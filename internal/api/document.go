package api

import (
	"encoding/json"
	"net/http"
	"reflect"
	"strings"
	"unicode"

	"dayroom/internal/core"
	"dayroom/internal/policy"
	"dayroom/internal/web/shell"

	"github.com/danielgtaylor/huma/v2"
)

// tokenScheme is the name of the one way to say who one is.
const tokenScheme = "token"

func info(version string) *huma.Info {
	return &huma.Info{
		Title: "Dayroom", Version: version,
		Description: `A health community server: communities, rounds and channels, and the talk in them.

Everything that people do in the pages, except setting the site up and signing in. Make a personal token at /me/tokens and send it as
"Authorization: Bearer dayroom_…". A token never may more than its member may at that moment; it ends by itself, and at once when its
member's way of signing in changes.

Errors are application/problem+json with a key that does not change with the language. Lists are read page by page: follow next. Reads
have an ETag. Creations take an Idempotency-Key. RateLimit says how many calls are left. Ids are strings, times are RFC 3339 in UTC.`,
		License: &huma.License{Name: "AGPL-3.0-or-later", Identifier: "AGPL-3.0-or-later"},
	}
}

func security() map[string]*huma.SecurityScheme {
	return map[string]*huma.SecurityScheme{tokenScheme: {
		Type: "http", Scheme: "bearer", Description: "A personal token, made at /me/tokens.",
	}}
}

// schemaName is the name of a type in the document: its own, with what it is a list of.
func schemaName(t reflect.Type, hint string) string {
	name := huma.DefaultSchemaNamer(t, hint)
	if r := []rune(name); len(r) > 0 {
		r[0] = unicode.ToUpper(r[0])
		name = string(r)
	}
	return strings.ReplaceAll(name, "_", "")
}

// describe adds to an operation's description what a token needs.
func describe(op Op) string {
	text := strings.TrimSpace(op.Description)
	door := map[policy.Access]string{
		policy.ForPublic: "Open to everybody, as far as the pages are.", policy.ForMember: "For members.", policy.ForVerified: "For holders of a credential.",
		policy.ForStaff: "For staff of an organisation.", policy.ForSteward: "For those who look after the space.",
		policy.ForModerator: "For moderators.", policy.ForAdmin: "For admins.",
	}[doorOf(op)]
	return text + "\n\n" + door + " A token needs the scope " + scopeName(op.Scope()) + "."
}

// refusalsOf lists the statuses with which an operation may be refused.
func refusalsOf(op Op) []int {
	out := []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusUnprocessableEntity, http.StatusTooManyRequests,
		http.StatusInternalServerError, http.StatusServiceUnavailable}
	if strings.Contains(op.Path, "{") {
		out = append(out, http.StatusNotFound)
	}
	if op.changes() {
		out = append(out, http.StatusConflict, http.StatusRequestEntityTooLarge)
	}
	return append(out, op.Refusals...)
}

func (a *API) problemResponse(status int) *huma.Response {
	schema := a.huma.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[Problem](), true, "Problem")
	r := &huma.Response{
		Description: http.StatusText(status),
		Content:     map[string]*huma.MediaType{"application/problem+json": {Schema: schema}},
	}
	if status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable {
		r.Headers = map[string]*huma.Param{"Retry-After": {Schema: &huma.Schema{Type: "integer"}, Description: "Seconds to wait."}, "RateLimit": rateLimit}
	}
	return r
}

var idempotencyKey = &huma.Param{
	Name: "Idempotency-Key", In: "header", Schema: &huma.Schema{Type: "string"}, Example: "9f2c1a4e-2f0b-4f6d-9a51-0f6b1f1c7d10",
	Description: "Any word that is new for what is sent: the same call under the same key within 24 hours creates nothing and gets the first answer.",
}

var ifNoneMatch = &huma.Param{
	Name: "If-None-Match", In: "header", Schema: &huma.Schema{Type: "string"}, Example: `"3.VnPp1tWkQ0u9yXQ6mJ7c1A"`,
	Description: "The ETag of an earlier read: where nothing has changed, the answer is 304 without a body.",
}

// rateLimit is in every answer, where calls are bounded (draft-ietf-httpapi-ratelimit-headers).
var rateLimit = &huma.Param{Schema: &huma.Schema{Type: "string"},
	Description: `How many calls and changes are left (r), and in how many seconds there are all of them again (t): "calls";r=599;t=60, "changes";r=60;t=60. RateLimit-Policy says how many there are (q) in how long (w).`}

// readHeaders are those of every read.
var readHeaders = map[string]*huma.Param{
	"ETag":      {Description: "Names what was read, for If-None-Match and If-Match.", Schema: &huma.Schema{Type: "string"}},
	"RateLimit": rateLimit,
	"Link":      {Description: "Of a list: the address of the next page, rel=next.", Schema: &huma.Schema{Type: "string"}},
}

// document adds the address of the document itself.
func (a *API) document() {
	op := Op{ID: "read-openapi", Method: http.MethodGet, Path: "/openapi.json", Door: policy.ForPublic}
	a.routes = append(a.routes, shell.Route{
		Method: op.Method, Path: Prefix + op.Path, Access: op.Door, Manner: &manner{a, op}, BeforeSetUp: true,
		Handle: func(c *shell.Call) error {
			x := newExchange(c, nil, c.Ctx())
			text, err := a.Document()
			if err != nil {
				return err
			}
			x.status = http.StatusOK
			x.out.Write(text)
			c.W.Header().Set("Content-Type", "application/openapi+json")
			return x.finish()
		},
	})
}

// Document gives the OpenAPI document as JSON.
func (a *API) Document() ([]byte, error) {
	whole := a.huma.OpenAPI()
	schemas := whole.Components.Schemas.Map()
	for _, unused := range []string{"ErrorModel", "ErrorDetail"} { // huma's own, which never leave the house
		delete(schemas, unused)
	}
	text, err := json.MarshalIndent(whole, "", "  ")
	if err != nil {
		return nil, core.E(core.Internal, "error.internal").Because(err)
	}
	return append(text, '\n'), nil
}

package api

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"time"

	"dayroom/internal/web/shell"

	"github.com/danielgtaylor/huma/v2"
)

// exchange is a call as huma sees it. What it writes is held until all of it is there: then come the tag and the compression.
type exchange struct {
	call    *shell.Call
	op      *huma.Operation
	ctx     context.Context
	status  int
	out     bytes.Buffer
	err     error // what went wrong; then out is not sent
	next    string
	kept    any   // what is kept for repeated requests, where that is not the answer itself
	sent    bool  // the operation has answered by itself
	version int64 // of what is given, for its ETag; zero: it has none
}

type exchangeKey struct{}

// errFailed tells huma that the exchange has the error.
var errFailed = errors.New("see the exchange")

func exchangeIn(ctx context.Context) *exchange { return ctx.Value(exchangeKey{}).(*exchange) }

func newExchange(c *shell.Call, op *huma.Operation, ctx context.Context) *exchange {
	x := &exchange{call: c, op: op}
	x.ctx = context.WithValue(ctx, exchangeKey{}, x)
	return x
}

// The methods of huma.Context.

func (x *exchange) Operation() *huma.Operation   { return x.op }
func (x *exchange) Context() context.Context     { return x.ctx }
func (x *exchange) TLS() *tls.ConnectionState    { return x.call.R.TLS }
func (x *exchange) Method() string               { return x.call.R.Method }
func (x *exchange) Host() string                 { return x.call.R.Host }
func (x *exchange) RemoteAddr() string           { return "" } // nobody's business here
func (x *exchange) URL() url.URL                 { return *x.call.R.URL }
func (x *exchange) Param(name string) string     { return x.call.R.PathValue(name) }
func (x *exchange) Query(name string) string     { return x.call.R.URL.Query().Get(name) }
func (x *exchange) Header(name string) string    { return x.call.R.Header.Get(name) }
func (x *exchange) BodyReader() io.Reader        { return x.call.R.Body }
func (x *exchange) SetStatus(code int)           { x.status = code }
func (x *exchange) Status() int                  { return x.status }
func (x *exchange) SetHeader(name, value string) { x.call.W.Header().Set(name, value) }
func (x *exchange) BodyWriter() io.Writer        { return &x.out }

func (x *exchange) AppendHeader(name, value string) { x.call.W.Header().Add(name, value) }

func (x *exchange) SetReadDeadline(t time.Time) error {
	return http.NewResponseController(x.call.W).SetReadDeadline(t)
}

func (x *exchange) EachHeader(cb func(name, value string)) {
	for name, values := range x.call.R.Header {
		for _, v := range values {
			cb(name, v)
		}
	}
}

func (x *exchange) GetMultipartForm() (*multipart.Form, error) {
	return nil, errors.New("no operation takes a form")
}

func (x *exchange) Version() huma.ProtoVersion {
	return huma.ProtoVersion{Proto: x.call.R.Proto, ProtoMajor: x.call.R.ProtoMajor, ProtoMinor: x.call.R.ProtoMinor}
}

// finish sends the answer, or gives what went wrong.
func (x *exchange) finish() error {
	if x.err != nil {
		return x.err
	}
	if x.sent {
		return nil
	}
	h := x.call.W.Header()
	h.Add("Vary", "Authorization, Accept-Language")
	if x.next != "" {
		h.Set("Link", x.linkNext())
	}
	if x.call.R.Method != http.MethodGet && x.call.R.Method != http.MethodHead {
		h.Set("Cache-Control", "no-store")
	} else if unchanged := x.tag(h); unchanged {
		x.call.W.WriteHeader(http.StatusNotModified)
		return nil
	}
	if x.status == http.StatusNoContent {
		x.call.W.WriteHeader(x.status)
		return nil
	}
	return x.call.Send(x.status, contentType(h), x.out.Bytes())
}

func contentType(h http.Header) string {
	if t := h.Get("Content-Type"); t != "" {
		return t
	}
	return "application/json"
}

// linkNext is the address of the next page (RFC 8288).
func (x *exchange) linkNext() string {
	u := *x.call.R.URL
	q := u.Query()
	q.Set("after", x.next)
	u.RawQuery = q.Encode()
	return "<" + u.RequestURI() + `>; rel="next"`
}

package httpx

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"strconv"
	"sync"
)

// Ready is a whole body that is written more than once, and compressed once. Safe for concurrent use.
type Ready struct {
	contentType string
	body        []byte
	zipped      func() []byte
}

// NewReady makes it. body must not change any more.
func NewReady(contentType string, body []byte) *Ready {
	return &Ready{contentType, body, sync.OnceValue(func() []byte { return zip(body) })}
}

// zip compresses a body; a write into memory does not fail.
func zip(body []byte) []byte {
	var b bytes.Buffer
	z := zippers.Get().(*gzip.Writer)
	defer zippers.Put(z)
	z.Reset(&b)
	z.Write(body)
	z.Close()
	return b.Bytes()
}

// Write answers with the body and status 200, as WritePage does.
func (p *Ready) Write(w http.ResponseWriter, r *http.Request) error {
	h := w.Header()
	h.Set("Content-Type", p.contentType)
	h.Add("Vary", "Accept-Encoding")
	body := p.body
	if len(body) >= smallest && AcceptsGzip(r) {
		h.Set("Content-Encoding", "gzip")
		body = p.zipped()
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(http.StatusOK)
	_, err := w.Write(body)
	return err
}

package api

import (
	"net/http"
	"strconv"

	"dayroom/internal/platform/httpx"
)

// tag gives a read its ETag and tells whether the program has just that already. The tag is of the bytes; where what is read has a
// version, the version stands in front, which is what an edit compares.
func (x *exchange) tag(h http.Header) (unchanged bool) {
	h.Set("Cache-Control", "private, no-cache")
	if x.status != http.StatusOK {
		return false
	}
	tag := httpx.Tag(x.out.Bytes())
	if x.version > 0 {
		tag = strconv.FormatInt(x.version, 10) + "." + tag
	}
	tag = `"` + tag + `"`
	h.Set("ETag", tag)
	return httpx.Matches(x.call.R.Header.Get("If-None-Match"), tag)
}

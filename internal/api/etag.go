package api

import (
	"crypto/sha256"
	"encoding/base64"
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
	sum := sha256.Sum256(x.out.Bytes()) // which processors have an instruction for
	tag := base64.RawURLEncoding.EncodeToString(sum[:16])
	if x.version > 0 {
		tag = strconv.FormatInt(x.version, 10) + "." + tag
	}
	tag = `"` + tag + `"`
	h.Set("ETag", tag)
	return httpx.Matches(x.call.R.Header.Get("If-None-Match"), tag)
}

package api

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
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
	return matches(x.call.R.Header.Get("If-None-Match"), tag)
}

// matches tells whether a list of tags has this one, compared weakly as RFC 9110 wants it for If-None-Match.
func matches(list, tag string) bool {
	if strings.TrimSpace(list) == "*" {
		return true
	}
	for part := range strings.SplitSeq(list, ",") {
		if strings.TrimPrefix(strings.TrimSpace(part), "W/") == tag {
			return true
		}
	}
	return false
}

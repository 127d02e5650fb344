package httpx

import (
	"crypto/sha256"
	"encoding/base64"
	"strings"
)

// Tag names bytes, for an ETag: without the quotes around it. SHA-256, which processors have an instruction for.
func Tag(body []byte) string {
	sum := sha256.Sum256(body)
	return base64.RawURLEncoding.EncodeToString(sum[:16])
}

// Matches tells whether a list of tags, as If-None-Match has it, has this one: compared weakly, as RFC 9110 wants it there.
func Matches(list, tag string) bool {
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

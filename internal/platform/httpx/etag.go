package httpx

import "strings"

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

package api_test

import (
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"dayroom/internal/core"
)

var (
	blocks = regexp.MustCompile("(?s)```(sh|json)\n(.*?)```")
	fields = regexp.MustCompile(`"([a-z_]+)":`)
)

// The guide's examples are run as they stand, one after the other, and each answer has the fields that the guide shows.
func TestTheGuideIsTrue(t *testing.T) {
	for _, tool := range []string{"sh", "curl", "sed"} {
		if _, err := exec.LookPath(tool); err != nil {
			if os.Getenv("DAYROOM_REQUIRE_TOOLS") != "" {
				t.Fatalf("the guide's examples need %s: make deps", tool)
			}
			t.Skipf("the guide's examples need %s", tool)
		}
	}
	text, err := os.ReadFile("../../docs/API.md")
	if err != nil {
		t.Fatal(err)
	}
	w := open(t)
	script, shown := "set -eu\n", map[int]string{}
	n := 0
	for _, b := range blocks.FindAllStringSubmatch(string(text), -1) {
		if b[1] == "json" {
			shown[n] = b[2]
			continue
		}
		n++
		script += b[2] + "\nprintf '\\n@@@\\n'\n"
	}
	run := exec.Command("sh", "-c", script)
	run.Env = append(os.Environ(), "SITE="+w.URL, "TOKEN="+w.program("maria_hl", core.ScopeWrite).token)
	out, err := run.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	answers := strings.Split(string(out), "\n@@@\n")
	if len(answers) != n+1 || n < 8 {
		t.Fatalf("%d examples gave %d answers", n, len(answers)-1)
	}
	for i, answer := range answers[:n] {
		problem := strings.Contains(answer, `"reference"`)
		if problem && !strings.Contains(shown[i+1], `"reference"`) {
			t.Errorf("example %d is refused: %s", i+1, answer)
		}
		for _, f := range fields.FindAllStringSubmatch(shown[i+1], -1) {
			if !strings.Contains(answer, `"`+f[1]+`"`) {
				t.Errorf("example %d does not answer with %s: %.600s", i+1, f[1], answer)
			}
		}
	}
	for what, status := range map[string]string{"If-None-Match": "304", "If-Match": "204"} {
		if !strings.Contains(string(out), status+"\n") {
			t.Errorf("the example of %s does not answer with %s", what, status)
		}
	}
}

package api_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"dayroom/internal/app"
	"dayroom/internal/platform/media"
)

// What is checked from outside is checked by tools that share no code with the program. They are a module of their own, in /tools,
// so that the program does not depend on them; where they cannot be fetched, that is said and passed over, except where
// DAYROOM_REQUIRE_TOOLS is set.
const toolsAt = "../../tools"

// call is one call with its answer, as tools/openapicheck reads it.
type call struct {
	Method, URL string
	Header      http.Header
	Sent        string
	Status      int
	Answer      http.Header
	Got         string
	Refused     bool
}

// calls are all that the tests of this package made.
var calls struct {
	sync.Mutex
	all []call
}

func remember(req *http.Request, sent []byte, resp *http.Response, got []byte) {
	if req.URL.Path == "/api/v1/openapi.json" || req.URL.Path == "/api/v1/nothing" { // which are no operations
		return
	}
	calls.Lock()
	defer calls.Unlock()
	calls.all = append(calls.all, call{req.Method, req.URL.String(), req.Header, base64.StdEncoding.EncodeToString(sent),
		resp.StatusCode, resp.Header, base64.StdEncoding.EncodeToString(got), resp.StatusCode >= 400})
}

// TestMain looks, when all tests have run, whether every answer that was given to any of them is as the document says.
func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == media.WorkerArg { // pictures are read in a process of their own, which is this program again
		os.Exit(media.WorkerMain(os.Stdin, os.Stdout))
	}
	code := m.Run()
	if code == 0 && len(calls.all) > 0 {
		if err := checkFromOutside(); err != nil {
			fmt.Println("FAIL: what was answered is not what the document says:", err)
			code = 1
		}
	}
	os.Exit(code)
}

func checkFromOutside() error {
	dir, err := os.MkdirTemp("", "calls")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	doc, err := document(dir)
	if err != nil {
		return err
	}
	lines, err := os.Create(filepath.Join(dir, "calls.jsonl"))
	if err != nil {
		return err
	}
	for _, c := range calls.all {
		if err := json.NewEncoder(lines).Encode(c); err != nil {
			return err
		}
	}
	if err := lines.Close(); err != nil {
		return err
	}
	tool, err := build(dir, "openapicheck")
	if err != nil || tool == "" {
		return err
	}
	out, err := exec.Command(tool, doc, lines.Name()).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w\n%.20000s", err, out)
	}
	fmt.Printf("openapicheck: %s", out)
	return nil
}

// document writes the OpenAPI document into a folder.
func document(dir string) (string, error) {
	text, err := app.OpenAPI()
	if err != nil {
		return "", err
	}
	name := filepath.Join(dir, "openapi.json")
	return name, os.WriteFile(name, text, 0o600)
}

// build compiles a program of /tools; it gives an empty name where it could not and need not.
func build(dir, name string, flags ...string) (string, error) {
	program := filepath.Join(dir, name)
	args := append([]string{"build", "-C", toolsAt, "-o", program}, flags...)
	out, err := exec.Command("go", append(args, "./"+name)...).CombinedOutput()
	switch {
	case err == nil:
		return program, nil
	case os.Getenv("DAYROOM_REQUIRE_TOOLS") == "" && strings.Contains(string(out), "dial tcp"):
		fmt.Printf("SKIPPED %s: its modules cannot be fetched from here\n", name)
		return "", nil
	}
	return "", fmt.Errorf("go build %s: %w\n%.4000s", name, err, out)
}

// A client that a generator made of the document, without a word by hand, compiles and can talk to the site.
func TestAGeneratedClientTalksToTheSite(t *testing.T) {
	dir := t.TempDir()
	client := generate(t, dir)
	tool, err := build(dir, "apiclient", "-tags", "client", "-overlay", client)
	if err != nil {
		t.Fatal(err)
	}
	if tool == "" {
		t.Skip("the generated client needs modules that cannot be fetched from here")
	}
	w := open(t)
	say := exec.Command(tool, w.URL+"/api/v1")
	say.Env = append(os.Environ(), "DAYROOM_TOKEN="+w.program("maria_hl", everything).token)
	out, err := say.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, errOf(err))
	}
	var did struct{ Thread, Comment string }
	if err := json.Unmarshal(out, &did); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	reader := w.program("old_oak", everything)
	reader.get("/threads/"+did.Thread).want(200, "Said by a generated client", "And answered by it")
	if page := w.As("old_oak").Get("/t/" + did.Thread); !strings.Contains(page.Body, "Said by a generated client") {
		t.Error("people do not see on the page what the client wrote")
	}
}

// generate makes the client and gives the overlay under which it is compiled.
func generate(t *testing.T, dir string) string {
	t.Helper()
	doc, err := document(dir)
	if err != nil {
		t.Fatal(err)
	}
	code := filepath.Join(dir, "client.go")
	make := exec.Command("go", "tool", "-C", toolsAt, "oapi-codegen", "-generate", "types,client", "-package", "dayroomapi", "-o", code, doc)
	if out, err := make.CombinedOutput(); err != nil {
		if os.Getenv("DAYROOM_REQUIRE_TOOLS") == "" && strings.Contains(string(out), "dial tcp") {
			t.Skip("the generator cannot be fetched from here")
		}
		t.Fatalf("%v\n%s", err, out)
	}
	place, err := filepath.Abs(filepath.Join(toolsAt, "apiclient", "dayroomapi", "client.go"))
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(map[string]any{"Replace": map[string]string{place: code}})
	if err != nil {
		t.Fatal(err)
	}
	overlay := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(overlay, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return overlay
}

func errOf(err error) string {
	if e, ok := err.(*exec.ExitError); ok {
		return string(e.Stderr)
	}
	return ""
}

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// bareCommand makes this program the bare server.
const bareCommand = "bare"

// answer is what the real server said once, for the bare one to say again.
type answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// script is what a bare server is told.
type script struct {
	Addr    string
	Answers map[string]answer // by path
}

// startBare runs a bare server that gives one answer at one path.
func startBare(ctx context.Context, dir, path string, a answer) (*server, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	addr, err := freePort()
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(script{addr, map[string]answer{path: a}})
	if err != nil {
		return nil, err
	}
	file := filepath.Join(dir, "bare.json")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		return nil, err
	}
	return launch(ctx, exec.Command(self, bareCommand, file), addr, filepath.Join(dir, "bare.log"))
}

// serveBare is the least that net/http does for an answer of this length: the body that was sent is read, the bytes are written.
func serveBare(file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var s script
	if err := json.Unmarshal(text, &s); err != nil {
		return err
	}
	return http.ListenAndServe(s.Addr, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a, ok := s.Answers[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		io.Copy(io.Discard, r.Body)
		for k, v := range a.Header {
			w.Header()[k] = v
		}
		w.WriteHeader(a.Status)
		w.Write(a.Body)
	}))
}

// ask fetches once, as the load will.
func ask(ctx context.Context, t target, base string) (answer, error) {
	req, err := http.NewRequestWithContext(ctx, t.method, base+t.path, strings.NewReader(t.body(0)))
	if err != nil {
		return answer{}, err
	}
	req.Header = t.headers(0)
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return answer{}, err
	}
	if res.StatusCode != t.status {
		return answer{}, fmt.Errorf("%s %s answers %s: %.300s", t.method, t.path, res.Status, body)
	}
	for _, h := range []string{"Date", "Content-Length", "Connection"} { // net/http writes its own
		res.Header.Del(h)
	}
	return answer{res.StatusCode, res.Header, body}, nil
}

package torture

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"dayroom/internal/platform/db"
)

// kills is how often the server is killed in one run.
const kills = 20

// Whatever the server acknowledged is there after SIGKILL at any moment, and the database is whole.
func TestKillLosesNothingThatWasAcknowledged(t *testing.T) {
	w := newWorld(t)
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	moments := rand.New(rand.NewPCG(seed, 1))
	for range kills {
		w.start()
		ctx, stop := context.WithCancel(context.Background())
		var writers sync.WaitGroup
		for _, persona := range []string{"patient", "steward", "caregiver"} {
			browser := w.enter(persona)
			writers.Go(func() { w.write(ctx, browser, persona) })
		}
		w.atLeast(len(w.acknowledged())+3, time.Duration(moments.IntN(400))*time.Millisecond)
		w.kill()
		stop()
		writers.Wait()
	}
	w.check()
}

type world struct {
	*testing.T
	binary, data, addr, thread string

	server *exec.Cmd

	mu    sync.Mutex
	kept  []string // bodies whose reply was answered with success
	heard chan struct{}
	next  int
}

func newWorld(t *testing.T) *world {
	t.Helper()
	dir := t.TempDir()
	w := &world{T: t, binary: filepath.Join(dir, "dayroom"), data: filepath.Join(dir, "data"), heard: make(chan struct{}, 1)}
	build := exec.Command("go", "build", "-o", w.binary, "dayroom/cmd/dayroom")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	w.must(err)
	w.addr = l.Addr().String()
	w.must(l.Close())
	t.Cleanup(w.kill)
	return w
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// start runs the demo in the same data folder and waits until it says that it is there.
func (w *world) start() {
	w.Helper()
	w.server = exec.Command(w.binary, "demo", "--data", w.data, "--addr", w.addr)
	out, err := w.server.StdoutPipe()
	w.must(err)
	w.must(w.server.Start())
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if strings.Contains(lines.Text(), "Everybody here is made up") {
			return
		}
	}
	w.Fatal("the server did not start")
}

func (w *world) kill() {
	if w.server == nil {
		return
	}
	w.server.Process.Kill() // SIGKILL
	w.server.Wait()
	w.server = nil
}

var threadPath = regexp.MustCompile(`/t/[0-9]+`)

// enter signs a persona in and, the first time, finds the thread to write in.
func (w *world) enter(persona string) *http.Client {
	w.Helper()
	jar, err := cookiejar.New(nil)
	w.must(err)
	client := &http.Client{Jar: jar, Timeout: 10 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Get("http://" + w.addr + "/demo/" + persona)
	w.must(err)
	resp.Body.Close()
	if w.thread == "" {
		resp, err := client.Get("http://" + w.addr + "/s/heart-to-heart?show=unanswered")
		w.must(err)
		defer resp.Body.Close()
		page := bufio.NewScanner(resp.Body)
		page.Buffer(nil, 1<<20)
		for page.Scan() && w.thread == "" {
			w.thread = threadPath.FindString(page.Text())
		}
		if w.thread == "" {
			w.Fatal("there is no thread to write in")
		}
	}
	return client
}

// write replies again and again and notes what was acknowledged.
func (w *world) write(ctx context.Context, client *http.Client, persona string) {
	for ctx.Err() == nil {
		w.mu.Lock()
		w.next++
		body := fmt.Sprintf("%s writes number %d.", persona, w.next)
		w.mu.Unlock()
		req, err := http.NewRequestWithContext(ctx, "POST", "http://"+w.addr+w.thread+"/reply", strings.NewReader(url.Values{"body": {body}}.Encode()))
		if err != nil {
			return
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		resp, err := client.Do(req)
		if err != nil {
			return // killed
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusSeeOther {
			w.Errorf("a reply of %s is answered with %d", persona, resp.StatusCode)
			return
		}
		w.mu.Lock()
		w.kept = append(w.kept, body)
		w.mu.Unlock()
		select {
		case w.heard <- struct{}{}:
		default:
		}
	}
}

func (w *world) acknowledged() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]string(nil), w.kept...)
}

// atLeast waits for n acknowledged replies, and then for a moment more, so that the kill meets the server at work.
func (w *world) atLeast(n int, more time.Duration) {
	w.Helper()
	patience := time.After(30 * time.Second)
	for len(w.acknowledged()) < n {
		select {
		case <-w.heard:
		case <-patience:
			w.Fatalf("only %d replies were acknowledged, want %d", len(w.acknowledged()), n)
		}
	}
	<-time.After(more)
}

// check looks for every acknowledged reply and asks SQLite whether the file is whole.
func (w *world) check() {
	w.Helper()
	d, err := db.Open(context.Background(), filepath.Join(w.data, "dayroom.db"))
	w.must(err)
	defer d.Close()
	w.must(d.View(context.Background(), func(tx *db.Tx) error {
		bodies, err := db.All(tx, db.String, "SELECT body FROM comment")
		if err != nil {
			return err
		}
		there := map[string]int{}
		for _, b := range bodies {
			there[b]++
		}
		for _, b := range w.acknowledged() {
			if there[b] != 1 {
				w.Errorf("%q is there %d times", b, there[b])
			}
		}
		whole, err := db.One(tx, db.String, "PRAGMA integrity_check")
		if whole != "ok" {
			w.Errorf("integrity check: %s", whole)
		}
		wrong, err2 := db.One(tx, db.Int64, `SELECT COUNT(*) FROM thread t
			WHERE t.replies <> (SELECT COUNT(*) FROM comment c WHERE c.thread = t.id AND c.state = 'open')`)
		if err2 == nil && wrong != 0 {
			w.Errorf("%d threads count their replies wrongly", wrong)
		}
		w.Logf("%d replies acknowledged over %d kills, all there", len(w.acknowledged()), kills)
		return err
	}))
}

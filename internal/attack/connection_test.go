package attack

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dayroom/internal/app"
	"dayroom/internal/core"
)

// Somebody has a line to the server and wants to wear it out.

// served is a demo as an operator serves it, behind a proxy on the same machine.
func served(t *testing.T, flood string) (addr string) {
	t.Helper()
	dir := t.TempDir()
	c := app.Config{Addr: "127.0.0.1:0", Data: dir, DB: filepath.Join(dir, "dayroom.db"), Keys: filepath.Join(dir, "keys.db"), KeyFile: filepath.Join(dir, "root.key"),
		BaseURL: "http://localhost", SMTPTLS: "starttls", Log: "text", Proxies: "127.0.0.0/8", Flood: flood, BackupKeep: "0"}
	a, err := app.OpenAt(t.Context(), c, slog.New(slog.DiscardHandler), core.SystemClock{})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.FillDemo(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	there, ended := make(chan string, 1), make(chan error, 1)
	go func() { ended <- a.Serve(ctx, app.Demo, func(addr string) { there <- addr }) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		a.Close()
	})
	select {
	case addr = <-there:
	case err := <-ended:
		t.Fatal(err)
	}
	return addr
}

func TestWhoeverBeginsARequestAndNeverEndsItLosesTheLine(t *testing.T) {
	addr := served(t, "50")
	answers := make(chan error)
	beginnings := []string{"", "GET", "GET / HTTP/1.1\r\nHost: x\r\n", "POST /signin HTTP/1.1\r\nHost: x\r\nX-Slow: "}
	for _, begin := range beginnings {
		go func() {
			conn, err := net.Dial("tcp", addr)
			if err != nil {
				answers <- err
				return
			}
			defer conn.Close()
			io.WriteString(conn, begin)
			conn.SetReadDeadline(time.Now().Add(30 * time.Second)) // a server that waits for ever fails the test here
			if _, err := io.ReadAll(conn); err != nil {
				err = fmt.Errorf("after %q the line stays open: %w", begin, err)
				answers <- err
				return
			}
			answers <- nil
		}()
	}
	for range beginnings {
		if err := <-answers; err != nil {
			t.Error(err)
		}
	}
}

func TestWhatIsTooLargeIsRefusedBeforeItIsRead(t *testing.T) {
	addr := served(t, "0")
	head, err := http.NewRequest(http.MethodGet, "http://"+addr+"/", nil)
	if err != nil {
		t.Fatal(err)
	}
	head.Header.Set("X-Long", strings.Repeat("a", 100<<10))
	if resp, err := http.DefaultClient.Do(head); err == nil { // cut off is refused too
		resp.Body.Close()
		if resp.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
			t.Errorf("a header of 100 KB gets %d", resp.StatusCode)
		}
	}
	// It says that it is large and sends nothing of it: the answer comes all the same.
	for path, kind := range map[string]string{"/signin": "application/x-www-form-urlencoded", "/api/v1/threads": "application/json", "/upload": "multipart/form-data; boundary=x"} {
		conn, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost\r\nContent-Type: %s\r\nContent-Length: 1000000000\r\nConnection: close\r\n\r\n", path, kind)
		conn.SetReadDeadline(time.Now().Add(4 * time.Second)) // far less than a body may take
		answer, _ := io.ReadAll(conn)
		if first, _, _ := strings.Cut(string(answer), "\r\n"); !strings.Contains(first, " 4") {
			t.Errorf("%s: a body of a gigabyte gets %q", path, first)
		}
	}
}

func TestAFloodFromOneAddressStopsThatAddressOnly(t *testing.T) {
	addr := served(t, "5")
	from := func(visitor string) int {
		req, err := http.NewRequest(http.MethodGet, "http://"+addr+"/robots.txt", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("X-Forwarded-For", visitor)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		return resp.StatusCode
	}
	refused := 0
	for range 200 {
		if from("203.0.113.9") == http.StatusTooManyRequests {
			refused++
		}
	}
	if refused < 100 {
		t.Errorf("of 200 requests at once %d were refused", refused)
	}
	for _, visitor := range []string{"203.0.113.10", "2001:db8::9"} {
		if status := from(visitor); status != http.StatusOK {
			t.Errorf("%s pays for the other: %d", visitor, status)
		}
	}
	for _, disguise := range []string{"198.51.100.1, 203.0.113.9", "203.0.113.10, 203.0.113.9", "::ffff:203.0.113.9"} {
		if status := from(disguise); status != http.StatusTooManyRequests {
			t.Errorf("under the disguise %q: %d", disguise, status)
		}
	}
}

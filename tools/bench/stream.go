package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"
)

// streams is how many idle streams are opened, as visitors; opening is how many at once.
const (
	streams = 5000
	opening = 32
)

// measureStreams starts a server of its own, opens streams, and finds out what each takes and when a comment has reached all.
func measureStreams(ctx context.Context, s settings, at *site) ([]result, error) {
	srv, err := start(ctx, s.program, at)
	if err != nil {
		return nil, err
	}
	defer srv.stop()
	time.Sleep(settle)
	before := srv.memory()
	topic := "t" + at.busy.String()
	lines, err := openStreams(ctx, srv, topic)
	defer func() {
		for _, l := range lines {
			l.conn.Close()
		}
	}()
	if err != nil {
		return nil, err
	}
	time.Sleep(10 * settle)
	each := (srv.memory() - before) / streams
	cpu := srv.cpu()
	time.Sleep(4 * time.Second)
	idle := float64(srv.cpu()-cpu) / float64(4*time.Second)
	took, err := reach(ctx, srv, at, lines, topic)
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(os.Stderr, "%s: %d idle streams keep %.1f%% of a processor busy\n", at.corpus.Name, streams, 100*idle)
	return []result{
		{corpus: at.corpus.Name, name: "idle stream", bytes: each},
		{corpus: at.corpus.Name, name: "comment reaches all streams", took: took},
	}, nil
}

// wire is an open stream.
type wire struct {
	conn net.Conn
	in   *bufio.Reader
}

func openStreams(ctx context.Context, srv *server, topic string) ([]*wire, error) {
	host := strings.TrimPrefix(srv.url, "http://")
	out := make([]*wire, streams)
	failed := make(chan error, streams)
	turns := make(chan int)
	var wg sync.WaitGroup
	for range opening {
		wg.Go(func() {
			for i := range turns {
				w, err := openStream(ctx, host, topic)
				if err != nil {
					failed <- err
					continue
				}
				out[i] = w
			}
		})
	}
	for i := range streams {
		turns <- i
	}
	close(turns)
	wg.Wait()
	open := make([]*wire, 0, streams)
	for _, w := range out {
		if w != nil {
			open = append(open, w)
		}
	}
	select {
	case err := <-failed:
		return open, fmt.Errorf("%d of %d streams are open: %w", len(open), streams, err)
	default:
		return open, nil
	}
}

// openStream opens one and reads up to where it says where it stands.
func openStream(ctx context.Context, host, topic string) (*wire, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", host)
	if err != nil {
		return nil, err
	}
	w := &wire{conn, bufio.NewReaderSize(conn, 512)}
	fmt.Fprintf(conn, "GET /live?on=%s HTTP/1.1\r\nHost: %s\r\nAccept: text/event-stream\r\n\r\n", topic, host)
	if err := w.until("id: ", 30*time.Second); err != nil {
		conn.Close()
		return nil, err
	}
	return w, nil
}

// until reads lines until one begins with a text, or ends with it.
func (w *wire) until(text string, patience time.Duration) error {
	if err := w.conn.SetReadDeadline(time.Now().Add(patience)); err != nil {
		return err
	}
	for {
		l, err := w.in.ReadSlice('\n')
		if err != nil {
			return err
		}
		if l = bytes.TrimSpace(l); bytes.HasPrefix(l, []byte(text)) || bytes.HasSuffix(l, []byte(text)) {
			return nil
		}
	}
}

// reach posts a comment and gives how long after the post was begun the last stream has heard of it: the worst of three.
func reach(ctx context.Context, srv *server, at *site, lines []*wire, topic string) (worst time.Duration, err error) {
	for n := range 3 {
		begin := time.Now()
		last := make(chan error, len(lines))
		for _, l := range lines {
			go func() { last <- l.until(" "+topic, 20*time.Second) }()
		}
		if err := comment(ctx, srv, at, n); err != nil {
			return 0, err
		}
		for range lines {
			if err := <-last; err != nil {
				return 0, fmt.Errorf("a stream hears nothing: %w", err)
			}
		}
		worst = max(worst, time.Since(begin))
		time.Sleep(settle)
	}
	return worst, nil
}

func comment(ctx context.Context, srv *server, at *site, n int) error {
	t := post(at)
	req, err := http.NewRequestWithContext(ctx, t.method, srv.url+t.path, strings.NewReader(t.body(n)))
	if err != nil {
		return err
	}
	req.Header = t.headers(n)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != t.status {
		err = fmt.Errorf("posting answers %d: %.200s", res.StatusCode, text)
	}
	return err
}

package sitetest

import (
	"bufio"
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"dayroom/internal/platform/db"
	"dayroom/internal/platform/event"
)

// Stream is the open stream of a browser or a program.
type Stream struct {
	site   *Site
	Status int
	blocks chan string // messages without heartbeats; closed when the stream ends
	LastID string
	stop   context.CancelFunc
}

// streamPatience bounds waiting for a message: it is reached by a failing test only.
const streamPatience = 15 * time.Second

// Listen opens a stream for topics, such as "t123 s4". lastID is what a browser sends that comes back; empty for a new one.
func (b *Browser) Listen(topics, lastID string) *Stream {
	b.site.Helper()
	return b.site.listen(b.client, "/live", topics, http.Header{"Last-Event-Id": {lastID}})
}

// Listen opens a stream as a program does, with a personal token.
func (s *Site) Listen(token, topics, lastID string) *Stream {
	s.Helper()
	return s.listen(http.DefaultClient, "/api/v1/stream", topics, http.Header{"Last-Event-Id": {lastID}, "Authorization": {"Bearer " + token}})
}

// ListenWith opens a stream with headers of one's own, at /live or /api/v1/stream.
func (s *Site) ListenWith(path, topics string, header http.Header) *Stream {
	s.Helper()
	return s.listen(http.DefaultClient, path, topics, header)
}

func (s *Site) listen(client *http.Client, path, topics string, header http.Header) *Stream {
	s.Helper()
	ctx, stop := context.WithCancel(context.Background())
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL+path+"?on="+url.QueryEscape(topics), nil)
	s.Must(err)
	if req.Header = header; header.Get("Last-Event-Id") == "" {
		header.Del("Last-Event-Id")
	}
	resp, err := client.Do(req)
	s.Must(err)
	st := &Stream{site: s, Status: resp.StatusCode, blocks: make(chan string, 1000), stop: stop}
	s.Cleanup(stop)
	go func() {
		defer close(st.blocks)
		defer resp.Body.Close()
		lines := bufio.NewScanner(resp.Body)
		var block []string
		for lines.Scan() {
			if lines.Text() != "" {
				block = append(block, lines.Text())
				continue
			}
			st.blocks <- strings.Join(block, "\n")
			block = nil
		}
	}()
	return st
}

// Next gives the next message, and ok false when the stream has ended.
func (s *Stream) Next() (message string, ok bool) {
	s.site.Helper()
	select {
	case message, ok = <-s.blocks:
		for line := range strings.Lines(message) {
			if id, is := strings.CutPrefix(strings.TrimSpace(line), "id: "); is {
				s.LastID = id
			}
		}
		return message, ok
	case <-time.After(streamPatience):
		s.site.Fatal("the stream says nothing")
		return "", false
	}
}

// Hear waits until the stream says something about a topic, and gives all that it said until then.
func (s *Stream) Hear(topic string) (all string) {
	s.site.Helper()
	for {
		m, ok := s.Next()
		if !ok {
			s.site.Fatalf("the stream ended before it said %q: %s", topic, all)
		}
		all += m + "\n\n"
		for line := range strings.Lines(m) {
			for _, word := range strings.Fields(line)[1:] {
				if word == topic {
					return all
				}
			}
		}
	}
}

// Ready waits until the stream is among those that are told: a stream begins by saying where it stands.
func (s *Stream) Ready() *Stream {
	s.site.Helper()
	for s.LastID == "" {
		if m, ok := s.Next(); !ok {
			s.site.Fatalf("the stream ended before it began: %s", m)
		}
	}
	return s
}

// Ended waits until the stream ends, and gives how long that took and all that it said.
func (s *Stream) Ended() (took time.Duration, all string) {
	s.site.Helper()
	begin := time.Now()
	for {
		m, ok := s.Next()
		if !ok {
			return time.Since(begin), all
		}
		all += m + "\n\n"
	}
}

// Close ends it, as a browser does that leaves.
func (s *Stream) Close() { s.stop() }

// Settled waits until live pages have taken note of all that happened so far.
func (s *Site) Settled() {
	s.Helper()
	for deadline := time.Now().Add(streamPatience); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		var last int64
		s.Must(s.DB.View(context.Background(), func(tx *db.Tx) (err error) {
			last, err = event.Last(tx)
			return err
		}))
		if s.Live.Position() >= last {
			return
		}
	}
	s.Fatal("live pages do not follow")
}

// Logged waits until the server has logged something.
func (s *Site) Logged(words string) {
	s.Helper()
	for deadline := time.Now().Add(streamPatience); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		if strings.Contains(s.Log.String(), words) {
			return
		}
	}
	s.Fatalf("the log does not say %q", words)
}

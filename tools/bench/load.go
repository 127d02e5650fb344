package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"sync/atomic"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"
)

// target is what a load asks for, again and again.
type target struct {
	method      string
	path        string
	status      int
	connections int
	headers     func(n int) http.Header
	body        func(n int) string
}

// measured is what one load cost its server.
type measured struct {
	requests uint64
	cpu      time.Duration
	p50, p99 time.Duration
	perSec   float64
	other    float64 // processors kept busy by others than the server and the load
}

// perRequest is the server's processor time for one request.
func (m measured) perRequest() time.Duration {
	return time.Duration(float64(m.cpu) / float64(max(m.requests, 1)))
}

// drive puts a load on a server for some time. Every answer has to have the status of the target.
func drive(ctx context.Context, s *server, t target, d time.Duration, first int) (measured, int, error) {
	var turn atomic.Int64
	turn.Store(int64(first))
	attacker := vegeta.NewAttacker(vegeta.Workers(uint64(t.connections)), vegeta.MaxWorkers(uint64(t.connections)),
		vegeta.Connections(t.connections), vegeta.KeepAlive(true), vegeta.Timeout(30*time.Second), vegeta.Redirects(vegeta.NoFollow))
	targeter := func(v *vegeta.Target) error { // called by all connections at once
		n := int(turn.Add(1))
		v.Method, v.URL, v.Header = t.method, s.url+t.path, t.headers(n)
		if body := t.body(n); body != "" {
			v.Body = []byte(body)
		}
		return nil
	}
	cpu, all, self, begin := s.cpu(), busy(), ours(), time.Now()
	var m vegeta.Metrics
	for r := range attacker.Attack(targeter, vegeta.Rate{}, d, "load") {
		if r.Error == "" && int(r.Code) != t.status || r.Error != "" {
			attacker.Stop()
			return measured{}, int(turn.Load()), fmt.Errorf("%s %s answers %d %s: %.200s", t.method, t.path, r.Code, r.Error, r.Body)
		}
		m.Add(r)
		if ctx.Err() != nil {
			attacker.Stop()
			return measured{}, int(turn.Load()), ctx.Err()
		}
	}
	m.Close()
	if m.Requests == 0 {
		return measured{}, int(turn.Load()), errors.New("no request was answered")
	}
	out := measured{requests: m.Requests, cpu: s.cpu() - cpu, p50: m.Latencies.P50, p99: m.Latencies.P99, perSec: m.Throughput}
	out.other = max(0, float64(busy()-all-out.cpu-(ours()-self))/float64(time.Since(begin)))
	return out, int(turn.Load()), nil
}

// measure finds out what a case costs beside a bare server: both are loaded in turns, twice, so that a passing disturbance meets both.
func (k test) measure(ctx context.Context, s settings, at *site, real *server) (result, error) {
	t := k.target(at)
	a, err := ask(ctx, t, real.url)
	if err != nil {
		return result{}, err
	}
	bare, err := startBare(ctx, at.dir, t.plainPath(), a)
	if err != nil {
		return result{}, err
	}
	defer bare.stop()
	r := result{corpus: at.corpus.Name, name: k.name, limit: k.limit, bytes: int64(len(a.Body)), processors: runtime.NumCPU()}
	n := 1
	for _, srv := range []*server{real, bare} { // what is compiled, cached and connected once is not counted
		if _, n, err = drive(ctx, srv, t, time.Second, n); err != nil {
			return r, err
		}
	}
	half := time.Duration(s.seconds) * time.Second / 2
	for range 2 {
		for _, side := range []struct {
			srv *server
			sum *measured
		}{{bare, &r.bare}, {real, &r.real}} {
			var m measured
			if m, n, err = drive(ctx, side.srv, t, half, n); err != nil {
				return r, err
			}
			side.sum.add(m)
		}
	}
	r.memory = real.memory()
	return r, nil
}

// add sums two loads up. Percentiles of the slower half are kept.
func (m *measured) add(o measured) {
	m.requests += o.requests
	m.cpu += o.cpu
	m.p50, m.p99 = max(m.p50, o.p50), max(m.p99, o.p99)
	m.perSec = max(m.perSec, o.perSec)
	m.other = max(m.other, o.other)
}

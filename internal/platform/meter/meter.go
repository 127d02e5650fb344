// Package meter counts what the server does, in the form that Prometheus reads (github.com/prometheus/client_golang).
//
// Two sorts: what is counted as it happens, such as requests, and what is read from the database when somebody looks. Labels are
// patterns of routes and classes of statuses, never paths, handles or addresses: a metric is kept for years by another program.
package meter

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Meter counts. Safe for concurrent use.
type Meter struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
}

// Reading is a value that is read when somebody looks. Names follow the convention of Prometheus: dayroom_NOUN_UNIT.
type Reading struct {
	Name, Help string
	Value      float64
}

// New makes a meter that also tells about the process and the Go runtime.
func New() *Meter {
	m := &Meter{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "dayroom_http_requests_total", Help: "Requests that were answered, by route and class of status."},
			[]string{"route", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "dayroom_http_request_seconds", Help: "How long answers took, by area.",
			Buckets: []float64{.001, .003, .01, .03, .1, .3, 1, 3, 10}}, []string{"area"}),
	}
	m.registry.MustRegister(m.requests, m.seconds, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Observe counts a request: the pattern of its route, its status, how long it took.
func (m *Meter) Observe(route string, status int, took time.Duration) {
	if route == "" || route == "/" { // addresses that are nobody's
		route = "none"
	}
	m.requests.WithLabelValues(route, strconv.Itoa(status/100)+"xx").Inc()
	m.seconds.WithLabelValues(area(route)).Observe(took.Seconds())
}

// area is what a route belongs to.
func area(route string) string {
	_, path, _ := strings.Cut(route, " ")
	switch {
	case strings.HasPrefix(path, "/api/"):
		return "api"
	case strings.HasPrefix(path, "/media/"), strings.HasPrefix(path, "/static/"):
		return "file"
	}
	return "page"
}

// Handler answers with all counts and what read gives. A value that could not be read is left out, and dayroom_metrics_errors is 1: a
// site whose database is away still tells about itself.
func (m *Meter) Handler(read func(ctx context.Context) ([]Reading, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		now := prometheus.NewRegistry()
		values, err := read(r.Context())
		failed := 0.0
		if err != nil {
			failed = 1
		}
		values = append(values, Reading{"dayroom_metrics_errors", "Whether some values could not be read.", failed})
		for _, v := range values {
			g := prometheus.NewGauge(prometheus.GaugeOpts{Name: v.Name, Help: v.Help})
			g.Set(v.Value)
			if err := now.Register(g); err != nil {
				http.Error(w, "a metric has no proper name: "+v.Name, http.StatusInternalServerError)
				return
			}
		}
		promhttp.HandlerFor(prometheus.Gatherers{m.registry, now}, promhttp.HandlerOpts{DisableCompression: true}).ServeHTTP(w, r)
	})
}

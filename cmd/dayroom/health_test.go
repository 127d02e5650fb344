package main

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"dayroom/internal/app"
)

func TestHealthAsksTheSiteOfThisMachine(t *testing.T) {
	status := http.StatusOK
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/readyz" {
			t.Errorf("%s was asked for", r.URL.Path)
		}
		w.WriteHeader(status)
	})
	plain, secure := httptest.NewServer(handler), httptest.NewTLSServer(handler)
	defer plain.Close()
	defer secure.Close()
	for _, cfg := range []app.Config{{Addr: plain.Listener.Addr().String()}, {Addr: secure.Listener.Addr().String(), Domain: "dayroom.example.org"}} {
		status = http.StatusOK
		if err := ready(context.Background(), cfg); err != nil {
			t.Errorf("%+v: %v", cfg, err)
		}
		status = http.StatusServiceUnavailable
		if err := ready(context.Background(), cfg); err == nil || !strings.Contains(err.Error(), "not ready") {
			t.Errorf("%+v, while it stops: %v", cfg, err)
		}
	}
	status = http.StatusOK
	_, port, _ := net.SplitHostPort(plain.Listener.Addr().String())
	if err := ready(context.Background(), app.Config{Addr: "0.0.0.0:" + port}); err != nil {
		t.Errorf("on all addresses: %v", err)
	}
	plain.Close()
	if err := ready(context.Background(), app.Config{Addr: "127.0.0.1:" + port}); err == nil || !strings.Contains(err.Error(), "nobody answers") {
		t.Errorf("without a server: %v", err)
	}
}

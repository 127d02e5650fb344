package main

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"time"

	"dayroom/internal/app"
)

type healthCmd struct{}

// healthTime is how long the site may take to say that it is ready.
const healthTime = 4 * time.Second

func (healthCmd) Run(ctx context.Context, c *cli) error {
	cfg, err := c.load()
	if err != nil {
		return err
	}
	if err := ready(ctx, cfg); err != nil {
		return err
	}
	fmt.Println("ready")
	return nil
}

// ready asks the site that runs on this machine, at the address that it listens on.
func ready(ctx context.Context, cfg app.Config) error {
	ctx, cancel := context.WithTimeout(ctx, healthTime)
	defer cancel()
	host, port, err := net.SplitHostPort(cfg.Addr)
	if err != nil {
		return err
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	scheme := "http"
	transport := &http.Transport{Proxy: nil, DisableKeepAlives: true}
	if cfg.Domain != "" { // this machine is asked, and not its name: whose certificate it is says nothing more
		scheme, transport.TLSClientConfig = "https", &tls.Config{ServerName: cfg.Domain, InsecureSkipVerify: true}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, scheme+"://"+net.JoinHostPort(host, port)+"/readyz", nil)
	if err != nil {
		return err
	}
	resp, err := (&http.Client{Transport: transport}).Do(req)
	if err != nil {
		return fmt.Errorf("nobody answers at %s: %w", cfg.Addr, err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("the site is there and not ready (%s): it is stopping, or its database is away", resp.Status)
	}
	return nil
}

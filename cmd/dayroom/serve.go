package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"

	"dayroom/internal/app"
)

type serveCmd struct{}

func (serveCmd) Run(ctx context.Context, c *cli) error {
	cfg, err := c.load()
	if err != nil {
		return err
	}
	a, err := app.Open(ctx, cfg, app.Logger(cfg, os.Stderr))
	if err != nil {
		return err
	}
	defer a.Close()
	code, err := a.Site.NewSetUpCode(ctx)
	if err != nil {
		return err
	}
	collectLess()
	return a.Serve(ctx, app.Public, func(addr string) {
		fmt.Printf("Dayroom is at %s\n", cfg.BaseURL)
		if code != "" {
			fmt.Printf("\nThis site is not set up yet. Open %s/setup and type this code:\n\n    %s\n\n", cfg.BaseURL, code)
		}
	})
}

type demoCmd struct {
	Fresh bool `help:"Throw away the demo's data folder first and fill it anew."`
}

func (d demoCmd) Run(ctx context.Context, c *cli) error {
	flags := c.settings()
	if flags["data"] == "" && os.Getenv("DAYROOM_DATA") == "" {
		flags["data"] = "dayroom-demo"
	}
	cfg, _, err := app.LoadConfig(flags, os.Getenv)
	if err != nil {
		return err
	}
	cfg = app.DemoConfig(cfg)
	if err := app.DemoOnly(cfg); err != nil {
		return err
	}
	if d.Fresh {
		if err := app.RemoveDemo(cfg); err != nil {
			return err
		}
	}
	a, err := app.Open(ctx, cfg, app.Logger(cfg, os.Stderr))
	if err != nil {
		return err
	}
	defer a.Close()
	if err := a.FillDemo(ctx); err != nil {
		return err
	}
	collectLess()
	return a.Serve(ctx, app.Demo, func(string) {
		where, err := filepath.Abs(cfg.Data)
		if err != nil {
			where = cfg.Data
		}
		fmt.Printf("\nThe demo is at %s   (data in %s; stop with Ctrl-C)\n\nSign in with one click as\n", cfg.BaseURL, where)
		for _, p := range app.DemoPersonas() {
			fmt.Printf("  %-10s  %s/demo/%s\n", p.Name, cfg.BaseURL, p.Name)
		}
		fmt.Println("\nEverybody here is made up. Nothing in the demo leaves this machine.")
	})
}

// collectLess lets garbage grow to three times what lives before it is collected, which is some 20 MB more memory and a tenth less work
// for a page (docs/PERFORMANCE.md). GOGC, where the operator set it, wins.
func collectLess() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(300)
	}
}

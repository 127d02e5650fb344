package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"text/tabwriter"

	"dayroom/internal/account"
	"dayroom/internal/app"
	"dayroom/internal/core"
	"dayroom/internal/platform/db"

	"golang.org/x/term"
)

type configCmd struct {
	JSON bool `name:"json" help:"Write JSON."`
}

func (cmd configCmd) Run(c *cli) error {
	_, settings, err := app.LoadConfig(c.settings(), os.Getenv)
	if settings == nil {
		return err
	}
	if cmd.JSON {
		if werr := writeJSON(settings); werr != nil {
			return werr
		}
		return err
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	for _, s := range settings {
		value := s.Value
		if value == "" {
			value = "-"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\n", s.Name, value, s.Source)
	}
	if werr := w.Flush(); werr != nil {
		return werr
	}
	return err
}

type migrateCmd struct {
	JSON bool `name:"json" help:"Write JSON."`
}

func (cmd migrateCmd) Run(ctx context.Context, c *cli) error {
	cfg, err := c.load()
	if err != nil {
		return err
	}
	d, err := db.Open(ctx, cfg.DB)
	if err != nil {
		return err
	}
	defer d.Close()
	steps, err := d.Migrate(ctx)
	if err != nil {
		return err
	}
	version, err := d.Version(ctx)
	if err != nil {
		return err
	}
	if cmd.JSON {
		return writeJSON(map[string]any{"steps": steps, "version": version})
	}
	fmt.Printf("%d steps taken; the schema is at version %d.\n", steps, version)
	return nil
}

type memberCmd struct {
	Create memberCreateCmd `cmd:"" help:"Create a member. The password is asked for, or read from standard input."`
	Reset  memberResetCmd  `cmd:"" help:"Print a link with which a member can choose a new password. It works once, for 30 minutes."`
}

type memberCreateCmd struct {
	Handle string `arg:"" help:"The member's handle: 3 to 24 letters, digits or _."`
	Role   string `enum:",moderator,admin" default:"" help:"moderator or admin; without it an ordinary member."`
	JSON   bool   `name:"json" help:"Write JSON."`
}

func (cmd memberCreateCmd) Run(ctx context.Context, c *cli) error {
	a, err := open(ctx, c)
	if err != nil {
		return err
	}
	defer a.Close()
	password, err := readPassword()
	if err != nil {
		return err
	}
	id, err := a.Account.Create(ctx, core.SystemActor, account.NewMember{Handle: cmd.Handle, Password: password, Role: core.Role(cmd.Role), Adult: true})
	if err != nil {
		return err
	}
	if cmd.JSON {
		return writeJSON(map[string]any{"id": id, "handle": cmd.Handle})
	}
	fmt.Printf("%s can sign in now.\n", cmd.Handle)
	return nil
}

type memberResetCmd struct {
	Handle string `arg:"" help:"The member's handle."`
	JSON   bool   `name:"json" help:"Write JSON."`
}

func (cmd memberResetCmd) Run(ctx context.Context, c *cli) error {
	a, err := open(ctx, c)
	if err != nil {
		return err
	}
	defer a.Close()
	link, err := a.Account.ResetLink(ctx, core.SystemActor, cmd.Handle)
	if core.IsNotFound(err) {
		return fmt.Errorf("nobody here has the handle %s", cmd.Handle)
	}
	if err != nil {
		return err
	}
	if cmd.JSON {
		return writeJSON(map[string]string{"link": link})
	}
	fmt.Printf("Give this link to %s, over a way that nobody else reads. It works once, for 30 minutes:\n\n    %s\n", cmd.Handle, link)
	return nil
}

type openAPICmd struct{}

func (openAPICmd) Run() error {
	text, err := app.OpenAPI()
	if err != nil {
		return err
	}
	_, err = os.Stdout.Write(text)
	return err
}

type versionCmd struct {
	JSON bool `name:"json" help:"Write JSON."`
}

func (cmd versionCmd) Run() error {
	version, revision := "(devel)", ""
	if info, ok := debug.ReadBuildInfo(); ok {
		version = info.Main.Version
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				revision = s.Value
			}
		}
	}
	if cmd.JSON {
		return writeJSON(map[string]string{"version": version, "revision": revision, "go": runtime.Version()})
	}
	fmt.Printf("dayroom %s %s (%s %s/%s)\n", version, revision, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return nil
}

// open opens the site for a tool, without serving it.
func open(ctx context.Context, c *cli) (*app.App, error) {
	cfg, err := c.load()
	if err != nil {
		return nil, err
	}
	return app.Open(ctx, cfg, app.Logger(cfg, os.Stderr))
}

func writeJSON(v any) error {
	enc := json.NewEncoder(os.Stdout)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

// maxPassword bounds what is read from standard input.
const maxPassword = 1000

func readPassword() (string, error) {
	fd := int(os.Stdin.Fd())
	if !term.IsTerminal(fd) {
		raw, err := io.ReadAll(io.LimitReader(os.Stdin, maxPassword))
		for len(raw) > 0 && (raw[len(raw)-1] == '\n' || raw[len(raw)-1] == '\r') {
			raw = raw[:len(raw)-1]
		}
		return string(raw), err
	}
	fmt.Fprint(os.Stderr, "Password (at least 10 characters): ")
	first, err := term.ReadPassword(fd)
	fmt.Fprint(os.Stderr, "\nOnce more: ")
	if err != nil {
		return "", err
	}
	second, err := term.ReadPassword(fd)
	fmt.Fprintln(os.Stderr)
	if err == nil && string(first) != string(second) {
		return "", fmt.Errorf("the two passwords differ; nothing was changed")
	}
	return string(first), err
}

package main

import (
	"context"
	"fmt"

	"dayroom/internal/platform/keys"
)

type copyKeysCmd struct {
	To   string `arg:"" help:"A file, or a postgres:// address of an empty database of its own."`
	JSON bool   `name:"json" help:"Write the number of members as JSON."`
}

// Help is shown by dayroom copy-keys --help.
func (copyKeysCmd) Help() string {
	return `The key store changes whenever somebody joins or leaves, so copy it every day, while the site is used, and always onto the copy of
yesterday: a copy that is kept longer still has the keys of members who left since. Keep it on another machine than the backups.

The key file (root.key) is not copied. It never changes; keep a copy of it in a safe.`
}

// Run copies.
func (cmd copyKeysCmd) Run(ctx context.Context, c *cli) error {
	cfg, err := c.load()
	if err != nil {
		return err
	}
	n, err := keys.Copy(ctx, cfg.Keys, cmd.To)
	if err != nil {
		return err
	}
	if cmd.JSON {
		return writeJSON(map[string]int{"members": n})
	}
	fmt.Printf("The keys of %s and the erasure ledger are copied. Not copied: the key file %s.\n", of(int64(n), "member", "members"), cfg.KeyFile)
	return nil
}

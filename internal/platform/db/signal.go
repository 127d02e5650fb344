package db

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// channel is the name under which the servers of one PostgreSQL database tell each other that something was written.
const channel = "dayroom"

// Signal tells the other servers of this database a short text, such as an id; never a member's words. SQLite has no other servers.
func (d *DB) Signal(ctx context.Context, text string) error {
	if d.engine != Postgres {
		return nil
	}
	_, err := d.writer.ExecContext(ctx, "SELECT pg_notify($1, $2)", channel, text)
	return translate(err)
}

// Signals calls heard with what servers of this database tell, this one included, until ctx ends or the line breaks. It keeps a
// connection of its own, because a pool would take one away. On SQLite it hears nothing and returns when ctx ends.
func (d *DB) Signals(ctx context.Context, heard func(text string)) error {
	if d.engine != Postgres {
		<-ctx.Done()
		return ctx.Err()
	}
	conn, err := pgx.Connect(ctx, d.address)
	if err != nil {
		return redact(err, d.address)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if _, err := conn.Exec(ctx, "LISTEN "+channel); err != nil {
		return translate(err)
	}
	for {
		n, err := conn.WaitForNotification(ctx)
		if err != nil {
			return translate(err)
		}
		heard(n.Payload)
	}
}

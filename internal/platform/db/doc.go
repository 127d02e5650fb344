// Package db is the one door to the database: SQLite inside the binary, or PostgreSQL.
//
// SQL is written by hand, once, in the subset that both engines share (docs/adr/0002-one-sql.md). The few differences have
// names here and nowhere else. A unit of work is a function: View reads from one consistent snapshot, Update writes; one action
// of a person is one Update. Placeholders are $1, $2 … on both engines.
//
// SQLite has one writer connection, which begins IMMEDIATE, so that a transaction which reads first cannot fail when it comes to
// write, and a small pool of readers. PostgreSQL runs Update as READ COMMITTED: what two people could do at once must be decided
// by one compare-and-swap UPDATE or by a unique index, never by reading first. A deadlock or a serialization failure runs the
// function again, so it must not change anything but the database.
package db

// Package dbtest gives a test a fresh, migrated, real database of each engine.
//
// SQLite always; PostgreSQL where DAYROOM_TEST_POSTGRES holds the address of a server on which databases may be made (make test
// sets it, and CI fails without it). A template is migrated once for each test binary and copied for each test.
package dbtest

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"dayroom/internal/platform/db"
)

// PostgresEnv names the environment variable with the address of the test server.
const PostgresEnv = "DAYROOM_TEST_POSTGRES"

// Each runs test once on every engine.
func Each(t *testing.T, test func(t *testing.T, d *db.DB)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { test(t, OpenSQLite(t)) })
	t.Run("postgres", func(t *testing.T) { test(t, OpenPostgres(t)) })
}

// OpenSQLite gives a migrated SQLite database in a folder of the test.
func OpenSQLite(t testing.TB) *db.DB {
	t.Helper()
	path := filepath.Join(t.TempDir(), "dayroom.db")
	template, err := sqliteTemplate()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, template, 0o600); err != nil {
		t.Fatal(err)
	}
	return open(t, path)
}

// OpenPostgres gives a migrated PostgreSQL database that is dropped when the test ends; without a server the test is skipped.
func OpenPostgres(t testing.TB) *db.DB {
	t.Helper()
	return open(t, PostgresAddress(t))
}

// PostgresAddress makes a migrated database and gives its address.
func PostgresAddress(t testing.TB) string {
	t.Helper()
	server := os.Getenv(PostgresEnv)
	if server == "" {
		missing(t)
	}
	template, err := postgresTemplate()
	if err != nil {
		t.Fatal(err)
	}
	name := "dayroom_test_" + random()
	if err := admin(server, "CREATE DATABASE "+name+" TEMPLATE "+template); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := admin(server, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)"); err != nil {
			t.Log(err)
		}
	})
	return withDatabase(server, name)
}

// EmptyPostgres makes a database without any table and gives its address.
func EmptyPostgres(t testing.TB) string {
	t.Helper()
	server := os.Getenv(PostgresEnv)
	if server == "" {
		missing(t)
	}
	name := "dayroom_empty_" + random()
	if err := admin(server, "CREATE DATABASE "+name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { admin(server, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)") })
	return withDatabase(server, name)
}

// RequireEnv names the variable that turns a missing server from a skip into a failure: CI sets it.
const RequireEnv = "DAYROOM_REQUIRE_POSTGRES"

func missing(t testing.TB) {
	t.Helper()
	if os.Getenv(RequireEnv) != "" {
		t.Fatal("no PostgreSQL, and " + RequireEnv + " is set: " + PostgresEnv + " should hold the address of a server")
	}
	t.Skip("no PostgreSQL: set " + PostgresEnv + " (make test does)")
}

func open(t testing.TB, address string) *db.DB {
	t.Helper()
	d, err := db.Open(context.Background(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

var sqliteTemplate = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "dayroom-template-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "template.db")
	if err := migrate(path); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

var postgresTemplate = sync.OnceValues(func() (string, error) {
	server, name := os.Getenv(PostgresEnv), "dayroom_template_"+random()
	if err := admin(server, "CREATE DATABASE "+name); err != nil {
		return "", err
	}
	return name, migrate(withDatabase(server, name))
})

func migrate(address string) error {
	d, err := db.Open(context.Background(), address)
	if err != nil {
		return err
	}
	defer d.Close()
	_, err = d.Migrate(context.Background())
	return err
}

func admin(server, statement string) error {
	d, err := db.Open(context.Background(), server)
	if err != nil {
		return err
	}
	defer d.Close()
	if err := d.Outside(context.Background(), statement); err != nil {
		return fmt.Errorf("%s: %w", statement, err)
	}
	return nil
}

func withDatabase(server, name string) string {
	u, err := url.Parse(server)
	if err != nil {
		return server
	}
	u.Path = "/" + name
	return u.String()
}

func random() string {
	var b [6]byte
	rand.Read(b[:])
	return hex.EncodeToString(b[:])
}

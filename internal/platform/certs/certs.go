// Package certs gets HTTPS certificates by itself, from Let's Encrypt or whoever else speaks ACME (RFC 8555), and keeps them in the database:
// several servers share them, and one that starts anew has them at once.
//
// Keys and certificates are sealed under the site's key (keys.Store.SealSite), so that a backup holds nothing that lets somebody else be the site.
package certs

import (
	"context"
	"crypto/tls"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"

	"golang.org/x/crypto/acme"
	"golang.org/x/crypto/acme/autocert"
)

// Vault seals and opens what is the site's; keys.Store is one.
type Vault interface {
	SealSite(purpose string, plain []byte) []byte
	OpenSite(purpose string, sealed []byte) ([]byte, error)
}

// Options of a Manager.
type Options struct {
	Domain    string // the one name that certificates are asked for
	Mail      string // where the issuer writes when something is wrong; may be empty
	Directory string // of the issuer; Let's Encrypt unless told
	Log       *slog.Logger
}

// New makes a manager. Whoever names a domain accepts the issuer's terms: without that there is no certificate.
func New(d *db.DB, v Vault, clock core.Clock, o Options) *Manager {
	m := &autocert.Manager{
		Prompt: autocert.AcceptTOS, HostPolicy: autocert.HostWhitelist(o.Domain), Email: o.Mail, Cache: cache{d, v, clock},
	}
	if o.Directory != "" {
		m.Client = &acme.Client{DirectoryURL: o.Directory}
	}
	return &Manager{m, o.Domain, o.Log}
}

// Manager gives certificates to connections, and renews them 30 days before they end.
type Manager struct {
	auto   *autocert.Manager
	domain string
	log    *slog.Logger
}

// TLS is how to serve HTTPS.
func (m *Manager) TLS() *tls.Config {
	c := m.auto.TLSConfig()
	c.MinVersion = tls.VersionTLS12
	c.GetCertificate = func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
		cert, err := m.auto.GetCertificate(hello)
		if err != nil && strings.EqualFold(hello.ServerName, m.domain) { // for another name there is none, and no word to lose
			m.log.Error("no certificate: visitors cannot come in. The issuer has to reach this machine by the site's name on port 80 or 443", "error", err)
		}
		return cert, err
	}
	return c
}

// Plain answers on the port without HTTPS: the issuer's question, and for everybody else that the site is at HTTPS. Whatever name was asked for,
// the way leads to the site's own.
func (m *Manager) Plain() http.Handler {
	return m.auto.HTTPHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead { // what was sent has been seen by others: it is not taken along
			http.Error(w, "This site is at https://"+m.domain+"/", http.StatusBadRequest)
			return
		}
		w.Header().Set("Connection", "close")
		http.Redirect(w, r, "https://"+m.domain+r.URL.RequestURI(), http.StatusMovedPermanently)
	}))
}

// cache keeps what autocert wants kept.
type cache struct {
	db    *db.DB
	vault Vault
	clock core.Clock
}

func purpose(name string) string { return "certificate " + name }

// Get gives what was kept. What cannot be opened, since the key file is another one, counts as not there: it is asked for anew.
func (c cache) Get(ctx context.Context, name string) (plain []byte, err error) {
	var sealed []byte
	err = c.db.View(ctx, func(tx *db.Tx) error {
		sealed, err = db.One(tx, func(r db.Row) (b []byte, err error) { err = r.Scan(&b); return b, err }, "SELECT sealed FROM certificate WHERE name = $1", name)
		return err
	})
	if core.IsNotFound(err) {
		return nil, autocert.ErrCacheMiss
	}
	if err != nil {
		return nil, err
	}
	if plain, err = c.vault.OpenSite(purpose(name), sealed); err != nil {
		return nil, autocert.ErrCacheMiss
	}
	return plain, nil
}

// Put keeps something.
func (c cache) Put(ctx context.Context, name string, plain []byte) error {
	sealed, now := c.vault.SealSite(purpose(name), plain), c.clock.Now()
	return c.db.Update(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec("INSERT INTO certificate (name, sealed, at) VALUES ($1, $2, $3) ON CONFLICT (name) DO UPDATE SET sealed = excluded.sealed, at = excluded.at",
			name, sealed, db.Millis(now))
		return err
	})
}

// Delete forgets something.
func (c cache) Delete(ctx context.Context, name string) error {
	return c.db.Update(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec("DELETE FROM certificate WHERE name = $1", name)
		return err
	})
}

// Expiry tells when the certificate in use ends; zero where there is none yet.
func (m *Manager) Expiry(ctx context.Context) (time.Time, error) {
	plain, err := m.auto.Cache.Get(ctx, m.domain)
	if err == autocert.ErrCacheMiss {
		return time.Time{}, nil
	}
	if err != nil {
		return time.Time{}, err
	}
	pair, err := tls.X509KeyPair(plain, plain)
	if err != nil || pair.Leaf == nil {
		return time.Time{}, err
	}
	return pair.Leaf.NotAfter, nil
}

// Tables declares what this package keeps.
var Tables = []db.Table{
	{Name: "certificate", Export: "none", Keep: "until replaced; sealed under the site's key, no member's"},
}

package certs

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"log/slog"
	"math/big"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/db/dbtest"
	"dayroom/internal/platform/keys"

	"golang.org/x/crypto/acme/autocert"
)

var ctx = context.Background()

func vault(t *testing.T) *keys.Store {
	t.Helper()
	dir := t.TempDir()
	k, err := keys.Open(ctx, filepath.Join(dir, "keys.db"), filepath.Join(dir, "root.key"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { k.Close() })
	return k
}

func manager(d *db.DB, v Vault) *Manager {
	return New(d, v, core.SystemClock{}, Options{Domain: "dayroom.example.org", Log: slog.New(slog.DiscardHandler)})
}

func TestWhatIsKeptIsSealedAndComesBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		v := vault(t)
		c := manager(d, v).auto.Cache
		if _, err := c.Get(ctx, "key"); err != autocert.ErrCacheMiss {
			t.Fatalf("from an empty table: %v", err)
		}
		for _, text := range []string{"a private key", "another private key"} {
			if err := c.Put(ctx, "key", []byte(text)); err != nil {
				t.Fatal(err)
			}
			if got, err := c.Get(ctx, "key"); err != nil || string(got) != text {
				t.Errorf("%q %v", got, err)
			}
		}
		err := d.View(ctx, func(tx *db.Tx) error {
			sealed, err := db.One(tx, func(r db.Row) (b []byte, err error) { err = r.Scan(&b); return b, err }, "SELECT sealed FROM certificate")
			if bytes.Contains(sealed, []byte("private")) {
				t.Errorf("it lies there as it is: %q", sealed)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
		if _, err := manager(d, vault(t)).auto.Cache.Get(ctx, "key"); err != autocert.ErrCacheMiss {
			t.Errorf("under another root key: %v", err)
		}
		if err := c.Delete(ctx, "key"); err != nil {
			t.Error(err)
		}
		if _, err := c.Get(ctx, "key"); err != autocert.ErrCacheMiss {
			t.Errorf("after it was deleted: %v", err)
		}
	})
}

func TestTheEndOfACertificateIsKnown(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		m := manager(d, vault(t))
		if end, err := m.Expiry(ctx); err != nil || !end.IsZero() {
			t.Errorf("without one: %v %v", end, err)
		}
		until := time.Date(2027, 2, 3, 4, 5, 6, 0, time.UTC)
		if err := m.auto.Cache.Put(ctx, m.domain, certificate(t, until)); err != nil {
			t.Fatal(err)
		}
		if end, err := m.Expiry(ctx); err != nil || !end.Equal(until) {
			t.Errorf("%v %v", end, err)
		}
	})
}

// certificate is one in the form that autocert keeps: the key, then the certificate.
func certificate(t *testing.T, until time.Time) []byte {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	form := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "dayroom.example.org"}, NotAfter: until}
	cert, err := x509.CreateCertificate(rand.Reader, form, form, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return append(pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert})...)
}

// Whoever comes without HTTPS is sent to the site's own name, whatever name they asked for; what they sent is not taken along.
func TestWithoutHTTPSTheWayLeadsToTheSitesOwnName(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		plain := manager(d, vault(t)).Plain()
		for _, host := range []string{"dayroom.example.org", "dayroom.example.org:80", "elsewhere.example.com", ""} {
			r := httptest.NewRequest(http.MethodGet, "/t/1?after=x", nil)
			r.Host = host
			w := httptest.NewRecorder()
			plain.ServeHTTP(w, r)
			if to := w.Header().Get("Location"); w.Code != http.StatusMovedPermanently || to != "https://dayroom.example.org/t/1?after=x" {
				t.Errorf("%q: %d %q", host, w.Code, to)
			}
		}
		w := httptest.NewRecorder()
		plain.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/signin", nil))
		if w.Code != http.StatusBadRequest || w.Header().Get("Location") != "" {
			t.Errorf("a form: %d %v", w.Code, w.Header())
		}
	})
}

package torture

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/binary"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dayroom/internal/platform/db"

	"golang.org/x/net/dns/dnsmessage"
)

const domain = "dayroom.example.org"

// The program is given a domain and gets its certificate from an issuer that really asks back (Pebble, the test server of Let's Encrypt).
// Started anew it has it at once, though the issuer is gone, and what lies in the database opens nothing.
func TestHTTPSComesByItself(t *testing.T) {
	w := newWorld(t)
	issuer := runIssuer(t, w.addr)
	plain := freePort(t)
	w.serveHTTPS(issuer, plain)
	leaf := w.handshake()
	if leaf.VerifyHostname(domain) != nil || !strings.Contains(leaf.Issuer.CommonName, "Pebble") {
		t.Fatalf("the certificate is for %v, by %s", leaf.DNSNames, leaf.Issuer.CommonName)
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Get("http://" + plain + "/spaces?kind=community")
	w.must(err)
	resp.Body.Close()
	if to := resp.Header.Get("Location"); resp.StatusCode != http.StatusMovedPermanently || to != "https://"+domain+"/spaces?kind=community" {
		t.Errorf("without HTTPS the answer is %d, to %q", resp.StatusCode, to)
	}
	if conn, err := tls.Dial("tcp", w.addr, &tls.Config{ServerName: "another.example.org", InsecureSkipVerify: true}); err == nil {
		conn.Close()
		t.Error("there is a certificate for a name that nobody configured")
	}
	w.kill()
	issuer.stop()
	w.serveHTTPS(issuer, plain)
	if again := w.handshake(); !again.Equal(leaf) {
		t.Error("after a restart the certificate is another one")
	}
	w.kill()
	w.sealedOnly()
}

// handshake gives the certificate that the site shows, once a page came over it.
func (w *world) handshake() *x509.Certificate {
	w.Helper()
	transport := &http.Transport{TLSClientConfig: &tls.Config{ServerName: domain, InsecureSkipVerify: true}, ForceAttemptHTTP2: true,
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, w.addr)
		}}
	defer transport.CloseIdleConnections()
	resp, err := (&http.Client{Transport: transport, Timeout: time.Minute}).Get("https://" + domain + "/healthz")
	w.must(err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	w.must(err)
	if string(body) != "ok\n" || resp.ProtoMajor != 2 || resp.Header.Get("Strict-Transport-Security") == "" {
		w.Errorf("over HTTPS: %q, HTTP/%d, %v", body, resp.ProtoMajor, resp.Header)
	}
	return resp.TLS.PeerCertificates[0]
}

func (w *world) serveHTTPS(issuer *issuer, plain string) {
	w.Helper()
	w.run(exec.Command(w.binary, "serve", "--data", w.data, "--addr", w.addr, "--domain", domain, "--plain-addr", plain, "--acme-directory", issuer.directory),
		"Dayroom is at https://"+domain, "SSL_CERT_FILE="+issuer.root)
}

// run starts a server and waits until it says that it is there.
func (w *world) run(cmd *exec.Cmd, word string, env ...string) {
	w.Helper()
	cmd.Env = append(os.Environ(), env...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	w.must(err)
	w.must(cmd.Start())
	w.server = cmd
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if strings.Contains(lines.Text(), word) {
			return
		}
	}
	w.Fatal("the server did not start")
}

// sealedOnly looks whether anything that lies in the database is a key that opens something.
func (w *world) sealedOnly() {
	w.Helper()
	d, err := db.Open(context.Background(), filepath.Join(w.data, "dayroom.db"))
	w.must(err)
	defer d.Close()
	w.must(d.View(context.Background(), func(tx *db.Tx) error {
		rows, err := db.All(tx, func(r db.Row) (b []byte, err error) { err = r.Scan(&b); return b, err }, "SELECT sealed FROM certificate")
		if err == nil && len(rows) == 0 {
			w.Error("nothing was kept")
		}
		for _, b := range rows {
			if strings.Contains(string(b), "PRIVATE KEY") || strings.Contains(string(b), "CERTIFICATE") {
				w.Error("a key lies in the database as it is")
			}
		}
		return err
	}))
}

// issuer is Pebble.
type issuer struct {
	directory string
	root      string // file with the certificate of the issuer's own address
	cmd       *exec.Cmd
}

func (i *issuer) stop() {
	if i.cmd != nil {
		i.cmd.Process.Kill()
		i.cmd.Wait()
		i.cmd = nil
	}
}

// runIssuer starts an issuer that asks back at one address, wherever a name leads.
func runIssuer(t *testing.T, askAt string) *issuer {
	t.Helper()
	dir := t.TempDir()
	program := filepath.Join(dir, "pebble")
	build := exec.Command("go", "build", "-mod=mod", "-o", program, "github.com/letsencrypt/pebble/v2/cmd/pebble")
	build.Dir = "../../tools"
	if out, err := build.CombinedOutput(); err != nil {
		if os.Getenv("DAYROOM_REQUIRE_TOOLS") == "" && strings.Contains(string(out), "dial tcp") {
			t.Skipf("the issuer cannot be fetched here: %s", out)
		}
		t.Fatalf("build the issuer: %v\n%s", err, out)
	}
	i := &issuer{root: filepath.Join(dir, "cert.pem")}
	key := filepath.Join(dir, "key.pem")
	selfSigned(t, i.root, key)
	listen := freePort(t)
	i.directory = "https://" + listen + "/dir"
	_, tlsPort, err := net.SplitHostPort(askAt)
	if err != nil {
		t.Fatal(err)
	}
	config := filepath.Join(dir, "config.json")
	text := fmt.Sprintf(`{"pebble": {"listenAddress": %q, "managementListenAddress": %q, "certificate": %q, "privateKey": %q, "httpPort": 5002, "tlsPort": %s,
		"retryAfter": {"authz": 1, "order": 1}, "keyAlgorithm": "ecdsa", "profiles": {"default": {"description": "default", "validityPeriod": 7776000}}}}`,
		listen, freePort(t), i.root, key, tlsPort)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	i.cmd = exec.Command(program, "-config", config, "-dnsserver", everythingIsHere(t))
	i.cmd.Env = append(os.Environ(), "PEBBLE_VA_NOSLEEP=1", "PEBBLE_WFE_NONCEREJECT=0")
	out, err := i.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := i.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(i.stop)
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if strings.Contains(lines.Text(), "ACME directory available") {
			go io.Copy(io.Discard, out)
			return i
		}
	}
	t.Fatal("the issuer did not start")
	return nil
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// selfSigned makes the certificate of the issuer's own address.
func selfSigned(t *testing.T, certFile, keyFile string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "issuer"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for file, block := range map[string]*pem.Block{certFile: {Type: "CERTIFICATE", Bytes: der}, keyFile: {Type: "PRIVATE KEY", Bytes: raw}} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// everythingIsHere is a name server, over TCP as the issuer wants it, for which every name leads to this machine.
func everythingIsHere(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go answerNames(conn)
		}
	}()
	return l.Addr().String()
}

// answerNames answers the questions on a connection (RFC 1035, section 4.2.2).
func answerNames(conn net.Conn) {
	defer conn.Close()
	for {
		var length [2]byte
		if _, err := io.ReadFull(conn, length[:]); err != nil {
			return
		}
		question := make([]byte, binary.BigEndian.Uint16(length[:]))
		if _, err := io.ReadFull(conn, question); err != nil {
			return
		}
		var m dnsmessage.Message
		if m.Unpack(question) != nil || len(m.Questions) == 0 {
			return
		}
		m.Response, m.RecursionAvailable, m.Additionals = true, true, nil
		if q := m.Questions[0]; q.Type == dnsmessage.TypeA {
			m.Answers = []dnsmessage.Resource{{Header: dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class, TTL: 1}, Body: &dnsmessage.AResource{A: [4]byte{127, 0, 0, 1}}}}
		}
		out, err := m.Pack()
		if err != nil {
			return
		}
		conn.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(out))), out...))
	}
}

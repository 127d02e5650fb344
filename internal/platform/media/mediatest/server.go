// Package mediatest runs a real S3 server for tests: versitygw, on a folder, as a process of its own.
package mediatest

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"dayroom/internal/platform/media"
)

// Server is an S3 server with a bucket called images.
type Server struct {
	address string
	folder  string
	process *exec.Cmd
}

const (
	key    = "a-key"
	secret = "a-secret-of-some-length"
)

var (
	built   sync.Once
	program string
	problem error
)

// build makes the server's program, once for all tests of a package. It is a module of its own: it brings in far more than we use.
func build() {
	root, err := filepath.Abs(".")
	for err == nil {
		if _, there := os.Stat(filepath.Join(root, "tools", "s3", "go.mod")); there == nil {
			break
		}
		if root == filepath.Dir(root) {
			err = fmt.Errorf("tools/s3 is not above this folder")
		}
		root = filepath.Dir(root)
	}
	if err != nil {
		problem = err
		return
	}
	folder, err := os.UserCacheDir()
	if err != nil {
		folder = os.TempDir()
	}
	program = filepath.Join(folder, "dayroom-test", "versitygw")
	made := fmt.Sprint(program, "-", os.Getpid()) // tests of another package may run the program, or make it at this moment
	cmd := exec.Command("go", "build", "-o", made, "github.com/versity/versitygw/cmd/versitygw")
	cmd.Dir = filepath.Join(root, "tools", "s3")
	if out, err := cmd.CombinedOutput(); err != nil {
		problem = fmt.Errorf("build the S3 server: %w\n%s", err, out)
		return
	}
	problem = os.Rename(made, program)
}

// Run starts a server, and skips the test where its program cannot be fetched, unless DAYROOM_REQUIRE_TOOLS is set.
func Run(t testing.TB) *Server {
	t.Helper()
	built.Do(build)
	if problem != nil {
		if os.Getenv("DAYROOM_REQUIRE_TOOLS") == "" {
			t.Skipf("no S3 server here: %v", problem)
		}
		t.Fatal(problem)
	}
	s := &Server{folder: t.TempDir()}
	for _, dir := range []string{"data/images", "versions", "meta"} {
		if err := os.MkdirAll(filepath.Join(s.folder, dir), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.address = l.Addr().String()
	_ = l.Close()
	s.Start(t)
	t.Cleanup(s.Stop)
	return s
}

// Start starts it, or starts it anew after Stop.
func (s *Server) Start(t testing.TB) {
	t.Helper()
	s.process = exec.Command(program, "--port", s.address, "--access", key, "--secret", secret, "--quiet", "posix",
		"--versioning-dir", filepath.Join(s.folder, "versions"), "--sidecar", filepath.Join(s.folder, "meta"), filepath.Join(s.folder, "data"))
	s.process.Stderr = os.Stderr
	if err := s.process.Start(); err != nil {
		t.Fatal(err)
	}
	for range 500 {
		if conn, err := net.Dial("tcp", s.address); err == nil {
			_ = conn.Close()
			return
		}
		time.Sleep(20 * time.Millisecond) // another process: there is nothing else to wait for
	}
	t.Fatal("the S3 server does not start")
}

// Stop ends it. What it holds stays.
func (s *Server) Stop() {
	if s.process != nil {
		_ = s.process.Process.Signal(syscall.SIGKILL)
		_ = s.process.Wait()
		s.process = nil
	}
}

// Options are how to get at a prefix in its bucket.
func (s *Server) Options(prefix string) media.BucketOptions {
	return media.BucketOptions{Address: "http://" + s.address + "/images/" + prefix, Key: key, Secret: secret}
}

// Bucket opens a prefix of its bucket.
func (s *Server) Bucket(t testing.TB, prefix string) *media.Bucket {
	t.Helper()
	b, err := media.OpenBucket(context.Background(), s.Options(prefix))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Files counts what lies under a prefix on the server's own disk.
func (s *Server) Files(t testing.TB, prefix string) (n int) {
	t.Helper()
	root := filepath.Join(s.folder, "data", "images", prefix)
	_ = filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() && !strings.HasPrefix(d.Name(), ".") {
			n++
		}
		return nil
	})
	return n
}

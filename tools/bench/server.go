package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// server is a process that answers: the real one, or the bare one.
type server struct {
	url  string
	cmd  *exec.Cmd
	done chan struct{}
	log  string
}

// start runs the program on a site and waits for its first page.
func start(ctx context.Context, program string, s *site) (*server, error) {
	addr, err := freePort()
	if err != nil {
		return nil, err
	}
	args := []string{"serve", "--addr", addr, "--data", s.dir, "--flood", "0", "--api-rate", "0"}
	if s.db != "" {
		args = append(args, "--db", s.db, "--keys", filepath.Join(s.dir, "keys.db"))
	}
	return launch(ctx, exec.Command(program, args...), addr, filepath.Join(s.dir, "server.log"))
}

// launch starts a process and returns when it answers.
func launch(ctx context.Context, cmd *exec.Cmd, addr, log string) (*server, error) {
	f, err := os.Create(log)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	cmd.Stdout, cmd.Stderr = f, f
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} // it must not outlive what started it
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	s := &server{url: "http://" + addr, cmd: cmd, done: make(chan struct{}), log: log}
	go func() { cmd.Wait(); close(s.done) }()
	deadline := time.Now().Add(2 * time.Minute) // a large site may have to be migrated
	for time.Now().Before(deadline) {
		res, err := http.Get(s.url + "/healthz")
		if err == nil {
			io.Copy(io.Discard, res.Body)
			res.Body.Close()
			return s, nil
		}
		select {
		case <-ctx.Done():
			s.stop()
			return nil, ctx.Err()
		case <-s.done:
			text, _ := os.ReadFile(log)
			return nil, fmt.Errorf("%s ended: %s", cmd.Path, bytes.TrimSpace(text))
		case <-time.After(2 * time.Millisecond):
		}
	}
	s.stop()
	return nil, errors.New("the server does not answer")
}

func (s *server) stop() {
	s.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-s.done:
	case <-time.After(30 * time.Second):
		s.cmd.Process.Kill()
		<-s.done
	}
}

func freePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}

// tick is the unit in which Linux tells processor time to user space (USER_HZ; proc(5)).
const tick = 10 * time.Millisecond

// cpu is the processor time that the process has used: user and system.
func (s *server) cpu() time.Duration {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	// The second field is the name in parentheses and may hold spaces; user and system are the 14th and 15th.
	fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
	return time.Duration(number(fields[11])+number(fields[12])) * tick
}

// memory is the resident memory of the process, in bytes.
func (s *server) memory() int64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			return number(strings.Fields(rest)[0]) << 10
		}
	}
	return 0
}

// busy is the processor time that the whole machine has used since it started.
func busy() time.Duration {
	text, err := os.ReadFile("/proc/stat")
	if err != nil {
		return 0
	}
	line, _, _ := strings.Cut(string(text), "\n")
	fields := strings.Fields(line)[1:]
	var sum int64
	for i, f := range fields[:8] {
		if i != 3 && i != 4 { // idle, and waiting for a disk
			sum += number(f)
		}
	}
	return time.Duration(sum) * tick
}

// ours is the processor time that this process, which makes the load, has used.
func ours() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func number(text string) int64 {
	n, _ := strconv.ParseInt(text, 10, 64)
	return n
}

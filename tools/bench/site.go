package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"dayroom/internal/account"
	"dayroom/internal/app"
	"dayroom/internal/core"
	"dayroom/internal/importer"
	"dayroom/internal/platform/db"
	"dayroom/internal/policy"
	dayroom "dayroom/internal/site"
	"dayroom/internal/space"
	"dayroom/internal/thread"

	_ "github.com/jackc/pgx/v5/stdlib"
)

// site is a filled site that is measured: a copy of the kept corpus, because writing changes it.
type site struct {
	corpus corpus
	dir    string
	db     string // the address of a PostgreSQL database; empty is SQLite in dir
	thread core.ID
	busy   core.ID // the thread that is written to
	signIn string
	token  string
	words  [2]string
}

// reader is the handle of the member who reads and writes; crowd is how many others have reacted in the thread that is read.
const (
	reader = "benchreader"
	crowd  = 12
)

// prepare gives a fresh copy of a corpus, which is made where none is kept.
func prepare(ctx context.Context, s settings, c corpus) (*site, error) {
	kept := keptFolder(s, c)
	if _, err := os.Stat(filepath.Join(kept, "complete")); err != nil {
		if err := os.RemoveAll(kept); err != nil {
			return nil, err
		}
		if err := fill(ctx, s, c, kept); err != nil {
			return nil, err
		}
	}
	dir := filepath.Join(s.data, "run-"+c.Name)
	if err := os.RemoveAll(dir); err != nil {
		return nil, err
	}
	if out, err := exec.CommandContext(ctx, "cp", "-a", "--reflink=auto", kept, dir).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("copy the corpus: %w: %s", err, out)
	}
	at := &site{corpus: c, dir: dir}
	if s.db != "" {
		var err error
		if at.db, err = database(ctx, s.db, "dayroom_bench_run_"+c.Name, "dayroom_bench_"+c.Name); err != nil {
			return nil, err
		}
	}
	g := newGenerator(c, time.Now())
	at.words = [2]string{g.word(oneWord), g.word(anotherWord)}
	return at, at.signUp(ctx)
}

// open opens the site inside this process, to prepare it.
func (s *site) open(ctx context.Context) (*app.App, error) {
	config := app.Config{Addr: "127.0.0.1:0", Data: s.dir, DB: s.db, Keys: filepath.Join(s.dir, "keys.db"), KeyFile: filepath.Join(s.dir, "root.key"),
		BaseURL: "http://127.0.0.1", SMTPTLS: "starttls", Log: "text"}
	if s.db == "" {
		config.DB = filepath.Join(s.dir, "dayroom.db")
	}
	return app.Open(ctx, config, slog.New(slog.NewTextHandler(io.Discard, nil)))
}

// fill makes a corpus.
func fill(ctx context.Context, s settings, c corpus, dir string) (err error) {
	at := &site{corpus: c, dir: dir}
	if s.db != "" {
		if at.db, err = database(ctx, s.db, "dayroom_bench_"+c.Name, "template1"); err != nil {
			return err
		}
	}
	a, err := at.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	err = a.DB.Update(ctx, func(tx *db.Tx) error {
		return dayroom.Store(tx, dayroom.Settings{Name: "Bench", Languages: []string{"en", "pt", "ar"}, AgeLimit: 18, SignUp: dayroom.SignUpOpen,
			QuickExit: dayroom.DefaultQuickExit, Ready: true})
	})
	if err != nil {
		return err
	}
	a.Site.Forget()
	in := space.DefaultsFor(policy.Community)
	in.Slug, in.Name, in.Description, in.Visibility = benchSpace, "The long bench", "Where everything is said.", policy.Public
	if _, err := a.Space.Create(ctx, core.SystemActor, in); err != nil {
		return err
	}
	if err := talkIn(ctx, a, c); err != nil {
		return err
	}
	if err := a.Search.Fill(ctx); err != nil {
		return err
	}
	if err := at.people(ctx, a); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "complete"), nil, 0o600)
}

// talkIn imports the corpus as an operator would.
func talkIn(ctx context.Context, a *app.App, c corpus) error {
	from, to := io.Pipe()
	go func() { to.CloseWithError(newGenerator(c, time.Now()).write(to, c)) }()
	begin := time.Now()
	last := begin
	sum, err := importer.New(a.DB, a.Lease.IDs, a.Clock, a.Account).Import(ctx, core.SystemActor, importer.Input{
		Space: benchSpace, From: from,
		Progress: func(s importer.Summary) {
			if time.Since(last) > 10*time.Second {
				last = time.Now()
				fmt.Fprintf(os.Stderr, "corpus %s: %d of %d comments\n", c.Name, s.Comments, c.Comments)
			}
		},
		Rejected: func(r importer.Rejection) { fmt.Fprintf(os.Stderr, "line %d: %s\n", r.Line, r.Reason) },
	})
	if err != nil {
		return err
	}
	took := time.Since(begin)
	fmt.Fprintf(os.Stderr, "corpus %s: %d threads and %d comments by %d members in %s, %.0f a second\n", c.Name, sum.Threads, sum.Comments, sum.Authors,
		took.Round(time.Millisecond), float64(sum.Threads+sum.Comments)/took.Seconds())
	return nil
}

var reactions = []thread.Reaction{thread.SameHere, thread.ThankYou, thread.HelpedThis}

// people makes those who can sign in: one who reads, and some who react in the thread that is read.
func (s *site) people(ctx context.Context, a *app.App) error {
	if err := s.find(ctx, a); err != nil {
		return err
	}
	for i := range crowd + 1 {
		handle := fmt.Sprintf("bench%d", i)
		if i == crowd {
			handle = reader
		}
		actor, _, err := enter(ctx, a, handle)
		if err != nil {
			return err
		}
		v, err := a.Thread.Read(ctx, actor, s.thread, core.Cursor{})
		if err != nil {
			return err
		}
		for n, c := range v.Comments {
			if n%(i+2) != 0 {
				continue
			}
			if _, err := a.Thread.React(ctx, actor, c.ID, reactions[n%len(reactions)], true); err != nil {
				return err
			}
		}
	}
	return nil
}

// enter makes a member who is a regular of the space, and signs them in.
func enter(ctx context.Context, a *app.App, handle string) (core.Actor, string, error) {
	if _, err := a.Account.Create(ctx, core.SystemActor, account.NewMember{Handle: handle, Adult: true, Language: "en"}); err != nil {
		return core.Actor{}, "", err
	}
	entry, err := a.Account.EnterUnproved(ctx, handle, account.From{Address: "127.0.0.1", Agent: "bench"})
	if err != nil {
		return core.Actor{}, "", err
	}
	actor, err := a.Account.Authenticate(ctx, entry.Token)
	if err != nil {
		return actor, "", err
	}
	if _, err := a.Space.Join(ctx, actor, benchSpace, space.JoinInput{}); err != nil {
		return actor, "", err
	}
	return actor, entry.Token, a.DB.Update(ctx, func(tx *db.Tx) error {
		long := db.Millis(time.Now().AddDate(0, -6, 0))
		if _, err := tx.Exec("UPDATE member SET created_at = $1 WHERE id = $2", long, actor.Member); err != nil {
			return err
		}
		_, err := tx.Exec("UPDATE membership SET approved = 100, since = $1, rules_at = $1 WHERE member = $2", long, actor.Member)
		return err
	})
}

// signUp finds what is asked for in a copy, and gives its reader a sign-in and a token that are fresh.
func (s *site) signUp(ctx context.Context) (err error) {
	a, err := s.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	if err := s.find(ctx, a); err != nil {
		return err
	}
	entry, err := a.Account.EnterUnproved(ctx, reader, account.From{Address: "127.0.0.1", Agent: "bench"})
	if err != nil {
		return err
	}
	s.signIn = entry.Token
	actor, err := a.Account.Authenticate(ctx, entry.Token)
	if err != nil {
		return err
	}
	s.token, err = a.Account.MakeToken(ctx, actor, account.TokenInput{Name: "bench", Days: 1, Scopes: core.ScopeWrite})
	return err
}

// find looks up the newest thread, which has fifty comments, and the one before it, which is written to.
func (s *site) find(ctx context.Context, a *app.App) error {
	return a.DB.View(ctx, func(tx *db.Tx) error {
		ids, err := db.All(tx, db.ID, "SELECT id FROM thread ORDER BY created_at DESC LIMIT 2")
		if err != nil {
			return err
		}
		s.thread, s.busy = ids[0], ids[1]
		return nil
	})
}

// database makes a database of a server anew, as a copy of another, and gives its address.
func database(ctx context.Context, server, name, from string) (string, error) {
	d, err := sql.Open("pgx", server)
	if err != nil {
		return "", err
	}
	defer d.Close()
	for _, statement := range []string{"DROP DATABASE IF EXISTS " + name, "CREATE DATABASE " + name + " TEMPLATE " + from} {
		if _, err := d.ExecContext(ctx, statement); err != nil {
			return "", fmt.Errorf("%s: %w", statement, err)
		}
	}
	u, err := url.Parse(server)
	if err != nil {
		return "", err
	}
	u.Path = "/" + name
	return u.String(), nil
}

package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/httpx"
	"dayroom/internal/web/shell"

	"github.com/danielgtaylor/huma/v2"
)

// repeatAge is how long a program may ask again under the same Idempotency-Key and be told what it was told.
const repeatAge = 24 * time.Hour

// asked is a request under a key, as it was kept.
type asked struct {
	request []byte
	status  int
	answer  string
}

// once carries a creation out at most once for each Idempotency-Key of a token. The key is claimed in the transaction that creates,
// so of two twins at the same moment one creates and the other is told to ask again; what failed left no claim. After a crash between
// creating and keeping the answer the key stays claimed: never twice is worth more here than always answered.
func (a *API) once(c *shell.Call, op Op, described *huma.Operation, act func(*exchange)) error {
	key := c.R.Header.Get("Idempotency-Key")
	if key == "" {
		x := newExchange(c, described, c.Ctx())
		act(x)
		return x.finish()
	}
	if len(key) > 200 || strings.ContainsFunc(key, func(r rune) bool { return r < '!' || r > '~' }) {
		return core.Field("Idempotency-Key", "api.key.form")
	}
	body, err := io.ReadAll(c.R.Body)
	if err != nil {
		return err
	}
	c.R.Body = io.NopCloser(bytes.NewReader(body))
	request := fingerprint(c.R, body)
	if old, err := a.earlier(c.Ctx(), c.Actor, key); err == nil {
		return repeat(c, old, request)
	} else if !core.IsNotFound(err) {
		return err
	}
	var claimed bool
	x := newExchange(c, described, db.WithFirst(c.Ctx(), func(tx *db.Tx) error {
		if claimed {
			return nil
		}
		tx.AfterCommit(func() { claimed = true })
		return a.claim(tx, c.Actor, key, request)
	}))
	act(x)
	if claimed {
		if err := a.keep(c.Ctx(), c.Actor, key, x); err != nil {
			return err
		}
	}
	return x.finish()
}

// fingerprint is what makes two requests the same: method, address and body.
func fingerprint(r *http.Request, body []byte) []byte {
	h := sha256.New()
	io.WriteString(h, r.Method+" "+r.URL.RequestURI()+"\n")
	h.Write(body)
	return h.Sum(nil)
}

// repeat answers again what was answered before.
func repeat(c *shell.Call, old asked, request []byte) error {
	switch {
	case !bytes.Equal(old.request, request):
		return core.Field("Idempotency-Key", "api.key.other")
	case old.status == 0:
		return running()
	}
	c.W.Header().Set("Idempotency-Replayed", "true")
	c.W.Header().Set("Cache-Control", "no-store")
	return httpx.WritePage(c.W, c.R, old.status, "application/json", []byte(old.answer))
}

// running tells that the same request is being carried out just now.
func running() error {
	return &core.Error{Code: core.Conflict, Key: "api.key.running", RetryAfter: time.Second}
}

func (a *API) earlier(ctx context.Context, actor core.Actor, key string) (old asked, err error) {
	err = a.DB.View(ctx, func(tx *db.Tx) error {
		old, err = db.One(tx, func(r db.Row) (o asked, err error) { err = r.Scan(&o.request, &o.status, &o.answer); return },
			"SELECT request, status, answer FROM api_request WHERE token = $1 AND key = $2 AND at > $3",
			actor.Token, key, db.Millis(a.Clock.Now().Add(-repeatAge)))
		return err
	})
	return old, err
}

// claim takes the key, or fails where a twin has it.
func (a *API) claim(tx *db.Tx, actor core.Actor, key string, request []byte) error {
	now := a.Clock.Now()
	n, err := tx.Exec(`INSERT INTO api_request (token, key, member, request, at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (token, key) DO UPDATE SET request = excluded.request, status = 0, answer = '', at = excluded.at WHERE api_request.at <= $6`,
		actor.Token, key, actor.Member, request, db.Millis(now), db.Millis(now.Add(-repeatAge)))
	if err == nil && n == 0 {
		err = running()
	}
	return err
}

// keep notes what was answered. Where it failed after all, the key is free again.
func (a *API) keep(ctx context.Context, actor core.Actor, key string, x *exchange) error {
	return a.DB.Update(context.WithoutCancel(ctx), func(tx *db.Tx) (err error) {
		if x.err != nil {
			_, err = tx.Exec("DELETE FROM api_request WHERE token = $1 AND key = $2", actor.Token, key)
			return err
		}
		answer := x.out.Bytes()
		if x.kept != nil {
			if answer, err = json.Marshal(x.kept); err != nil {
				return err
			}
		}
		_, err = tx.Exec("UPDATE api_request SET status = $1, answer = $2 WHERE token = $3 AND key = $4", x.status, string(answer), actor.Token, key)
		return err
	})
}

// Prune forgets requests that were made more than a day before now.
func Prune(ctx context.Context, d *db.DB, now time.Time) (n int64, err error) {
	err = d.Update(ctx, func(tx *db.Tx) error {
		n, err = tx.Exec("DELETE FROM api_request WHERE at <= $1", db.Millis(now.Add(-repeatAge)))
		return err
	})
	return n, err
}

// Tables declares what this package keeps.
var Tables = []db.Table{
	{Name: "api_request", Owner: "member", Export: "none", Erase: db.Delete, Keep: "24 hours; ids, states and a hash of what was sent"},
}

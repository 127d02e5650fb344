package job_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"dayroom/internal/core"
	"dayroom/internal/platform/act"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/db/dbtest"
	"dayroom/internal/platform/job"
)

var admin = core.Actor{Member: 1, Role: core.RoleAdmin, Standing: core.Active}

func listed(t *testing.T, d *db.DB, state job.State) []job.Row {
	t.Helper()
	list, err := job.List(context.Background(), d, admin, state, core.Page{})
	if err != nil {
		t.Fatal(err)
	}
	return list.Items
}

func TestAnAdminTriesAJobAgainOrGivesItUp(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		runner, ids, clock := setUp(t, d)
		broken, ran := true, 0
		runner.Handle("mail", func(context.Context, job.Job) error {
			if ran++; broken {
				return errors.New("550 no mailbox for <maria@example.org>, sorry")
			}
			return nil
		})
		add(t, d, ids, clock.Now(), job.New{Kind: "mail", Payload: 1, Unique: "one"})
		for range 12 {
			if err := runner.Drain(ctx); err != nil {
				t.Fatal(err)
			}
			clock.Advance(5 * 3600e9)
		}
		failed := listed(t, d, job.Failed)
		if len(failed) != 1 || ran != 12 || strings.Contains(failed[0].Failure, "maria") || !strings.Contains(failed[0].Failure, "no mailbox") {
			t.Fatalf("ran %d times, and given up are %+v", ran, failed)
		}
		broken = false
		if err := runner.Retry(ctx, admin, failed[0].ID); err != nil {
			t.Fatal(err)
		}
		if err := runner.Drain(ctx); err != nil || ran != 13 || len(listed(t, d, job.Done)) != 1 {
			t.Errorf("%v: ran %d times", err, ran)
		}
		if err := runner.Cancel(ctx, admin, failed[0].ID); core.CodeOf(err) != core.Conflict {
			t.Errorf("a job that is done was cancelled: %v", err)
		}
		add(t, d, ids, clock.Now(), job.New{Kind: "mail", Payload: 2, Unique: "two"})
		waits := listed(t, d, job.Waiting)[0].ID
		if err := runner.Cancel(ctx, admin, waits); err != nil {
			t.Fatal(err)
		}
		add(t, d, ids, clock.Now(), job.New{Kind: "mail", Payload: 2, Unique: "two"})
		if err := runner.Retry(ctx, admin, waits); core.CodeOf(err) != core.Conflict {
			t.Errorf("what another job does already was tried again: %v", err)
		}
		record, err := act.List(ctx, d, admin, act.Filter{Area: "job"}, core.Page{})
		if err != nil || len(record.Items) != 2 || record.Items[0].Kind != "job.cancelled" || record.Items[1].Target != "mail" {
			t.Errorf("%v: the record is %+v", err, record.Items)
		}
	})
}

func TestOnlyAdminsLookAfterJobs(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		runner, ids, clock := setUp(t, d)
		add(t, d, ids, clock.Now(), job.New{Kind: "mail", Payload: 1})
		id := listed(t, d, job.Waiting)[0].ID
		moderator := core.Actor{Member: 2, Role: core.RoleModerator, Standing: core.Active}
		_, list := job.List(ctx, d, moderator, "", core.Page{})
		for what, err := range map[string]error{"list": list, "retry": runner.Retry(ctx, moderator, id), "cancel": runner.Cancel(ctx, moderator, id)} {
			if core.CodeOf(err) != core.Forbidden {
				t.Errorf("%s: %v", what, err)
			}
		}
	})
}

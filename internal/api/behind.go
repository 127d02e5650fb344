package api

import (
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/act"
	"dayroom/internal/platform/job"
	"dayroom/internal/policy"
)

// Job is work that the site does by itself.
type Job struct {
	ID       core.ID   `json:"id" doc:"The job."`
	Kind     string    `json:"kind" doc:"What it does." example:"webhook.deliver"`
	State    string    `json:"state" enum:"waiting,running,done,failed,cancelled" doc:"Where it stands."`
	Attempts int       `json:"attempts" doc:"How often it was tried; it is given up after 12."`
	Due      time.Time `json:"due,omitzero" doc:"When it is tried next, while it waits."`
	Created  time.Time `json:"created" doc:"When it was added."`
	Ended    time.Time `json:"ended,omitzero" doc:"When it ended."`
	Failure  string    `json:"failure,omitempty" doc:"What went wrong at the last attempt."`
}

// Act is something that an admin did to the site itself.
type Act struct {
	No      int64     `json:"no" doc:"Counts up."`
	At      time.Time `json:"at" doc:"When."`
	Actor   core.ID   `json:"actor,omitzero" doc:"Who; absent: the server itself."`
	Kind    string    `json:"kind" doc:"What was done." example:"settings.changed"`
	Subject core.ID   `json:"subject,omitzero" doc:"The member that it was done to."`
	Target  string    `json:"target,omitempty" doc:"What else it was done to." example:"age_limit"`
	Was     string    `json:"was,omitempty" doc:"Before."`
	Becomes string    `json:"becomes,omitempty" doc:"After."`
}

// AtJob is an address with a job in it.
type AtJob struct {
	Job ref `path:"job" doc:"The job."`
}

type jobFilter struct {
	Paging
	State job.State `query:"state" enum:"waiting,running,done,failed,cancelled" doc:"Only these."`
}

type jobState struct {
	AtJob
	Body struct {
		State string `json:"state" enum:"waiting,cancelled" doc:"waiting: try it now. cancelled: give it up."`
	}
}

type actFilter struct {
	Paging
	Area string `query:"area" enum:"settings,role,credential,organisation,webhook,job" doc:"Only what was about this."`
}

func showJob(r job.Row) Job {
	out := Job{ID: r.ID, Kind: r.Kind, State: string(r.State), Attempts: r.Attempt, Created: r.Created, Ended: r.Finished, Failure: r.Failure}
	if r.State == job.Waiting {
		out.Due = r.Due
	}
	return out
}

func showAct(x act.Act) Act {
	return Act{x.No, x.At, x.Actor, x.Kind, x.Subject, x.Target, x.Was, x.Becomes}
}

// behind is what admins look after behind the scenes.
func (a *API) behind() {
	add(a, Op{ID: "list-jobs", Method: "GET", Path: "/admin/jobs", Door: policy.ForAdmin, Tag: "office", Summary: "Jobs",
		Description: "Newest first. Those that ended stay for a week.", Does: []string{"GET /admin/jobs"}},
		func(c Call, in *jobFilter) (*given[listOf[Job]], error) {
			page, err := in.page()
			if err != nil {
				return nil, err
			}
			rows, err := job.List(c.Ctx(), a.DB, c.Actor, in.State, page)
			return listed(rows, showJob, err)
		})
	add(a, Op{ID: "decide-job", Method: "PUT", Path: "/admin/jobs/{job}/state", Door: policy.ForAdmin, Tag: "office", Summary: "Try a job again, or give it up",
		Description: "A job that runs or is done stays as it is.", Does: []string{"POST /admin/jobs/retry", "POST /admin/jobs/cancel"}},
		func(c Call, in *jobState) (*none, error) {
			if in.Body.State == string(job.Waiting) {
				return nil, a.Jobs.Retry(c.Ctx(), c.Actor, in.Job.ID)
			}
			return nil, a.Jobs.Cancel(c.Ctx(), c.Actor, in.Job.ID)
		})
	add(a, Op{ID: "list-acts", Method: "GET", Path: "/admin/record", Door: policy.ForAdmin, Tag: "office", Summary: "What admins did",
		Description: "To the site itself, newest first, of two years.", Does: []string{"GET /admin/record"}},
		func(c Call, in *actFilter) (*given[listOf[Act]], error) {
			page, err := in.page()
			if err != nil {
				return nil, err
			}
			rows, err := act.List(c.Ctx(), a.DB, c.Actor, act.Filter{Area: in.Area}, page)
			return listed(rows, showAct, err)
		})
}

package api

import (
	"time"

	"dayroom/internal/core"
	"dayroom/internal/notify"
	"dayroom/internal/policy"
)

// Notice is something that the member was told.
type Notice struct {
	ID      core.ID     `json:"id" doc:"The notice."`
	Kind    notify.Kind `json:"kind" enum:"reply,mention,followed,decision,approved,report_update,join_request,held,reported,invited,welcome,upkeep" doc:"What it is about."`
	Detail  string      `json:"detail,omitempty" doc:"What exactly, where the kind has several." example:"hide"`
	Count   int         `json:"count" doc:"How many it stands for."`
	At      time.Time   `json:"at" doc:"When."`
	Read    bool        `json:"read" doc:"Whether it was read."`
	Gone    bool        `json:"gone" doc:"What it points to may not be known any more: the rest is absent."`
	Who     string      `json:"who,omitempty" doc:"The handle of who did it."`
	Space   string      `json:"space,omitempty" doc:"The space's name."`
	Title   string      `json:"title,omitempty" doc:"The thread's title."`
	Thread  core.ID     `json:"thread,omitzero" doc:"The thread."`
	Post    core.ID     `json:"post,omitzero" doc:"The post."`
	Page    string      `json:"page,omitempty" doc:"Where people read it, within the site."`
	Urgency bool        `json:"urgent" doc:"Mail about it did not wait."`
}

// NoticeSetting says how the member is told of one kind of thing.
type NoticeSetting struct {
	Kind notify.Kind `json:"kind" enum:"reply,mention,followed,approved,decision,report_update,invited,join_request,held,reported,upkeep" doc:"Of what."`
	Page bool        `json:"page" doc:"On the page of notices."`
	Mail bool        `json:"mail" doc:"By mail too."`
}

type atNotice struct {
	Notice ref `path:"notice" doc:"The notice."`
}

type noticeSettings struct {
	Body struct {
		Items []NoticeSetting `json:"items" doc:"Kinds that are left out stay as they are."`
	}
}

// NoticePage is where a notice leads.
type NoticePage struct {
	Page string `json:"page" doc:"Where people read it, within the site."`
}

func (a *API) notices() {
	add(a, Op{ID: "list-notices", Method: "GET", Path: "/me/notices", Door: policy.ForMember, Tag: "notices", Summary: "Notices",
		Description: "The latest first. What each points to is looked at again: what may not be known any more has no words.", Does: []string{"GET /notices"}},
		func(c Call, in *Paging) (*given[listOf[Notice]], error) {
			page, err := in.page()
			if err != nil {
				return nil, err
			}
			rows, err := a.Notices.List(c.Ctx(), c.Actor, page)
			return listed(rows, showNotice, err)
		})
	add(a, Op{ID: "read-notice", Method: "POST", Path: "/me/notices/{notice}/read", Door: policy.ForMember, Tag: "notices", Summary: "Mark a notice as read",
		Description: "Gives where it leads.", Does: []string{"GET /notices/{id}"}},
		func(c Call, in *atNotice) (*given[NoticePage], error) {
			path, err := a.Notices.Open(c.Ctx(), c.Actor, in.Notice.ID)
			return give(NoticePage{path}, err)
		})
	add(a, Op{ID: "read-all-notices", Method: "POST", Path: "/me/notices/read", Door: policy.ForMember, Tag: "notices", Summary: "Mark all notices as read",
		Description: "Those that are there now.", Does: []string{"POST /notices/read"}},
		func(c Call, _ *struct{}) (*none, error) { return nil, a.Notices.ReadAll(c.Ctx(), c.Actor) })
	add(a, Op{ID: "read-notice-settings", Method: "GET", Path: "/me/notice-settings", Door: policy.ForMember, Tag: "notices", Summary: "How I am told",
		Description: "For each kind of notice.", Does: []string{"GET /notices/settings"}},
		func(c Call, _ *struct{}) (*given[listOf[NoticeSetting]], error) {
			rows, err := a.Notices.Settings(c.Ctx(), c.Actor)
			return whole(rows, func(s notify.Setting) NoticeSetting { return NoticeSetting(s) }, err)
		})
	add(a, Op{ID: "save-notice-settings", Method: "PUT", Path: "/me/notice-settings", Door: policy.ForMember, Tag: "notices", Summary: "Change how I am told",
		Description: "What is not on the page is not mailed either. Some kinds cannot be switched off on the page.", Does: []string{"POST /notices/settings"}},
		func(c Call, in *noticeSettings) (*none, error) {
			var list []notify.Setting
			for _, s := range in.Body.Items {
				list = append(list, notify.Setting(s))
			}
			return nil, a.Notices.Set(c.Ctx(), c.Actor, list)
		})
}

func showNotice(v notify.View) Notice {
	return Notice{ID: v.ID, Kind: v.Kind, Detail: v.Detail, Count: v.Count, At: v.At, Read: v.Read, Gone: v.Gone, Who: v.Who, Space: v.SpaceName,
		Title: v.Title, Thread: v.Thread, Post: v.Post, Page: v.Path, Urgency: v.Urgent}
}

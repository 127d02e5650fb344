package api

import (
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/i18n"
	"dayroom/internal/policy"
	"dayroom/internal/site"
)

// Site is what everybody may know of it.
type Site struct {
	Name      string          `json:"name" doc:"Its name."`
	Languages []string        `json:"languages" doc:"In which it speaks; the first one greets whoever asks for none of them."`
	AgeLimit  int             `json:"age_limit" doc:"How old members have to be, in years."`
	SignUp    site.SignUpMode `json:"sign_up" enum:"open,approval,invited" doc:"Who may open an account."`
	Contact   string          `json:"contact,omitempty" doc:"How to reach the people who run it, in words."`
	QuickExit string          `json:"quick_exit" doc:"Where leaving quickly leads."`
}

type settingsInput struct{ Body Site }

// AtText is an address with a text of the site in it.
type AtText struct {
	Name     string `path:"name" enum:"privacy,terms" doc:"Which text." example:"privacy"`
	Language string `query:"language" doc:"In which language; absent: the site's first."`
}

type textInput struct {
	AtText
	Body struct {
		Body string `json:"body" doc:"The text, as Markdown."`
	}
}

// SiteText is a text of the site in one language.
type SiteText struct {
	Name     string    `json:"name" doc:"Which."`
	Language string    `json:"language" doc:"In which language."`
	Body     string    `json:"body" doc:"The text, as Markdown."`
	HTML     string    `json:"html" doc:"The text, as HTML that is safe to show."`
	Edited   time.Time `json:"edited,omitzero" doc:"When an admin put it there; absent: it came with the program, and nobody here has read it yet."`
}

func showSite(s site.Settings) Site {
	return Site{s.Name, list(s.Languages), s.AgeLimit, s.SignUp, s.Contact, s.QuickExit}
}

func showText(p site.Page) SiteText { return SiteText{p.Name, p.Language, p.Body, p.HTML, p.EditedAt} }

func (a *API) house() {
	add(a, Op{ID: "read-site", Method: "GET", Path: "/site", Tag: "site", Summary: "The site", Description: "What it is called and how it is kept.",
		Does: []string{"GET /about", "GET /admin/settings"}},
		func(c Call, _ *struct{}) (*given[Site], error) { return give(showSite(c.Settings), nil) })
	add(a, Op{ID: "change-site", Method: "PUT", Path: "/admin/settings", Door: policy.ForAdmin, Tag: "site", Summary: "Change the site's settings",
		Description: "All of them at once.", Does: []string{"POST /admin/settings"}},
		func(c Call, in *settingsInput) (*none, error) {
			s, b := c.Settings, in.Body
			s.Name, s.Languages, s.AgeLimit, s.SignUp, s.Contact, s.QuickExit = line(b.Name), b.Languages, b.AgeLimit, b.SignUp, line(b.Contact), line(b.QuickExit)
			return nil, a.Site.Change(c.Ctx(), c.Actor, s)
		})
	add(a, Op{ID: "read-text", Method: "GET", Path: "/texts/{name}", Tag: "site", Summary: "Privacy and terms",
		Description: "In the language, or the nearest that there is.", Does: []string{"GET /privacy", "GET /terms"}},
		func(c Call, in *AtText) (*given[SiteText], error) {
			code := in.Language
			if code == "" {
				code = c.Lang()
			}
			p, err := a.Site.PageFor(c.Ctx(), in.Name, code)
			return give(showText(p), err)
		})
	a.texts()
}

func (a *API) texts() {
	add(a, Op{ID: "read-text-to-edit", Method: "GET", Path: "/admin/texts/{name}", Door: policy.ForAdmin, Tag: "site", Summary: "A text, for changing it",
		Description: "In exactly one language of the site.", Does: []string{"GET /admin/pages/{name}"}},
		func(c Call, in *AtText) (*given[SiteText], error) {
			code, err := languageOf(c, in.Language)
			if err != nil {
				return nil, err
			}
			p, err := a.Site.PageToEdit(c.Ctx(), c.Actor, in.Name, code)
			p.Language = code
			return give(showText(p), err)
		})
	add(a, Op{ID: "change-text", Method: "PUT", Path: "/admin/texts/{name}", Door: policy.ForAdmin, Tag: "site", Summary: "Change a text",
		Description: "In one language of the site.", Does: []string{"POST /admin/pages/{name}"}},
		func(c Call, in *textInput) (*none, error) {
			code, err := languageOf(c, in.Language)
			if err != nil {
				return nil, err
			}
			return nil, a.Site.ChangePage(c.Ctx(), c.Actor, in.Name, code, text(in.Body.Body))
		})
	add(a, Op{ID: "reset-text", Method: "DELETE", Path: "/admin/texts/{name}", Door: policy.ForAdmin, Tag: "site", Summary: "Go back to the text that came with the program",
		Description: "In one language of the site.", Does: []string{"POST /admin/pages/{name}"}},
		func(c Call, in *AtText) (*none, error) {
			code, err := languageOf(c, in.Language)
			if err != nil {
				return nil, err
			}
			return nil, a.Site.ResetPage(c.Ctx(), c.Actor, in.Name, code)
		})
}

// languageOf is a language that the site speaks: the one asked for, else its first.
func languageOf(c Call, asked string) (string, error) {
	offered := i18n.Enabled(c.Settings.Languages)
	if asked == "" {
		return offered[0].Code, nil
	}
	for _, l := range offered {
		if l.Code == asked {
			return asked, nil
		}
	}
	return "", core.Missing("language")
}

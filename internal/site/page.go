package site

import (
	"context"
	"embed"
	"errors"
	"io/fs"
	"strconv"
	"strings"
	"sync"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/act"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/i18n"
	"dayroom/internal/platform/markup"
	"dayroom/internal/policy"
)

// The pages that every site has and an operator answers for. A text of ours stands there until an admin has put their own.
const (
	PagePrivacy = "privacy"
	PageTerms   = "terms"
)

// PageNames lists them.
var PageNames = []string{PagePrivacy, PageTerms}

//go:embed pages
var pageFiles embed.FS

// Page is a text of the site in one language.
type Page struct {
	Name     string
	Language string
	Body     string // Markdown
	HTML     string
	EditedAt time.Time // zero where it is the text that came with the program
}

// Reviewed tells whether an admin has put the text there. The one that came with the program tells what the program does; who
// runs the site, and under which law, it cannot know.
func (p Page) Reviewed() bool { return !p.EditedAt.IsZero() }

// PageFor gives a page in the reader's language, or the nearest that there is: what an admin wrote, in whichever language, comes
// before a text of ours, because it is what holds.
func (s *Service) PageFor(ctx context.Context, name, language string) (Page, error) {
	settings, err := s.Settings(ctx)
	if err != nil {
		return Page{}, err
	}
	written, err := s.written(ctx, name)
	if err != nil {
		return Page{}, err
	}
	for _, code := range append([]string{language}, settings.Languages...) {
		if p, ok := written[code]; ok {
			return p, nil
		}
	}
	return defaultPage(name, language, settings)
}

// PageToEdit gives a page in exactly one language, for an admin.
func (s *Service) PageToEdit(ctx context.Context, actor core.Actor, name, language string) (Page, error) {
	if err := policy.ManageSite(actor).Err(); err != nil {
		return Page{}, err
	}
	settings, err := s.Settings(ctx)
	if err != nil {
		return Page{}, err
	}
	written, err := s.written(ctx, name)
	if err != nil {
		return Page{}, err
	}
	if p, ok := written[language]; ok {
		return p, nil
	}
	return defaultPage(name, language, settings)
}

// written reads what admins wrote of a page, by language.
func (s *Service) written(ctx context.Context, name string) (map[string]Page, error) {
	if !isPage(name) {
		return nil, core.Missing("page")
	}
	out := map[string]Page{}
	err := s.db.View(ctx, func(tx *db.Tx) error {
		for _, l := range i18n.Languages() {
			p, err := db.One(tx, func(r db.Row) (p Page, err error) {
				var at int64
				err = r.Scan(&p.Body, &p.HTML, &at)
				p.EditedAt = db.Moment(at)
				return p, err
			}, "SELECT body, html, at FROM site_page WHERE name = $1", rowName(name, l.Code))
			if core.IsNotFound(err) {
				continue
			}
			if err != nil {
				return err
			}
			p.Name, p.Language = name, l.Code
			out[l.Code] = p
		}
		return nil
	})
	return out, err
}

func isPage(name string) bool { return name == PagePrivacy || name == PageTerms }

func isLanguage(code string) bool {
	for _, l := range i18n.Languages() {
		if l.Code == code {
			return true
		}
	}
	return false
}

func rowName(name, language string) string { return name + "." + language }

// ChangePage puts an admin's text in place of what stood there.
func (s *Service) ChangePage(ctx context.Context, actor core.Actor, name, language, body string) (err error) {
	defer core.Wrap(&err, "site.ChangePage(%s, %s)", name, language)
	if !isPage(name) || !isLanguage(language) {
		return core.Missing("page")
	}
	if err := policy.ManageSite(actor).Err(); err != nil {
		return err
	}
	html, err := renderPage(body)
	if err != nil {
		return core.On("body", err)
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(`INSERT INTO site_page (name, body, html, editor, at) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (name) DO UPDATE SET body = excluded.body, html = excluded.html, editor = excluded.editor, at = excluded.at`,
			rowName(name, language), markup.Normalize(body), html, actor.Member, db.Millis(s.clock.Now()))
		if err != nil {
			return err
		}
		return s.notePage(tx, actor, name, language)
	})
}

// ResetPage goes back to the text that came with the program.
func (s *Service) ResetPage(ctx context.Context, actor core.Actor, name, language string) error {
	if !isPage(name) {
		return core.Missing("page")
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		if err := policy.ManageSite(actor).Err(); err != nil {
			return err
		}
		if _, err := tx.Exec("DELETE FROM site_page WHERE name = $1", rowName(name, language)); err != nil {
			return err
		}
		return s.notePage(tx, actor, name, language)
	})
}

func (s *Service) notePage(tx *db.Tx, actor core.Actor, name, language string) error {
	return act.Append(tx, act.Act{At: s.clock.Now(), Actor: actor.Member, Kind: "settings.page", Target: name + " (" + language + ")"})
}

// headings of a page of ours begin below its h1; markup leaves room for a post's surroundings.
var headings = strings.NewReplacer("<h3>", "<h2>", "</h3>", "</h2>", "<h4>", "<h3>", "</h4>", "</h3>")

func renderPage(body string) (string, error) {
	r, err := markup.Render(body, markup.Options{Links: -1})
	return headings.Replace(r.HTML), err
}

// rendered keeps the texts of ours as HTML: they change with the settings only.
var rendered sync.Map

type renderedKey struct{ name, language, site, contact, age string }

func defaultPage(name, language string, in Settings) (Page, error) {
	text, err := pageFiles.ReadFile("pages/" + language + "/" + name + ".md")
	if errors.Is(err, fs.ErrNotExist) {
		language = i18n.Fallback
		text, err = pageFiles.ReadFile("pages/" + language + "/" + name + ".md")
	}
	if err != nil {
		return Page{}, core.Missing("page").Because(err)
	}
	contact := in.Contact
	if contact == "" {
		contact = i18n.For(language).T("site.contact.none")
	}
	p := Page{Name: name, Language: language}
	p.Body = strings.NewReplacer("{site}", in.Name, "{contact}", contact, "{age}", strconv.Itoa(in.AgeLimit)).Replace(string(text))
	key := renderedKey{name, language, in.Name, in.Contact, strconv.Itoa(in.AgeLimit)}
	if html, ok := rendered.Load(key); ok {
		p.HTML = html.(string)
		return p, nil
	}
	if p.HTML, err = renderPage(p.Body); err != nil {
		return p, err
	}
	rendered.Store(key, p.HTML)
	return p, nil
}

package threadpages

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/httpx"
	"dayroom/internal/platform/markup"
	"dayroom/internal/platform/media"
	"dayroom/internal/thread"
	"dayroom/internal/web/shell"
	"dayroom/internal/web/ui"
)

type uploadPage struct {
	ui.Frame
	Alt      string
	Problems ui.Problems
	Image    *thread.Image // when it is there
	Markdown string
}

func (p *Pages) uploadForm(c *shell.Call) error {
	return c.Show(showUpload(uploadPage{Frame: c.Frame(c.T("threads.upload.title"))}))
}

// upload takes a picture. A script gets the Markdown that shows it, with a place for what it shows to be said in words; without
// one a page gives the line to paste.
func (p *Pages) upload(c *shell.Call) error {
	f, err := c.Form()
	if err != nil {
		return p.uploadAgain(c, "", err)
	}
	alt := f.Line("alt")
	if alt == "" && byScript(c) {
		alt = c.T("threads.image.describe")
	}
	img, err := p.takePicture(c, alt)
	if err != nil {
		return p.uploadAgain(c, alt, err)
	}
	markdown := "![" + escapeAlt(alt) + "](" + img.Path() + ")"
	if byScript(c) {
		return answerText(c, http.StatusOK, markdown+"\n")
	}
	return c.Show(showUpload(uploadPage{Frame: c.Frame(c.T("threads.upload.title")), Image: &img, Markdown: markdown}))
}

func (p *Pages) takePicture(c *shell.Call, alt string) (thread.Image, error) {
	file, _, err := c.R.FormFile("file")
	if errors.Is(err, http.ErrMissingFile) || errors.Is(err, http.ErrNotMultipart) || errors.Is(err, multipart.ErrMessageTooLarge) {
		return thread.Image{}, core.Field("file", "threads.upload.none")
	}
	if err != nil {
		return thread.Image{}, core.E(core.Invalid, "error.bad_form").Because(err)
	}
	defer c.R.MultipartForm.RemoveAll()
	defer file.Close()
	if alt == "" { // before the work of looking at the picture
		return thread.Image{}, core.Field("alt", "thread.media.alt")
	}
	pic, err := p.Pictures.Process(c.Ctx(), file)
	if err != nil {
		return thread.Image{}, core.On("file", err)
	}
	return p.Threads.AddImage(c.Ctx(), c.Actor, pic, alt)
}

// uploadAgain says what is wrong: to a script in plain words, else beside the field.
func (p *Pages) uploadAgain(c *shell.Call, alt string, err error) error {
	m, rest := c.Mistakes(err)
	if rest != nil {
		return rest
	}
	if byScript(c) {
		said := m.Summary
		for _, field := range []string{"alt", "file"} {
			if m.Of(field) != "" {
				said = m.Of(field)
			}
		}
		return answerText(c, m.Status, said)
	}
	return c.ShowStatus(m.Status, showUpload(uploadPage{Frame: c.Frame(c.T("threads.upload.title")), Alt: alt, Problems: ui.ProblemsOf(c.Voice, err)}))
}

// byScript tells a script's request from a form's: a browser that sends a form asks for a page.
func byScript(c *shell.Call) bool { return !strings.Contains(c.R.Header.Get("Accept"), "text/html") }

func answerText(c *shell.Call, status int, text string) error {
	c.W.Header().Set("Cache-Control", "no-store")
	return httpx.WritePage(c.W, c.R, status, "text/plain; charset=utf-8", []byte(text))
}

// escapeAlt keeps a description from ending its own brackets.
func escapeAlt(alt string) string {
	return strings.NewReplacer(`\`, `\\`, "[", `\[`, "]", `\]`).Replace(alt)
}

// described refuses a text with a picture about which nothing is said yet: who cannot see it would get our question read out.
func described(c *shell.Call, body string) error {
	if strings.Contains(body, "!["+c.T("threads.image.describe")+"](") {
		return core.Field("body", "threads.image.describe.first")
	}
	return nil
}

// sayElsewhere tells a writer that a picture of another site is not shown, and what can be done.
func sayElsewhere(c *shell.Call, body string) {
	if markup.ShowsElsewhere(body) {
		c.Say(ui.Calm, "threads.image.elsewhere")
	}
}

// publicAge is how long a browser keeps a picture of a public page without asking. It is a day and for that browser alone, so that
// nothing between holds what its author deletes.
const publicAge = "private, max-age=86400, immutable"

// picture gives a picture to whoever may read its post.
func (p *Pages) picture(c *shell.Call) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	img, err := p.Threads.SeeImage(c.Ctx(), c.Actor, id, c.Path("name"))
	if err != nil {
		return err
	}
	file, err := p.Shelf.Open(c.Ctx(), c.Path("name"))
	if err != nil {
		return err
	}
	defer file.Close()
	return sendPicture(c, file, c.Path("name"), img.Public)
}

func sendPicture(c *shell.Call, file io.ReadSeeker, name string, public bool) error {
	h := c.W.Header()
	h.Set("Content-Type", media.MIMEOf(name))
	h.Set("Content-Disposition", "inline")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "private, no-store")
	if public {
		h.Set("Cache-Control", publicAge)
	}
	http.ServeContent(c.W, c.R, "", time.Time{}, file)
	return nil
}

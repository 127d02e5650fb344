package ui

import (
	"context"
	"io"
	"strconv"
	"strings"

	"github.com/a-h/templ"
)

// Icon is a small drawing in the colour of the text around it: `@ui.IconHome`. It never stands alone: a word is beside it, or
// an unseen one inside the same link.
type Icon string

// The icons, on a field of 24 by 24, drawn with a line of 1.8.
const (
	IconHome      Icon = `<path d="M4 11 12 4l8 7v9h-5.500v-6h-5v6H4z"/>`
	IconSpaces    Icon = `<path d="M4 5.500h9v7.500H8l-4 3.500z"/><path d="M16.5 9H20v11l-3.5-3H11"/>`
	IconWrite     Icon = `<path d="m4 20 1-4.500L16 4.500l3.5 3.500L8.5 19zM13.5 7l3.5 3.5"/>`
	IconMe        Icon = `<circle cx="12" cy="8" r="4"/><path d="M4 20.500c.8-4 4-6 8-6s7.2 2 8 6"/>`
	IconSearch    Icon = `<circle cx="10.5" cy="10.5" r="6"/><path d="m15 15 5.5 5.5"/>`
	IconBell      Icon = `<path d="M6 16.500V11a6 6 0 0 1 12 0v5.500l1.5 1.500h-15zM10 20.500h4"/>`
	IconExit      Icon = `<path d="M10 4H5v16h5M10 12h10M16 8l4 4-4 4"/>`
	IconSignIn    Icon = `<path d="M14 4h5v16h-5M4 12h10M10 8l4 4-4 4"/>`
	IconSettings  Icon = `<path d="M4 7h8M18 7h2M4 17h2M12 17h8"/><circle cx="15" cy="7" r="2.5"/><circle cx="9" cy="17" r="2.5"/>`
	IconCommunity Icon = `<circle cx="8.5" cy="8.5" r="3"/><circle cx="16.5" cy="10" r="2.5"/><path d="M3 19c.5-3.5 2.5-5.5 5.5-5.500s5 2 5.5 5.500M16.5 15c2.5 0 4 1.5 4.5 4"/>`
	IconRounds    Icon = `<path d="M6 4v5a4.5 4.5 0 0 0 9 0V4M10.5 13.500V16a4 4 0 0 0 8 0v-2"/><circle cx="18.5" cy="11.5" r="2"/>`
	IconChannel   Icon = `<path d="M4 10v4h3.500L17 19V5l-9.5 5zM20 9.500v5M7.5 14.5 9 20h2.5"/>`
	IconOpen      Icon = `<circle cx="12" cy="12" r="7.5"/>`
	IconCheck     Icon = `<path d="m5 12.5 4.5 4.500L19 7"/>`
	IconHelped    Icon = `<circle cx="12" cy="12" r="8.5"/><path d="m8 12.5 3 3 5-6"/>`
	IconCalm      Icon = `<circle cx="12" cy="12" r="8.5"/><path d="M12 11v5M12 7.500v.5"/>`
	IconCaution   Icon = `<path d="M12 4 21 19.500H3zM12 10v4.500M12 16.500v.5"/>`
	IconDanger    Icon = `<path d="M8.5 3.500h7l5 5v7l-5 5h-7l-5-5v-7zM12 8v5M12 15.500v.5"/>`
	IconFlag      Icon = `<path d="M6 21V4h12l-2.5 4L18 12H6"/>`
	IconPin       Icon = `<path d="M9 4h6l-1 6 3 3.500H7L10 10zM12 13.500V21"/>`
	IconLock      Icon = `<path d="M5.5 11h13v9.500h-13zM8.5 11V8a3.5 3.5 0 0 1 7 0v3"/>`
	IconWait      Icon = `<circle cx="12" cy="12" r="8.5"/><path d="M12 7v5.500l3.5 2"/>`
	IconBookmark  Icon = `<path d="M7 4h10v16.500l-5-4-5 4z"/>`
	IconReply     Icon = `<path d="M10 5 4 10.500l6 5.500v-3.500c5 0 8 1.5 10 5-.5-6-4-9-10-9z"/>`
	IconQuote     Icon = `<path d="M5 17V11a5 5 0 0 1 4-4.500M14 17V11a5 5 0 0 1 4-4.500M5 12h4.500v5H5zM14 12h4.500v5H14z"/>`
	IconEdit      Icon = `<path d="m5 19 1-4L15.5 5.500l3 3L9 18z"/>`
	IconMore      Icon = `<path d="M5.5 12h.01M12 12h.01M18.5 12h.01" stroke-width="3"/>`
	IconLink      Icon = `<path d="M10 14a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6 0l-3 3a4 4 0 0 0 6 6l1-1"/>`
	IconEye       Icon = `<path d="M2.5 12c2.5-4.5 6-6.5 9.5-6.500s7 2 9.5 6.500c-2.5 4.5-6 6.5-9.5 6.500S5 16.5 2.5 12z"/><circle cx="12" cy="12" r="2.5"/>`
	IconTrash     Icon = `<path d="M5 7h14M9.5 7V4.500h5V7M7 7l1 13.500h8L17 7"/>`
	IconOlder     Icon = `<path d="m9 5 7 7-7 7"/>`
	IconNewer     Icon = `<path d="m15 5-7 7 7 7"/>`
	IconBold      Icon = `<path d="M7 5h6a3.5 3.5 0 0 1 0 7H7zM7 12h7a3.5 3.5 0 0 1 0 7H7z" stroke-width="2.6"/>`
	IconItalic    Icon = `<path d="M10 5h7M7 19h7M14 5l-4 14"/>`
	IconHeading   Icon = `<path d="M6 5v14M18 5v14M6 12h12"/>`
	IconList      Icon = `<path d="M9 6h11M9 12h11M9 18h11M4.5 6h.01M4.5 12h.01M4.5 18h.01"/>`
	IconImage     Icon = `<path d="M4 5h16v14H4zM4 16l5-5 4 4 2.5-2.500L20 17"/><circle cx="15.5" cy="9" r="1.2"/>`
)

// turning are the icons that point along the line of reading; they turn with it in a language that runs from right to left.
var turning = map[Icon]bool{
	IconExit: true, IconSignIn: true, IconReply: true, IconOlder: true, IconNewer: true, IconChannel: true, IconList: true, IconQuote: true,
}

const iconRest = ` viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round"`

func (i Icon) class() string {
	if turning[i] {
		return "icon turn"
	}
	return "icon"
}

// Render draws the icon; with it an Icon is a component.
func (i Icon) Render(_ context.Context, w io.Writer) error {
	if i == "" {
		return nil
	}
	for _, part := range []string{`<svg class="`, i.class(), `"`, iconRest, ` aria-hidden="true">`, string(i), "</svg>"} {
		if _, err := io.WriteString(w, part); err != nil {
			return err
		}
	}
	return nil
}

// repeated are the icons that stand in every post of a page. They are drawn once, by Symbols, and each post only names them: drawn each
// time they were half of a page of fifty comments.
var repeated = []Icon{
	IconMore, IconReply, IconQuote, IconBookmark, IconEdit, IconWait, IconFlag, IconEye, IconTrash, IconLock, IconPin, IconOlder, IconHelped,
}

// again is how each of them is named, ready to be written.
var again = func() map[Icon]string {
	out := map[Icon]string{}
	for n, i := range repeated {
		out[i] = `<svg class="` + i.class() + `" aria-hidden="true"><use href="#icon-` + strconv.Itoa(n) + `"/></svg>`
	}
	return out
}()

// Again draws the icon where Symbols stands on the page.
func (i Icon) Again() templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		if short, ok := again[i]; ok {
			_, err := io.WriteString(w, short)
			return err
		}
		return i.Render(ctx, w)
	})
}

// Symbols holds what Again names. It is not seen itself.
func Symbols() templ.Component { return templ.Raw(symbols) }

var symbols = func() string {
	var b strings.Builder
	b.WriteString(`<svg aria-hidden="true" hidden>`)
	for n, i := range repeated {
		b.WriteString(`<symbol id="icon-` + strconv.Itoa(n) + `"` + iconRest + `>` + string(i) + `</symbol>`)
	}
	return b.String() + `</svg>`
}()

var _ templ.Component = IconHome

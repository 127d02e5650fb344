package ui

import (
	"net/url"
	"strconv"
	"strings"

	"dayroom/internal/core"
	"dayroom/internal/platform/i18n"
	"dayroom/internal/web/static"

	"github.com/a-h/templ"
)

// Frame is what every page has around its content.
type Frame struct {
	Voice
	Site        string  // the name of the site
	Title       string  // of the page; empty on the first page
	Description string  // one sentence for previews; empty on private pages
	Canonical   string  // the address without what only sorts or pages, as a full URL; empty leaves it out
	Feed        string  // the path of an Atom feed of what is here; empty: there is none
	Card        Preview // what another site or a messenger shows of a link to this page; public pages only
	Bare        bool    // no navigation: there is nowhere to go yet
	NoIndex     bool    // asks search engines to stay away; private pages always
	Path        string  // the path of this page with its query, to come back to after signing in

	Viewer Viewer
	Spaces []RailSpace // the viewer's spaces; ui groups them by kind
	Active Nav         // which place in the main navigation this page belongs to

	ShowQuickExit bool
	QuickExitURL  string // a harmless site to leave to
	SearchPath    string // where a search form sends to; empty shows none
	SearchText    string // what stands in it to begin with: "in:asthma " on a page of that space
	WritePath     string // where Write leads; empty means PathWrite. A space's page leads into the space

	Live   []string // the topics of which this page wants to hear, such as "t123"; see package livepages
	LiveAt int64    // the event up to which the page is; zero: it is not live

	Flash     []Flash // what just happened, said once
	Reading   Reading
	Languages []i18n.Language // offered in the footer; fewer than two shows none
	Scripts   []string        // further files of package static, such as "passkey.js"
}

// Viewer is what the frame shows of who looks.
type Viewer struct {
	SignedIn    bool
	Member      string // the id
	Handle      string
	IsModerator bool
	IsAdmin     bool
	NoticeCount int // unread
	QueueCount  int // waiting for the viewer in the queue
}

// ViewerOf takes from an actor what the frame needs; the counts are for the caller to fill.
func ViewerOf(a core.Actor) Viewer {
	return Viewer{SignedIn: a.IsMember(), Member: a.Member.String(), Handle: a.Handle, IsModerator: a.IsModerator(), IsAdmin: a.IsAdmin()}
}

// RailSpace is a space in the rail.
type RailSpace struct {
	Name    string
	Slug    string
	Kind    string // "community", "rounds" or "channel"
	Current bool
	New     bool // something is new since the viewer was there
}

// Nav is a place in the main navigation.
type Nav string

// The places.
const (
	NavNone    Nav = ""
	NavHome    Nav = "home"
	NavSpaces  Nav = "spaces"
	NavWrite   Nav = "write"
	NavMe      Nav = "me"
	NavNotices Nav = "notices"
	NavQueue   Nav = "queue"
	NavAdmin   Nav = "admin"
	NavSignIn  Nav = "sign_in"
	NavJoin    Nav = "join"
)

// Flash says once what just happened.
type Flash struct {
	Tone Tone
	Text string
	Link Link // for example to undo it
}

// The addresses that the frame leads to.
const (
	PathHome     = "/"
	PathSearch   = "/search"
	PathSpaces   = "/spaces"
	PathWrite    = "/write"
	PathMe       = "/me"
	PathNotices  = "/notices"
	PathQueue    = "/queue"
	PathAdmin    = "/admin"
	PathSignIn   = "/signin"
	PathJoin     = "/join"
	PathPrivacy  = "/privacy"
	PathTerms    = "/terms"
	PathReading  = "/reading"
	PathLanguage = "/language"
	PathFeed     = "/feed.atom"
)

// SpaceFeed is the address of the feed of a space that everybody may read.
func SpaceFeed(slug string) string { return "/s/" + slug + PathFeed }

// Preview is a card of a page, as the Open Graph protocol (https://ogp.me) has it.
type Preview struct {
	Title, Words string
	Base         string // the site's own address, in front of the paths; empty: no card
	Path         string // of the page
}

// searchHref leads to the page of the search, with what stands in the form.
func (f Frame) searchHref() string {
	if f.SearchText == "" {
		return f.SearchPath
	}
	return f.SearchPath + "?q=" + url.QueryEscape(f.SearchText)
}

// SpacePath is the address of a space.
func SpacePath(slug string) string { return "/s/" + slug }

// MemberPath is the address of a member's profile.
func MemberPath(handle string) string { return "/m/" + handle }

// navItem is a line of the main navigation.
type navItem struct {
	nav   Nav
	href  string
	icon  Icon
	label string
}

func (f Frame) mainNav() []navItem {
	home := navItem{NavHome, PathHome, IconHome, f.T("frame.home")}
	spaces := navItem{NavSpaces, PathSpaces, IconSpaces, f.T("frame.spaces")}
	if !f.Viewer.SignedIn {
		return []navItem{
			home, spaces,
			{NavSignIn, PathSignIn, IconSignIn, f.T("frame.sign_in")},
			{NavJoin, PathJoin, IconMe, f.T("frame.join")},
		}
	}
	write := f.WritePath
	if write == "" {
		write = PathWrite
	}
	items := []navItem{home, spaces, {NavWrite, write, IconWrite, f.T("frame.write")}}
	if f.hasQueue() { // on a phone only: a wide page has it among the office's
		items = append(items, f.queueItem())
	}
	return append(items, navItem{NavMe, PathMe, IconMe, f.T("frame.me")})
}

// hasQueue tells who finds the queue in the navigation. Stewards, greeters and staff do while something waits in it for them.
func (f Frame) hasQueue() bool { return f.Viewer.IsModerator || f.Viewer.QueueCount > 0 }

func (f Frame) queueItem() navItem { return navItem{NavQueue, PathQueue, IconFlag, f.T("frame.queue")} }

// officeNav is what moderators and admins have beside that.
func (f Frame) officeNav() []navItem {
	var items []navItem
	if f.hasQueue() {
		items = append(items, f.queueItem())
	}
	if f.Viewer.IsAdmin {
		items = append(items, navItem{NavAdmin, PathAdmin, IconSettings, f.T("frame.admin")})
	}
	return items
}

// spaceGroup is the viewer's spaces of one kind.
type spaceGroup struct {
	kind   string
	spaces []RailSpace
}

func (f Frame) spaceGroups() []spaceGroup {
	var groups []spaceGroup
	for _, kind := range []string{"community", "rounds", "channel"} {
		group := spaceGroup{kind: kind}
		for _, s := range f.Spaces {
			if s.Kind == kind {
				group.spaces = append(group.spaces, s)
			}
		}
		if len(group.spaces) > 0 {
			groups = append(groups, group)
		}
	}
	return groups
}

func (f Frame) pageTitle() string {
	if f.Title == "" || f.Title == f.Site {
		return f.Site
	}
	return f.Title + " · " + f.Site
}

func (f Frame) scripts() []string {
	list := []string{static.URL("base.js")}
	if f.SearchPath != "" {
		list = append(list, static.URL("search.js"))
	}
	if f.Viewer.SignedIn {
		list = append(list, static.URL("member.js"))
	}
	if len(f.live()) > 0 {
		list = append(list, static.URL("live.js"))
	}
	for _, name := range f.Scripts {
		list = append(list, static.URL(name))
	}
	return list
}

// live are the topics of the page and, for a member, their own notices.
func (f Frame) live() []string {
	if f.LiveAt == 0 {
		return nil
	}
	if f.Viewer.SignedIn {
		return append([]string{"n" + f.Viewer.Member}, f.Live...)
	}
	return f.Live
}

// liveAttributes tell the script of what to hear, from where on, and as whom.
func (f Frame) liveAttributes() templ.Attributes {
	topics := f.live()
	if len(topics) == 0 {
		return nil
	}
	who := ""
	if f.Viewer.SignedIn {
		who = f.Viewer.Member
	}
	return templ.Attributes{"data-live": strings.Join(topics, " "), "data-live-at": strconv.FormatInt(f.LiveAt, 10), "data-live-who": who}
}

package accountpages

import (
	"slices"
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"dayroom/internal/account"
	"dayroom/internal/policy"
	"dayroom/internal/web/shell"
	"dayroom/internal/web/ui"
)

func meLink(c *shell.Call) ui.Link { return ui.Link{Href: "/me", Label: c.T("accounts.me.title")} }

func (p *pages) profileForm(c *shell.Call) error {
	in, err := p.accounts.MyProfile(c.Ctx(), c.Actor)
	if err != nil {
		return err
	}
	return c.Show(showForm(p.profilePage(c, in)))
}

func (p *pages) profilePage(c *shell.Call, in account.Profile) formPage {
	page := formPage{
		Frame: frame(c, "accounts.profile.title"), Lead: c.T("accounts.profile.lead"), Back: meLink(c), Action: "/me/profile", Submit: c.T("accounts.profile.save"),
	}
	relation := control{ui.Field{Name: "relation", Label: c.T("accounts.profile.relation"), Value: string(in.Relation)}, asRadios}
	for _, r := range account.Relations {
		relation.Options = append(relation.Options, ui.Option{Value: string(r), Label: c.T("accounts.relation." + orNone(string(r)))})
	}
	about := text("about", c.T("accounts.profile.about"), c.T("accounts.profile.about.hint"), in.About)
	about.as, about.Max, about.Rows = asArea, account.MaxAbout, 4
	page.Controls = []control{
		relation, text("for_whom", c.T("accounts.profile.for_whom"), c.T("accounts.profile.for_whom.hint"), in.ForWhom), audience(c, "relation", in.RelationAudience),
		text("conditions", c.T("accounts.profile.conditions"), c.T("accounts.profile.tags.hint"), strings.Join(in.Conditions, ", ")), audience(c, "conditions", in.ConditionsAudience),
		text("treatments", c.T("accounts.profile.treatments"), c.T("accounts.profile.tags.hint"), strings.Join(in.Treatments, ", ")), audience(c, "treatments", in.TreatmentsAudience),
		about, audience(c, "about", in.AboutAudience),
		languages(c, in.Language), audience(c, "language", in.LanguageAudience),
		zonesControl(c, in.TimeZone), audience(c, "time_zone", in.TimeZoneAudience),
	}
	return page
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

// audience asks who may read the field above.
func audience(c *shell.Call, of string, now policy.Audience) control {
	f := ui.Field{Name: of + "_audience", Label: c.T("accounts.profile.audience." + of), Value: string(now)}
	for _, a := range account.Audiences {
		f.Options = append(f.Options, ui.Option{Value: string(a), Label: c.T("accounts.audience." + string(a))})
	}
	return control{f, asSelect}
}

// spoken are the languages offered, by the number of people who might read a site such as this in them.
var spoken = []string{
	"en", "pt", "ar", "es", "fr", "de", "it", "nl", "pl", "ro", "el", "cs", "sk", "hu", "bg", "hr", "sr", "sl", "uk", "ru", "tr", "fa", "ku", "he", "ur", "hi",
	"bn", "pa", "ta", "te", "gu", "mr", "ne", "zh", "yue", "ja", "ko", "vi", "th", "id", "ms", "fil", "sw", "am", "so", "ha", "yo", "ig", "zu", "sv", "da", "nb", "fi",
	"is", "et", "lv", "lt", "sq", "mk", "ka", "hy", "az", "kk", "cy", "ga", "eu", "ca", "gl", "mt",
}

// languages asks for a language; each names itself.
func languages(c *shell.Call, now string) control {
	f := ui.Field{Name: "language", Label: c.T("accounts.profile.language"), Value: now, Options: []ui.Option{{Label: c.T("accounts.profile.unsaid")}}}
	codes := spoken
	if now != "" && !slices.Contains(spoken, now) {
		codes = append([]string{now}, spoken...)
	}
	for _, code := range codes {
		f.Options = append(f.Options, ui.Option{Value: code, Label: languageName(code)})
	}
	return control{f, asSelect}
}

// languageName is the name of a language in itself, else its code.
func languageName(code string) string {
	tag, err := language.Parse(code)
	if err != nil {
		return code
	}
	if name := display.Self.Name(tag); name != "" {
		return name
	}
	return code
}

// places are zones that a list can offer, one for each clock that people live by. Whoever has another keeps it.
var places = []string{
	"Pacific/Honolulu", "America/Anchorage", "America/Los_Angeles", "America/Denver", "America/Phoenix", "America/Chicago", "America/Mexico_City", "America/New_York",
	"America/Bogota", "America/Lima", "America/Caracas", "America/Halifax", "America/Santiago", "America/St_Johns", "America/Argentina/Buenos_Aires", "America/Sao_Paulo",
	"Atlantic/Azores", "Atlantic/Cape_Verde", "Atlantic/Reykjavik", "Europe/Lisbon", "Europe/London", "Europe/Dublin", "Africa/Casablanca", "Africa/Accra", "Africa/Lagos",
	"Africa/Algiers", "Africa/Tunis", "Europe/Madrid", "Europe/Paris", "Europe/Brussels", "Europe/Amsterdam", "Europe/Berlin", "Europe/Zurich", "Europe/Rome", "Europe/Vienna",
	"Europe/Prague", "Europe/Warsaw", "Europe/Stockholm", "Europe/Oslo", "Europe/Copenhagen", "Africa/Cairo", "Africa/Johannesburg", "Europe/Athens", "Europe/Bucharest",
	"Europe/Helsinki", "Europe/Kyiv", "Asia/Beirut", "Asia/Jerusalem", "Europe/Istanbul", "Europe/Moscow", "Asia/Riyadh", "Asia/Baghdad", "Africa/Nairobi", "Asia/Tehran",
	"Asia/Dubai", "Asia/Kabul", "Asia/Karachi", "Asia/Kolkata", "Asia/Colombo", "Asia/Kathmandu", "Asia/Dhaka", "Asia/Yangon", "Asia/Bangkok", "Asia/Ho_Chi_Minh", "Asia/Jakarta",
	"Asia/Shanghai", "Asia/Hong_Kong", "Asia/Taipei", "Asia/Singapore", "Asia/Manila", "Australia/Perth", "Asia/Seoul", "Asia/Tokyo", "Australia/Darwin", "Australia/Adelaide",
	"Australia/Brisbane", "Australia/Sydney", "Pacific/Noumea", "Pacific/Auckland", "Pacific/Tongatapu",
}

func zonesControl(c *shell.Call, now string) control {
	f := ui.Field{Name: "time_zone", Label: c.T("accounts.profile.time_zone"), Value: now, Options: []ui.Option{{Label: c.T("accounts.profile.unsaid")}}}
	names := places
	if now != "" && !slices.Contains(places, now) {
		names = append([]string{now}, places...)
	}
	for _, name := range names {
		f.Options = append(f.Options, ui.Option{Value: name, Label: zoneName(name)})
	}
	return control{f, asSelect}
}

// zoneName turns "America/Sao_Paulo" into "Sao Paulo, America".
func zoneName(name string) string {
	area, place, found := strings.Cut(name, "/")
	if !found {
		return name
	}
	return strings.ReplaceAll(place, "_", " ") + ", " + area
}

func readProfile(f shell.Form) account.Profile {
	audience := func(of string) policy.Audience { return policy.Audience(f.Line(of + "_audience")) }
	return account.Profile{
		Relation: account.Relation(f.Line("relation")), RelationAudience: audience("relation"), ForWhom: f.Line("for_whom"),
		Conditions: f.Tags("conditions"), ConditionsAudience: audience("conditions"), Treatments: f.Tags("treatments"), TreatmentsAudience: audience("treatments"),
		About: f.Text("about"), AboutAudience: audience("about"), Language: f.Line("language"), LanguageAudience: audience("language"),
		TimeZone: f.Line("time_zone"), TimeZoneAudience: audience("time_zone"),
	}
}

func (p *pages) saveProfile(c *shell.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	in := readProfile(form)
	if err := p.accounts.SaveProfile(c.Ctx(), c.Actor, in); err != nil {
		return again(c, err, func() formPage { return p.profilePage(c, in) })
	}
	if in.TimeZone != "" {
		c.SetCookie(shell.ZoneCookie, in.TimeZone, cookieAge)
	}
	c.Say(ui.Good, "accounts.profile.done")
	return c.Go(ui.MemberPath(c.Actor.Handle))
}

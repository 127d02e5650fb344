package sitepages

import (
	"net/url"
	"strings"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/web/shell"
)

// health is for whatever watches over the server: it answers when the database does.
func (p *pages) health(c *shell.Call) error {
	err := p.DB.View(c.Ctx(), func(tx *db.Tx) error {
		_, err := db.One(tx, db.Int64, "SELECT 1")
		return err
	})
	if err != nil {
		return err
	}
	c.W.Header().Set("Cache-Control", "no-store")
	return plain(c, "ok\n")
}

// robots keeps search engines to what is public. What is private asks for signing in anyway, and says noindex.
func (p *pages) robots(c *shell.Call) error {
	return plain(c, "Sitemap: "+c.BaseURL()+"/sitemap.xml\n\nUser-agent: *\nDisallow: /admin\nDisallow: /queue\nDisallow: /me\nDisallow: /m/\nDisallow: /notices\n"+
		"Disallow: /signin\nDisallow: /join\nDisallow: /setup\nDisallow: /language\nDisallow: /media/\n")
}

// securityText tells whoever found a hole how to reach the site (RFC 9116), where the contact is an address of mail or the web.
func (p *pages) securityText(c *shell.Call) error {
	contact := contactURI(c.Settings.Contact)
	if contact == "" {
		return core.Missing("security.txt")
	}
	// Computed anew each time, and rounded: the file stays true for as long as the site answers.
	expires := c.Now.Truncate(24*time.Hour).AddDate(0, 6, 0).Format(time.RFC3339)
	text := "Contact: " + contact + "\nExpires: " + expires + "\nPreferred-Languages: " + strings.Join(c.Settings.Languages, ", ") + "\n"
	if base := c.BaseURL(); base != "" {
		text += "Canonical: " + base + "/.well-known/security.txt\n"
	}
	return plain(c, text)
}

// contactURI finds the first address in words: of the web by HTTPS, or of mail.
func contactURI(words string) string {
	for _, word := range strings.Fields(words) {
		word = strings.Trim(word, ".,;:()<>\"'")
		if u, err := url.Parse(word); err == nil && u.Scheme == "https" && u.Host != "" {
			return u.String()
		}
		if name, host, ok := strings.Cut(word, "@"); ok && name != "" && strings.Contains(host, ".") && !strings.ContainsAny(host, "@/") {
			return "mailto:" + word
		}
	}
	return ""
}

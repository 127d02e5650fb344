package feedpages

import (
	"encoding/xml"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/policy"
	"dayroom/internal/space"
	"dayroom/internal/web/shell"
)

const mapType = "application/xml"

// The two forms of a map (https://www.sitemaps.org/protocol.html): of the addresses, and of further maps.
type siteMap struct {
	XMLName xml.Name  `xml:"http://www.sitemaps.org/schemas/sitemap/0.9 urlset"`
	URLs    []address `xml:"url"`
}

type mapOfMaps struct {
	XMLName xml.Name  `xml:"http://www.sitemaps.org/schemas/sitemap/0.9 sitemapindex"`
	Maps    []address `xml:"sitemap"`
}

type address struct {
	Loc     string `xml:"loc"`
	LastMod string `xml:"lastmod,omitempty"`
}

// siteMap lists the maps: of each channel that everybody may read.
func (p *pages) siteMap(c *shell.Call) error {
	m := mapOfMaps{}
	var page core.Page
	for {
		list, err := p.spaces.List(c.Ctx(), core.Visitor, space.Filter{Kind: policy.Channel}, page)
		if err != nil {
			return err
		}
		for _, s := range list.Items {
			m.Maps = append(m.Maps, address{Loc: c.BaseURL() + s.Path() + "/sitemap.xml", LastMod: lastly(s.NewestAt)})
		}
		if list.Next.IsZero() {
			return sendMap(c, m)
		}
		page.After = list.Next
	}
}

// channelMap has a channel's list and its threads.
func (p *pages) channelMap(c *shell.Call) error {
	s, err := p.open(c)
	if err != nil {
		return err
	}
	if s.Kind != policy.Channel {
		return core.Missing("map")
	}
	list, err := p.threads.Published(c.Ctx(), s.ID)
	if err != nil {
		return err
	}
	m := siteMap{URLs: []address{{Loc: c.BaseURL() + s.Path()}}}
	for _, t := range list {
		m.URLs = append(m.URLs, address{Loc: c.BaseURL() + t.Path(), LastMod: stamp(t.ActiveAt)})
	}
	return sendMap(c, m)
}

func lastly(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return stamp(t)
}

func sendMap(c *shell.Call, m any) error {
	text, err := xml.MarshalIndent(m, "", " ")
	if err != nil {
		return err
	}
	return send(c, mapType, append([]byte(xml.Header), text...))
}

package account

import (
	"strings"
	"unicode"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"

	"golang.org/x/text/unicode/norm"
)

// maxPlaceholder bounds an imported author's name.
const maxPlaceholder = 60

// Placeholders gives the members that stand for the authors of an import, by name, making those that are not there yet. They
// cannot sign in, have no key, and count in no statistic. source keeps two imports' equal names apart, and a colon keeps all of
// them apart from handles that people can take.
func (s *Service) Placeholders(tx *db.Tx, source string, names []string) (map[string]core.ID, error) {
	out := make(map[string]core.ID, len(names))
	for _, name := range names {
		if _, there := out[name]; there {
			continue
		}
		shown := placeholderName(name)
		if shown == "" {
			continue
		}
		id, err := db.One(tx, db.ID, `INSERT INTO member (id, handle, handle_key, role, standing, created_at) VALUES ($1, $2, $3, '', 'placeholder', $4)
			ON CONFLICT (handle_key) DO UPDATE SET handle = excluded.handle RETURNING id`,
			s.ids.Next(), shown, "import:"+source+":"+strings.ToLower(shown), db.Millis(s.now()))
		if err != nil {
			return nil, err
		}
		out[name] = id
	}
	return out, nil
}

// placeholderName is an imported author's name as it stands beside posts.
func placeholderName(name string) string {
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(name, ""))
	r := []rune(strings.Join(strings.Fields(norm.NFC.String(name)), " "))
	return strings.TrimSpace(string(r[:min(len(r), maxPlaceholder)]))
}

package backup

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"time"

	"dayroom/internal/platform/db"
)

// Format is the version of the file's form. A newer form is refused, an older one will go on being read.
const Format = 1

const manifestName = "manifest.json"

// Manifest says what a backup holds. It is the last part of the file.
type Manifest struct {
	Format  int       `json:"format"`
	Schema  int64     `json:"schema"` // version of the migrations
	Engine  db.Engine `json:"engine"` // that it was made from; it can be restored into either
	Created time.Time `json:"created"`
	Tables  []Table   `json:"tables"`
	Media   []Part    `json:"media"`
	// Missing are images that a row names and that were not in the folder, mostly because their post was deleted while the backup
	// was being written.
	Missing []string `json:"missing"`
}

// Part is a file in the archive.
type Part struct {
	File   string `json:"file"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// Table is the part with a table's rows.
type Table struct {
	Name    string      `json:"name"`
	Columns []db.Column `json:"columns"`
	Rows    int64       `json:"rows"`
	Part
}

// Rows counts the rows of all tables.
func (m Manifest) Rows() (n int64) {
	for _, t := range m.Tables {
		n += t.Rows
	}
	return n
}

func engineOf(d *db.DB) db.Engine { return d.Engine() }

// maxImage bounds what is held in memory for one image: no image that was taken is half as large.
const maxImage = 64 << 20

// What a manifest may name. Nothing of the file ever becomes a path or a statement without having passed one of these.
var (
	tableName  = regexp.MustCompile(`^[a-z][a-z0-9_]{0,62}$`)
	mediaPart  = regexp.MustCompile(`^media/([0-9a-f]{32}\.(?:jpg|png))$`)
	hexSHA256  = regexp.MustCompile(`^[0-9a-f]{64}$`)
	errNotMade = errors.New("this is not a backup of Dayroom, or its end is missing: copy it once more from where you keep it")
)

func tablePart(name string) string { return "tables/" + name + ".jsonl" }

// readManifest reads a manifest and checks that it makes sense.
func readManifest(raw []byte) (Manifest, error) {
	var m Manifest
	if err := json.Unmarshal(raw, &m); err != nil {
		return m, fmt.Errorf("the manifest cannot be read: %w", err)
	}
	if m.Format != Format {
		return m, fmt.Errorf("the backup has form %d, and this program knows form %d: use the program that made it, or a newer one", m.Format, Format)
	}
	seen := map[string]bool{}
	check := func(p Part) error {
		if p.Bytes < 0 || !hexSHA256.MatchString(p.SHA256) || seen[p.File] {
			return fmt.Errorf("the manifest has a bad entry %q", p.File)
		}
		seen[p.File] = true
		return nil
	}
	for _, t := range m.Tables {
		if !tableName.MatchString(t.Name) || t.File != tablePart(t.Name) || t.Rows < 0 {
			return m, fmt.Errorf("the manifest has a bad table %q", t.Name)
		}
		if err := check(t.Part); err != nil {
			return m, err
		}
	}
	for _, p := range m.Media {
		if !mediaPart.MatchString(p.File) {
			return m, fmt.Errorf("the manifest has a bad image %q", p.File)
		}
		if p.Bytes > maxImage {
			return m, fmt.Errorf("the image %s has %d bytes, and at most %d are possible", p.File, p.Bytes, maxImage)
		}
		if err := check(p); err != nil {
			return m, err
		}
	}
	return m, nil
}

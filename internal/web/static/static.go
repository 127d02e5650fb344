// Package static holds what the pages need beside themselves: style, script, typeface and pictures.
//
// Everything is embedded, joined and compressed once, when the program starts; there is no bundler and no build step. A file
// is served under a name that carries a hash of its content ("/static/app.3f2a91c0.css"), so a browser may keep it for ever
// and an upgrade is seen at once.
//
// The style is written in layers, one file each, joined to app.css in the order of cssOrder. A script enhances pages that work
// without it; each says in its head which attributes it looks for:
//
//	base.js     every page: leaving quickly, menus, questions before what cannot be undone
//	search.js   where there is a search box: suggestions, and threads similar to a title
//	member.js   signed in: writing, drafts, pictures, keys in the queue
//	live.js     pages that keep themselves up to date, and the worker that a browser's tabs share
//	passkey.js  where a passkey is made or used
//
// The pages' security policy is `default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self';
// connect-src 'self'; form-action 'self'`: there is no inline script and no style attribute anywhere.
package static

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"regexp"
	"strconv"
	"strings"
	"sync"
)

//go:embed css js fonts/*.woff2 img
var files embed.FS

// Prefix is where Handler serves.
const Prefix = "/static/"

// cssOrder is the order in which the parts of app.css are joined: first what later parts build on. The cascade itself is ruled
// by the @layer line at the top of reset.css.
var cssOrder = []string{"reset", "tokens", "base", "layout", "components", "forms", "thread", "pages", "talk", "print"}

// asset is one file, ready to be sent.
type asset struct {
	url     string
	kind    string // content type
	body    []byte
	gzipped []byte // nil for what is compressed by its nature
}

// shelf has every asset by its plain name and by its address.
type shelf struct{ byName, byURL map[string]*asset }

// stock fills the shelf. A file that is missing is a defect of the build, so it panics.
var stock = sync.OnceValue(func() *shelf {
	s := &shelf{map[string]*asset{}, map[string]*asset{}}
	for _, folder := range []string{"fonts", "img", "js"} {
		entries, err := files.ReadDir(folder)
		if err != nil {
			panic(fmt.Sprintf("static: %v", err))
		}
		for _, entry := range entries {
			s.put(entry.Name(), read(path.Join(folder, entry.Name())))
		}
	}
	s.put("app.css", []byte(s.style()))
	return s
})

func read(name string) []byte {
	body, err := fs.ReadFile(files, name)
	if err != nil {
		panic(fmt.Sprintf("static: %v", err))
	}
	return body
}

var (
	comment  = regexp.MustCompile(`(?s)/\*.*?\*/`)
	blank    = regexp.MustCompile(`\s+`)
	tight    = regexp.MustCompile(` ?([{};,>]) ?`)
	assetURL = regexp.MustCompile(`url\(([^)/:]+)\)`)
)

// style joins the layers, drops comments and white space, and puts the hashed addresses of fonts in.
func (s *shelf) style() string {
	var joined strings.Builder
	for _, name := range cssOrder {
		joined.Write(read("css/" + name + ".css"))
	}
	text := comment.ReplaceAllString(joined.String(), "")
	text = tight.ReplaceAllString(blank.ReplaceAllString(text, " "), "$1")
	text = strings.ReplaceAll(text, ";}", "}")
	return assetURL.ReplaceAllStringFunc(text, func(found string) string {
		name := assetURL.FindStringSubmatch(found)[1]
		return "url(" + s.byName[name].url + ")"
	})
}

func (s *shelf) put(name string, body []byte) {
	sum := sha256.Sum256(body)
	ext := path.Ext(name)
	a := &asset{
		url:  Prefix + strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:4]) + ext,
		kind: contentType(ext),
		body: body,
	}
	if ext != ".woff2" && ext != ".png" {
		a.gzipped = compress(body)
	}
	s.byName[name], s.byURL[a.url] = a, a
}

func contentType(ext string) string {
	if ext == ".woff2" {
		return "font/woff2" // not in every system's table
	}
	return mime.TypeByExtension(ext)
}

func compress(body []byte) []byte {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err == nil {
		_, err = w.Write(body)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		panic(fmt.Sprintf("static: %v", err)) // a buffer in memory does not fail
	}
	return b.Bytes()
}

// URL gives the address of a file by its plain name: URL("app.css"). An unknown name is a slip in the program: it panics,
// so that the first page that is tried tells.
func URL(name string) string {
	a, ok := stock().byName[name]
	if !ok {
		panic("static: no file " + name)
	}
	return a.url
}

// Size gives how many bytes a file is on the wire, compressed where it can be.
func Size(name string) int {
	a := stock().byName[name]
	if a.gzipped != nil {
		return len(a.gzipped)
	}
	return len(a.body)
}

// Handler serves everything below Prefix. Only hashed names exist: an old page that asks for an old style gets a 404, never
// a style that does not fit it.
func Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a, ok := stock().byURL[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		header := w.Header()
		header.Set("Content-Type", a.kind)
		header.Set("Cache-Control", "public, max-age=31536000, immutable")
		header.Set("X-Content-Type-Options", "nosniff")
		body := a.body
		if a.gzipped != nil {
			header.Set("Vary", "Accept-Encoding")
			if takesGzip(r.Header.Get("Accept-Encoding")) {
				header.Set("Content-Encoding", "gzip")
				body = a.gzipped
			}
		}
		header.Set("Content-Length", strconv.Itoa(len(body)))
		if r.Method != http.MethodHead {
			_, _ = w.Write(body) // a reader who left is nobody's failure
		}
	})
}

func takesGzip(accepted string) bool {
	for part := range strings.SplitSeq(accepted, ",") {
		name, quality, _ := strings.Cut(strings.TrimSpace(part), ";")
		if name == "gzip" && strings.ReplaceAll(quality, " ", "") != "q=0" {
			return true
		}
	}
	return false
}

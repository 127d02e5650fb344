package threadpages_test

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"mime/multipart"
	"strings"
	"testing"

	"dayroom/internal/core"
	"dayroom/internal/platform/db/dbtest"
	"dayroom/internal/web/webtest"
)

// photo is a JPEG as a telephone makes it, with a note of where it was taken.
func photo(t testing.TB) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 320, 200))
	for x := range 320 {
		img.Set(x, x/2, color.RGBA{uint8(x), 90, 40, 255})
	}
	var plain bytes.Buffer
	if err := jpeg.Encode(&plain, img, nil); err != nil {
		t.Fatal(err)
	}
	// A TIFF header, one entry that leads to the GPS notes, and a place in words.
	note := []byte("Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x88\x25\x00\x04\x00\x00\x00\x01\x00\x00\x00\x1a\x00\x00\x00\x00" +
		"\x00\x01\x00\x1b\x00\x02\x00\x00\x00\x10\x00\x00\x00\x2c\x00\x00\x00\x00GPS 38.7223 N 9.1393 W")
	size := len(note) + 2
	out := append([]byte{0xff, 0xd8, 0xff, 0xe1, byte(size >> 8), byte(size)}, note...)
	return append(out, plain.Bytes()[2:]...)
}

// send uploads a file as a form of the page would, or as its script would.
func send(b *webtest.Browser, script bool, file []byte, fields ...string) *webtest.Page {
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for i := 0; i+1 < len(fields); i += 2 {
		b.Site.Must(w.WriteField(fields[i], fields[i+1]))
	}
	if file != nil {
		part, err := w.CreateFormFile("file", "IMG_0001 at home.jpg")
		b.Site.Must(err)
		_, err = part.Write(file)
		b.Site.Must(err)
	}
	b.Site.Must(w.Close())
	b.Header.Set("Accept", "text/html,application/xhtml+xml")
	if script {
		b.Header.Set("Accept", "*/*")
	}
	defer b.Header.Del("Accept")
	return b.Do("POST", "/upload", w.FormDataContentType(), &body)
}

func TestAPictureLosesItsPlaceAndIsSeenByWhoMayReadItsPost(t *testing.T) {
	each(t, func(h *house) {
		ada, bo := h.As(h.ada), h.As(h.bo)
		ada.Get("/upload").Want(200, "What does it show?").Sound()
		page := send(ada, false, photo(t), "alt", "A [raised] bed").Want(200, "The picture is here").Sound()
		markdown := strings.TrimSpace(page.All("textarea", "name", "line")[0].LastChild.Data)
		if !strings.HasPrefix(markdown, `![A \[raised\] bed](/media/`) {
			t.Fatalf("the line to paste is %q", markdown)
		}
		path := markdown[strings.Index(markdown, "(")+1 : len(markdown)-1]
		own := ada.Get(path).Want(200)
		if own.Header.Get("Content-Type") != "image/jpeg" || own.Header.Get("Cache-Control") != "private, no-store" || own.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("sent with %v", own.Header)
		}
		if strings.Contains(own.Body, "Exif") || strings.Contains(own.Body, "38.7223") || strings.Contains(own.Body, "GPS") {
			t.Error("the picture still tells where it was taken")
		}
		if _, err := jpeg.Decode(strings.NewReader(own.Body)); err != nil {
			t.Error(err)
		}
		for _, b := range []*webtest.Browser{bo, h.Visitor(), h.As(h.admin)} {
			b.Get(path).Want(404)
		}
		q := h.ask(h.ada, "How do you sleep?")
		follow(ada.Post(q.Path()+"/reply", form("body", "Like this:\n\n"+markdown))).Want(200, "Like this:")
		bo.Get(path).Want(200)
		h.Visitor().Get(path).Want(404)
		follow(bo.Post(q.Path()+"/reply", form("body", "Mine now: "+markdown))).WantNot(`Mine now: <img`)
		c := h.count("SELECT post FROM media")
		ada.Post("/c/"+core.ID(c).String()+"/delete", nil)
		bo.Get(path).Want(404)
		ada.Get(path).Want(404)
		for name, err := range h.shelf.Names() {
			t.Errorf("%s stays, %v", name, err)
		}
	})
}

func TestAPictureOfAPublicPageMayBeKeptByABrowser(t *testing.T) {
	each(t, func(h *house) {
		ines := h.As(h.ines)
		answer := send(ines, true, photo(t)).Want(200)
		markdown := strings.TrimSpace(answer.Body)
		path := markdown[strings.Index(markdown, "(")+1 : len(markdown)-1]
		ines.Post("/s/harbour/write", form("kind", "announcement", "title", "The new entrance", "body", markdown)).Want(422, "Please say what the picture shows")
		described := strings.Replace(markdown, "say here what the picture shows", "A ramp beside the stairs", 1)
		follow(ines.Post("/s/harbour/write", form("kind", "announcement", "title", "The new entrance", "body", described))).Want(200, "Staff of Harbour Lights")
		got := h.Visitor().Get(path).Want(200)
		if cache := got.Header.Get("Cache-Control"); cache != "private, max-age=86400, immutable" {
			t.Errorf("kept as %q", cache)
		}
	})
}

func TestWhatIsNoPictureIsRefusedWithAReason(t *testing.T) {
	h := build(webtest.New(t, dbtest.OpenSQLite(t)))
	ada := h.As(h.ada)
	send(ada, false, []byte("<svg onload=alert(1)>"), "alt", "A trap").Want(422, "This file is not a picture that we can show.").Sound()
	send(ada, false, nil, "alt", "Nothing").Want(422, "Please choose a picture.").Sound()
	send(ada, false, photo(t), "alt", " ").Want(422, "Please say in up to 300 characters").Sound()
	send(ada, false, bytes.Repeat([]byte{0xff, 0xd8, 0xff}, 4<<20), "alt", "A bomb").Want(413)
	said := send(ada, true, []byte("GIF89a")).Want(422)
	if said.Header.Get("Content-Type") != "text/plain; charset=utf-8" || strings.Contains(said.Body, "<") {
		t.Errorf("a script is told %q", said.Body)
	}
	send(h.Visitor(), true, photo(t)).Want(401)
	if n := h.count("SELECT COUNT(*) FROM media"); n != 0 {
		t.Errorf("%d pictures are kept", n)
	}
}

package api

import (
	"bytes"
	"io"

	"dayroom/internal/core"
	"dayroom/internal/platform/media"
	"dayroom/internal/policy"
)

// imageBody is the most that an upload may have: a picture of media.MaxBytes.
const imageBody = 9 << 20

// Image is a picture that was taken in.
type Image struct {
	ID     core.ID `json:"id" doc:"The picture."`
	Name   string  `json:"name" doc:"The name of its file." example:"b4q2.jpg"`
	Path   string  `json:"path" doc:"Where the pages show it. It goes into the words of a post: ![what it shows](path)." example:"/media/217834971234304002/b4q2.jpg"`
	MIME   string  `json:"type" doc:"What kind of picture it is." example:"image/jpeg"`
	Width  int     `json:"width" doc:"In pixels."`
	Height int     `json:"height" doc:"In pixels."`
}

type imageUpload struct {
	Alt     string `query:"alt" required:"true" doc:"What it shows, in words, for who cannot see it; at most 300 characters." example:"A hand holding a cup of tea"`
	RawBody []byte `contentType:"application/octet-stream"`
}

// AtImage is an address with a picture in it.
type AtImage struct {
	Image ref    `path:"image" doc:"The picture." example:"217834971234304002"`
	Name  string `path:"name" doc:"The name of its file." example:"b4q2.jpg"`
}

type imageBytes struct {
	ContentType string `header:"Content-Type" doc:"What kind of picture it is."`
	Body        []byte
}

func (a *API) images() {
	add(a, Op{ID: "upload-image", Method: "POST", Path: "/images", Door: policy.ForMember, Tag: "images", Status: 201, Once: true, Body: imageBody,
		Summary: "Send a picture", Description: "The body is the picture itself: JPEG, PNG, GIF or WebP, at most 8 MB. It is drawn anew, so that nothing of where and when it was taken is kept. Until a post shows it, only its owner sees it; after a day without a post it goes.",
		Does: []string{"POST /upload"}}, a.uploadImage)
	add(a, Op{ID: "read-image", Method: "GET", Path: "/images/{image}/{name}", Tag: "images", Summary: "A picture", Gives: "image/*",
		Description: "The bytes, for whoever may read its post. Image and name are those of its path on the pages, /media/{image}/{name}.",
		Does:        []string{"GET /media/{id}/{name}"}}, a.readImage)
}

func (a *API) uploadImage(c Call, in *imageUpload) (*given[Image], error) {
	if in.Alt == "" { // before the work of looking at the picture
		return nil, core.Field("alt", "thread.media.alt")
	}
	pic, err := a.Pictures.Process(c.Ctx(), bytes.NewReader(in.RawBody))
	if err != nil {
		return nil, core.On("body", err) // the picture is the body of the request
	}
	img, err := a.Threads.AddImage(c.Ctx(), c.Actor, pic, in.Alt)
	return give(Image{ID: img.ID, Name: img.Name, Path: img.Path(), MIME: img.Type, Width: img.Width, Height: img.Height}, err)
}

func (a *API) readImage(c Call, in *AtImage) (*imageBytes, error) {
	if _, err := a.Threads.SeeImage(c.Ctx(), c.Actor, in.Image.ID, in.Name); err != nil {
		return nil, err
	}
	file, err := a.Shelf.Open(c.Ctx(), in.Name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	text, err := io.ReadAll(file)
	return &imageBytes{media.MIMEOf(in.Name), text}, err
}

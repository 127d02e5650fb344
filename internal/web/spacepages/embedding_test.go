package spacepages_test

import (
	"context"
	"io"

	"github.com/a-h/templ"

	"dayroom/internal/space"
	"dayroom/internal/web/spacepages"
	"dayroom/internal/web/ui"
)

// page is Header and About in a frame.
type page struct {
	f ui.Frame
	a space.About
}

func (p page) Render(ctx context.Context, w io.Writer) error {
	inner := spacepages.Header(p.f.Voice, p.a)
	return ui.Page(p.f, spacepages.About(p.f.Voice, p.a)).Render(templ.WithChildren(ctx, inner), w)
}

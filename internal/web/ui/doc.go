// Package ui holds what pages are built of: the frame around every page and the components inside it.
//
// A page is a typed struct and a template; the template calls components and hands them plain structs with words that are
// already in the reader's language. What a component says by itself it says through a Voice, which knows the language, the
// hour and the place of the reader:
//
//	@ui.Page(page.Frame, aboutSpace(page)) {
//		@ui.PageHead(page.Space.Name, page.Space.Purpose) {
//			@ui.LinkButton(ui.PathWrite, page.T("space.write"), ui.Primary)
//		}
//		@ui.Strip(page.Voice, ui.Caution, page.T("pace.slow"), ui.Link{Href: "/help/pace", Label: page.T("pace.why")})
//		@ui.Threads() {
//			for _, row := range page.Threads {
//				@ui.ThreadRow(page.Voice, row)
//			}
//		}
//		@ui.Pager(page.Voice, "", page.OlderHref)
//	}
//
// Rules that hold for all of them:
//
//   - Everything works without script. What a script may add is asked for with data attributes, told in the head of the scripts.
//   - No style attribute, no inline script: the security policy forbids both.
//   - Whatever has a colour has a word, and whatever points along the line of reading turns with it.
//   - Components escape what they get. Only Post.Body and templates of the caller are HTML.
//   - Heading levels: the page's title is h1, sections are h2, rows and posts h3.
package ui

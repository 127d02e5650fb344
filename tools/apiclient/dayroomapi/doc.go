// Package dayroomapi is a client of the API that a generator makes of the OpenAPI document. It is made anew by each test that
// compiles it, and not kept.
package dayroomapi

package core

import "context"

type refusal struct{}

// Refuse gives a context in which nothing can be written: whoever tries gets err, in its words. A form whose bytes cannot be kept
// as they came is read, shown again with what was typed, and saved by nobody.
func Refuse(ctx context.Context, err error) context.Context {
	return context.WithValue(ctx, refusal{}, err)
}

// Refused gives the error that Refuse put into the context, nil where there is none.
func Refused(ctx context.Context) error {
	err, _ := ctx.Value(refusal{}).(error)
	return err
}

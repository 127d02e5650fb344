//go:build client

// The client that this needs is generated; the tag says that it was.

// Command apiclient talks to a site by a client that a generator made of its OpenAPI document. It reads, writes, turns pages and is
// refused, and prints what it made as JSON.
//
//	DAYROOM_TOKEN=dayroom_… apiclient https://dayroom.example/api/v1
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"

	"dayroom/tools/apiclient/dayroomapi"
)

// refusal is a problem as an error with a type.
type refusal struct{ dayroomapi.Problem }

func (r *refusal) Error() string { return fmt.Sprintf("%d %s: %s", r.Status, r.Key, r.Detail) }

// made is what was made.
type made struct{ Thread, Comment string }

type talk struct {
	*dayroomapi.ClientWithResponses
	ctx context.Context
}

func main() {
	token := os.Getenv("DAYROOM_TOKEN")
	client, err := dayroomapi.NewClientWithResponses(os.Args[1], dayroomapi.WithRequestEditorFn(func(_ context.Context, r *http.Request) error {
		r.Header.Set("Authorization", "Bearer "+token)
		return nil
	}))
	if err == nil {
		err = run(talk{client, context.Background()})
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(t talk) error {
	space, err := t.lookAround()
	if err != nil {
		return err
	}
	out, err := t.write(space)
	if err != nil {
		return err
	}
	if err := t.turnPages(space, out.Thread); err != nil {
		return err
	}
	if err := t.beRefused(space, out); err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(out)
}

// lookAround finds out who one is, and a space to write in.
func (t talk) lookAround() (string, error) {
	me, err := t.ReadMeWithResponse(t.ctx, nil)
	if err != nil {
		return "", err
	}
	if me.JSON200 == nil {
		return "", fmt.Errorf("read-me: %s", me.Body)
	}
	mine := true
	spaces, err := t.ListSpacesWithResponse(t.ctx, &dayroomapi.ListSpacesParams{Mine: &mine})
	if err != nil {
		return "", err
	}
	if spaces.JSON200 == nil {
		return "", fmt.Errorf("list-spaces: %s", spaces.Body)
	}
	for _, s := range spaces.JSON200.Items {
		if s.Kind == dayroomapi.SpaceKindCommunity && s.Mine.Rules {
			return s.Slug, nil
		}
	}
	return "", errors.New("there is no community to write in")
}

// write begins a thread, answers in it, and reacts to what somebody else said.
func (t talk) write(space string) (out made, err error) {
	key := "a-generated-client-1"
	thread, err := t.CreateThreadWithResponse(t.ctx, &dayroomapi.CreateThreadParams{IdempotencyKey: &key}, dayroomapi.CreateThreadJSONRequestBody{
		Space: space, Kind: dayroomapi.ThreadInputBodyKindQuestion, Title: "Said by a generated client", Body: "Does this reach people?",
	})
	if err != nil {
		return out, err
	}
	if thread.JSON201 == nil {
		return out, fmt.Errorf("create-thread: %s", thread.Body)
	}
	out.Thread = thread.JSON201.Id
	comment, err := t.CreateCommentWithResponse(t.ctx, out.Thread, nil, dayroomapi.CreateCommentJSONRequestBody{Body: "And answered by it."})
	if err != nil {
		return out, err
	}
	if comment.JSON201 == nil {
		return out, fmt.Errorf("create-comment: %s", comment.Body)
	}
	out.Comment = comment.JSON201.Id
	return out, t.thank(space)
}

// thank reacts to the first thread of a space that somebody else began.
func (t talk) thank(space string) error {
	list, err := t.ListThreadsWithResponse(t.ctx, &dayroomapi.ListThreadsParams{Space: &space})
	if err != nil {
		return err
	}
	for _, i := range list.JSON200.Items {
		done, err := t.ReactWithResponse(t.ctx, i.Id, dayroomapi.ReactParamsKindThanks)
		if err != nil {
			return err
		}
		if done.StatusCode() == http.StatusNoContent {
			return nil
		}
	}
	return errors.New("nothing could be reacted to")
}

// turnPages reads a list to its end and looks for a thread in it.
func (t talk) turnPages(space, want string) error {
	limit, found, pages := int64(5), false, 0
	params := &dayroomapi.ListThreadsParams{Space: &space, Limit: &limit}
	for {
		list, err := t.ListThreadsWithResponse(t.ctx, params)
		if err != nil {
			return err
		}
		if list.JSON200 == nil {
			return fmt.Errorf("list-threads: %s", list.Body)
		}
		pages++
		for _, i := range list.JSON200.Items {
			found = found || i.Id == want
		}
		if params.After = list.JSON200.Next; params.After == nil {
			break
		}
	}
	if !found || pages < 2 {
		return fmt.Errorf("the thread was found %v on %d pages", found, pages)
	}
	return nil
}

// beRefused gets problems as errors with a type: a field that is wrong, and a change that somebody else was faster with.
func (t talk) beRefused(space string, m made) error {
	short, err := t.CreateThreadWithResponse(t.ctx, nil, dayroomapi.CreateThreadJSONRequestBody{Space: space, Kind: dayroomapi.ThreadInputBodyKindQuestion, Title: "?", Body: "x"})
	if err != nil {
		return err
	}
	if err := expect(short.ApplicationproblemJSON422, "error.form", "title"); err != nil {
		return err
	}
	stale := `"99.x"`
	late, err := t.EditCommentWithResponse(t.ctx, m.Comment, &dayroomapi.EditCommentParams{IfMatch: &stale}, dayroomapi.EditCommentJSONRequestBody{Body: "Too late."})
	if err != nil {
		return err
	}
	if err := expect(late.ApplicationproblemJSON412, "api.stale", ""); err != nil {
		return err
	}
	post, err := t.ReadPostWithResponse(t.ctx, m.Comment, nil)
	if err != nil {
		return err
	}
	tag := post.HTTPResponse.Header.Get("ETag")
	now, err := t.EditCommentWithResponse(t.ctx, m.Comment, &dayroomapi.EditCommentParams{IfMatch: &tag}, dayroomapi.EditCommentJSONRequestBody{Body: "And answered by it, again."})
	if err != nil {
		return err
	}
	if now.StatusCode() != http.StatusNoContent {
		return fmt.Errorf("edit-comment: %s", now.Body)
	}
	return nil
}

// expect wants a problem with a key, and a field that it names.
func expect(p *dayroomapi.Problem, key, field string) error {
	if p == nil {
		return fmt.Errorf("there is no problem %s", key)
	}
	var r *refusal
	if err := error(&refusal{*p}); !errors.As(err, &r) || r.Key != key {
		return err
	}
	if field == "" {
		return nil
	}
	if r.Fields == nil || (*r.Fields)[field].Key == "" {
		return fmt.Errorf("%w: the field %s is not named", r, field)
	}
	return nil
}

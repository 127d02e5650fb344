package api

// stream is what a program wants to hear of.
type stream struct {
	On   string `query:"on" required:"true" maxLength:"2688" doc:"Topics with spaces between, at most 64: t and a thread's id, s and a space's id, n and the member's own id for notices. Behind @ may stand the number of the last event that is known, and what was missed since is told first." example:"t217834971234304001@5120 s217834971234304000"`
	Last string `header:"Last-Event-ID" maxLength:"18" doc:"The number of the last event that was heard: what was missed since is told first. Clients of server-sent events send it by themselves." example:"5120"`
}

func (a *API) listening() {
	add(a, Op{ID: "listen", Method: "GET", Path: "/stream", Tag: "notices", Summary: "Hear that something happened", Gives: "text/event-stream", Refusals: []int{503},
		Description: "A stream of server-sent events that does not end. Each names topics in which something happened, never what: ask for the thread, the list or the notices then, as you are allowed to at that moment. " +
			"`data: 250 t217834971234304001` means: something in that thread; wait for some of the next 250 milliseconds, chosen at random, so that not everybody asks at once. A message without topics says where things stand, and keeps the connection alive. `event: gone` names topics that you may not hear of, or no more; `event: anew` says that too much was missed to tell: ask for everything. " +
			"The stream ends when the token does, within a second, and when the server stops: connect again with Last-Event-ID after the time that `retry` gave, in milliseconds.",
		Does: []string{"GET /live"}}, a.listen)
}

func (a *API) listen(c Call, _ *stream) (*none, error) {
	if err := a.Live.Open(c.Call); err != nil {
		return nil, err
	}
	c.x.sent = true
	return nil, nil
}

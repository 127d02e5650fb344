-- +goose Up
-- Lists are read from an index in their own order, however many threads there are.

CREATE INDEX thread_pinned ON thread (space, pinned_at) WHERE pinned_at > 0;
CREATE INDEX thread_announced ON thread (created_at DESC, id DESC) WHERE kind = 'announcement';
CREATE INDEX thread_waiting ON thread (created_at DESC, id DESC) WHERE replies = 0;
CREATE INDEX thread_announced_in ON thread (space, created_at DESC, id DESC) WHERE kind = 'announcement';

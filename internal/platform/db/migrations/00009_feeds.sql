-- +goose Up
-- The feed and the map of a space are read from an index in their own order.

CREATE INDEX thread_begun ON thread (space, created_at DESC, id DESC);

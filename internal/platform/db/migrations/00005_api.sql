-- +goose Up
-- Personal tokens for programs, and what programs asked for lately, so that asking twice does once.

CREATE TABLE api_token (
	id         BIGKEY,
	member     BIGINT NOT NULL REFERENCES member (id),
	token_hash BYTES  NOT NULL UNIQUE,
	name       TEXT   NOT NULL,
	scopes     BIGINT NOT NULL,
	created_at BIGINT NOT NULL,
	used_at    BIGINT NOT NULL DEFAULT 0,
	expires_at BIGINT NOT NULL
);
CREATE INDEX api_token_member ON api_token (member);
CREATE INDEX api_token_expires ON api_token (expires_at);

-- A request with an Idempotency-Key, claimed in the transaction that carried it out. The answer holds ids and states, no words.
CREATE TABLE api_request (
	token   BIGINT NOT NULL,
	key     TEXT   NOT NULL,
	member  BIGINT NOT NULL REFERENCES member (id),
	request BYTES  NOT NULL,
	status  BIGINT NOT NULL DEFAULT 0,
	answer  TEXT   NOT NULL DEFAULT '',
	at      BIGINT NOT NULL,
	PRIMARY KEY (token, key)
);
CREATE INDEX api_request_at ON api_request (at);
CREATE INDEX api_request_member ON api_request (member);

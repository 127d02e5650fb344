-- +goose Up
-- Other systems are told that something happened: where to, and what was told.

CREATE TABLE webhook (
	id            BIGKEY,
	name          TEXT   NOT NULL,
	url           TEXT   NOT NULL,
	kinds         TEXT   NOT NULL,
	space         BIGINT NOT NULL,
	secret        BYTES  NOT NULL,
	old_secret    BYTES  NOT NULL,
	old_until     BIGINT NOT NULL,
	state         TEXT   NOT NULL,
	why           TEXT   NOT NULL,
	failing_since BIGINT NOT NULL,
	created_at    BIGINT NOT NULL
);

CREATE TABLE webhook_delivery (
	id         BIGKEY,
	webhook    BIGINT NOT NULL REFERENCES webhook (id),
	kind       TEXT   NOT NULL,
	body       TEXT   NOT NULL,
	state      TEXT   NOT NULL,
	attempt    BIGINT NOT NULL,
	next_at    BIGINT NOT NULL,
	status     BIGINT NOT NULL,
	why        TEXT   NOT NULL,
	tried_at   BIGINT NOT NULL,
	created_at BIGINT NOT NULL
);
CREATE INDEX webhook_delivery_log ON webhook_delivery (webhook, id DESC);
CREATE INDEX webhook_delivery_due ON webhook_delivery (webhook, next_at, id) WHERE state = 'waiting';
CREATE INDEX webhook_delivery_failed ON webhook_delivery (id) WHERE state = 'failed';
CREATE INDEX webhook_delivery_old ON webhook_delivery (created_at);

-- +goose Up
-- What the platform itself keeps. BIGKEY and BYTES are written per engine, see migrate.go. Times are Unix milliseconds.

CREATE TABLE counter (
	name  TEXT PRIMARY KEY,
	value BIGINT NOT NULL
);
-- Positions of events: the row is locked until commit, so positions are in commit order on both engines.
INSERT INTO counter (name, value) VALUES ('event', 0), ('thread', 0);

-- Leases of process numbers, which make ids unique across servers.
CREATE TABLE process (
	number BIGINT PRIMARY KEY,
	holder TEXT   NOT NULL,
	until  BIGINT NOT NULL,
	high   BIGINT NOT NULL
);

CREATE TABLE setting (
	name  TEXT PRIMARY KEY,
	value TEXT NOT NULL
);

-- Counters of rate limits. The key is a keyed hash where it comes from an address or a name.
CREATE TABLE throttle (
	key   TEXT PRIMARY KEY,
	count BIGINT NOT NULL,
	until BIGINT NOT NULL
);
CREATE INDEX throttle_until ON throttle (until);

CREATE TABLE event (
	position BIGKEY,
	at       BIGINT NOT NULL,
	kind     TEXT   NOT NULL,
	actor    BIGINT NOT NULL,
	space    BIGINT NOT NULL,
	thread   BIGINT NOT NULL,
	subject  BIGINT NOT NULL,
	data     TEXT   NOT NULL
);

CREATE TABLE event_reader (
	name     TEXT PRIMARY KEY,
	position BIGINT NOT NULL
);

CREATE TABLE job (
	id          BIGKEY,
	kind        TEXT   NOT NULL,
	payload     TEXT   NOT NULL,
	unique_key  TEXT,
	state       TEXT   NOT NULL,
	run_at      BIGINT NOT NULL,
	attempt     BIGINT NOT NULL,
	lease       BIGINT NOT NULL,
	last_error  TEXT   NOT NULL,
	created_at  BIGINT NOT NULL,
	finished_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX job_unique ON job (unique_key) WHERE state IN ('waiting', 'running');
CREATE INDEX job_due ON job (run_at) WHERE state IN ('waiting', 'running');
CREATE INDEX job_finished ON job (finished_at) WHERE state IN ('done', 'failed', 'cancelled');

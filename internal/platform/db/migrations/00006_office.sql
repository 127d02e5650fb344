-- +goose Up
-- What those who run the site look at: figures by day, what admins did, and which backups were proven.

-- Numbers that cost something to count, as a job counted them. day is the first millisecond of a day in UTC, at is when it was counted.
CREATE TABLE figure_day (
	name  TEXT   NOT NULL,
	day   BIGINT NOT NULL,
	value BIGINT NOT NULL,
	at    BIGINT NOT NULL,
	PRIMARY KEY (name, day)
);
-- A day's posts are counted without reading all the others.
CREATE INDEX comment_created ON comment (created_at);
CREATE INDEX thread_created ON thread (created_at);
CREATE INDEX import_ref_post ON import_ref (post);
CREATE INDEX job_failed ON job (finished_at) WHERE state = 'failed';

-- What admins and moderators did to the site itself. no counts up in the order of commits.
CREATE TABLE admin_act (
	no      BIGKEY,
	at      BIGINT NOT NULL,
	actor   BIGINT NOT NULL,
	kind    TEXT   NOT NULL,
	subject BIGINT NOT NULL,
	target  TEXT   NOT NULL,
	was     TEXT   NOT NULL,
	becomes TEXT   NOT NULL
);
CREATE INDEX admin_act_at ON admin_act (at);
INSERT INTO counter (name, value) VALUES ('act', 0);

CREATE TABLE backup_run (
	id         BIGKEY,
	started_at BIGINT NOT NULL,
	ended_at   BIGINT NOT NULL,
	state      TEXT   NOT NULL,
	starter    BIGINT NOT NULL,
	file       TEXT   NOT NULL,
	bytes      BIGINT NOT NULL,
	row_count  BIGINT NOT NULL,
	images     BIGINT NOT NULL,
	write_ms   BIGINT NOT NULL,
	prove_ms   BIGINT NOT NULL,
	failure    TEXT   NOT NULL
);

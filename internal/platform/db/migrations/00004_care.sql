-- +goose Up
-- What waits for a person, what was decided, and what members are told.

-- One item for each post that is held or reported; several reports of a post are one item.
CREATE TABLE queue_item (
	id         BIGKEY,
	kind       TEXT   NOT NULL,
	space      BIGINT NOT NULL,
	thread     BIGINT NOT NULL,
	post       BIGINT NOT NULL,
	author     BIGINT NOT NULL,
	urgency    BIGINT NOT NULL,
	state      TEXT   NOT NULL,
	opened_at  BIGINT NOT NULL,
	decided_at BIGINT NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX queue_item_post ON queue_item (post, kind) WHERE state = 'open';
CREATE INDEX queue_item_open ON queue_item (urgency DESC, id) WHERE state = 'open';

CREATE TABLE report (
	id       BIGKEY,
	item     BIGINT NOT NULL REFERENCES queue_item (id),
	reporter BIGINT NOT NULL,
	author   BIGINT NOT NULL DEFAULT 0,
	reason   TEXT   NOT NULL,
	note     TEXT   NOT NULL,
	title    TEXT   NOT NULL,
	body     TEXT   NOT NULL,
	version  BIGINT NOT NULL,
	at       BIGINT NOT NULL,
	UNIQUE (item, reporter)
);
CREATE INDEX report_reporter ON report (reporter);

-- The log of every steward's and moderator's act. item is 0 when nothing waited. was is the state of the post before, to go back to.
CREATE TABLE decision (
	id        BIGKEY,
	item      BIGINT NOT NULL,
	moderator BIGINT NOT NULL,
	act       TEXT   NOT NULL,
	reason    TEXT   NOT NULL,
	member    BIGINT NOT NULL,
	space     BIGINT NOT NULL,
	thread    BIGINT NOT NULL,
	post      BIGINT NOT NULL,
	until     BIGINT NOT NULL,
	at        BIGINT NOT NULL,
	was       TEXT   NOT NULL DEFAULT '',
	undone_at BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX decision_item ON decision (item) WHERE item > 0;
CREATE INDEX decision_post ON decision (post, id DESC);
CREATE INDEX decision_space ON decision (space, id DESC);
CREATE INDEX decision_member ON decision (member, id DESC);

CREATE TABLE notice (
	id        BIGKEY,
	member    BIGINT NOT NULL REFERENCES member (id),
	kind      TEXT   NOT NULL,
	actor     BIGINT NOT NULL,
	space     BIGINT NOT NULL,
	thread    BIGINT NOT NULL,
	post      BIGINT NOT NULL,
	count     BIGINT NOT NULL DEFAULT 1,
	detail    TEXT   NOT NULL DEFAULT '',
	at        BIGINT NOT NULL,
	read_at   BIGINT NOT NULL DEFAULT 0,
	mail_at   BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX notice_member ON notice (member, at DESC, id DESC);
CREATE INDEX notice_unread ON notice (member) WHERE read_at = 0;
CREATE INDEX notice_mail ON notice (mail_at, member) WHERE mail_at > 0;

CREATE TABLE notice_setting (
	member BIGINT NOT NULL REFERENCES member (id),
	kind   TEXT   NOT NULL,
	page   BOOLEAN NOT NULL,
	mail   BOOLEAN NOT NULL,
	PRIMARY KEY (member, kind)
);

-- What an import made, by the identity that the file gave it, so that a second run changes nothing.
CREATE TABLE import_ref (
	source   TEXT   NOT NULL,
	external TEXT   NOT NULL,
	post     BIGINT NOT NULL,
	PRIMARY KEY (source, external)
);

CREATE TABLE site_page (
	name   TEXT PRIMARY KEY,
	body   TEXT NOT NULL,
	html   TEXT NOT NULL,
	editor BIGINT NOT NULL,
	at     BIGINT NOT NULL
);

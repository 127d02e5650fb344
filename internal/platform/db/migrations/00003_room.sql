-- +goose Up
-- Spaces, threads and what people do in them.

CREATE TABLE space (
	id           BIGKEY,
	slug         TEXT   NOT NULL UNIQUE,
	kind         TEXT   NOT NULL,
	name         TEXT   NOT NULL,
	description  TEXT   NOT NULL,
	rules        TEXT   NOT NULL,
	rules_html   TEXT   NOT NULL,
	visibility   TEXT   NOT NULL,
	joining      TEXT   NOT NULL,
	tags         TEXT   NOT NULL DEFAULT '[]',
	organisation BIGINT REFERENCES organisation (id),
	created_at   BIGINT NOT NULL,
	archived_at  BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE membership (
	space    BIGINT NOT NULL REFERENCES space (id),
	member   BIGINT NOT NULL REFERENCES member (id),
	state    TEXT   NOT NULL,
	role     TEXT   NOT NULL,
	greeter  BOOLEAN NOT NULL DEFAULT FALSE,
	approved BIGINT NOT NULL DEFAULT 0,
	rules_at BIGINT NOT NULL DEFAULT 0,
	since    BIGINT NOT NULL,
	message  TEXT   NOT NULL DEFAULT '',
	PRIMARY KEY (space, member)
);
CREATE INDEX membership_member ON membership (member);

-- Opening posts. author 0 is a visitor without an account.
CREATE TABLE thread (
	id            BIGKEY,
	no            BIGINT NOT NULL UNIQUE,
	space         BIGINT NOT NULL REFERENCES space (id),
	kind          TEXT   NOT NULL,
	author        BIGINT NOT NULL,
	visitor_name  TEXT   NOT NULL DEFAULT '',
	organisation  BIGINT NOT NULL DEFAULT 0,
	title         TEXT   NOT NULL,
	body          TEXT   NOT NULL,
	html          TEXT   NOT NULL,
	excerpt       TEXT   NOT NULL,
	tags          TEXT   NOT NULL DEFAULT '[]',
	warning       TEXT   NOT NULL DEFAULT '',
	for_whom      TEXT   NOT NULL DEFAULT '',
	state         TEXT   NOT NULL,
	closed_at     BIGINT NOT NULL DEFAULT 0,
	pinned_at     BIGINT NOT NULL DEFAULT 0,
	version       BIGINT NOT NULL DEFAULT 1,
	created_at    BIGINT NOT NULL,
	edited_at     BIGINT NOT NULL DEFAULT 0,
	active_at     BIGINT NOT NULL,
	replies       BIGINT NOT NULL DEFAULT 0,
	helped        BIGINT NOT NULL DEFAULT 0,
	next_seq      BIGINT NOT NULL DEFAULT 1,
	n_same        BIGINT NOT NULL DEFAULT 0,
	n_thanks      BIGINT NOT NULL DEFAULT 0,
	n_helped      BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX thread_active ON thread (space, active_at DESC, id DESC);
CREATE INDEX thread_unanswered ON thread (space, created_at DESC, id DESC) WHERE replies = 0;
CREATE INDEX thread_author ON thread (author, id DESC);
CREATE INDEX thread_newest ON thread (active_at DESC, id DESC);

CREATE TABLE thread_tag (
	tag    TEXT   NOT NULL,
	thread BIGINT NOT NULL REFERENCES thread (id),
	PRIMARY KEY (tag, thread)
);
CREATE INDEX thread_tag_thread ON thread_tag (thread);

-- Comments lie together by thread: place is thread.no * 2^20 + a sequence within the thread. Moving changes place, never id.
CREATE TABLE comment (
	place         BIGKEY,
	id            BIGINT NOT NULL UNIQUE,
	thread        BIGINT NOT NULL REFERENCES thread (id),
	root          BIGINT NOT NULL,
	parent        BIGINT NOT NULL DEFAULT 0,
	depth         BIGINT NOT NULL DEFAULT 0,
	author        BIGINT NOT NULL,
	visitor_name  TEXT   NOT NULL DEFAULT '',
	organisation  BIGINT NOT NULL DEFAULT 0,
	body          TEXT   NOT NULL,
	html          TEXT   NOT NULL,
	warning       TEXT   NOT NULL DEFAULT '',
	for_whom      TEXT   NOT NULL DEFAULT '',
	state         TEXT   NOT NULL,
	version       BIGINT NOT NULL DEFAULT 1,
	created_at    BIGINT NOT NULL,
	edited_at     BIGINT NOT NULL DEFAULT 0,
	author_helped BOOLEAN NOT NULL DEFAULT FALSE,
	n_same        BIGINT NOT NULL DEFAULT 0,
	n_thanks      BIGINT NOT NULL DEFAULT 0,
	n_helped      BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX comment_branch ON comment (thread, root, place);
CREATE INDEX comment_author ON comment (author, id DESC);
CREATE INDEX comment_helped ON comment (thread, place) WHERE author_helped OR n_helped > 0;

-- Earlier texts of posts that were edited; post is the id of a thread or a comment.
CREATE TABLE post_version (
	post     BIGINT NOT NULL,
	version  BIGINT NOT NULL,
	thread   BIGINT NOT NULL,
	title    TEXT   NOT NULL,
	body     TEXT   NOT NULL,
	html     TEXT   NOT NULL,
	editor   BIGINT NOT NULL,
	at       BIGINT NOT NULL,
	redacted_by BIGINT NOT NULL DEFAULT 0,
	PRIMARY KEY (post, version)
);

CREATE TABLE reaction (
	post   BIGINT NOT NULL,
	member BIGINT NOT NULL REFERENCES member (id),
	kind   TEXT   NOT NULL,
	thread BIGINT NOT NULL,
	at     BIGINT NOT NULL,
	PRIMARY KEY (post, member, kind)
);
CREATE INDEX reaction_mine ON reaction (member, thread);

CREATE TABLE follow (
	member BIGINT NOT NULL REFERENCES member (id),
	thread BIGINT NOT NULL REFERENCES thread (id),
	level  TEXT   NOT NULL,
	at     BIGINT NOT NULL,
	PRIMARY KEY (member, thread)
);
CREATE INDEX follow_thread ON follow (thread);

CREATE TABLE bookmark (
	member BIGINT NOT NULL REFERENCES member (id),
	post   BIGINT NOT NULL,
	thread BIGINT NOT NULL REFERENCES thread (id),
	at     BIGINT NOT NULL,
	PRIMARY KEY (member, post)
);

CREATE TABLE read_position (
	member BIGINT NOT NULL REFERENCES member (id),
	thread BIGINT NOT NULL REFERENCES thread (id),
	place  BIGINT NOT NULL,
	at     BIGINT NOT NULL,
	PRIMARY KEY (member, thread)
);
CREATE INDEX read_position_at ON read_position (at);

-- Drafts have ids made by the browser. A draft that became a post keeps its row without text, so that sending it twice posts once.
CREATE TABLE draft (
	member     BIGINT NOT NULL REFERENCES member (id),
	id         TEXT   NOT NULL,
	space      BIGINT NOT NULL,
	thread     BIGINT NOT NULL,
	sealed     BYTES,
	post       BIGINT NOT NULL DEFAULT 0,
	updated_at BIGINT NOT NULL,
	PRIMARY KEY (member, id)
);
CREATE INDEX draft_updated ON draft (updated_at);

CREATE TABLE poll (
	thread    BIGKEY,
	question  TEXT   NOT NULL,
	options   TEXT   NOT NULL,
	closes_at BIGINT NOT NULL,
	FOREIGN KEY (thread) REFERENCES thread (id)
);

CREATE TABLE poll_vote (
	thread BIGINT NOT NULL REFERENCES thread (id),
	member BIGINT NOT NULL REFERENCES member (id),
	choice BIGINT NOT NULL,
	at     BIGINT NOT NULL,
	PRIMARY KEY (thread, member)
);

-- An image belongs to a post (post 0: uploaded and not yet posted) and is seen by whoever may read that.
CREATE TABLE media (
	id         BIGKEY,
	owner      BIGINT NOT NULL REFERENCES member (id),
	space      BIGINT NOT NULL,
	thread     BIGINT NOT NULL,
	post       BIGINT NOT NULL,
	name       TEXT   NOT NULL UNIQUE,
	thumb      TEXT   NOT NULL UNIQUE,
	type       TEXT   NOT NULL,
	thumb_type TEXT   NOT NULL,
	width      BIGINT NOT NULL,
	height     BIGINT NOT NULL,
	bytes      BIGINT NOT NULL,
	alt        TEXT   NOT NULL,
	created_at BIGINT NOT NULL
);
CREATE INDEX media_post ON media (post);
CREATE INDEX media_loose ON media (created_at) WHERE post = 0;
CREATE INDEX media_owner ON media (owner);

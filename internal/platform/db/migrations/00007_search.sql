-- +goose Up
-- The index of posts. All of it is derived: no backup holds it, and it is made anew where it is missing. See package search.

-- A row for each open post. no is the moment of the post in milliseconds times 2^21, and a number that tells posts of one moment apart.
CREATE TABLE search_doc (
	no      BIGKEY,
	post    BIGINT NOT NULL UNIQUE,
	thread  BIGINT NOT NULL,
	space   BIGINT NOT NULL,
	author  BIGINT NOT NULL,
	weights BYTES  NOT NULL
);

-- In how many posts a word stands, counted up to a bound.
-- +engine sqlite
CREATE TABLE search_term (
	term TEXT PRIMARY KEY,
	docs BIGINT NOT NULL
) WITHOUT ROWID;
CREATE TABLE search_tag (
	key     TEXT   NOT NULL,
	tag     TEXT   NOT NULL,
	space   BIGINT NOT NULL,
	threads BIGINT NOT NULL,
	PRIMARY KEY (key, tag, space)
) WITHOUT ROWID;
CREATE VIRTUAL TABLE search_text USING fts5(words, content='', contentless_delete=1, tokenize="ascii tokenchars '_'");
-- +engine postgres
CREATE TABLE search_term (
	term TEXT COLLATE "C" PRIMARY KEY,
	docs BIGINT NOT NULL
);
CREATE TABLE search_tag (
	key     TEXT COLLATE "C" NOT NULL,
	tag     TEXT   NOT NULL,
	space   BIGINT NOT NULL,
	threads BIGINT NOT NULL,
	PRIMARY KEY (key, tag, space)
);
ALTER TABLE search_doc ADD COLUMN words TSVECTOR NOT NULL;
CREATE INDEX search_doc_words ON search_doc USING GIN (words);
CREATE INDEX member_handle_begins ON member (handle_key COLLATE "C");
-- +engine both

CREATE TABLE search_state (
	name  TEXT PRIMARY KEY,
	value TEXT NOT NULL
);
-- On a new site there is nothing that would have to be brought in.
INSERT INTO search_state (name, value) SELECT 'filled', '1' WHERE NOT EXISTS (SELECT 1 FROM thread);

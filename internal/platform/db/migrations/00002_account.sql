-- +goose Up
-- Members and how they sign in.

CREATE TABLE member (
	id            BIGKEY,
	handle        TEXT   NOT NULL,
	handle_key    TEXT   NOT NULL UNIQUE,
	role          TEXT   NOT NULL,
	standing      TEXT   NOT NULL,
	standing_until BIGINT NOT NULL DEFAULT 0,
	password      TEXT   NOT NULL DEFAULT '',
	mail_sealed   BYTES,
	mail_index    BYTES  UNIQUE,
	mail_verified BOOLEAN NOT NULL DEFAULT FALSE,
	totp_sealed   BYTES,
	totp_step     BIGINT NOT NULL DEFAULT 0,
	adult         BOOLEAN NOT NULL DEFAULT FALSE,
	note          TEXT   NOT NULL DEFAULT '',
	created_at    BIGINT NOT NULL,
	seen_at       BIGINT NOT NULL DEFAULT 0,
	keep_read_positions BOOLEAN NOT NULL DEFAULT TRUE
);
CREATE INDEX member_waiting ON member (created_at) WHERE standing = 'waiting';
CREATE INDEX member_office ON member (id) WHERE role <> '';

CREATE TABLE profile (
	member              BIGKEY,
	relation            TEXT NOT NULL DEFAULT '',
	relation_audience   TEXT NOT NULL DEFAULT 'nobody',
	for_whom            TEXT NOT NULL DEFAULT '',
	about               TEXT NOT NULL DEFAULT '',
	about_audience      TEXT NOT NULL DEFAULT 'nobody',
	conditions          TEXT NOT NULL DEFAULT '[]',
	conditions_audience TEXT NOT NULL DEFAULT 'nobody',
	treatments          TEXT NOT NULL DEFAULT '[]',
	treatments_audience TEXT NOT NULL DEFAULT 'nobody',
	language            TEXT NOT NULL DEFAULT '',
	language_audience   TEXT NOT NULL DEFAULT 'nobody',
	time_zone           TEXT NOT NULL DEFAULT '',
	time_zone_audience  TEXT NOT NULL DEFAULT 'nobody',
	FOREIGN KEY (member) REFERENCES member (id)
);

-- Handles given up: they lead members to the new one and are nobody else's for a while.
CREATE TABLE handle_past (
	handle_key TEXT PRIMARY KEY,
	member     BIGINT NOT NULL REFERENCES member (id),
	until      BIGINT NOT NULL
);
CREATE INDEX handle_past_member ON handle_past (member);

-- No address is kept: a leaked list of who sat where when would harm more than it helps anybody recognise a stranger's sign-in.
CREATE TABLE sign_in (
	id           BIGKEY,
	member       BIGINT NOT NULL REFERENCES member (id),
	token_hash   BYTES  NOT NULL UNIQUE,
	device       TEXT   NOT NULL,
	created_at   BIGINT NOT NULL,
	confirmed_at BIGINT NOT NULL,
	seen_at      BIGINT NOT NULL,
	expires_at   BIGINT NOT NULL
);
CREATE INDEX sign_in_member ON sign_in (member);
CREATE INDEX sign_in_expires ON sign_in (expires_at);

CREATE TABLE passkey (
	id            BIGKEY,
	member        BIGINT NOT NULL REFERENCES member (id),
	credential_id BYTES  NOT NULL UNIQUE,
	data          BYTES  NOT NULL,
	name          TEXT   NOT NULL,
	created_at    BIGINT NOT NULL,
	used_at       BIGINT NOT NULL
);
CREATE INDEX passkey_member ON passkey (member);

-- One-time secrets between two requests: passkey ceremonies, a password that waits for its second factor, mail links.
CREATE TABLE challenge (
	token_hash BYTES  PRIMARY KEY,
	purpose    TEXT   NOT NULL,
	member     BIGINT NOT NULL,
	data       BYTES  NOT NULL,
	expires_at BIGINT NOT NULL
);
CREATE INDEX challenge_expires ON challenge (expires_at);
CREATE INDEX challenge_member ON challenge (member);

CREATE TABLE recovery_code (
	member  BIGINT NOT NULL REFERENCES member (id),
	hash    BYTES  NOT NULL,
	used_at BIGINT NOT NULL,
	PRIMARY KEY (member, hash)
);

CREATE TABLE invite (
	code_hash  BYTES  PRIMARY KEY,
	maker      BIGINT NOT NULL,
	space      BIGINT NOT NULL,
	uses_left  BIGINT NOT NULL,
	created_at BIGINT NOT NULL,
	expires_at BIGINT NOT NULL
);
CREATE INDEX invite_maker ON invite (maker);

CREATE TABLE block (
	member  BIGINT NOT NULL REFERENCES member (id),
	blocked BIGINT NOT NULL REFERENCES member (id),
	at      BIGINT NOT NULL,
	PRIMARY KEY (member, blocked)
);
CREATE INDEX block_blocked ON block (blocked);

CREATE TABLE credential (
	id         BIGKEY,
	member     BIGINT NOT NULL REFERENCES member (id),
	profession TEXT   NOT NULL,
	specialty  TEXT   NOT NULL,
	country    TEXT   NOT NULL,
	register_sealed BYTES,
	expires_at BIGINT NOT NULL,
	granted_by BIGINT NOT NULL,
	granted_at BIGINT NOT NULL,
	revoked_at BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX credential_member ON credential (member);

CREATE TABLE organisation (
	id         BIGKEY,
	slug       TEXT   NOT NULL UNIQUE,
	name       TEXT   NOT NULL,
	kind       TEXT   NOT NULL,
	about      TEXT   NOT NULL,
	created_at BIGINT NOT NULL
);

CREATE TABLE staff (
	organisation BIGINT NOT NULL REFERENCES organisation (id),
	member       BIGINT NOT NULL REFERENCES member (id),
	role         TEXT   NOT NULL,
	since        BIGINT NOT NULL,
	PRIMARY KEY (organisation, member)
);
CREATE INDEX staff_member ON staff (member);

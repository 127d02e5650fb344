-- +goose Up
-- What keeps HTTPS going by itself: certificates, their keys, and the account at whoever issues them, sealed under the site's key.

CREATE TABLE certificate (
	name   TEXT   PRIMARY KEY,
	sealed BYTES  NOT NULL,
	at     BIGINT NOT NULL
);

-- +goose Up
-- In a space of fifty thousand members, who looks after it is found without reading all of them, and so are the latest who joined.

CREATE INDEX membership_steward ON membership (space, since, member) WHERE role = 'steward';
CREATE INDEX membership_greeter ON membership (space, member) WHERE greeter;
CREATE INDEX membership_latest ON membership (space, state, since DESC, member DESC);

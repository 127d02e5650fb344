-- The key store has a database of its own, so that a dump of the site does not hold it.
CREATE DATABASE dayroom_keys;

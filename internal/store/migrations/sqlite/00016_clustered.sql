-- +goose Up
-- A table of SQLite lies in the order in which its rows came, with its primary
-- key in an index beside it: two searches for each row found, two writes for each
-- row added. These are the tables that are found by key again and again and whose
-- rows are short or whose key is a number; they lie in the order of their keys.
CREATE TABLE clustered (
	idx INTEGER NOT NULL PRIMARY KEY,
	hash BYTEA NOT NULL
);
INSERT INTO clustered (idx, hash) SELECT idx, hash FROM trail_hash;
DROP TABLE trail_hash;
ALTER TABLE clustered RENAME TO trail_hash;
CREATE TABLE clustered (
	seq INTEGER NOT NULL PRIMARY KEY,
	leaf BYTEA NOT NULL,
	epoch TEXT NOT NULL,
	body BYTEA NOT NULL
);
INSERT INTO clustered (seq, leaf, epoch, body) SELECT seq, leaf, epoch, body FROM trail_entry;
DROP TABLE trail_entry;
ALTER TABLE clustered RENAME TO trail_entry;
CREATE TABLE clustered (
	size INTEGER NOT NULL PRIMARY KEY,
	note BYTEA NOT NULL
);
INSERT INTO clustered (size, note) SELECT size, note FROM trail_checkpoint;
DROP TABLE trail_checkpoint;
ALTER TABLE clustered RENAME TO trail_checkpoint;
CREATE TABLE clustered (
	source TEXT NOT NULL,
	event_key BYTEA NOT NULL,
	digest BYTEA NOT NULL,
	delivery TEXT NOT NULL,
	received BIGINT NOT NULL,
	code TEXT NOT NULL,
	leaf BIGINT NOT NULL,
	PRIMARY KEY (source, event_key)
) WITHOUT ROWID;
INSERT INTO clustered (source, event_key, digest, delivery, received, code, leaf) SELECT source, event_key, digest, delivery, received, code, leaf FROM intake;
DROP TABLE intake;
ALTER TABLE clustered RENAME TO intake;
CREATE TABLE clustered (
	person_key BYTEA NOT NULL,
	since BIGINT NOT NULL,
	touched BIGINT NOT NULL,
	PRIMARY KEY (person_key)
) WITHOUT ROWID;
INSERT INTO clustered (person_key, since, touched) SELECT person_key, since, touched FROM person;
DROP TABLE person;
ALTER TABLE clustered RENAME TO person;
CREATE TABLE clustered (
	person_key BYTEA NOT NULL,
	code TEXT NOT NULL,
	seq BIGINT NOT NULL,
	waits BIGINT NOT NULL DEFAULT 0,
	PRIMARY KEY (person_key, code, seq)
) WITHOUT ROWID;
INSERT INTO clustered (person_key, code, seq, waits) SELECT person_key, code, seq, waits FROM person_record;
DROP TABLE person_record;
ALTER TABLE clustered RENAME TO person_record;
CREATE INDEX person_record_waiting ON person_record (person_key) WHERE waits = 1;
CREATE TABLE clustered (
	code TEXT NOT NULL,
	seq BIGINT NOT NULL,
	person_key BYTEA NOT NULL,
	PRIMARY KEY (code, seq)
) WITHOUT ROWID;
INSERT INTO clustered (code, seq, person_key) SELECT code, seq, person_key FROM holding;
DROP TABLE holding;
ALTER TABLE clustered RENAME TO holding;
CREATE TABLE clustered (
	alias_key BYTEA NOT NULL,
	code TEXT NOT NULL,
	PRIMARY KEY (alias_key, code)
) WITHOUT ROWID;
INSERT INTO clustered (alias_key, code) SELECT alias_key, code FROM alias;
DROP TABLE alias;
ALTER TABLE clustered RENAME TO alias;
CREATE INDEX alias_by_code ON alias (code);

-- +goose Down
CREATE TABLE clustered (
	idx BIGINT NOT NULL PRIMARY KEY,
	hash BYTEA NOT NULL
);
INSERT INTO clustered (idx, hash) SELECT idx, hash FROM trail_hash;
DROP TABLE trail_hash;
ALTER TABLE clustered RENAME TO trail_hash;
CREATE TABLE clustered (
	seq BIGINT NOT NULL PRIMARY KEY,
	leaf BYTEA NOT NULL,
	epoch TEXT NOT NULL,
	body BYTEA NOT NULL
);
INSERT INTO clustered (seq, leaf, epoch, body) SELECT seq, leaf, epoch, body FROM trail_entry;
DROP TABLE trail_entry;
ALTER TABLE clustered RENAME TO trail_entry;
CREATE TABLE clustered (
	size BIGINT NOT NULL PRIMARY KEY,
	note BYTEA NOT NULL
);
INSERT INTO clustered (size, note) SELECT size, note FROM trail_checkpoint;
DROP TABLE trail_checkpoint;
ALTER TABLE clustered RENAME TO trail_checkpoint;
CREATE TABLE clustered (
	source TEXT NOT NULL,
	event_key BYTEA NOT NULL,
	digest BYTEA NOT NULL,
	delivery TEXT NOT NULL,
	received BIGINT NOT NULL,
	code TEXT NOT NULL,
	leaf BIGINT NOT NULL,
	PRIMARY KEY (source, event_key)
);
INSERT INTO clustered (source, event_key, digest, delivery, received, code, leaf) SELECT source, event_key, digest, delivery, received, code, leaf FROM intake;
DROP TABLE intake;
ALTER TABLE clustered RENAME TO intake;
CREATE TABLE clustered (
	person_key BYTEA NOT NULL,
	since BIGINT NOT NULL,
	touched BIGINT NOT NULL,
	PRIMARY KEY (person_key)
);
INSERT INTO clustered (person_key, since, touched) SELECT person_key, since, touched FROM person;
DROP TABLE person;
ALTER TABLE clustered RENAME TO person;
CREATE TABLE clustered (
	person_key BYTEA NOT NULL,
	code TEXT NOT NULL,
	seq BIGINT NOT NULL,
	waits BIGINT NOT NULL DEFAULT 0,
	PRIMARY KEY (person_key, code, seq)
);
INSERT INTO clustered (person_key, code, seq, waits) SELECT person_key, code, seq, waits FROM person_record;
DROP TABLE person_record;
ALTER TABLE clustered RENAME TO person_record;
CREATE INDEX person_record_waiting ON person_record (person_key) WHERE waits = 1;
CREATE TABLE clustered (
	code TEXT NOT NULL,
	seq BIGINT NOT NULL,
	person_key BYTEA NOT NULL,
	PRIMARY KEY (code, seq)
);
INSERT INTO clustered (code, seq, person_key) SELECT code, seq, person_key FROM holding;
DROP TABLE holding;
ALTER TABLE clustered RENAME TO holding;
CREATE TABLE clustered (
	alias_key BYTEA NOT NULL,
	code TEXT NOT NULL,
	PRIMARY KEY (alias_key, code)
);
INSERT INTO clustered (alias_key, code) SELECT alias_key, code FROM alias;
DROP TABLE alias;
ALTER TABLE clustered RENAME TO alias;
CREATE INDEX alias_by_code ON alias (code);

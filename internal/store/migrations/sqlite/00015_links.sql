-- +goose Up
-- Two cases that an event says are one: a row under each of them. No person and
-- no number stands here, so that it stays when both are sealed.
CREATE TABLE case_link (
	code      TEXT   NOT NULL,
	other     TEXT   NOT NULL,
	event_key BYTEA  NOT NULL, -- keyed index of the event that says so
	home      BIGINT NOT NULL CONSTRAINT case_link_home CHECK (home IN (0, 1)), -- 1: the event is code's, 0: other's
	stays     BIGINT NOT NULL CONSTRAINT case_link_stays CHECK (stays IN (0, 1)), -- 1: code is the one that stays, 0: other
	PRIMARY KEY (code, other, event_key),
	CONSTRAINT case_link_two CHECK (code <> other)
);
CREATE INDEX case_link_by_event ON case_link (event_key);

-- Events that were taken back before they came.
CREATE TABLE early_void (
	event_key BYTEA NOT NULL PRIMARY KEY
);

-- A record may count with another (merged): the one of the same person in a
-- case that is one with its own. SQLite changes no CHECK: the table is rebuilt.
CREATE TABLE record_new (
	code      TEXT   NOT NULL,
	seq       BIGINT NOT NULL,
	status    TEXT   NOT NULL CONSTRAINT record_status CHECK (status IN ('open', 'pending', 'sealed', 'unsealed', 'merged')),
	since     BIGINT NOT NULL,
	custodian TEXT   NOT NULL,
	changes   BIGINT NOT NULL,
	due       BIGINT, -- civil day on which policy must look again
	into_code TEXT   NOT NULL DEFAULT '',
	into_seq  BIGINT NOT NULL DEFAULT 0,
	PRIMARY KEY (code, seq)
);
INSERT INTO record_new (code, seq, status, since, custodian, changes, due) SELECT code, seq, status, since, custodian, changes, due FROM record;
DROP TABLE record;
ALTER TABLE record_new RENAME TO record;
CREATE INDEX record_by_due ON record (due);
CREATE INDEX record_by_custodian ON record (custodian, status, since);
CREATE INDEX record_by_status ON record (status, since);
CREATE INDEX record_by_since ON record (since);
CREATE INDEX record_by_custodian_since ON record (custodian, since);
CREATE INDEX record_by_into ON record (into_code, into_seq) WHERE into_code <> '';

-- +goose Down
CREATE TABLE record_old (
	code      TEXT   NOT NULL,
	seq       BIGINT NOT NULL,
	status    TEXT   NOT NULL CONSTRAINT record_status CHECK (status IN ('open', 'pending', 'sealed', 'unsealed')),
	since     BIGINT NOT NULL,
	custodian TEXT   NOT NULL,
	changes   BIGINT NOT NULL,
	due       BIGINT,
	PRIMARY KEY (code, seq)
);
INSERT INTO record_old (code, seq, status, since, custodian, changes, due) SELECT code, seq, status, since, custodian, changes, due FROM record;
DROP TABLE record;
ALTER TABLE record_old RENAME TO record;
CREATE INDEX record_by_due ON record (due);
CREATE INDEX record_by_custodian ON record (custodian, status, since);
CREATE INDEX record_by_status ON record (status, since);
CREATE INDEX record_by_since ON record (since);
CREATE INDEX record_by_custodian_since ON record (custodian, since);
DROP TABLE early_void;
DROP TABLE case_link;

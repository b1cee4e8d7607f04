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
-- case that is one with its own.
ALTER TABLE record ADD COLUMN into_code TEXT NOT NULL DEFAULT '';
ALTER TABLE record ADD COLUMN into_seq BIGINT NOT NULL DEFAULT 0;
ALTER TABLE record DROP CONSTRAINT record_status;
ALTER TABLE record ADD CONSTRAINT record_status CHECK (status IN ('open', 'pending', 'sealed', 'unsealed', 'merged'));
CREATE INDEX record_by_into ON record (into_code, into_seq) WHERE into_code <> '';

-- +goose Down
DROP INDEX record_by_into;
ALTER TABLE record DROP CONSTRAINT record_status;
ALTER TABLE record ADD CONSTRAINT record_status CHECK (status IN ('open', 'pending', 'sealed', 'unsealed'));
ALTER TABLE record DROP COLUMN into_seq;
ALTER TABLE record DROP COLUMN into_code;
DROP TABLE early_void;
DROP TABLE case_link;
